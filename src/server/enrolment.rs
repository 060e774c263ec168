//! First contact: a designated phone gets its token, an unknown one a code that an administrator enters in the portal.
//! Codes live in memory: a phone asks every few seconds, and after a restart it gets another code.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hotdesk_provisioning::{DeviceId, EnrolAnswer, EnrolRequest, Refusal, RefusalCode};

use crate::app::{App, Change};
use crate::audit::{Entry, Event};
use crate::error::{Answer, busy, malformed};
use crate::keys::{fingerprint, random_bytes};
use crate::phones::{self, Phone};
use crate::throttle::{self, Subject};

/// Fewest characters of a claim: 128 bits in base64.
const CLAIM_LENGTH_MIN: usize = 22;
/// Most characters of a claim.
const CLAIM_LENGTH_MAX: usize = 128;
/// How long a code is good for.
const CODE_SECONDS: i64 = 600;
/// Phones that wait for an administrator at the same time.
const WAITING_MAX: usize = 256;
/// How soon a waiting phone asks again.
const ASK_AGAIN_SECONDS: u32 = 5;

/// Answers a phone that says who it is.
pub(crate) async fn enrol(app: &App, request: &EnrolRequest) -> Answer<EnrolAnswer> {
    let length = request.claim.expose().len();
    if !(CLAIM_LENGTH_MIN..=CLAIM_LENGTH_MAX).contains(&length) {
        return Err(malformed("A claim has 22 to 128 characters.").into());
    }
    let claim_hash = fingerprint(request.claim.expose());
    let mut change = app.change().await?;
    let Some(phone) = phones::by_mac(change.connection(), &request.device).await? else {
        drop(change);
        return app.waiting().code_for(request, &claim_hash, app.now());
    };
    match &phone.claim_hash {
        Some(known) if *known != claim_hash => return refuse(change, &phone).await,
        Some(_) | None if !phone.enabled => return Err(RefusalCode::PhoneNotEnabled.into()),
        Some(_) if phone.token_hash.is_some() => {}
        Some(_) | None => {
            bind(&mut change, &phone, request, &claim_hash).await?;
            change.finish().await?;
        }
    }
    // Derived anew each time, so that a phone which lost the first answer gets the same token again.
    let token = app
        .key()
        .device_token(phone.id, phone.enrolment, &request.claim);
    Ok(EnrolAnswer::Enrolled { token })
}

/// Ties the phone to its claim.
async fn bind(
    change: &mut Change,
    phone: &Phone,
    request: &EnrolRequest,
    claim_hash: &[u8],
) -> Result<(), sqlx::Error> {
    let now = change.now;
    let token = change
        .app
        .key()
        .device_token(phone.id, phone.enrolment, &request.claim);
    sqlx::query(
        "UPDATE phone SET claim_hash = ?, token_hash = ?, agent_version = ?, last_seen = ?,
                          model = CASE model WHEN '' THEN ? ELSE model END
         WHERE id = ?",
    )
    .bind(claim_hash)
    .bind(fingerprint(token.expose()))
    .bind(cut(&request.version))
    .bind(now)
    .bind(cut(&request.model))
    .bind(phone.id)
    .execute(change.connection())
    .await?;
    Entry::new(Event::Enrolled)
        .phone(phone)
        .detail(format!("{} {}", cut(&request.model), cut(&request.version)))
        .write(change.connection(), now)
        .await?;
    tracing::info!(desk = phone.name, "phone enrolled");
    Ok(())
}

/// Somebody else claims to be a phone that has enrolled. Counted, so that the audit cannot be flooded.
async fn refuse(mut change: Change, phone: &Phone) -> Answer<EnrolAnswer> {
    let now = change.now;
    let subject = Subject::Claim(phone.id);
    let record = throttle::load(change.connection(), &subject).await?;
    if let Some(seconds) = record.locked_for(now) {
        return Err(Refusal {
            retry_after: Some(seconds),
            ..Refusal::new(RefusalCode::Busy)
        }
        .into());
    }
    throttle::fail(change.connection(), &subject, now).await?;
    Entry::new(Event::EnrolRefused)
        .code(Some(RefusalCode::NotAuthenticated))
        .phone(phone)
        .detail("another phone, or the same one after its memory was erased; reset its enrolment to let it in")
        .write(change.connection(), now)
        .await?;
    change.finish().await?;
    tracing::warn!(
        desk = phone.name,
        "a phone with another claim wants to enrol"
    );
    Err(RefusalCode::NotAuthenticated.into())
}

fn cut(text: &str) -> String {
    /// Longest model name or version that is kept.
    const LENGTH_MAX: usize = 64;
    text.chars()
        .filter(|c| !c.is_control())
        .take(LENGTH_MAX)
        .collect()
}

/// A phone that waits for an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applicant {
    pub(crate) device: DeviceId,
    pub(crate) claim_hash: Vec<u8>,
    pub(crate) code: String,
    pub(crate) model: String,
    pub(crate) version: String,
    expires_at: i64,
}

/// The phones that wait, by MAC and claim: nobody can take another phone's place by asking first.
#[derive(Debug, Default)]
pub(crate) struct Waiting(Mutex<BTreeMap<(DeviceId, Vec<u8>), Applicant>>);

impl Waiting {
    fn code_for(&self, request: &EnrolRequest, claim_hash: &[u8], now: i64) -> Answer<EnrolAnswer> {
        let mut applicants = self.applicants(now);
        let key = (request.device.clone(), claim_hash.to_vec());
        if !applicants.contains_key(&key) {
            if applicants.len() >= WAITING_MAX {
                return Err(busy().into());
            }
            let mut code = new_code()?;
            while applicants.values().any(|other| other.code == code) {
                code = new_code()?;
            }
            let applicant = Applicant {
                device: request.device.clone(),
                claim_hash: claim_hash.to_vec(),
                code,
                model: cut(&request.model),
                version: cut(&request.version),
                expires_at: now.saturating_add(CODE_SECONDS),
            };
            applicants.insert(key.clone(), applicant);
        }
        let code = applicants
            .get(&key)
            .map(|a| a.code.clone())
            .unwrap_or_default();
        Ok(EnrolAnswer::Pending {
            code,
            retry_after: ASK_AGAIN_SECONDS,
        })
    }

    /// Who shows this code, if anybody still does.
    pub(crate) fn by_code(&self, code: &str, now: i64) -> Option<Applicant> {
        self.applicants(now)
            .values()
            .find(|a| a.code == code)
            .cloned()
    }

    /// How many wait.
    pub(crate) fn count(&self, now: i64) -> usize {
        self.applicants(now).len()
    }

    /// The applicant was designated, under whichever claims the MAC asked.
    pub(crate) fn remove(&self, device: &DeviceId, now: i64) {
        self.applicants(now)
            .retain(|(waiting, _), _| waiting != device);
    }

    /// The table without those whose code is too old.
    fn applicants(&self, now: i64) -> MutexGuard<'_, BTreeMap<(DeviceId, Vec<u8>), Applicant>> {
        let mut applicants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        applicants.retain(|_, applicant| applicant.expires_at > now);
        applicants
    }
}

/// Six random digits.
fn new_code() -> anyhow::Result<String> {
    let [a, b, c, d, ..] = random_bytes()?;
    // The bias of the remainder is below one in four thousand: codes are short-lived and not secret.
    Ok(format!(
        "{:06}",
        u32::from_be_bytes([a, b, c, d]) % 1_000_000
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hotdesk_provisioning::Secret;

    fn request(mac: u32) -> EnrolRequest {
        EnrolRequest {
            device: DeviceId::parse(&format!("{mac:012x}")).unwrap(),
            claim: Secret::new("c".repeat(22)),
            model: "HD".to_owned(),
            version: "1".to_owned(),
        }
    }

    fn code(answer: EnrolAnswer) -> String {
        match answer {
            EnrolAnswer::Pending { code, .. } => code,
            EnrolAnswer::Enrolled { .. } => panic!("nobody was designated"),
        }
    }

    #[test]
    fn a_code_stays_while_it_is_good_and_then_changes() {
        let waiting = Waiting::default();
        let first = code(waiting.code_for(&request(1), b"claim", 0).unwrap());
        assert_eq!(first.len(), 6);
        assert_eq!(
            first,
            code(waiting.code_for(&request(1), b"claim", 599).unwrap())
        );
        assert!(waiting.by_code(&first, 599).is_some());
        assert!(waiting.by_code(&first, 600).is_none());
        let other = code(waiting.code_for(&request(1), b"other", 0).unwrap());
        assert_ne!(first, other);
    }

    #[test]
    fn the_table_is_bounded_and_empties_by_itself() {
        let waiting = Waiting::default();
        for mac in 0..u32::try_from(WAITING_MAX).unwrap() {
            waiting.code_for(&request(mac), b"claim", 0).unwrap();
        }
        assert!(waiting.code_for(&request(9999), b"claim", 1).is_err());
        assert!(waiting.code_for(&request(9999), b"claim", 600).is_ok());
        assert_eq!(waiting.count(600), 1);
    }
}
