//! Tenants, for operators.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Operator;
use super::list::{List, Paging};
use super::problem::{Outcome, Problem};
use super::read::{Asked, Body, Named};
use super::text::Name;
use super::versions::{Known, created};
use crate::app::App;
use crate::manage::{self, TenantEntry};
use crate::tenants::{self, Tenant};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, replace))
}

/// A tenant.
#[derive(Debug, Serialize, ToSchema)]
struct TenantOut {
    id: i64,
    name: String,
    /// The domain of its addresses-of-record; null: the server's.
    sip_domain: Option<String>,
    /// How many users may use shared phones; null: any number.
    guest_licences: Option<i64>,
    version: i64,
}

/// What a tenant is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TenantIn {
    name: Name,
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?(\\.[a-z]{2,10}){1,2}$", example = "a.example.com")]
    sip_domain: Option<Name>,
    #[serde(default)]
    #[schema(maximum = 1_000_000)]
    guest_licences: Option<u32>,
}

fn show(tenant: Tenant) -> TenantOut {
    TenantOut {
        id: tenant.id,
        name: tenant.name,
        sip_domain: tenant.sip_domain,
        guest_licences: tenant.guest_licences,
        version: tenant.version,
    }
}

async fn find(app: &App, id: i64) -> Outcome<TenantOut> {
    let found = tenants::find(&mut *app.reader().await?, id).await?;
    found.map(show).ok_or_else(Problem::not_found)
}

/// Tenants.
#[utoipa::path(get, path = "/tenants", tag = "tenants", operation_id = "list_tenants", params(Paging),
    responses((status = 200, body = List<TenantOut>)), security(("token" = ["operate"])))]
async fn list(
    State(app): State<App>,
    caller: Operator,
    Asked(paging): Asked<Paging>,
) -> Outcome<Json<List<TenantOut>>> {
    caller.of_all()?;
    let (page, after) = paging.by_number()?;
    let rows: Vec<Tenant> =
        sqlx::query_as("SELECT * FROM tenants WHERE id > $1 ORDER BY id LIMIT $2")
            .bind(after)
            .bind(page.rows())
            .fetch_all(&mut *app.reader().await?)
            .await?;
    Ok(Json(page.list(rows, |row| row.id.to_string(), show)))
}

/// One tenant.
#[utoipa::path(get, path = "/tenants/{id}", tag = "tenants", operation_id = "read_tenant", params(("id" = i64, Path)),
    responses((status = 200, body = TenantOut)), security(("token" = ["operate"])))]
async fn read(
    State(app): State<App>,
    caller: Operator,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<Response> {
    caller.of_all()?;
    let tenant = find(&app, id).await?;
    Ok(known.answer(tenant.version, tenant))
}

/// Adds a tenant with its first site.
#[utoipa::path(post, path = "/tenants", tag = "tenants", operation_id = "create_tenant", request_body = TenantIn,
    responses((status = 201, body = TenantOut)), security(("token" = ["operate"])))]
async fn create(
    State(app): State<App>,
    caller: Operator,
    Body(sent): Body<TenantIn>,
) -> Outcome<Response> {
    caller.of_all()?;
    let mut change = app.change_everything().await?;
    let id = manage::add_tenant(&mut change, &entry(&sent), &caller.actor).await?;
    change.finish().await?;
    let tenant = find(&app, id).await?;
    Ok(created(
        &format!("/api/v1/tenants/{id}"),
        tenant.version,
        tenant,
    ))
}

/// Makes a tenant what is sent. Another domain reaches the registrar and the phones.
#[utoipa::path(put, path = "/tenants/{id}", tag = "tenants", operation_id = "replace_tenant", params(("id" = i64, Path)),
    request_body = TenantIn, responses((status = 200, body = TenantOut)), security(("token" = ["operate"])))]
async fn replace(
    State(app): State<App>,
    caller: Operator,
    Named(id): Named<i64>,
    known: Known,
    Body(sent): Body<TenantIn>,
) -> Outcome<Response> {
    caller.of_all()?;
    let mut change = app.change_everything().await?;
    let before = tenants::find(change.connection(), id).await?;
    known.allows(before.ok_or_else(Problem::not_found)?.version)?;
    manage::save_tenant(&mut change, id, &entry(&sent), &caller.actor).await?;
    change.finish().await?;
    let tenant = find(&app, id).await?;
    Ok(Known::default().answer(tenant.version, tenant))
}

fn entry(sent: &TenantIn) -> TenantEntry<'_> {
    TenantEntry {
        name: sent.name.as_str(),
        sip_domain: sent.sip_domain.as_ref().map(Name::as_str),
        guest_licences: sent.guest_licences,
    }
}
