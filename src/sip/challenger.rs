//! Our own challenges: a sender of a harmful NOTIFY proves that it knows the account's secret. Never keeps a secret.

use std::time::{Duration, Instant};

use hotdesk_provisioning::Account;

use crate::challenge::AuthParams;
use crate::digest::{Algorithm, Question};
use crate::message::Request;
use crate::random::Random;
use crate::wire::{HeaderName, quote};

/// Nonces that may be out at a time; the oldest gives way.
const NONCES_MAX: usize = 16;

/// How long a nonce may be answered.
const NONCE_LIFE: Duration = Duration::from_secs(60);

/// The nonces that we gave out.
#[derive(Default)]
pub(crate) struct Challenger(Vec<Given>);

struct Given {
    nonce: String,
    given_at: Instant,
    /// The highest count seen: each must be higher than the last, so that a captured answer is worth nothing.
    count: u32,
}

impl Challenger {
    /// Values for two WWW-Authenticate headers with one new nonce, the stronger algorithm first (RFC 8760 section 2.3).
    pub(crate) fn challenge(
        &mut self,
        now: Instant,
        realm: &str,
        random: &mut Random,
    ) -> [String; 2] {
        let nonce = random.token();
        if self.0.len() >= NONCES_MAX {
            self.0.drain(..1);
        }
        self.0.push(Given {
            nonce: nonce.clone(),
            given_at: now,
            count: 0,
        });
        [Algorithm::SHA_256, Algorithm::DEFAULT].map(|algorithm| {
            let realm = quote(realm);
            format!("Digest realm={realm}, nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"")
        })
    }

    /// Whether the request answers one of our challenges with the account's name and secret. The answer is checked over the
    /// Request-URI that came, whatever its `uri` parameter claims.
    pub(crate) fn is_answered(
        &mut self,
        now: Instant,
        request: &Request,
        account: &Account,
    ) -> bool {
        let credentials = request
            .headers
            .text(&HeaderName::Authorization)
            .and_then(|text| AuthParams::parse_digest(&text).ok().flatten());
        credentials.is_some_and(|params| self.check(now, request, account, &params) == Some(()))
    }

    fn check(
        &mut self,
        now: Instant,
        request: &Request,
        account: &Account,
        params: &AuthParams,
    ) -> Option<()> {
        self.0
            .retain(|given| now.saturating_duration_since(given.given_at) < NONCE_LIFE);
        let nonce = params.raw("nonce")?;
        let given = self.0.iter_mut().find(|given| given.nonce == nonce)?;
        let count = u32::from_str_radix(params.raw("nc")?, 16).ok()?;
        let named = params.value("algorithm");
        let question = Question {
            algorithm: named.map_or(Some(Algorithm::DEFAULT), |name| Algorithm::parse(&name))?,
            realm: account.aor.domain(),
            nonce,
            method: request.method.as_str(),
            uri: request.uri.as_str(),
            cnonce: params.raw("cnonce")?,
            count: Some(count),
        };
        let is_same_user = params.value("username")? == account.auth_user;
        let is_new = count > given.count;
        let expected = question.answer(&account.auth_user, &account.secret);
        let theirs = hotdesk_provisioning::Secret::new(params.raw("response")?.to_owned());
        if is_same_user && is_new && expected == theirs {
            given.count = count;
            Some(())
        } else {
            None
        }
    }
}
