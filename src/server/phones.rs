//! Phones: rows and queries. Knows no HTTP.

use hotdesk_provisioning::{DeviceId, LineKey};
use sqlx::FromRow;

use crate::column::{Flag, Json};
use crate::db::Connection;

/// How old "last seen" may get before it is written again: a phone at work would otherwise write with every request.
const SEEN_EVERY_SECONDS: i64 = 30;

/// A designated phone.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Phone {
    pub(crate) id: i64,
    pub(crate) tenant_id: i64,
    pub(crate) site_id: i64,
    pub(crate) group_id: Option<i64>,
    pub(crate) mac: String,
    pub(crate) name: String,
    pub(crate) extension: String,
    pub(crate) model: Option<String>,
    pub(crate) location: String,
    pub(crate) address: String,
    #[sqlx(try_from = "Flag")]
    pub(crate) enabled: bool,
    pub(crate) keys: Json<Vec<LineKey>>,
    pub(crate) secret_version: i64,
    pub(crate) enrolment: i64,
    pub(crate) claim_hash: Option<Vec<u8>>,
    pub(crate) token_hash: Option<Vec<u8>>,
    pub(crate) agent_version: String,
    #[sqlx(try_from = "Flag")]
    pub(crate) registered: bool,
    pub(crate) last_seen: Option<i64>,
    pub(crate) last_switch_ms: Option<i64>,
    pub(crate) version: i64,
}

impl Phone {
    /// Where it stands, for people: the model as the phone says it.
    pub(crate) fn model(&self) -> &str {
        self.model.as_deref().unwrap_or("")
    }
}

pub(crate) async fn find(connection: &mut Connection, id: i64) -> Result<Phone, sqlx::Error> {
    sqlx::query_as("SELECT * FROM phones WHERE id = $1")
        .bind(id)
        .fetch_one(connection)
        .await
}

pub(crate) async fn by_mac(
    connection: &mut Connection,
    mac: &DeviceId,
) -> Result<Option<Phone>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM phones WHERE mac = $1")
        .bind(mac.as_str())
        .fetch_optional(connection)
        .await
}

/// The phone whose token has this fingerprint.
pub(crate) async fn by_token(
    connection: &mut Connection,
    fingerprint: &[u8],
) -> Result<Option<Phone>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM phones WHERE token_hash = $1")
        .bind(fingerprint)
        .fetch_optional(connection)
        .await
}

/// The phone of this tenant.
pub(crate) async fn of_tenant(
    connection: &mut Connection,
    tenant: i64,
    id: i64,
) -> Result<Option<Phone>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM phones WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// Whether the number is the own one of a phone of this tenant.
pub(crate) async fn has_number(
    connection: &mut Connection,
    tenant: i64,
    extension: &str,
) -> Result<bool, sqlx::Error> {
    let phones: i64 =
        sqlx::query_scalar("SELECT count(*) FROM phones WHERE tenant_id = $1 AND extension = $2")
            .bind(tenant)
            .bind(extension)
            .fetch_one(connection)
            .await?;
    Ok(phones > 0)
}

/// Whether it is time to note that the phone was seen.
pub(crate) fn is_seen_stale(phone: &Phone, now: i64) -> bool {
    phone
        .last_seen
        .is_none_or(|seen| now.saturating_sub(seen) >= SEEN_EVERY_SECONDS)
}

pub(crate) async fn note_seen(
    connection: &mut Connection,
    phone: i64,
    now: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE phones SET last_seen = $1 WHERE id = $2")
        .bind(now)
        .bind(phone)
        .execute(connection)
        .await?;
    Ok(())
}
