//! What an answer to REGISTER does to the registration it belongs to.

use std::time::{Duration, Instant};

use super::attempt::Judgement;
use super::{Context, Effect, Phase, REFRESH_MIN, Registration};
use crate::challenge::{AuthParams, answerable};
use crate::event::{FailedWhy, RejectedWhy, UnregisteredHow, UserAgentEvent};
use crate::message::Response;
use crate::nonce::Place;
use crate::register_message::{EXPIRES_MAX, Listing, Outcome, Purpose, interpret, listing};
use crate::wire::HeaderName;

impl Registration {
    /// The outstanding REGISTER was answered.
    pub(crate) fn answered(&mut self, context: &mut Context<'_>, response: &Response) {
        let status = response.status;
        match interpret(response) {
            Outcome::Provisional => {}
            Outcome::Success => self.succeeded(context, response),
            Outcome::Challenge => self.challenged(context, response),
            Outcome::TooBrief(seconds) => self.grow(context, seconds),
            Outcome::BadExtension(named) => self.drop_extensions(context, status, &named),
            Outcome::NoOutbound => {
                self.drop_extensions(context, status, &["outbound".to_owned()]);
            }
            Outcome::Redirect(Some(target)) => match &mut self.phase {
                Phase::Asking(attempt) if attempt.target.is_none() => {
                    attempt.target = Some(target);
                    self.send(context);
                }
                Phase::Asking(_) | Phase::Bound { .. } | Phase::Waiting { .. } | Phase::Halted => {
                    self.failed(context, FailedWhy::Redirected, None)
                }
            },
            Outcome::Redirect(None) => self.failed(context, FailedWhy::Redirected, None),
            Outcome::Trouble(wait) => self.failed(context, FailedWhy::Server(status), wait),
            Outcome::Refusal(why) => self.refused(context, status, why),
        }
    }

    fn succeeded(&mut self, context: &mut Context<'_>, response: &Response) {
        let Phase::Asking(attempt) = &self.phase else {
            return;
        };
        self.learn_next_nonce(context, response);
        let instance = context.config.instance();
        let listing = listing(response, &self.registrant, instance, self.expires);
        match attempt.purpose {
            Purpose::Bind => self.bound(context, listing),
            Purpose::RefreshQuery if self.leave_by.is_some() => self.leave(context),
            Purpose::RefreshQuery if listing.ours.is_none() && listing.others => {
                self.halt();
                let event = UserAgentEvent::Displaced { id: self.id };
                context.effects.push(Effect::Tell(event));
            }
            Purpose::RefreshQuery => self.ask(context, Purpose::Bind),
            Purpose::UnbindQuery => match (listing.ours, listing.others) {
                (Some(_), false) => self.ask(context, Purpose::Unbind),
                (Some(_), true) | (None, false) => {
                    self.finish(context, UnregisteredHow::LeftToExpire);
                }
                (None, true) => self.finish(context, UnregisteredHow::NothingBound),
            },
            Purpose::Unbind => {
                let how = match listing.ours {
                    None => UnregisteredHow::Removed,
                    Some(_) => UnregisteredHow::LeftToExpire,
                };
                self.finish(context, how);
            }
        }
    }

    /// A 200 to a REGISTER with our Contact: we are registered only if it lists us (RFC 3261 section 10.3, step 8).
    fn bound(&mut self, context: &mut Context<'_>, listing: Listing) {
        let Phase::Asking(attempt) = &self.phase else {
            return;
        };
        let (id, now) = (self.id, context.now);
        let Some(granted) = listing.ours else {
            if self.leave_by.is_some() {
                self.finish(context, UnregisteredHow::NothingBound);
            } else if self.was_bound {
                self.halt();
                let event = UserAgentEvent::Lost { id, status: 200 };
                context.effects.push(Effect::Tell(event));
            } else {
                self.failed(context, FailedWhy::NotListed, None);
            }
            return;
        };
        if std::mem::replace(&mut self.is_news, false) {
            context
                .effects
                .push(Effect::Tell(UserAgentEvent::Registered {
                    id,
                    granted: Duration::from_secs(granted.into()),
                    round_trips: attempt.sent,
                    took: now.saturating_duration_since(attempt.started_at),
                }));
        }
        self.failures = 0;
        self.was_bound = true;
        self.bound_at = Some(now);
        self.phase = Phase::Bound {
            refresh_at: refresh_at(now, granted),
        };
        if self.leave_by.is_some() {
            self.leave(context);
        }
    }

    fn challenged(&mut self, context: &mut Context<'_>, response: &Response) {
        let Phase::Asking(attempt) = &mut self.phase else {
            return;
        };
        let mut challenges = Vec::new();
        for (is_proxy, name) in [
            (false, HeaderName::WwwAuthenticate),
            (true, HeaderName::ProxyAuthenticate),
        ] {
            let found = answerable(response.headers.all(&name));
            challenges.extend(found.into_iter().map(|challenge| (is_proxy, challenge)));
        }
        let status = response.status;
        if challenges.is_empty() {
            return self.refused(context, status, RejectedWhy::UnknownAlgorithm);
        }
        let server = match &attempt.target {
            Some((_, address)) => *address,
            None => self.registrant.server,
        };
        let place = Place {
            server,
            domain: self.registrant.account.aor.domain(),
        };
        for (is_proxy, challenge) in challenges {
            let judgement = attempt.judge(is_proxy, &challenge);
            let news = (is_proxy, challenge);
            context
                .nonces
                .learn(context.now, place, news, context.random);
            match judgement {
                Judgement::Answer => {}
                Judgement::WrongCredentials => {
                    return self.refused(context, status, RejectedWhy::WrongCredentials);
                }
                Judgement::Endless => {
                    return self.failed(context, FailedWhy::Server(status), None);
                }
            }
        }
        self.send(context);
    }

    /// 423: exactly what the server demands, once.
    fn grow(&mut self, context: &mut Context<'_>, seconds: Option<u32>) {
        let Phase::Asking(attempt) = &mut self.phase else {
            return;
        };
        let demanded = seconds.filter(|s| (1..=EXPIRES_MAX).contains(s));
        match demanded {
            Some(seconds) if attempt.may_grow() => {
                self.expires = seconds;
                self.send(context);
            }
            Some(_) | None => self.failed(context, FailedWhy::Server(423), None),
        }
    }

    /// 420, 430, 439: again without what the server dislikes, if it is something we can leave out.
    fn drop_extensions(&mut self, context: &mut Context<'_>, status: u16, named: &[String]) {
        let before = self.extensions.len();
        self.extensions
            .retain(|ours| !named.iter().any(|theirs| theirs.eq_ignore_ascii_case(ours)));
        if self.extensions.len() < before {
            self.send(context);
        } else {
            self.refused(context, status, RejectedWhy::Refused);
        }
    }

    fn learn_next_nonce(&self, context: &mut Context<'_>, response: &Response) {
        let Phase::Asking(attempt) = &self.phase else {
            return;
        };
        let used = attempt.used.iter().find(|used| !used.is_proxy);
        let info = response.headers.text(&HeaderName::AuthenticationInfo);
        let params = info.and_then(|text| AuthParams::parse(&text).ok());
        let next = params.as_ref().and_then(|params| params.raw("nextnonce"));
        if let (Some(used), Some(next)) = (used, next) {
            context.nonces.replace(context.now, used, next);
        }
    }
}

/// Half-way through short bindings; ten minutes before the end of long ones.
fn refresh_at(now: Instant, granted: u32) -> Instant {
    let granted = Duration::from_secs(granted.into());
    let wait = if granted <= Duration::from_secs(1200) {
        granted / 2
    } else {
        granted.saturating_sub(Duration::from_secs(600))
    };
    now + wait.max(REFRESH_MIN)
}
