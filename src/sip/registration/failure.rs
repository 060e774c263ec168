//! What a failure or a refusal does to the registration it happens to.

use std::time::Duration;

use super::{Context, Effect, Phase, Registration};
use crate::event::{FailedWhy, RejectedWhy, UnregisteredHow, UserAgentEvent};
use crate::random::Random;
use crate::register_message::Purpose;

/// RFC 5626 section 4.5: the first wait is drawn below twice this, each further one below twice the one before.
const BACKOFF_BASE: u64 = 30;
/// RFC 5626 section 4.5: longest wait, in seconds.
const BACKOFF_MAX: u64 = 1800;

impl Registration {
    /// The attempt failed in a way that may pass.
    pub(super) fn failed(
        &mut self,
        context: &mut Context<'_>,
        why: FailedWhy,
        wait: Option<Duration>,
    ) {
        let Phase::Asking(attempt) = &self.phase else {
            return;
        };
        match attempt.purpose {
            Purpose::Bind if self.leave_by.is_some() => self.leave(context),
            Purpose::Bind => {
                self.failures = self.failures.saturating_add(1);
                let retry_in = wait.unwrap_or_else(|| backoff(self.failures, context.random));
                let retry_at = context.now + retry_in;
                self.phase = Phase::Waiting { retry_at };
                self.is_news = true;
                let id = self.id;
                let event = UserAgentEvent::Failed { id, why, retry_in };
                context.effects.push(Effect::Tell(event));
            }
            // What the query would have said is unknown, and unknown never stops a refresh.
            Purpose::RefreshQuery if self.leave_by.is_some() => self.leave(context),
            Purpose::RefreshQuery => self.ask(context, Purpose::Bind),
            Purpose::UnbindQuery => self.finish(context, UnregisteredHow::LeftToExpire),
            Purpose::Unbind => {
                let how = match why {
                    FailedWhy::Server(status) => UnregisteredHow::Refused(status),
                    FailedWhy::Timeout
                    | FailedWhy::Transport
                    | FailedWhy::NotListed
                    | FailedWhy::Redirected => UnregisteredHow::GaveUp,
                };
                self.finish(context, how);
            }
        }
    }

    /// The attempt was refused for good.
    pub(super) fn refused(&mut self, context: &mut Context<'_>, status: u16, why: RejectedWhy) {
        let Phase::Asking(attempt) = &self.phase else {
            return;
        };
        let id = self.id;
        match attempt.purpose {
            Purpose::Bind if self.leave_by.is_some() && !self.was_bound => {
                self.finish(context, UnregisteredHow::NothingBound);
            }
            Purpose::Bind if self.leave_by.is_some() => self.leave(context),
            Purpose::Bind => {
                let event = if self.was_bound {
                    UserAgentEvent::Lost { id, status }
                } else {
                    UserAgentEvent::Rejected { id, status, why }
                };
                self.halt();
                context.effects.push(Effect::Tell(event));
            }
            Purpose::RefreshQuery if self.leave_by.is_some() => self.leave(context),
            Purpose::RefreshQuery => self.ask(context, Purpose::Bind),
            Purpose::UnbindQuery => self.finish(context, UnregisteredHow::LeftToExpire),
            Purpose::Unbind => self.finish(context, UnregisteredHow::Refused(status)),
        }
    }
}

/// How long to wait after this many failures in a row (RFC 5626 section 4.5).
fn backoff(failures: u32, random: &mut Random) -> Duration {
    let doubled = BACKOFF_BASE.saturating_mul(1u64.checked_shl(failures).unwrap_or(u64::MAX));
    let most = doubled.min(BACKOFF_MAX).saturating_mul(1000);
    Duration::from_millis(random.in_range(most / 2, most))
}
