//! Every route of both listeners, in one place.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use crate::api::{associations, enrol, events, profile, reports};
use crate::app::App;
use crate::error::{Failure, busy};
use crate::{api, health, metrics, portal};

/// Longest body of a request.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Longest time to answer a request; the longest part is waiting for a PIN to be checked.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// What phones call.
pub fn phone_router(app: App) -> Router {
    let answered = Router::new()
        .route("/v1/enrol", post(enrol::enrol))
        .route("/v1/profile", get(profile::profile))
        .route("/v1/sync", post(associations::sync))
        .route("/v1/associations", post(associations::open))
        .route("/v1/associations/{id}/commit", post(associations::commit))
        .route("/v1/associations/{id}/end", post(associations::end))
        .route("/v1/associations/{id}/extend", post(associations::extend))
        .route("/v1/associations/{id}/pin", post(associations::change_pin))
        .route(
            "/v1/associations/{id}/elsewhere",
            post(associations::end_elsewhere),
        )
        .route("/v1/associations/{id}/consent", post(associations::consent))
        .route("/v1/reports", post(reports::report))
        .route("/v1/ping", get(api::ping))
        .layer(middleware::from_fn(answer_in_time));
    let streamed = Router::new().route("/v1/events", get(events::events));
    answered
        .merge(streamed)
        .merge(health::routes())
        .fallback(api::not_found)
        .method_not_allowed_fallback(api::not_found)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            metrics::measure,
        ))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(app)
}

/// What administrators' browsers call.
pub fn portal_router(app: App) -> Router {
    use portal::{audit, overview, phone, phones, sign_in, user, users};
    let signed_in = Router::new()
        .route("/", get(overview::page))
        .route("/associations/{id}/end", post(overview::end))
        .route("/phones", get(phones::page).post(phones::add))
        .route("/phones/{id}", get(phone::page).post(phone::save))
        .route("/phones/{id}/enabled", post(phone::set_enabled))
        .route("/phones/{id}/enrolment", post(phone::reset_enrolment))
        .route("/users", get(users::page).post(users::add))
        .route("/users/{id}", get(user::page).post(user::save))
        .route("/users/{id}/pin", post(user::set_pin))
        .route("/users/{id}/unlock", post(user::unlock))
        .route("/audit", get(audit::page))
        .route("/sign-out", post(sign_in::sign_out))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            sign_in::require_admin,
        ));
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/portal.css", get(portal::css))
        .merge(signed_in)
        .merge(health::routes())
        .fallback(portal::not_found)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            metrics::measure,
        ))
        .layer(middleware::from_fn(answer_in_time))
        .layer(middleware::from_fn_with_state(app.clone(), secure))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(app)
}

/// What a monitoring system calls.
pub(crate) fn metrics_router(app: App) -> Router {
    Router::new()
        .route("/metrics", get(metrics::page))
        .merge(health::routes())
        .with_state(app)
}

async fn answer_in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::from(busy()).into_response(),
    }
}

async fn secure(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    portal::add_security_headers(response.headers_mut(), app.config().portal.https);
    response
}
