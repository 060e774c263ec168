//! Phones: rows and queries. Knows no HTTP.

use hotdesk_provisioning::{DeviceId, LineKey};
use sqlx::types::Json;
use sqlx::{FromRow, SqliteConnection};

/// How old "last seen" may get before it is written again: a phone at work would otherwise write with every request.
const SEEN_EVERY_SECONDS: i64 = 30;

/// A designated phone.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Phone {
    pub(crate) id: i64,
    pub(crate) site: i64,
    pub(crate) mac: String,
    pub(crate) name: String,
    pub(crate) extension: String,
    pub(crate) model: String,
    pub(crate) address: String,
    pub(crate) enabled: bool,
    pub(crate) keys: Json<Vec<LineKey>>,
    pub(crate) secret_version: i64,
    pub(crate) enrolment: i64,
    pub(crate) claim_hash: Option<Vec<u8>>,
    pub(crate) token_hash: Option<Vec<u8>>,
    pub(crate) agent_version: String,
    pub(crate) registered: bool,
    pub(crate) last_seen: Option<i64>,
    pub(crate) last_switch_ms: Option<i64>,
}

pub(crate) async fn find(connection: &mut SqliteConnection, id: i64) -> Result<Phone, sqlx::Error> {
    sqlx::query_as("SELECT * FROM phone WHERE id = ?")
        .bind(id)
        .fetch_one(connection)
        .await
}

pub(crate) async fn by_mac(
    connection: &mut SqliteConnection,
    mac: &DeviceId,
) -> Result<Option<Phone>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM phone WHERE mac = ?")
        .bind(mac.as_str())
        .fetch_optional(connection)
        .await
}

/// The phone whose token has this fingerprint.
pub(crate) async fn by_token(
    connection: &mut SqliteConnection,
    fingerprint: &[u8],
) -> Result<Option<Phone>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM phone WHERE token_hash = ?")
        .bind(fingerprint)
        .fetch_optional(connection)
        .await
}

/// Whether the number is a phone's own.
pub(crate) async fn has_number(
    connection: &mut SqliteConnection,
    extension: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM phone WHERE extension = ?)")
        .bind(extension)
        .fetch_one(connection)
        .await
}

/// Whether it is time to note that the phone was seen.
pub(crate) fn is_seen_stale(phone: &Phone, now: i64) -> bool {
    phone
        .last_seen
        .is_none_or(|seen| now.saturating_sub(seen) >= SEEN_EVERY_SECONDS)
}

pub(crate) async fn note_seen(
    connection: &mut SqliteConnection,
    phone: i64,
    now: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE phone SET last_seen = ? WHERE id = ?")
        .bind(now)
        .bind(phone)
        .execute(connection)
        .await?;
    Ok(())
}
