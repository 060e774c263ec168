//! Associations: who is signed in where, who was, and ending that.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_provisioning::{AssociationId, EndReason};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, LogOut, Read};
use super::list::{List, Page};
use super::problem::{Outcome, Problem};
use super::read::{Asked, Body, Named};
use super::text::Word;
use crate::app::App;
use crate::associations::{State as Standing, describe};
use crate::column::Json as Column;
use crate::manage;

/// Associations that one request may end.
const ENDED_MAX: usize = 200;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(end_one))
        .routes(routes!(end_many))
}

/// A guest on a phone. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
struct AssociationOut {
    id: String,
    /// pending, active or ended.
    state: &'static str,
    phone: i64,
    phone_name: String,
    user: i64,
    user_name: String,
    extension: String,
    opened_at: i64,
    /// When the guest was signed in; null: not yet, or never.
    since: Option<i64>,
    /// When it ends by itself; null: never.
    until: Option<i64>,
    ended_at: Option<i64>,
    /// Why it ended, in a sentence.
    reason: Option<String>,
    /// How long the phone took.
    switch_ms: Option<i64>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    state: Standing,
    phone_id: i64,
    phone_name: String,
    user_id: i64,
    user_name: String,
    extension: String,
    opened_at: i64,
    committed_at: Option<i64>,
    ends_at: Option<i64>,
    ended_at: Option<i64>,
    reason: Option<Column<EndReason>>,
    switch_ms: Option<i64>,
}

impl Row {
    fn show(self) -> AssociationOut {
        AssociationOut {
            id: self.id,
            state: self.state.word(),
            phone: self.phone_id,
            phone_name: self.phone_name,
            user: self.user_id,
            user_name: self.user_name,
            extension: self.extension,
            opened_at: self.opened_at,
            since: self.committed_at,
            until: self.ends_at,
            ended_at: self.ended_at,
            reason: self.reason.map(|reason| describe(&reason.0)),
            switch_ms: self.switch_ms,
        }
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AssociationFilter {
    /// True: only those that are open. False: only those that have ended.
    open: Option<bool>,
    /// On this phone.
    phone: Option<i64>,
    /// Of this user.
    user: Option<i64>,
    /// Those that held at this time, seconds since 1970: who was there then.
    at: Option<i64>,
    /// Things on a page: 1 to 200, 50 where it is left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// What the page before gave as `next`.
    #[param(value_type = Option<String>, max_length = 200)]
    after: Option<Word>,
}

/// Associations, the newest first.
#[utoipa::path(get, path = "/associations", tag = "associations", params(AssociationFilter),
    responses((status = 200, body = List<AssociationOut>)), security(("token" = ["read"])))]
async fn list(
    State(app): State<App>,
    caller: Caller<Read>,
    Asked(filter): Asked<AssociationFilter>,
) -> Outcome<Json<List<AssociationOut>>> {
    let page = Page::of(filter.limit)?;
    let (before_at, before_id) = place(filter.after.as_ref())?;
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT a.id, a.state, a.phone_id, p.name AS phone_name, a.user_id, u.name AS user_name, u.extension, a.opened_at,
                a.committed_at, a.ends_at, a.ended_at, a.reason, a.switch_ms
         FROM associations a JOIN phones p ON p.id = a.phone_id JOIN users u ON u.id = a.user_id
         WHERE a.tenant_id = $1 AND (a.opened_at < $2 OR (a.opened_at = $2 AND a.id < $3))
           AND ($4 = '' OR $4 = CASE WHEN a.state = 'ended' THEN 'no' ELSE 'yes' END)
           AND (a.phone_id = $5 OR $5 IS NULL) AND (a.user_id = $6 OR $6 IS NULL)
           AND ($7 IS NULL OR (a.committed_at <= $7 AND coalesce(a.ended_at, $7 + 1) > $7))
         ORDER BY a.opened_at DESC, a.id DESC LIMIT $8",
    )
    .bind(caller.tenant)
    .bind(before_at)
    .bind(before_id)
    .bind(filter.open.map_or("", |is| if is { "yes" } else { "no" }))
    .bind(filter.phone)
    .bind(filter.user)
    // One second later must be a number as well.
    .bind(filter.at.map(|at| at.clamp(0, i64::MAX / 2)))
    .bind(page.rows())
    .fetch_all(&mut *app.reader().await?)
    .await?;
    let place = |row: &Row| format!("{}.{}", row.opened_at, row.id);
    Ok(Json(page.list(rows, place, Row::show)))
}

/// Where the page before ended: a time and a name.
fn place(after: Option<&Word>) -> Outcome<(i64, &str)> {
    let Some(after) = after else {
        return Ok((i64::MAX, ""));
    };
    let place = after
        .as_str()
        .split_once('.')
        .and_then(|(at, id)| Some((at.parse().ok()?, id)));
    place.ok_or_else(|| Problem::invalid("`after` is what the page before gave as `next`."))
}

/// Signs somebody out. One that has ended already stays as it ended.
#[utoipa::path(post, path = "/associations/{id}/end", tag = "associations",
    params(("id" = String, Path, pattern = "^[A-Za-z0-9-]{1,36}$")),
    responses((status = 204)), security(("token" = ["log_out"])))]
async fn end_one(
    State(app): State<App>,
    caller: Caller<LogOut>,
    Named(id): Named<AssociationId>,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    manage::end_association(&mut change, caller.tenant, id.as_str(), &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Associations by their names.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Ending {
    #[schema(value_type = Vec<String>, max_items = 200)]
    associations: Vec<AssociationId>,
}

/// Signs many out: all of them, or nobody where one is not there.
#[utoipa::path(post, path = "/associations/end", tag = "associations", request_body = Ending,
    responses((status = 204)), security(("token" = ["log_out"])))]
async fn end_many(
    State(app): State<App>,
    caller: Caller<LogOut>,
    Body(ending): Body<Ending>,
) -> Outcome<StatusCode> {
    if ending.associations.len() > ENDED_MAX {
        return Err(Problem::invalid("At most 200 at a time."));
    }
    let mut change = app.change(caller.tenant).await?;
    for id in &ending.associations {
        manage::end_association(&mut change, caller.tenant, id.as_str(), &caller.actor).await?;
    }
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
