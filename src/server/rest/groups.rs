//! Groups of phones and users, with the rules that differ from those of their site.

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
use super::read::{Asked, Body, Named};
use super::text::Name;
use super::versions::{Known, created};
use crate::app::App;
use crate::manage::{self, GroupEntry, Removable};
use crate::rules::Layer;
use crate::sites::{self, Group};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, replace, remove))
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
struct GroupOut {
    id: i64,
    name: String,
    /// The rules that differ from the site's.
    #[schema(value_type = Object)]
    rules: Layer,
    version: i64,
}

/// What a group is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupIn {
    name: Name,
    /// The rules that differ from the site's.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({ "association_limit": 3600 }))]
    rules: Layer,
}

fn show(group: Group) -> GroupOut {
    GroupOut {
        id: group.id,
        name: group.name,
        rules: group.rules.0,
        version: group.version,
    }
}

async fn find(app: &App, tenant: i64, id: i64) -> Outcome<GroupOut> {
    let found = sites::group(&mut *app.reader().await?, tenant, id).await?;
    found.map(show).ok_or_else(Problem::not_found)
}

/// Groups.
#[utoipa::path(get, path = "/groups", tag = "groups", operation_id = "list_groups", params(Paging),
    responses((status = 200, body = List<GroupOut>)), security(("token" = ["read"])))]
async fn list(
    State(app): State<App>,
    caller: Caller<Read>,
    Asked(paging): Asked<Paging>,
) -> Outcome<Json<List<GroupOut>>> {
    let (page, after) = paging.by_number()?;
    let rows: Vec<Group> = sqlx::query_as(
        "SELECT * FROM groups WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    )
    .bind(caller.tenant)
    .bind(after)
    .bind(page.rows())
    .fetch_all(&mut *app.reader().await?)
    .await?;
    Ok(Json(page.list(rows, |row| row.id.to_string(), show)))
}

/// One group.
#[utoipa::path(get, path = "/groups/{id}", tag = "groups", operation_id = "read_group", params(("id" = i64, Path)),
    responses((status = 200, body = GroupOut)), security(("token" = ["read"])))]
async fn read(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<Response> {
    let group = find(&app, caller.tenant, id).await?;
    Ok(known.answer(group.version, group))
}

/// Adds a group.
#[utoipa::path(post, path = "/groups", tag = "groups", operation_id = "create_group", request_body = GroupIn,
    responses((status = 201, body = GroupOut)), security(("token" = ["manage"])))]
async fn create(
    State(app): State<App>,
    caller: Caller<Manage>,
    Body(group): Body<GroupIn>,
) -> Outcome<Response> {
    let id = save(&app, &caller, None, &group, &Known::default()).await?;
    let group = find(&app, caller.tenant, id).await?;
    Ok(created(
        &format!("/api/v1/groups/{id}"),
        group.version,
        group,
    ))
}

/// Makes a group what is sent. Its phones are told.
#[utoipa::path(put, path = "/groups/{id}", tag = "groups", operation_id = "replace_group", params(("id" = i64, Path)),
    request_body = GroupIn, responses((status = 200, body = GroupOut)), security(("token" = ["manage"])))]
async fn replace(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    known: Known,
    Body(group): Body<GroupIn>,
) -> Outcome<Response> {
    save(&app, &caller, Some(id), &group, &known).await?;
    let group = find(&app, caller.tenant, id).await?;
    Ok(Known::default().answer(group.version, group))
}

async fn save(
    app: &App,
    caller: &Caller<Manage>,
    id: Option<i64>,
    group: &GroupIn,
    known: &Known,
) -> Outcome<i64> {
    let entry = GroupEntry {
        name: group.name.as_str(),
        rules: group.rules.clone(),
    };
    let mut change = app.change(caller.tenant).await?;
    if let Some(id) = id {
        let before = sites::group(change.connection(), caller.tenant, id).await?;
        known.allows(before.ok_or_else(Problem::not_found)?.version)?;
    }
    let id = manage::save_group(&mut change, caller.tenant, id, &entry, &caller.actor).await?;
    change.finish().await?;
    Ok(id)
}

/// Takes a group away that nobody is in any more.
#[utoipa::path(delete, path = "/groups/{id}", tag = "groups", operation_id = "remove_group", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["manage"])))]
async fn remove(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let before = sites::group(change.connection(), caller.tenant, id).await?;
    known.allows(before.ok_or_else(Problem::not_found)?.version)?;
    manage::remove(
        &mut change,
        caller.tenant,
        Removable::Group(id),
        &caller.actor,
    )
    .await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
