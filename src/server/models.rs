//! Models of phones: how many keys they have, and which panel draws their screens.

use sqlx::FromRow;

use crate::db::Connection;

/// A model, by the name that phones give themselves.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Model {
    pub(crate) name: String,
    pub(crate) panel: String,
    pub(crate) line_keys: i64,
    pub(crate) version: i64,
}

/// Every model of this tenant, by name.
pub(crate) async fn all(
    connection: &mut Connection,
    tenant: i64,
) -> Result<Vec<Model>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM models WHERE tenant_id = $1 ORDER BY name")
        .bind(tenant)
        .fetch_all(connection)
        .await
}

/// The model of this tenant.
pub(crate) async fn find(
    connection: &mut Connection,
    tenant: i64,
    name: &str,
) -> Result<Option<Model>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM models WHERE tenant_id = $1 AND name = $2")
        .bind(tenant)
        .bind(name)
        .fetch_optional(connection)
        .await
}

/// The name under which a model is known from now on: what a phone says of itself, or somebody about it. No name is none.
pub(crate) async fn known_as(
    connection: &mut Connection,
    tenant: i64,
    said: &str,
) -> Result<Option<String>, sqlx::Error> {
    let name = said.trim();
    if name.is_empty() {
        return Ok(None);
    }
    sqlx::query("INSERT INTO models (tenant_id, name) VALUES ($1, $2) ON CONFLICT (tenant_id, name) DO NOTHING")
        .bind(tenant)
        .bind(name)
        .execute(connection)
        .await?;
    Ok(Some(name.to_owned()))
}
