//! On which phones a user can sign in while the server is away, and taking that away.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, Manage, Read};
use super::problem::{Outcome, Problem};
use super::read::Named;
use super::text::Name;
use super::users::own;
use crate::app::App;
use crate::offline::Of;
use crate::{manage, offline, phones, users};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(take_away))
}

/// A phone on which a user can sign in while the server is away. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
struct GrantOut {
    id: String,
    phone: i64,
    phone_name: String,
    /// When they signed in there.
    since: i64,
    /// Until when they can do so again without the server.
    until: i64,
}

/// The phones on which a user can sign in while the server is away.
#[utoipa::path(get, path = "/users/{id}/offline-grants", tag = "users", operation_id = "list_offline_grants",
    params(("id" = i64, Path)), responses((status = 200, body = Vec<GrantOut>)), security(("token" = ["read"])))]
async fn list(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(id): Named<i64>,
) -> Outcome<Json<Vec<GrantOut>>> {
    let mut reader = app.reader().await?;
    let user = users::of_tenant(&mut reader, caller.tenant, id).await?;
    let user = user.ok_or_else(Problem::not_found)?;
    let mut grants = Vec::new();
    for grant in offline::held(&mut reader, app.now(), Of::User(user.id)).await? {
        let phone = phones::find(&mut reader, grant.phone_id).await?;
        grants.push(GrantOut {
            id: grant.id,
            phone: phone.id,
            phone_name: phone.name,
            since: grant.made_at,
            until: grant.expires_at,
        });
    }
    Ok(Json(grants))
}

/// Takes away from a user that they can sign in on a phone while the server is away. Whoever is signed in stays so.
#[utoipa::path(delete, path = "/users/{id}/offline-grants/{grant}", tag = "users", operation_id = "delete_offline_grant",
    params(("id" = i64, Path), ("grant" = String, Path, max_length = 100)),
    responses((status = 204)), security(("token" = ["manage"])))]
async fn take_away(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named((id, grant)): Named<(i64, Name)>,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let user = own(&mut change, caller.tenant, id).await?;
    let now = change.now;
    let held = offline::held(change.connection(), now, Of::User(user.id)).await?;
    if !held.iter().any(|held| held.id == grant.as_str()) {
        return Err(Problem::not_found());
    }
    manage::take_grant(&mut change, &user, grant.as_str(), &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
