//! What the server has yet to be told: in order, one at a time, until it has been. Never talks to the server itself.
//!
//! Flash is spared: something that is delivered at once is written only if it happened together with something else that
//! is written anyway. Telling the server twice does no harm, because every message names what it is about.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hotdesk_provisioning::{CommitRequest, EndReason, EndRequest, Refusal, RefusalCode, Report};

use crate::Owed;

/// A phone that cannot reach its server admits nobody, or a few whom it knows: a commit, an end and a report for each of them.
const LENGTH_MAX: usize = 32;
/// Undelivered for longer than this means that the network is away: then it must survive a power cut.
const SETTLE: Duration = Duration::from_secs(10);
/// The shell answers every delivery; if it does not, the delivery is repeated.
const ANSWER: Duration = Duration::from_secs(60);
/// Waits between repetitions double from the first to the last.
const RETRY_FIRST: Duration = Duration::from_secs(5);
const RETRY_MAX: Duration = Duration::from_secs(300);
/// Enough doublings to get from the first wait to the last.
const DOUBLINGS_MAX: u32 = 6;

/// The queue.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Item>,
    last_number: u64,
    /// The first of the queue is on its way; taken as lost after this.
    in_flight: Option<Instant>,
    retry_at: Option<Instant>,
    failures: u32,
}

#[derive(Debug, Clone)]
struct Item {
    number: u64,
    owed: Owed,
    queued_at: Instant,
    on_flash: bool,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// It has been told; `rewrite` when flash still says otherwise and has for a while.
    Told {
        /// Whether flash should be written.
        rewrite: bool,
    },
    /// The server will never take it.
    Pointless(Owed),
    /// It will be tried again, or was told before.
    Open,
}

impl Outbox {
    /// What was on flash, to be told again.
    pub(crate) fn restore(owed: Vec<Owed>, now: Instant) -> Self {
        let mut outbox = Self::default();
        for owed in owed {
            outbox.push(owed, now);
        }
        for item in &mut outbox.queue {
            item.on_flash = true;
        }
        outbox
    }

    /// Adds at the end. A full queue loses its oldest report, though not of an emergency call, or its oldest message if there
    /// is no such report: what an association became is agreed upon at the next sync anyway.
    pub(crate) fn push(&mut self, owed: Owed, now: Instant) {
        if self.queue.len() >= LENGTH_MAX {
            let oldest_report = self
                .queue
                .iter()
                .skip(1)
                .position(|item| is_dispensable(&item.owed));
            // Never the first: it may be on its way.
            self.queue
                .remove(oldest_report.unwrap_or(0).saturating_add(1));
        }
        self.last_number = self.last_number.wrapping_add(1);
        self.queue.push_back(Item {
            number: self.last_number,
            owed,
            queued_at: now,
            on_flash: false,
        });
    }

    /// Whether everything has been told.
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// The next to deliver, if it is time: call it once, deliver it, wait for `delivered`.
    pub(crate) fn next(&mut self, now: Instant) -> Option<(u64, Owed)> {
        let waiting = self.retry_at.is_some_and(|at| now < at);
        if self.in_flight.is_some() || waiting {
            return None;
        }
        let item = self.queue.front()?;
        self.in_flight = now.checked_add(ANSWER);
        self.retry_at = None;
        Some((item.number, aged(&item.owed, item.queued_at, now)))
    }

    /// The answer to a delivery. `jitter` is any random number.
    pub(crate) fn delivered(
        &mut self,
        now: Instant,
        number: u64,
        answer: Result<(), Refusal>,
        jitter: u32,
    ) -> Delivery {
        if self.in_flight.is_none() || self.queue.front().is_none_or(|i| i.number != number) {
            return Delivery::Open;
        }
        let unreachable = answer
            .as_ref()
            .err()
            .filter(|refusal| refusal.code == RefusalCode::ServerUnreachable);
        if let Some(refusal) = unreachable {
            self.fail(now, jitter, refusal.retry_after);
            return Delivery::Open;
        }
        self.in_flight = None;
        self.failures = 0;
        let Some(item) = self.queue.pop_front() else {
            return Delivery::Open;
        };
        match answer {
            Ok(()) => Delivery::Told {
                rewrite: item.on_flash && now.duration_since(item.queued_at) >= SETTLE,
            },
            Err(_) => Delivery::Pointless(item.owed),
        }
    }

    /// The server is back: no need to wait any longer.
    pub(crate) fn hurry(&mut self) {
        self.retry_at = None;
        self.failures = 0;
    }

    /// Looks at the deadlines; `true` when something should be written to flash.
    pub(crate) fn pass(&mut self, now: Instant, jitter: u32) -> bool {
        if self.in_flight.is_some_and(|at| at <= now) {
            self.fail(now, jitter, None);
        }
        self.queue
            .iter()
            .any(|item| !item.on_flash && item.settles_by().is_some_and(|at| at <= now))
    }

    /// When `pass` or `next` should be called.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let settle = self.queue.iter().filter(|item| !item.on_flash);
        let retry = self.retry_at.filter(|_| !self.queue.is_empty());
        settle
            .filter_map(Item::settles_by)
            .chain(self.in_flight)
            .chain(retry)
            .min()
    }

    /// For flash: everything that has not been told.
    pub(crate) fn save(&mut self, now: Instant) -> Vec<Owed> {
        for item in &mut self.queue {
            item.on_flash = true;
        }
        self.queue
            .iter()
            .map(|item| aged(&item.owed, item.queued_at, now))
            .collect()
    }

    /// Waits 50 to 100 % of a doubling time, so that the phones of a building do not return to their server as one; longer if
    /// the server named a longer time, in seconds.
    fn fail(&mut self, now: Instant, jitter: u32, named: Option<u32>) {
        let doubled = RETRY_FIRST.saturating_mul(1 << self.failures.min(DOUBLINGS_MAX));
        let wait = doubled.min(RETRY_MAX);
        let percent = jitter.checked_rem(51).unwrap_or(0).saturating_add(50);
        self.failures = self.failures.saturating_add(1);
        self.in_flight = None;
        let named = Duration::from_secs(named.unwrap_or_default().into()).min(RETRY_MAX);
        let share = |of: Duration, percent| of.saturating_mul(percent) / 100;
        let wait = share(wait, percent).max(share(named, percent.saturating_add(50)));
        self.retry_at = now.checked_add(wait);
    }
}

impl Item {
    fn settles_by(&self) -> Option<Instant> {
        self.queued_at.checked_add(SETTLE)
    }
}

fn is_dispensable(owed: &Owed) -> bool {
    match owed {
        Owed::Report { report } => !matches!(report, Report::EmergencyCall { .. }),
        Owed::Commit { .. } | Owed::End { .. } => false,
    }
}

/// The message as it reads when told at `now`: what happened lies that much longer ago.
fn aged(owed: &Owed, since: Instant, now: Instant) -> Owed {
    let seconds = u32::try_from(now.duration_since(since).as_secs()).unwrap_or(u32::MAX);
    match owed {
        Owed::Commit {
            association,
            request,
        } => Owed::Commit {
            association: association.clone(),
            request: CommitRequest {
                seconds_ago: request.seconds_ago.saturating_add(seconds),
                ..request.clone()
            },
        },
        Owed::End {
            association,
            request,
        } => Owed::End {
            association: association.clone(),
            request: EndRequest {
                seconds_ago: request
                    .seconds_ago
                    .saturating_add(seconds)
                    .max(least_age(&request.reason)),
                ..request.clone()
            },
        },
        Owed::Report { report } => Owed::Report {
            report: aged_report(report, seconds),
        },
    }
}

/// A log-out in this queue is told, not asked for: the guest has gone already. Where the policy wants a PIN for a log-out
/// the server must not take the telling for a guess at it.
fn least_age(reason: &EndReason) -> u32 {
    u32::from(*reason == EndReason::LoggedOut)
}

fn aged_report(report: &Report, seconds: u32) -> Report {
    let mut report = report.clone();
    match &mut report {
        Report::Refused { seconds_ago, .. } => *seconds_ago = seconds_ago.saturating_add(seconds),
        Report::EmergencyCall { seconds_ago, .. } => {
            *seconds_ago = seconds_ago.saturating_add(seconds);
        }
        Report::Wiped { .. } | Report::Screen { .. } | Report::Status { .. } => {}
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenarios::some_moment;

    #[test]
    fn a_server_that_names_a_time_is_left_alone_that_long_and_no_longer_than_bearable() {
        for (named, jitter, waits) in [
            (100, 0, 100),
            (100, 50, 150),
            (u32::MAX, 50, 450),
            (0, 0, 2),
        ] {
            let now = some_moment();
            let after = |seconds| now + Duration::from_secs(seconds);
            let mut outbox = Outbox::default();
            let report = Report::Status {
                version: "1".to_owned(),
                registered: true,
                last_switch_ms: None,
            };
            outbox.push(Owed::Report { report }, now);
            let (number, _) = outbox.next(now).unwrap();
            let refusal = Refusal {
                retry_after: Some(named),
                ..Refusal::new(RefusalCode::ServerUnreachable)
            };
            outbox.delivered(now, number, Err(refusal), jitter);
            assert_eq!(outbox.next(after(waits - 1)), None, "{named}");
            assert!(outbox.next(after(waits + 1)).is_some(), "{named}");
        }
    }
}
