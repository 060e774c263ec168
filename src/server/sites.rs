//! Sites and groups: rows and queries, and the rules that hold there.

use anyhow::{Context, Result};
use sqlx::FromRow;

use crate::column::Json;
use crate::db::Connection;
use crate::phones::Phone;
use crate::profiles::Settings;
use crate::rules::{Layer, Rules};
use crate::time_zone::TimeZone;

/// A site: a clock on the wall, and rules.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Site {
    pub(crate) id: i64,
    pub(crate) name: String,
    #[sqlx(try_from = "String")]
    pub(crate) time_zone: TimeZone,
    pub(crate) rules: Json<Layer>,
    /// Keys and language of its phones, of whichever model.
    pub(crate) settings: Json<Settings>,
    pub(crate) version: i64,
}

/// A group of phones and users that has rules and profiles of its own.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Group {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) rules: Json<Layer>,
    pub(crate) version: i64,
}

/// A site with what holds there for a group.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) time_zone: TimeZone,
    pub(crate) rules: Rules,
}

/// The site of this tenant.
pub(crate) async fn find(
    connection: &mut Connection,
    tenant: i64,
    id: i64,
) -> Result<Option<Site>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM sites WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// Every site of this tenant, by name.
pub(crate) async fn all(
    connection: &mut Connection,
    tenant: i64,
) -> Result<Vec<Site>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM sites WHERE tenant_id = $1 ORDER BY name")
        .bind(tenant)
        .fetch_all(connection)
        .await
}

/// Every group of this tenant, by name.
pub(crate) async fn groups(
    connection: &mut Connection,
    tenant: i64,
) -> Result<Vec<Group>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM groups WHERE tenant_id = $1 ORDER BY name")
        .bind(tenant)
        .fetch_all(connection)
        .await
}

/// The group of this tenant.
pub(crate) async fn group(
    connection: &mut Connection,
    tenant: i64,
    id: i64,
) -> Result<Option<Group>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM groups WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// What holds at a site for a group.
pub(crate) async fn place(
    connection: &mut Connection,
    tenant: i64,
    site: i64,
    group: Option<i64>,
) -> Result<Place> {
    let site = find(connection, tenant, site)
        .await?
        .with_context(|| format!("there is no site {site}"))?;
    let group = match group {
        Some(id) => self::group(connection, tenant, id).await?,
        None => None,
    };
    let layers = [
        Some(&site.rules.0),
        group.as_ref().map(|group| &group.rules.0),
    ];
    let rules = Rules::of(layers.into_iter().flatten())
        .with_context(|| format!("the rules of site {} do not fit", site.name))?;
    Ok(Place {
        time_zone: site.time_zone,
        rules,
    })
}

/// What holds at a phone.
pub(crate) async fn place_of(connection: &mut Connection, phone: &Phone) -> Result<Place> {
    place(connection, phone.tenant_id, phone.site_id, phone.group_id).await
}
