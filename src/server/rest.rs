//! The administrators' API: everything that the portal does, as JSON under `/api/v1`, for programs that carry a token. Its document
//! is made from the same annotations as its routes, and served beside them.

#![expect(
    unused_qualifications,
    reason = "the annotations for the document expand to paths that are longer than they need be"
)]

mod admins;
mod associations;
mod audit;
mod bookings;
mod caller;
mod document;
mod groups;
mod keys;
mod list;
mod models;
mod offline;
mod overview;
mod phone_actions;
mod phones;
mod problem;
mod profiles;
mod read;
pub(crate) mod repeat;
mod screens;
mod sites;
mod tables;
mod tenants;
mod text;
mod tokens;
mod user_actions;
mod users;
mod versions;
mod webhooks;
mod zone;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::routing::get;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use problem::Problem;

/// Where the API is.
pub(crate) const PATH: &str = "/api/v1";

/// What may take longer than other requests, and be longer: a table with its PINs.
pub(crate) const IMPORT: &str = "/api/v1/import";
/// How that ends, wherever the API is.
const IMPORT_END: &str = "/import";
/// Longest table.
pub(crate) const TABLE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Every route, and the document that describes them.
pub(crate) fn router(app: &App) -> Router<App> {
    let (routes, mut api) = OpenApiRouter::with_openapi(document::Document::openapi())
        .merge(phones::routes())
        .merge(phone_actions::routes())
        .merge(users::routes())
        .merge(user_actions::routes())
        .merge(offline::routes())
        .merge(associations::routes())
        .merge(sites::routes())
        .merge(groups::routes())
        .merge(models::routes())
        .merge(profiles::routes())
        .merge(bookings::routes())
        .merge(audit::routes())
        .merge(overview::routes())
        .merge(tokens::routes())
        .merge(admins::routes())
        .merge(tables::routes())
        .merge(screens::routes())
        .merge(tenants::routes())
        .merge(webhooks::routes())
        .split_for_parts();
    document::complete(&mut api);
    // What cannot be written as JSON cannot be made by the annotations.
    let text = api.to_json().unwrap_or_default();
    let document = get(async || ([(header::CONTENT_TYPE, "application/json")], text));
    routes
        .layer(middleware::from_fn_with_state(app.clone(), repeat::once))
        .route("/openapi.json", document)
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This cannot be done here.")
        })
}
