//! First contact: a designated phone gets its token, an unknown one a code that an administrator enters in the portal.
//! Codes are in the database, for the phone may reach another server than the administrator.

use hotdesk_provisioning::{DeviceId, EnrolAnswer, EnrolRequest, Refusal, RefusalCode};
use sqlx::FromRow;

use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::db::Connection;
use crate::error::{Answer, busy, clash, malformed, wrong};
use crate::keys::{fingerprint, random_bytes};
use crate::models;
use crate::phones::{self, Phone};
use crate::rules::Rules;
use crate::throttle::{self, Subject};

/// Fewest characters of a claim: 128 bits in base64.
const CLAIM_LENGTH_MIN: usize = 22;
/// Most characters of a claim.
const CLAIM_LENGTH_MAX: usize = 128;
/// How long a code is good for.
const CODE_SECONDS: i64 = 600;
/// Phones that wait for an administrator at the same time.
const WAITING_MAX: i64 = 256;
/// How soon a waiting phone asks again.
const ASK_AGAIN_SECONDS: u32 = 5;

/// Answers a phone that says who it is.
pub(crate) async fn enrol(app: &App, request: &EnrolRequest) -> Answer<EnrolAnswer> {
    let length = request.claim.expose().len();
    if !(CLAIM_LENGTH_MIN..=CLAIM_LENGTH_MAX).contains(&length) {
        return Err(malformed("A claim has 22 to 128 characters.").into());
    }
    let claim_hash = fingerprint(request.claim.expose());
    let known = phones::by_mac(&mut *app.reader().await?, &request.device).await?;
    let Some(known) = known else {
        return code_for(app, request, &claim_hash).await;
    };
    let mut change = app.change(known.tenant_id).await?;
    // As it stands now that nobody else changes it.
    let phone = phones::find(change.connection(), known.id).await?;
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
    let model =
        models::known_as(change.connection(), phone.tenant_id, &cut(&request.model)).await?;
    sqlx::query(
        "UPDATE phones SET claim_hash = $1, token_hash = $2, agent_version = $3, last_seen = $4, model = coalesce(model, $5)
         WHERE id = $6",
    )
    .bind(claim_hash)
    .bind(fingerprint(token.expose()))
    .bind(cut(&request.version))
    .bind(now)
    .bind(model)
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
    throttle::fail(change.connection(), &Rules::default(), &subject, now).await?;
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
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(crate) struct Applicant {
    pub(crate) mac: String,
    pub(crate) claim_hash: Vec<u8>,
    pub(crate) code: String,
    pub(crate) model: String,
    pub(crate) version: String,
}

/// The code that this phone shows: the same one while it is good.
async fn code_for(app: &App, request: &EnrolRequest, claim_hash: &[u8]) -> Answer<EnrolAnswer> {
    let mac = request.device.as_str();
    let known = code_of(&mut *app.reader().await?, mac, claim_hash, app.now()).await?;
    let code = match known {
        Some(code) => code,
        None => {
            let mut change = app.change_everything().await?;
            let code = apply(&mut change, request, claim_hash).await?;
            change.finish().await?;
            code
        }
    };
    Ok(EnrolAnswer::Pending {
        code,
        retry_after: ASK_AGAIN_SECONDS,
    })
}

async fn code_of(
    connection: &mut Connection,
    mac: &str,
    claim_hash: &[u8],
    now: i64,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT code FROM applicants WHERE mac = $1 AND claim_hash = $2 AND expires_at > $3",
    )
    .bind(mac)
    .bind(claim_hash)
    .bind(now)
    .fetch_optional(connection)
    .await
}

/// Takes a phone in among those that wait.
async fn apply(change: &mut Change, request: &EnrolRequest, claim_hash: &[u8]) -> Answer<String> {
    let now = change.now;
    let mac = request.device.as_str();
    let connection = change.connection();
    forget(connection, now).await?;
    if let Some(code) = code_of(connection, mac, claim_hash, now).await? {
        return Ok(code);
    }
    if count(connection, now).await? >= WAITING_MAX {
        return Err(busy().into());
    }
    let mut code = new_code()?;
    while by_code(connection, &code, now).await?.is_some() {
        code = new_code()?;
    }
    sqlx::query(
        "INSERT INTO applicants (mac, claim_hash, code, model, version, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(mac)
    .bind(claim_hash)
    .bind(&code)
    .bind(cut(&request.model))
    .bind(cut(&request.version))
    .bind(now.saturating_add(CODE_SECONDS))
    .execute(connection)
    .await?;
    Ok(code)
}

/// Who shows this code, if anybody still does.
async fn by_code(
    connection: &mut Connection,
    code: &str,
    now: i64,
) -> Result<Option<Applicant>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM applicants WHERE code = $1 AND expires_at > $2")
        .bind(code)
        .bind(now)
        .fetch_optional(connection)
        .await
}

/// Which phone somebody means: by its MAC address, or by the code that it shows.
pub(crate) async fn named(
    connection: &mut Connection,
    text: &str,
    now: i64,
) -> Answer<(DeviceId, Option<Applicant>)> {
    if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        let shown = by_code(connection, text, now).await?;
        let applicant = shown.ok_or_else(|| {
            clash("No phone shows this code now. Codes change every ten minutes.")
        })?;
        let mac = DeviceId::parse(&applicant.mac).map_err(anyhow::Error::from)?;
        return Ok((mac, Some(applicant)));
    }
    let mac = DeviceId::parse(text)
        .map_err(|_| wrong("A MAC address has twelve hexadecimal digits, a code six digits."))?;
    Ok((mac, None))
}

/// How many wait.
pub(crate) async fn count(connection: &mut Connection, now: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM applicants WHERE expires_at > $1")
        .bind(now)
        .fetch_one(connection)
        .await
}

/// The applicant was designated, under whichever claims the MAC asked.
pub(crate) async fn remove(connection: &mut Connection, mac: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM applicants WHERE mac = $1")
        .bind(mac)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets those whose code is too old.
pub(crate) async fn forget(connection: &mut Connection, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM applicants WHERE expires_at <= $1")
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
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
