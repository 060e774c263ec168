//! Tenants: rows and queries.

use sqlx::FromRow;

use crate::db::Connection;

/// The first tenant: there whenever the server is.
pub(crate) const FIRST: i64 = 1;

/// Somebody whose phones and users are nobody else's.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Tenant {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) sip_domain: Option<String>,
    pub(crate) guest_licences: Option<i64>,
    pub(crate) version: i64,
}

/// Every tenant, by name.
pub(crate) async fn all(connection: &mut Connection) -> Result<Vec<Tenant>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM tenants ORDER BY name")
        .fetch_all(connection)
        .await
}

pub(crate) async fn find(
    connection: &mut Connection,
    id: i64,
) -> Result<Option<Tenant>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM tenants WHERE id = $1")
        .bind(id)
        .fetch_optional(connection)
        .await
}

pub(crate) async fn by_name(
    connection: &mut Connection,
    name: &str,
) -> Result<Option<Tenant>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM tenants WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await
}

/// Users who may use shared phones: what a licence counts. Phones are not counted.
pub(crate) async fn guests(connection: &mut Connection, id: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT count(*) FROM users WHERE tenant_id = $1 AND hot_desk = $2 AND disabled = $3",
    )
    .bind(id)
    .bind(true)
    .bind(false)
    .fetch_one(connection)
    .await
}
