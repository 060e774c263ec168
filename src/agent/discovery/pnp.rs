//! Asking everybody on the link for a server, and waiting for an answer that may come minutes later. Without IO: datagrams
//! and the time go in, datagrams and what was named come out.

use std::net::{IpAddr, SocketAddr, SocketAddrV4};
use std::time::{Duration, Instant};

use hotdesk_sip::message::{Message, Request, Response};
use hotdesk_sip::wire::Method;

use super::notify;
use super::subscribe::{Caller, Dialog, subscribe};

/// When the question of one round is sent again, counted from its first time: no transaction sees to it on multicast.
const SENDS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_millis(1500),
    Duration::from_millis(3500),
];
/// How long a round lasts.
const ROUND: Duration = Duration::from_secs(5);
/// The pause after the first round; each is twice as long as the one before.
const PAUSE_FIRST: Duration = Duration::from_secs(10);
/// Longest pause: a server that is switched on later is found within this time.
const PAUSE_LONGEST: Duration = Duration::from_secs(300);
/// A round that is so young needs no other: one change of the network is told several times.
const YOUNG: Duration = Duration::from_secs(1);
/// Servers that may answer one question.
const RESPONDERS_MAX: usize = 8;
/// Random bytes that name one search.
pub const SEED_BYTES: usize = 24;

/// One search, from its first question to the end of waiting.
#[derive(Debug)]
pub struct Search {
    caller: Caller,
    group: SocketAddrV4,
    dialog: Dialog,
    /// 0.5 to 1: phones that came back with the power do not ask in the same second.
    pace: f64,
    pauses: u32,
    phase: Phase,
    is_silent: bool,
    responders: Vec<IpAddr>,
}

#[derive(Debug)]
enum Phase {
    Asking { since: Instant, sent: usize },
    Waiting { until: Instant },
}

/// What came of a datagram.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Goes back to where the datagram came from, whatever its Via says: some servers write ours there.
    pub answer: Option<Vec<u8>>,
    /// What the server named.
    pub named: Option<String>,
}

impl Search {
    /// A search whose first question is due at once. The Call-ID is made from `seed` and cannot be guessed: only who heard
    /// the question can answer it.
    #[must_use]
    pub fn new(caller: Caller, group: SocketAddrV4, seed: [u8; SEED_BYTES], now: Instant) -> Self {
        let hex: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
        let (call_id, tag) = hex.split_at_checked(SEED_BYTES).unwrap_or((&hex, "tag"));
        let [.., last] = seed;
        Self {
            caller,
            group,
            dialog: Dialog {
                call_id: format!("pnp-{call_id}"),
                tag: tag.to_owned(),
                branch: String::new(),
                sequence: 0,
            },
            pace: 0.5 + f64::from(last) / 512.0,
            pauses: 0,
            phase: Phase::Waiting { until: now },
            is_silent: false,
            responders: Vec::new(),
        }
    }

    /// When to call [`Self::handle_timeout`].
    #[must_use]
    pub fn poll_timeout(&self) -> Instant {
        match self.phase {
            Phase::Asking { since, sent } => {
                let after = SENDS.get(sent).copied().unwrap_or(ROUND);
                since.checked_add(after).unwrap_or(since)
            }
            Phase::Waiting { until } => until,
        }
    }

    /// What to send to the group now, from `local`.
    pub fn handle_timeout(&mut self, now: Instant, local: SocketAddrV4) -> Option<Vec<u8>> {
        if self.poll_timeout() > now {
            return None;
        }
        let (since, sent) = match self.phase {
            Phase::Asking { since, sent } if sent < SENDS.len() => (since, sent),
            Phase::Asking { .. } => {
                self.end_of_round(now);
                return None;
            }
            Phase::Waiting { .. } => {
                self.next_question();
                (now, 0)
            }
        };
        let sent = sent.saturating_add(1);
        self.phase = Phase::Asking { since, sent };
        Some(subscribe(&self.caller, &self.dialog, self.group, local))
    }

    fn end_of_round(&mut self, now: Instant) {
        self.is_silent = true;
        let pause = PAUSE_FIRST.saturating_mul(2_u32.saturating_pow(self.pauses.min(16)));
        let pause = pause.min(PAUSE_LONGEST).mul_f64(self.pace);
        self.pauses = self.pauses.saturating_add(1);
        let until = now.checked_add(pause).unwrap_or(now);
        self.phase = Phase::Waiting { until };
    }

    fn next_question(&mut self) {
        self.dialog.sequence = self.dialog.sequence.wrapping_add(1) & 0xffff;
        let Dialog { tag, sequence, .. } = &self.dialog;
        self.dialog.branch = format!("z9hG4bK-pnp-{tag}-{sequence}");
    }

    /// The network is another one, or the same once more: asks again at once, and with short pauses.
    pub fn network_changed(&mut self, now: Instant) {
        let is_young = match self.phase {
            Phase::Asking { since, .. } => now.saturating_duration_since(since) < YOUNG,
            Phase::Waiting { .. } => false,
        };
        if !is_young {
            self.pauses = 0;
            self.phase = Phase::Waiting { until: now };
        }
    }

    /// Whether a whole round brought nothing so far.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// Takes a datagram that arrived where the questions are sent from.
    pub fn handle_datagram(&mut self, source: SocketAddr, bytes: &[u8]) -> Heard {
        match notify::read(bytes) {
            Some(Message::Request(request)) => self.asked(source, &request),
            Some(Message::Response(response)) => {
                self.answered(source, &response);
                Heard::default()
            }
            None => Heard::default(),
        }
    }

    /// Remembers who promised a NOTIFY: some send it with a Call-ID of their own.
    fn answered(&mut self, source: SocketAddr, response: &Response) {
        let is_ours = response
            .headers
            .call_id()
            .is_ok_and(|id| id == self.dialog.call_id);
        let is_promise = (200..300).contains(&response.status);
        let is_known = self.responders.contains(&source.ip());
        if is_ours && is_promise && !is_known && self.responders.len() < RESPONDERS_MAX {
            self.responders.push(source.ip());
        }
    }

    fn asked(&self, source: SocketAddr, request: &Request) -> Heard {
        if request.method != Method::Notify {
            return Heard::default();
        }
        let is_ours = request
            .headers
            .call_id()
            .is_ok_and(|id| id == self.dialog.call_id);
        let status = if !notify::is_about_profiles(request) {
            489
        } else if is_ours || self.responders.contains(&source.ip()) {
            200
        } else {
            481
        };
        Heard {
            answer: notify::answer(request, status, &self.dialog.tag),
            named: (status == 200).then(|| notify::named(request)).flatten(),
        }
    }
}

#[cfg(test)]
#[path = "pnp_tests.rs"]
mod tests;
