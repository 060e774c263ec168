//! The administrators' pages: drawn on the server, usable without JavaScript, safe against forged forms. They show what
//! the database holds and call the same rules as phones do; they decide nothing themselves.

pub(crate) mod audit;
mod desk;
mod form;
mod layout;
pub(crate) mod overview;
pub(crate) mod phone;
pub(crate) mod phones;
pub(crate) mod sign_in;
pub(crate) mod user;
pub(crate) mod users;
mod view;
mod when;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

const CSS: &str = include_str!("../../assets/portal/portal.css");

/// What every answer of the portal tells the browser: nothing from elsewhere, no script, no frame, no copy kept.
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (header::CACHE_CONTROL, "no-store"),
];

pub(crate) fn add_security_headers(headers: &mut HeaderMap, is_https: bool) {
    for (name, value) in SECURITY_HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if is_https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

/// The style sheet.
pub(crate) async fn css() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, CSS)
}

/// No such page.
pub(crate) async fn not_found() -> Response {
    layout::message(StatusCode::NOT_FOUND, "There is no such page.")
}
