//! One account's binding at its registrar: made, kept, and removed without removing anybody else's. Never sends and never
//! reads a clock: it says what is to be sent, and is told what came of it.

mod answer;
mod attempt;
mod failure;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hotdesk_provisioning::{Transport, Unregister};

use crate::command::{AccountId, Registrant};
use crate::config::Config;
use crate::event::{FailedWhy, RejectedWhy, UnregisteredHow, UserAgentEvent};
use crate::message::Request;
use crate::nonce::{NonceCache, Place};
use crate::random::Random;
use crate::register_message::{EXTENSIONS, Purpose, Register};
use crate::wire::Uri;
use attempt::Attempt;

/// How long a query before a refresh may take: then the refresh goes ahead without its answer, because the shortest time
/// that servers grant is 30 seconds.
const QUERY_BUDGET: Duration = Duration::from_secs(4);

/// Shortest time between a registration and one that a closed connection provokes.
const RECONNECT_PAUSE: Duration = Duration::from_secs(10);

/// Shortest time after which a binding is refreshed, whatever a server grants.
const REFRESH_MIN: Duration = Duration::from_secs(5);

/// What a registration may use while it thinks.
pub(crate) struct Context<'a> {
    pub(crate) now: Instant,
    pub(crate) config: &'a Config,
    pub(crate) random: &'a mut Random,
    pub(crate) nonces: &'a mut NonceCache,
    pub(crate) effects: Vec<Effect>,
}

/// What a registration wants done.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Send this and tell what comes back.
    Send(Box<Outgoing>),
    /// Tell the shell.
    Tell(UserAgentEvent),
    /// Forget the account.
    Forget,
}

/// A request, where it goes, and the branch that its answer will carry.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) request: Request,
    pub(crate) branch: String,
    pub(crate) destination: SocketAddr,
}

/// One account from its registration to its un-registration.
pub(crate) struct Registration {
    id: AccountId,
    registrant: Registrant,
    call_id: String,
    from_tag: String,
    cseq: u32,
    expires: u32,
    extensions: Vec<&'static str>,
    phase: Phase,
    /// Set by [`Self::unregister`]: when to give up.
    leave_by: Option<Instant>,
    /// Whether the registrar may hold a binding of ours.
    may_be_bound: bool,
    /// Whether it said so since we were last refused.
    was_bound: bool,
    /// Whether the next success is worth an event.
    is_news: bool,
    failures: u32,
    bound_at: Option<Instant>,
}

enum Phase {
    /// A REGISTER is outstanding; there is never a second one.
    Asking(Box<Attempt>),
    /// The registrar holds our binding.
    Bound { refresh_at: Instant },
    /// A failure is waited out.
    Waiting { retry_at: Instant },
    /// Refused or displaced: nothing happens until a command.
    Halted,
}

impl Registration {
    /// A new identity session: a new Call-ID, because some registrars key bindings on it.
    pub(crate) fn new(id: AccountId, registrant: Registrant, random: &mut Random) -> Self {
        Self {
            id,
            expires: registrant.account.expires,
            registrant,
            call_id: random.token(),
            from_tag: random.short_token(),
            cseq: 0,
            extensions: EXTENSIONS.to_vec(),
            phase: Phase::Halted,
            leave_by: None,
            may_be_bound: false,
            was_bound: false,
            is_news: true,
            failures: 0,
            bound_at: None,
        }
    }

    pub(crate) fn id(&self) -> AccountId {
        self.id
    }

    pub(crate) fn registrant(&self) -> &Registrant {
        &self.registrant
    }

    /// Whether the registrar is believed to hold our binding, so that the way to it must be kept open.
    pub(crate) fn is_bound(&self) -> bool {
        self.was_bound
    }

    /// Registers.
    pub(crate) fn register(&mut self, context: &mut Context<'_>) {
        self.ask(context, Purpose::Bind);
    }

    /// Registers again now, unless it is trying already, was refused or is leaving.
    pub(crate) fn refresh_now(&mut self, context: &mut Context<'_>) {
        let is_idle = matches!(self.phase, Phase::Bound { .. } | Phase::Waiting { .. });
        self.is_news = true;
        if is_idle && self.leave_by.is_none() {
            self.refresh(context);
        }
    }

    /// Registers again from another place or with another server; what is outstanding there no longer matters.
    pub(crate) fn rebind(
        &mut self,
        context: &mut Context<'_>,
        server: SocketAddr,
        local: SocketAddr,
    ) {
        self.registrant.server = server;
        self.registrant.local = local;
        self.is_news = true;
        if self.leave_by.is_none() && !matches!(self.phase, Phase::Halted) {
            self.refresh(context);
        }
    }

    /// Un-registers. An outstanding REGISTER is waited for first: the registrar might act on it after our removal.
    pub(crate) fn unregister(&mut self, context: &mut Context<'_>) {
        if self.leave_by.is_some() {
            return;
        }
        self.leave_by = Some(context.now + context.config.unregister_budget);
        if !matches!(self.phase, Phase::Asking(_)) {
            self.leave(context);
        }
    }

    /// Un-registers a binding that an earlier process made.
    pub(crate) fn clean_up(&mut self, context: &mut Context<'_>) {
        self.may_be_bound = true;
        self.unregister(context);
    }

    /// The account cannot be written as SIP.
    pub(crate) fn unusable(&mut self, context: &mut Context<'_>) {
        self.may_be_bound = self.was_bound;
        self.refused(context, 0, RejectedWhy::Unusable);
    }

    /// No final answer came.
    pub(crate) fn timed_out(&mut self, context: &mut Context<'_>) {
        self.failed(context, FailedWhy::Timeout, None);
    }

    /// The server cannot be reached, or it closed the connection.
    pub(crate) fn transport_failed(&mut self, context: &mut Context<'_>) {
        let is_stream = self.registrant.transport() == Transport::Tcp;
        match &mut self.phase {
            Phase::Asking(attempt) => {
                if is_stream && attempt.may_reconnect() {
                    self.send(context);
                } else {
                    self.failed(context, FailedWhy::Transport, None);
                }
            }
            Phase::Bound { refresh_at } if is_stream => {
                let quiet_until = self.bound_at.map(|at| at + RECONNECT_PAUSE);
                let soon = quiet_until.unwrap_or(context.now).max(context.now);
                *refresh_at = soon.min(*refresh_at);
            }
            Phase::Bound { .. } | Phase::Waiting { .. } | Phase::Halted => {}
        }
    }

    /// Does what is due.
    pub(crate) fn handle_timeout(&mut self, context: &mut Context<'_>) {
        let now = context.now;
        if self.leave_by.is_some_and(|at| at <= now) {
            return self.finish(context, UnregisteredHow::GaveUp);
        }
        match &self.phase {
            Phase::Asking(attempt) if attempt.give_up_at.is_some_and(|at| at <= now) => {
                self.failed(context, FailedWhy::Timeout, None);
            }
            Phase::Bound { refresh_at: at } | Phase::Waiting { retry_at: at } if *at <= now => {
                self.refresh(context);
            }
            Phase::Asking(_) | Phase::Bound { .. } | Phase::Waiting { .. } | Phase::Halted => {}
        }
    }

    /// When [`Self::handle_timeout`] wants to be called.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let phase = match &self.phase {
            Phase::Asking(attempt) => attempt.give_up_at,
            Phase::Bound { refresh_at: at } | Phase::Waiting { retry_at: at } => Some(*at),
            Phase::Halted => None,
        };
        phase.into_iter().chain(self.leave_by).min()
    }

    fn refresh(&mut self, context: &mut Context<'_>) {
        if self.registrant.check_displacement && self.was_bound {
            self.ask(context, Purpose::RefreshQuery);
        } else {
            self.ask(context, Purpose::Bind);
        }
    }

    /// Removes our binding in the way that this registrar needs, if there can be one.
    fn leave(&mut self, context: &mut Context<'_>) {
        if !self.may_be_bound {
            return self.finish(context, UnregisteredHow::NothingBound);
        }
        match self.registrant.account.unregister {
            Unregister::Contact => self.ask(context, Purpose::Unbind),
            Unregister::Guarded => self.ask(context, Purpose::UnbindQuery),
        }
    }

    fn finish(&mut self, context: &mut Context<'_>, how: UnregisteredHow) {
        let id = self.id;
        self.halt();
        let event = UserAgentEvent::Unregistered { id, how };
        context.effects.push(Effect::Tell(event));
        context.effects.push(Effect::Forget);
    }

    fn ask(&mut self, context: &mut Context<'_>, purpose: Purpose) {
        let mut attempt = Attempt::new(purpose, context.now);
        if purpose == Purpose::RefreshQuery {
            attempt.give_up_at = Some(context.now + QUERY_BUDGET);
        }
        self.phase = Phase::Asking(Box::new(attempt));
        self.send(context);
    }

    /// Sends the next request of the attempt, with an answer to every challenge that is known for its place.
    fn send(&mut self, context: &mut Context<'_>) {
        let Phase::Asking(attempt) = &mut self.phase else {
            return;
        };
        if !attempt.may_send() {
            return self.failed(context, FailedWhy::Server(401), None);
        }
        attempt.sent = attempt.sent.saturating_add(1);
        self.cseq = self.cseq.saturating_add(1);
        self.may_be_bound |= attempt.purpose == Purpose::Bind;
        let account = &self.registrant.account;
        let home = Uri::parse(&format!("sip:{}", account.aor.domain()));
        let target = attempt.target.clone();
        let (uri, destination) = match (target, home) {
            (Some(target), _) => target,
            (None, Ok(home)) => (home, self.registrant.server),
            (None, Err(_)) => return self.unusable(context),
        };
        let branch = context.random.branch();
        let mut request = Register {
            registrant: &self.registrant,
            purpose: attempt.purpose,
            uri,
            branch: &branch,
            from_tag: &self.from_tag,
            call_id: &self.call_id,
            cseq: self.cseq,
            expires: self.expires,
            extensions: &self.extensions,
            instance: context.config.instance(),
            user_agent: context.config.user_agent(),
        }
        .build();
        let place = Place {
            server: destination,
            domain: account.aor.domain(),
        };
        let signed = ("REGISTER", request.uri.as_str());
        let answers = context.nonces.answer(context.now, place, account, signed);
        attempt.used = answers.iter().map(|answer| answer.used.clone()).collect();
        for answer in answers {
            request.headers.push(answer.name, answer.value);
        }
        context.effects.push(Effect::Send(Box::new(Outgoing {
            request,
            branch,
            destination,
        })));
    }

    fn halt(&mut self) {
        self.phase = Phase::Halted;
        self.was_bound = false;
        self.may_be_bound = false;
    }
}
