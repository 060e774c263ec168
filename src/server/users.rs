//! Users: rows and queries. Knows no HTTP.

use std::fmt;

use hotdesk_provisioning::{Language, LineKey};
use sqlx::FromRow;

use crate::column::{Flag, Json};
use crate::db::Connection;

/// Somebody who may be a guest.
#[derive(Clone, FromRow)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) tenant_id: i64,
    pub(crate) site_id: i64,
    pub(crate) group_id: Option<i64>,
    pub(crate) extension: String,
    pub(crate) short_extension: Option<String>,
    pub(crate) name: String,
    pub(crate) pin_hash: Option<String>,
    #[sqlx(try_from = "Flag")]
    pub(crate) hot_desk: bool,
    #[sqlx(try_from = "Flag")]
    pub(crate) disabled: bool,
    pub(crate) association_limit: Option<i64>,
    pub(crate) keys: Json<Vec<LineKey>>,
    language: Option<String>,
    pub(crate) version: i64,
}

impl User {
    /// What screens speak while they are signed in; `None`: what the phone speaks.
    pub(crate) fn language(&self) -> Option<Language> {
        self.language.as_deref().and_then(Language::parse)
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Four digits are found from their hash in minutes, so the hash is as secret as the PIN.
        f.debug_struct("User")
            .field("id", &self.id)
            .field("extension", &self.extension)
            .finish_non_exhaustive()
    }
}

pub(crate) async fn find(connection: &mut Connection, id: i64) -> Result<User, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE id = $1")
        .bind(id)
        .fetch_one(connection)
        .await
}

/// The user of this tenant.
pub(crate) async fn of_tenant(
    connection: &mut Connection,
    tenant: i64,
    id: i64,
) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// Whoever of this tenant has this number, in full or short.
pub(crate) async fn by_number(
    connection: &mut Connection,
    tenant: i64,
    number: &str,
) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as(
        "SELECT * FROM users WHERE tenant_id = $1 AND $2 IN (extension, short_extension)",
    )
    .bind(tenant)
    .bind(number)
    .fetch_optional(connection)
    .await
}
