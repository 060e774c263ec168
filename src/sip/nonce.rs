//! Nonces that servers gave us, kept so that the next request can answer before it is asked: a switch of accounts then costs
//! one round trip. Never keeps a secret or an answer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hotdesk_provisioning::Account;

use crate::challenge::Challenge;
use crate::digest::Question;
use crate::random::Random;
use crate::wire::{HeaderName, quote};

/// Most nonces kept: two servers with a proxy's and a registrar's realm for each of four domains.
const NONCES_MAX: usize = 16;

/// Age after which a nonce is not used unasked: no server known keeps one longer.
const NONCE_AGE_MAX: Duration = Duration::from_secs(3600);

/// Where a nonce is good: the realm is not known before the first challenge, the domain is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) server: SocketAddr,
    pub(crate) domain: &'a str,
}

/// The freshest nonces, one for each (server, domain, realm, header).
#[derive(Default)]
pub(crate) struct NonceCache(Vec<Known>);

struct Known {
    server: SocketAddr,
    domain: String,
    is_proxy: bool,
    challenge: Challenge,
    cnonce: String,
    count: u32,
    learnt_at: Instant,
}

/// One header that answers, and which nonce it used.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) name: HeaderName,
    pub(crate) value: String,
    pub(crate) used: UsedNonce,
}

/// Which nonce a request answered.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UsedNonce {
    pub(crate) is_proxy: bool,
    pub(crate) realm: String,
    pub(crate) nonce: String,
}

impl std::fmt::Debug for UsedNonce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UsedNonce({})", self.realm)
    }
}

impl NonceCache {
    /// Keeps a challenge instead of what was known for its place and realm; the oldest gives way when there are too many.
    pub(crate) fn learn(
        &mut self,
        now: Instant,
        place: Place<'_>,
        (is_proxy, challenge): (bool, Challenge),
        random: &mut Random,
    ) {
        self.0.retain(|known| {
            !(known.is_at(place)
                && known.is_proxy == is_proxy
                && known.challenge.realm == challenge.realm)
        });
        if self.0.len() >= NONCES_MAX {
            self.0.drain(..1);
        }
        self.0.push(Known {
            server: place.server,
            domain: place.domain.to_owned(),
            is_proxy,
            challenge,
            cnonce: random.short_token(),
            count: 0,
            learnt_at: now,
        });
    }

    /// Takes over the next nonce that an Authentication-Info announces for the nonce just used (RFC 7616 section 3.5).
    pub(crate) fn replace(&mut self, now: Instant, used: &UsedNonce, next: &str) {
        let found = self.0.iter_mut().find(|known| {
            known.is_proxy == used.is_proxy
                && known.challenge.realm == used.realm
                && known.challenge.nonce == used.nonce
        });
        if let Some(known) = found {
            next.clone_into(&mut known.challenge.nonce);
            known.count = 0;
            known.learnt_at = now;
        }
    }

    /// Answers every challenge known for this place on behalf of `account`. Counts each use.
    pub(crate) fn answer(
        &mut self,
        now: Instant,
        place: Place<'_>,
        account: &Account,
        (method, uri): (&str, &str),
    ) -> Vec<Answer> {
        self.0.retain(|known| {
            now.saturating_duration_since(known.learnt_at) < NONCE_AGE_MAX && known.count < u32::MAX
        });
        self.0
            .iter_mut()
            .filter(|known| known.is_at(place))
            .map(|known| known.answer(account, method, uri))
            .collect()
    }
}

impl Known {
    fn is_at(&self, place: Place<'_>) -> bool {
        self.server == place.server && self.domain == place.domain
    }

    fn answer(&mut self, account: &Account, method: &str, uri: &str) -> Answer {
        self.count = self.count.saturating_add(1);
        let challenge = &self.challenge;
        let question = Question {
            algorithm: challenge.algorithm,
            realm: &challenge.realm,
            nonce: &challenge.nonce,
            method,
            uri,
            cnonce: &self.cnonce,
            count: challenge.has_qop.then_some(self.count),
        };
        let response = question.answer(&account.auth_user, &account.secret);
        let mut value = format!(
            "Digest username={}, realm=\"{}\", nonce=\"{}\", uri=\"{uri}\", response=\"{}\"",
            quote(&account.auth_user),
            challenge.realm,
            challenge.nonce,
            response.expose(),
        );
        if challenge.names_algorithm {
            value.push_str(&format!(", algorithm={}", challenge.algorithm));
        }
        if challenge.has_qop {
            value.push_str(&format!(
                ", qop=auth, nc={:08x}, cnonce=\"{}\"",
                self.count, self.cnonce
            ));
        }
        if let Some(opaque) = &challenge.opaque {
            value.push_str(&format!(", opaque=\"{opaque}\""));
        }
        Answer {
            name: if self.is_proxy {
                HeaderName::ProxyAuthorization
            } else {
                HeaderName::Authorization
            },
            value,
            used: UsedNonce {
                is_proxy: self.is_proxy,
                realm: challenge.realm.clone(),
                nonce: challenge.nonce.clone(),
            },
        }
    }
}

#[cfg(test)]
#[path = "nonce_tests.rs"]
mod tests;
