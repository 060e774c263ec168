//! The administrators' pages: drawn on the server, usable without JavaScript, safe against forged forms. They show what
//! the database holds and call the same rules as phones do; they decide nothing themselves.

pub(crate) mod audit;
mod desk;
pub(crate) mod doctor;
mod form;
pub(crate) mod history;
pub(crate) mod import;
mod keys;
mod layout;
pub(crate) mod live;
pub(crate) mod overview;
pub(crate) mod own;
pub(crate) mod phone;
pub(crate) mod phones;
pub(crate) mod policies;
pub(crate) mod profiles;
pub(crate) mod provider;
pub(crate) mod refill;
mod rule_form;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod tokens;
pub(crate) mod user;
pub(crate) mod users;
mod view;
pub(crate) mod webhooks;
mod when;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

const CSS: &str = include_str!("../../assets/portal/portal.css");
const SCRIPT: &str = include_str!("../../assets/portal/portal.js");
const ICON: &str = include_str!("../../assets/portal/icon.svg");

/// What every answer of the portal tells the browser: nothing from elsewhere, no script but our own, no frame, no copy kept.
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
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

/// The script: pages work without it, it only keeps them fresh.
pub(crate) async fn script() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, SCRIPT)
}

/// The picture in the browser's tab.
pub(crate) async fn icon() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "max-age=86400"),
    ];
    (headers, ICON)
}

/// No such page.
pub(crate) async fn not_found() -> Response {
    layout::message(StatusCode::NOT_FOUND, "There is no such page.")
}
