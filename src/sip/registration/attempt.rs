//! One try at one purpose: at most a few requests, each for a reason that cannot come twice without end.

use std::net::SocketAddr;
use std::time::Instant;

use crate::challenge::Challenge;
use crate::nonce::UsedNonce;
use crate::register_message::Purpose;
use crate::wire::Uri;

/// Most requests of one attempt: one plain, one for each of a registrar's and a proxy's challenge, three for nonces that
/// went stale, and one for each other correction.
const REQUESTS_MAX: u32 = 10;

/// Most times that a server may say that a nonce it just gave is too old.
const STALE_MAX: u32 = 3;

/// One try, from its first request to the answer that settles it.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) purpose: Purpose,
    pub(super) started_at: Instant,
    /// When a query is given up, so that the refresh behind it is not late.
    pub(super) give_up_at: Option<Instant>,
    pub(super) sent: u32,
    /// Where a 3xx sent us.
    pub(super) target: Option<(Uri, SocketAddr)>,
    /// What the last request answered.
    pub(super) used: Vec<UsedNonce>,
    challenged: Vec<(bool, String)>,
    stale: u32,
    has_grown: bool,
    has_reconnected: bool,
}

/// What to do about a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// Answer it.
    Answer,
    /// It repeats what was answered rightly just now: the secret is wrong.
    WrongCredentials,
    /// The server cannot make up its mind.
    Endless,
}

impl Attempt {
    pub(super) fn new(purpose: Purpose, now: Instant) -> Self {
        Self {
            purpose,
            started_at: now,
            give_up_at: None,
            sent: 0,
            target: None,
            used: Vec::new(),
            challenged: Vec::new(),
            stale: 0,
            has_grown: false,
            has_reconnected: false,
        }
    }

    /// Whether one more request may be sent.
    pub(super) fn may_send(&self) -> bool {
        self.sent < REQUESTS_MAX
    }

    /// True once: the first 423 is obeyed, a second one in the same attempt is a server that contradicts itself.
    pub(super) fn may_grow(&mut self) -> bool {
        !std::mem::replace(&mut self.has_grown, true)
    }

    /// True once: a connection that was closed while idle is opened again, one that breaks twice is down.
    pub(super) fn may_reconnect(&mut self) -> bool {
        !std::mem::replace(&mut self.has_reconnected, true)
    }

    /// Judges one challenge against what the last request answered.
    ///
    /// A nonce from the cache may have expired, so a first challenge is answered whether it says stale or not. After that
    /// only stale is an excuse: a server that locks accounts counts every further try.
    pub(super) fn judge(&mut self, is_proxy: bool, challenge: &Challenge) -> Judgement {
        let space = (is_proxy, challenge.realm.clone());
        let answered = self
            .used
            .iter()
            .find(|used| used.is_proxy == is_proxy && used.realm == challenge.realm);
        let is_first = !self.challenged.contains(&space);
        if is_first {
            self.challenged.push(space);
        }
        match answered {
            None => Judgement::Answer,
            Some(used) if used.nonce == challenge.nonce => Judgement::WrongCredentials,
            Some(_) if is_first => Judgement::Answer,
            Some(_) if !challenge.stale => Judgement::WrongCredentials,
            Some(_) => {
                self.stale = self.stale.saturating_add(1);
                if self.stale > STALE_MAX {
                    Judgement::Endless
                } else {
                    Judgement::Answer
                }
            }
        }
    }
}
