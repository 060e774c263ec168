//! The page and what it asks: every route in one place.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router, middleware};
use hotdesk_agent::{PanelConfig, Press};
use hotdesk_ui::preview::{Effort, png};
use hotdesk_ui::theme::Theme;
use hotdesk_ui::{PANELS, Panel};
use serde::{Deserialize, Serialize};

use crate::guard;
use crate::layout::Layout;
use crate::rack::{Phone, Rack};
use crate::stream;

/// A request holds the keys of one burst of typing; a kilobyte is more than enough for the most it may name.
const BODY_BYTES_MAX: usize = 4096;
/// Keys in one request.
const KEYS_MAX: usize = 32;
/// A phone that takes no key for this long is stuck.
const KEY_WAIT: Duration = Duration::from_secs(2);
/// A phone with another panel starts anew, which takes a moment.
const PANEL_WAIT: Duration = Duration::from_secs(10);

/// The page, its parts, and the phones behind it.
pub(crate) fn router(rack: Arc<Rack>) -> Router {
    let text = |kind: &'static str, body: &'static str| {
        get(move || async move { ([(header::CONTENT_TYPE, kind)], body) })
    };
    Router::new()
        .route(
            "/",
            text(
                "text/html; charset=utf-8",
                include_str!("../../assets/handset/index.html"),
            ),
        )
        .route(
            "/handset.css",
            text(
                "text/css; charset=utf-8",
                include_str!("../../assets/handset/handset.css"),
            ),
        )
        .route(
            "/handset.js",
            text(
                "text/javascript; charset=utf-8",
                include_str!("../../assets/handset/handset.js"),
            ),
        )
        .route(
            "/icon.svg",
            text(
                "image/svg+xml",
                include_str!("../../assets/handset/icon.svg"),
            ),
        )
        .route("/phones", get(phones))
        .route("/events", get(stream::of_all))
        .route("/phones/{number}/events", get(stream::of_one))
        .route("/phones/{number}/screen.png", get(screen))
        .route("/phones/{number}/screen.txt", get(words))
        .route("/phones/{number}/keys", post(press))
        .route("/phones/{number}/panel", put(choose))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn(guard::check))
        .with_state(rack)
}

#[derive(Serialize)]
struct Facts<'a> {
    hints: &'a [String],
    /// Every panel that a phone can be given.
    panels: Vec<&'static str>,
    phones: Vec<PhoneFacts<'a>>,
}

#[derive(Serialize)]
struct PhoneFacts<'a> {
    name: &'a str,
    panel: Layout,
    /// Whether its panel can be chosen.
    choice: bool,
}

async fn phones(State(rack): State<Arc<Rack>>) -> Response {
    let phones = rack
        .phones
        .iter()
        .map(|phone| PhoneFacts {
            name: &phone.name,
            panel: phone.layout().as_ref().clone(),
            choice: phone.has_choice(),
        })
        .collect();
    Json(Facts {
        hints: &rack.hints,
        panels: PANELS.iter().map(|panel| panel.name.as_str()).collect(),
        phones,
    })
    .into_response()
}

async fn screen(State(rack): State<Arc<Rack>>, Path(number): Path<usize>) -> Response {
    let Some(phone) = rack.phone(number) else {
        return no_phone();
    };
    match png(&phone.face().picture, Effort::Quick) {
        Ok(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
        Err(error) => {
            tracing::error!(phone = number, %error, "the screen cannot be made a PNG");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn words(State(rack): State<Arc<Rack>>, Path(number): Path<usize>) -> Response {
    match rack.phone(number) {
        Some(phone) => phone.face().text.clone().into_response(),
        None => no_phone(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Presses {
    keys: Vec<String>,
}

async fn press(
    State(rack): State<Arc<Rack>>,
    Path(number): Path<usize>,
    body: Result<Json<Presses>, JsonRejection>,
) -> Response {
    let Some(phone) = rack.phone(number) else {
        return no_phone();
    };
    // A form of another page cannot say application/json, and the extractor insists on it.
    let presses = match body {
        Ok(Json(presses)) => presses,
        Err(why) => return why.into_response(),
    };
    let keys: Option<Vec<_>> = presses.keys.iter().map(|name| Press::named(name)).collect();
    let Some(keys) = keys.filter(|keys| keys.len() <= KEYS_MAX) else {
        return (StatusCode::BAD_REQUEST, "No such key, or too many keys.\n").into_response();
    };
    match tokio::time::timeout(KEY_WAIT, press_all(phone, keys)).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) | Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The phone takes no keys.\n",
        )
            .into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    panel: String,
    theme: Option<String>,
}

/// Only what is built in: a page names no file of this machine.
async fn choose(
    State(rack): State<Arc<Rack>>,
    Path(number): Path<usize>,
    body: Result<Json<Choice>, JsonRejection>,
) -> Response {
    let Some(phone) = rack.phone(number) else {
        return no_phone();
    };
    let Choice { panel, theme } = match body {
        Ok(Json(choice)) => choice,
        Err(why) => return why.into_response(),
    };
    let Some(known) = Panel::named(&panel) else {
        return (StatusCode::BAD_REQUEST, "No such panel.\n").into_response();
    };
    let look = known.look;
    if theme
        .as_ref()
        .is_some_and(|name| Theme::named(name, look).is_none())
    {
        return (StatusCode::BAD_REQUEST, "No such theme.\n").into_response();
    }
    let chosen = phone.choose(PanelConfig { name: panel, theme });
    match tokio::time::timeout(PANEL_WAIT, chosen).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => (StatusCode::CONFLICT, "This phone has a panel of its own.\n").into_response(),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The phone does not start.\n",
        )
            .into_response(),
    }
}

async fn press_all(phone: &Phone, keys: Vec<Press>) -> bool {
    for key in keys {
        if !phone.press(key).await {
            return false;
        }
    }
    true
}

pub(crate) fn no_phone() -> Response {
    (StatusCode::NOT_FOUND, "No such phone.\n").into_response()
}

#[cfg(test)]
#[path = "web_tests.rs"]
mod tests;
