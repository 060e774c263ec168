//! Models of phones, by the name that phones give themselves.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, Manage, Read};
use super::list::{List, Page, Paging};
use super::problem::{Outcome, Problem};
use super::read::{Asked, Body, Named};
use super::text::{Name, Word};
use super::versions::Known;
use crate::app::App;
use crate::manage::{self, Removable};
use crate::models::{self, Model};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read, replace, remove))
}

/// A model.
#[derive(Debug, Serialize, ToSchema)]
struct ModelOut {
    name: String,
    /// The panel by which its screens are drawn.
    panel: String,
    /// Keys that a profile can fill.
    line_keys: i64,
    version: i64,
}

/// What a model is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ModelIn {
    /// Width and height in dots.
    #[schema(value_type = String, pattern = "^[0-9]{2,4}x[0-9]{2,4}$", example = "480x272")]
    panel: Name,
    #[schema(maximum = 120)]
    line_keys: u8,
}

fn show(model: Model) -> ModelOut {
    ModelOut {
        name: model.name,
        panel: model.panel,
        line_keys: model.line_keys,
        version: model.version,
    }
}

/// Models, by name.
#[utoipa::path(get, path = "/models", tag = "models", operation_id = "list_models", params(Paging),
    responses((status = 200, body = List<ModelOut>)), security(("token" = ["read"])))]
async fn list(
    State(app): State<App>,
    caller: Caller<Read>,
    Asked(paging): Asked<Paging>,
) -> Outcome<Json<List<ModelOut>>> {
    let page = Page::of(paging.limit)?;
    let rows: Vec<Model> = sqlx::query_as(
        "SELECT * FROM models WHERE tenant_id = $1 AND name > $2 ORDER BY name LIMIT $3",
    )
    .bind(caller.tenant)
    .bind(paging.after.as_ref().map_or("", Word::as_str))
    .bind(page.rows())
    .fetch_all(&mut *app.reader().await?)
    .await?;
    Ok(Json(page.list(rows, |row| row.name.clone(), show)))
}

/// One model.
#[utoipa::path(get, path = "/models/{name}", tag = "models", operation_id = "read_model",
    params(("name" = String, Path, max_length = 100)),
    responses((status = 200, body = ModelOut)), security(("token" = ["read"])))]
async fn read(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(name): Named<Name>,
    known: Known,
) -> Outcome<Response> {
    let found = models::find(&mut *app.reader().await?, caller.tenant, name.as_str()).await?;
    let model = found.ok_or_else(Problem::not_found)?;
    Ok(known.answer(model.version, show(model)))
}

/// Makes a model what is sent, whether or not a phone has named it yet.
#[utoipa::path(put, path = "/models/{name}", tag = "models", operation_id = "replace_model",
    params(("name" = String, Path, max_length = 100)), request_body = ModelIn,
    responses((status = 200, body = ModelOut)), security(("token" = ["manage"])))]
async fn replace(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(name): Named<Name>,
    known: Known,
    Body(sent): Body<ModelIn>,
) -> Outcome<Response> {
    let mut change = app.change(caller.tenant).await?;
    let before = models::find(change.connection(), caller.tenant, name.as_str()).await?;
    known.allows(before.map_or(0, |model| model.version))?;
    let entry = Model {
        name: name.into(),
        panel: panel(&sent.panel)?,
        line_keys: sent.line_keys.into(),
        version: 0,
    };
    manage::save_model(&mut change, caller.tenant, &entry, &caller.actor).await?;
    let saved = models::find(change.connection(), caller.tenant, &entry.name).await?;
    change.finish().await?;
    let saved = saved.ok_or_else(Problem::not_found)?;
    Ok(Known::default().answer(saved.version, show(saved)))
}

fn panel(text: &Name) -> Outcome<String> {
    let is_side =
        |side: &str| (2..=4).contains(&side.len()) && side.bytes().all(|b| b.is_ascii_digit());
    let sides = text.as_str().split_once('x');
    if sides.is_some_and(|(width, height)| is_side(width) && is_side(height)) {
        Ok(text.as_str().to_owned())
    } else {
        Err(Problem::invalid(
            "A panel is its width and height in dots, such as 480x272.",
        ))
    }
}

/// Takes a model away that no phone has any more, with its profiles.
#[utoipa::path(delete, path = "/models/{name}", tag = "models", operation_id = "remove_model",
    params(("name" = String, Path, max_length = 100)),
    responses((status = 204)), security(("token" = ["manage"])))]
async fn remove(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(name): Named<Name>,
    known: Known,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let before = models::find(change.connection(), caller.tenant, name.as_str()).await?;
    known.allows(before.ok_or_else(Problem::not_found)?.version)?;
    manage::remove(
        &mut change,
        caller.tenant,
        Removable::Model(name.as_str()),
        &caller.actor,
    )
    .await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
