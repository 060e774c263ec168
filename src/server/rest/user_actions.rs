//! What can be done to a user: a PIN, lifting a lock, signing out.

use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_provisioning::{Pin, Secret};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, LogOut, Manage};
use super::problem::Outcome;
use super::read::{Body, Named};
use super::users::own;
use crate::app::App;
use crate::error::Failure;
use crate::{associations, manage};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(set_pin))
        .routes(routes!(unlock))
        .routes(routes!(log_out))
}

/// A PIN.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PinIn {
    #[schema(value_type = String, min_length = 4, max_length = 64, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$", write_only)]
    pin: Pin,
}

/// Gives a user a PIN, and lifts the lock that the old one may have brought.
#[utoipa::path(put, path = "/users/{id}/pin", tag = "users", params(("id" = i64, Path)), request_body = PinIn,
    responses((status = 204)), security(("token" = ["manage"])))]
async fn set_pin(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    Body(PinIn { pin }): Body<PinIn>,
) -> Outcome<StatusCode> {
    let hash = app.hasher().hash(Secret::new(pin.expose().to_owned()));
    let hash = hash.await.map_err(Failure::from)?;
    let mut change = app.change(caller.tenant).await?;
    let user = own(&mut change, caller.tenant, id).await?;
    manage::set_pin(&mut change, &user, &hash, &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lifts the lock after too many wrong PINs.
#[utoipa::path(post, path = "/users/{id}/unlock", tag = "users", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["manage"])))]
async fn unlock(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let user = own(&mut change, caller.tenant, id).await?;
    manage::unlock_user(&mut change, &user, &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs a user out wherever they are. Nowhere is no error.
#[utoipa::path(post, path = "/users/{id}/log-out", tag = "users", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["log_out"])))]
async fn log_out(
    State(app): State<App>,
    caller: Caller<LogOut>,
    Named(id): Named<i64>,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let user = own(&mut change, caller.tenant, id).await?;
    for active in associations::active_of_user(change.connection(), user.id).await? {
        manage::end_association(&mut change, caller.tenant, &active.id, &caller.actor).await?;
    }
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
