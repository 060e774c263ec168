//! What the registrar decides: bindings, nonces, and the faults it was told to show.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::credentials::Account;
use super::digest;
use super::message::Request;

/// How to misbehave towards one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Never answer.
    Silent,
    /// Refuse with this status whoever has proved who they are.
    Refuse(u16),
    /// 503 with this `Retry-After` in seconds.
    Overloaded(u32),
    /// 423 unless at least this many seconds are asked for.
    MinExpires(u32),
}

/// Seconds granted when a phone asks for none.
const EXPIRES: u32 = 300;
/// Most nonces remembered; the oldest go first.
const NONCES_MAX: usize = 1024;
/// Most bindings of one number.
const BINDINGS_MAX: usize = 16;

/// Everything the registrar remembers.
#[derive(Debug)]
pub(super) struct Bindings {
    domain: String,
    /// Number → Contact URI → end.
    table: BTreeMap<String, BTreeMap<String, Instant>>,
    requests: BTreeMap<String, usize>,
    faults: BTreeMap<String, Fault>,
    /// In the order in which they were made.
    nonces: BTreeSet<(u64, String)>,
    made: u64,
}

impl Bindings {
    pub(super) fn new(domain: &str) -> Self {
        Self {
            domain: domain.to_owned(),
            table: BTreeMap::new(),
            requests: BTreeMap::new(),
            faults: BTreeMap::new(),
            nonces: BTreeSet::new(),
            made: 0,
        }
    }

    pub(super) fn domain(&self) -> String {
        self.domain.clone()
    }

    pub(super) fn of(&self, user: &str) -> Vec<String> {
        let now = Instant::now();
        let bindings = self.table.get(user).into_iter().flatten();
        bindings
            .filter(|(_, ends_at)| **ends_at > now)
            .map(|(uri, _)| uri.clone())
            .collect()
    }

    pub(super) fn requests(&self, user: &str) -> usize {
        self.requests.get(user).copied().unwrap_or(0)
    }

    pub(super) fn set_fault(&mut self, user: &str, fault: Option<Fault>) {
        match fault {
            Some(fault) => self.faults.insert(user.to_owned(), fault),
            None => self.faults.remove(user),
        };
    }

    pub(super) fn expire_nonces(&mut self) {
        self.nonces.clear();
    }

    /// `account` is whoever the request claims to be.
    pub(super) fn answer(
        &mut self,
        request: &Request,
        source: SocketAddr,
        account: Option<&Account>,
    ) -> Option<String> {
        match request.method.as_str() {
            "REGISTER" => self.register(request, source, account),
            "OPTIONS" => Some(request.answer(source, 200, &[])),
            "ACK" => None,
            _ => Some(request.answer(source, 405, &["Allow: REGISTER, OPTIONS".to_owned()])),
        }
    }

    fn register(
        &mut self,
        request: &Request,
        source: SocketAddr,
        account: Option<&Account>,
    ) -> Option<String> {
        let user = request.to_user()?.to_owned();
        *self.requests.entry(user.clone()).or_default() += 1;
        let fault = self.faults.get(&user).copied();
        match fault {
            Some(Fault::Silent) => return None,
            Some(Fault::Overloaded(seconds)) => {
                return Some(request.answer(source, 503, &[format!("Retry-After: {seconds}")]));
            }
            Some(Fault::Refuse(_) | Fault::MinExpires(_)) | None => {}
        }
        let Some(account) = self.authenticated(request, account) else {
            let stale = request
                .authorization()
                .is_some_and(|a| !self.knows(a.nonce()));
            let nonce = self.make_nonce();
            return Some(request.answer(
                source,
                401,
                &digest::challenges(&self.domain, &nonce, stale),
            ));
        };
        if account.aor_user != user {
            return Some(request.answer(source, 403, &[]));
        }
        match fault {
            Some(Fault::Refuse(status)) => Some(request.answer(source, status, &[])),
            Some(Fault::MinExpires(least))
                if wanted(request).is_some_and(|s| s > 0 && s < least) =>
            {
                Some(request.answer(source, 423, &[format!("Min-Expires: {least}")]))
            }
            Some(Fault::MinExpires(_) | Fault::Silent | Fault::Overloaded(_)) | None => {
                self.bind(&user, request);
                Some(request.answer(source, 200, &self.contacts(&user)))
            }
        }
    }

    fn authenticated<'a>(
        &self,
        request: &Request,
        account: Option<&'a Account>,
    ) -> Option<&'a Account> {
        let answer = request.authorization()?;
        let account = account?;
        (self.knows(answer.nonce()) && answer.is_right(account, &request.method, &request.uri))
            .then_some(account)
    }

    fn knows(&self, nonce: &str) -> bool {
        self.nonces.iter().any(|(_, known)| known == nonce)
    }

    fn make_nonce(&mut self) -> String {
        let mut random = [0; 16];
        getrandom::fill(&mut random).expect("random numbers");
        let nonce = format!("{:032x}", u128::from_ne_bytes(random));
        self.made += 1;
        self.nonces.insert((self.made, nonce.clone()));
        while self.nonces.len() > NONCES_MAX {
            self.nonces.pop_first();
        }
        nonce
    }

    /// Adds, renews or removes the one Contact of the request; without one it was a question (RFC 3261 section 10.2.3).
    fn bind(&mut self, user: &str, request: &Request) {
        let (Some(contact), Some(seconds)) = (request.contact(), wanted(request)) else {
            return;
        };
        let bindings = self.table.entry(user.to_owned()).or_default();
        if seconds == 0 {
            bindings.remove(&contact.uri);
        } else if bindings.len() < BINDINGS_MAX || bindings.contains_key(&contact.uri) {
            bindings.insert(
                contact.uri,
                Instant::now() + Duration::from_secs(seconds.into()),
            );
        }
    }

    fn contacts(&self, user: &str) -> Vec<String> {
        let now = Instant::now();
        let bindings = self.table.get(user).into_iter().flatten();
        bindings
            .filter(|(_, ends_at)| **ends_at > now)
            .map(|(uri, ends_at)| {
                // Rounded to the nearest second, so that a fresh binding shows what was asked for.
                let left =
                    (ends_at.saturating_duration_since(now) + Duration::from_millis(500)).as_secs();
                format!("Contact: <{uri}>;expires={left}")
            })
            .collect()
    }
}

/// The seconds that a REGISTER with a Contact asks for.
fn wanted(request: &Request) -> Option<u32> {
    let contact = request.contact()?;
    Some(
        contact
            .expires
            .or_else(|| request.expires())
            .unwrap_or(EXPIRES),
    )
}
