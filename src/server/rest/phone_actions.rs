//! What can be done to a phone: taking it in and out of hot desking, signing out, letting it enrol anew.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, LogOut, Manage};
use super::phones::own;
use super::problem::Outcome;
use super::read::{Body, Named};
use crate::app::App;
use crate::{associations, manage};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(convert))
        .routes(routes!(log_out))
        .routes(routes!(reset_enrolment))
}

/// Whether a phone takes part.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Conversion {
    /// True: guests may sign in. False: it is its own again, and whoever sits there is signed out.
    hot_desk: bool,
}

/// Makes a phone a shared one, or an ordinary one again.
#[utoipa::path(post, path = "/phones/{id}/convert", tag = "phones", params(("id" = i64, Path)), request_body = Conversion,
    responses((status = 204)), security(("token" = ["manage"])))]
async fn convert(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    Body(conversion): Body<Conversion>,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let phone = own(&mut change, caller.tenant, id).await?;
    manage::set_phone_enabled(&mut change, &phone, conversion.hot_desk, &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs out whoever sits there. Nobody there is no error.
#[utoipa::path(post, path = "/phones/{id}/log-out", tag = "phones", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["log_out"])))]
async fn log_out(
    State(app): State<App>,
    caller: Caller<LogOut>,
    Named(id): Named<i64>,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let phone = own(&mut change, caller.tenant, id).await?;
    let active = associations::active_on_phone(change.connection(), phone.id).await?;
    if let Some(active) = active {
        manage::end_association(&mut change, caller.tenant, &active.id, &caller.actor).await?;
    }
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets the next phone with this MAC address enrol: after its memory was erased, or for other hardware.
#[utoipa::path(post, path = "/phones/{id}/reset-enrolment", tag = "phones", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["manage"])))]
async fn reset_enrolment(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let phone = own(&mut change, caller.tenant, id).await?;
    manage::set_claim(&mut change, &phone, None, &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
