//! Sites and groups, with the rules that hold there.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, Manage, Read};
use super::list::{List, Paging};
use super::problem::{Outcome, Problem};
use super::profiles::SettingsIo;
use super::read::{Asked, Body, Named};
use super::text::Name;
use super::versions::{Known, created};
use crate::app::App;
use crate::manage::{self, Removable, SiteEntry};
use crate::rules::Layer;
use crate::sites::{self, Site};
use crate::time_zone::TimeZone;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, replace, remove))
}

/// A site.
#[derive(Debug, Serialize, ToSchema)]
struct SiteOut {
    id: i64,
    name: String,
    /// `Europe/London`, `UTC` or `+05:30`.
    time_zone: TimeZone,
    /// The rules that differ from what is built in.
    #[schema(value_type = Object)]
    rules: Layer,
    /// Keys and language of its phones, of whichever model.
    settings: SettingsIo,
    version: i64,
}

/// What a site is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SiteIn {
    name: Name,
    /// A name of the IANA time zone database, or hours and minutes from UTC.
    #[serde(default)]
    time_zone: TimeZone,
    /// The rules that differ from what is built in.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({ "elsewhere": "ask" }))]
    rules: Layer,
    #[serde(default)]
    settings: SettingsIo,
}

fn show(site: Site) -> SiteOut {
    SiteOut {
        id: site.id,
        name: site.name,
        time_zone: site.time_zone,
        rules: site.rules.0,
        settings: (&site.settings.0).into(),
        version: site.version,
    }
}

async fn find(app: &App, tenant: i64, id: i64) -> Outcome<SiteOut> {
    let found = sites::find(&mut *app.reader().await?, tenant, id).await?;
    found.map(show).ok_or_else(Problem::not_found)
}

/// Sites.
#[utoipa::path(get, path = "/sites", tag = "sites", operation_id = "list_sites", params(Paging),
    responses((status = 200, body = List<SiteOut>)), security(("token" = ["read"])))]
async fn list(
    State(app): State<App>,
    caller: Caller<Read>,
    Asked(paging): Asked<Paging>,
) -> Outcome<Json<List<SiteOut>>> {
    let (page, after) = paging.by_number()?;
    let rows: Vec<Site> =
        sqlx::query_as("SELECT * FROM sites WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3")
            .bind(caller.tenant)
            .bind(after)
            .bind(page.rows())
            .fetch_all(&mut *app.reader().await?)
            .await?;
    Ok(Json(page.list(rows, |row| row.id.to_string(), show)))
}

/// One site.
#[utoipa::path(get, path = "/sites/{id}", tag = "sites", operation_id = "read_site", params(("id" = i64, Path)),
    responses((status = 200, body = SiteOut)), security(("token" = ["read"])))]
async fn read(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<Response> {
    let site = find(&app, caller.tenant, id).await?;
    Ok(known.answer(site.version, site))
}

/// Adds a site.
#[utoipa::path(post, path = "/sites", tag = "sites", operation_id = "create_site", request_body = SiteIn,
    responses((status = 201, body = SiteOut)), security(("token" = ["manage"])))]
async fn create(
    State(app): State<App>,
    caller: Caller<Manage>,
    Body(site): Body<SiteIn>,
) -> Outcome<Response> {
    let id = save(&app, &caller, None, &site, &Known::default()).await?;
    let site = find(&app, caller.tenant, id).await?;
    Ok(created(&format!("/api/v1/sites/{id}"), site.version, site))
}

/// Makes a site what is sent. Its phones are told.
#[utoipa::path(put, path = "/sites/{id}", tag = "sites", operation_id = "replace_site", params(("id" = i64, Path)),
    request_body = SiteIn, responses((status = 200, body = SiteOut)), security(("token" = ["manage"])))]
async fn replace(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    known: Known,
    Body(site): Body<SiteIn>,
) -> Outcome<Response> {
    save(&app, &caller, Some(id), &site, &known).await?;
    let site = find(&app, caller.tenant, id).await?;
    Ok(Known::default().answer(site.version, site))
}

async fn save(
    app: &App,
    caller: &Caller<Manage>,
    id: Option<i64>,
    site: &SiteIn,
    known: &Known,
) -> Outcome<i64> {
    let entry = SiteEntry {
        name: site.name.as_str(),
        time_zone: &site.time_zone,
        rules: site.rules.clone(),
        settings: site.settings.clone().into_settings()?,
    };
    let mut change = app.change(caller.tenant).await?;
    if let Some(id) = id {
        let before = sites::find(change.connection(), caller.tenant, id).await?;
        known.allows(before.ok_or_else(Problem::not_found)?.version)?;
    }
    let id = manage::save_site(&mut change, caller.tenant, id, &entry, &caller.actor).await?;
    change.finish().await?;
    Ok(id)
}

/// Takes a site away on which nothing stands any more.
#[utoipa::path(delete, path = "/sites/{id}", tag = "sites", operation_id = "remove_site", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["manage"])))]
async fn remove(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let before = sites::find(change.connection(), caller.tenant, id).await?;
    known.allows(before.ok_or_else(Problem::not_found)?.version)?;
    if sites::all(change.connection(), caller.tenant).await?.len() < 2 {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "A tenant has at least one site.",
        ));
    }
    manage::remove(
        &mut change,
        caller.tenant,
        Removable::Site(id),
        &caller.actor,
    )
    .await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
