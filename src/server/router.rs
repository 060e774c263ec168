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
use crate::portal::{
    audit, doctor, history, import, live, overview, own, phone, phones, policies, profiles,
    provider, refill, settings, sign_in, tokens, user, users, webhooks,
};
use crate::{api, gate, health, metrics, portal, rest};

/// Longest body of a request.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;
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
        .layer(middleware::from_fn_with_state(app.clone(), gate::pass))
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
    let signed_in = portal_for_help_desks()
        .merge(portal_for_administrators().layer(middleware::from_fn(sign_in::administrators_only)))
        .merge(portal_for_operators().layer(middleware::from_fn(sign_in::operators_only)))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            sign_in::require_admin,
        ));
    let answered = Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/portal.css", get(portal::css))
        .route("/portal.js", get(portal::script))
        .route("/icon.svg", get(portal::icon))
        .route("/me/sign-in", get(own::sign_in_page).post(own::sign_in))
        .merge(elsewhere())
        .merge(signed_in)
        .merge(portal_for_users().layer(middleware::from_fn_with_state(
            app.clone(),
            own::require_user,
        )))
        .layer(middleware::from_fn(refill::refill))
        .merge(health::routes())
        .nest(rest::PATH, rest::router(&app))
        .fallback(portal::not_found)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            metrics::measure,
        ))
        .layer(middleware::from_fn(answer_in_time));
    // A table may be long, and its PINs take their time.
    let imported = Router::new()
        .route(
            "/import",
            post(import::import).layer(DefaultBodyLimit::max(rest::TABLE_BYTES_MAX)),
        )
        .layer(middleware::from_fn(sign_in::administrators_only));
    let streamed = Router::new()
        .route("/live", get(live::live))
        .merge(imported)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            sign_in::require_admin,
        ));
    answered
        .merge(streamed)
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

/// Signing in at the identity provider, where there is one.
fn elsewhere() -> Router<App> {
    Router::new()
        .route("/sign-in/oidc", get(provider::begin))
        .route("/sign-in/oidc/back", get(provider::back))
}

/// What everybody who is signed in may see, and logging people out.
fn portal_for_help_desks() -> Router<App> {
    Router::new()
        .route("/", get(overview::page))
        .route("/tenant", post(overview::look_at))
        .route("/associations", get(history::page))
        .route("/associations/{id}/end", post(overview::end))
        .route("/phones", get(phones::page))
        .route("/phones/log-out", post(phones::log_out))
        .route("/phones/{id}", get(phone::page))
        .route("/phones/{id}/screen.png", get(phone::screen_png))
        .route("/users", get(users::page))
        .route("/users/{id}", get(user::page))
        .route("/audit", get(audit::page))
        .route("/audit/{file}", get(audit::export))
        .route("/sign-out", post(sign_in::sign_out))
}

/// A user's own page.
fn portal_for_users() -> Router<App> {
    Router::new()
        .route("/me", get(own::page))
        .route("/me/associations/{id}/end", post(own::end))
        .route("/me/pin", post(own::set_pin))
        .route("/me/keys", post(own::set_keys))
        .route("/me/sign-out", post(own::sign_out))
}

/// What changes a tenant.
fn portal_for_administrators() -> Router<App> {
    Router::new()
        .route("/phones", post(phones::add))
        .route("/phones/{id}", post(phone::save))
        .route("/phones/{id}/enabled", post(phone::set_enabled))
        .route("/phones/{id}/enrolment", post(phone::reset_enrolment))
        .route("/phones/{id}/delete", post(phone::delete))
        .route("/profiles", get(profiles::page))
        .route("/profiles/models", post(profiles::save_model))
        .route(
            "/profiles/group/{id}",
            get(profiles::group).post(profiles::save_group),
        )
        .route(
            "/profiles/user/{id}",
            get(profiles::user).post(profiles::save_user),
        )
        .route("/import", get(import::page))
        .route("/export/{file}", get(import::export))
        .route("/doctor", get(doctor::page))
        .route("/settings", get(settings::page))
        .route("/settings/tokens", get(tokens::page).post(tokens::create))
        .route("/settings/tokens/{id}/delete", post(tokens::revoke))
        .route(
            "/settings/webhooks",
            get(webhooks::page).post(webhooks::add),
        )
        .route("/settings/webhooks/{id}/delete", post(webhooks::delete))
        .route(
            "/settings/webhooks/messages/{id}",
            post(webhooks::redeliver),
        )
        .route("/profiles/models/delete", post(profiles::delete_model))
        .route("/settings/admins", post(settings::save_admin))
        .route("/settings/admins/{id}/delete", post(settings::delete_admin))
        .route("/policies", get(policies::page))
        .route("/policies/site", post(policies::add_site))
        .route(
            "/policies/site/{id}",
            get(policies::site).post(policies::save_site),
        )
        .route("/policies/site/{id}/delete", post(policies::delete_site))
        .route("/policies/group", post(policies::add_group))
        .route(
            "/policies/group/{id}",
            get(policies::group).post(policies::save_group),
        )
        .route("/policies/group/{id}/delete", post(policies::delete_group))
        .route("/users", post(users::add))
        .route("/users/{id}", post(user::save))
        .route("/users/{id}/pin", post(user::set_pin))
        .route("/users/{id}/away/{grant}", post(user::take_grant))
        .route("/users/{id}/unlock", post(user::unlock))
        .route("/users/{id}/keys", post(user::set_keys))
        .route("/users/{id}/delete", post(user::delete))
}

/// What concerns every tenant.
fn portal_for_operators() -> Router<App> {
    Router::new()
        .route(
            "/tenants",
            get(settings::tenants).post(settings::add_tenant),
        )
        .route("/tenants/{id}", post(settings::save_tenant))
}

async fn answer_in_time(request: Request, next: Next) -> Response {
    if request.uri().path() == rest::IMPORT {
        return next.run(request).await;
    }
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
