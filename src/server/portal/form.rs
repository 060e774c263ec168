//! Forms: their cookie, and the proof that our own page was what sent them.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hotdesk_provisioning::Secret;
use maud::Markup;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::layout;
use crate::app::App;
use crate::keys::random_text;
use crate::sessions::{self, SESSION_SECONDS};

/// The cookie's name.
const COOKIE: &str = "hotdesk_session";
/// Longest cookie that can be ours.
const COOKIE_LENGTH_MAX: usize = 128;

/// The cookie of this browser, signed in or not.
pub(crate) fn session_cookie(headers: &HeaderMap) -> Option<String> {
    cookie(headers, COOKIE)
}

/// The cookie of this name.
pub(crate) fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == wanted && value.len() <= COOKIE_LENGTH_MAX)
        .map(|(_, value)| value.to_owned())
}

/// The header that gives the browser its cookie: out of reach of scripts, and never sent by another site's page.
fn set_cookie(value: &Secret, seconds: i64, is_https: bool) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!(
        "{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}",
        value.expose()
    )
}

/// A page with a form for somebody who is not signed in, with the cookie that the form belongs to.
pub(crate) fn visited(
    app: &App,
    headers: &HeaderMap,
    form: impl FnOnce(&Secret) -> Markup,
) -> Response {
    let known = session_cookie(headers).map(Secret::new);
    match known.map_or_else(random_text, Ok) {
        Ok(cookie) => let_in(app, &cookie, form(&cookie)),
        Err(error) => layout::failed(error.into()),
    }
}

/// An answer that gives the browser this cookie for as long as a session lasts.
pub(crate) fn let_in(app: &App, cookie: &Secret, answer: impl IntoResponse) -> Response {
    let set = set_cookie(cookie, SESSION_SECONDS, app.config().portal.https);
    ([(header::SET_COOKIE, set)], answer).into_response()
}

/// Ends the session, takes the cookie away, and goes on with this answer.
pub(crate) async fn let_out(app: &App, headers: &HeaderMap, answer: impl IntoResponse) -> Response {
    let cookie = session_cookie(headers).unwrap_or_default();
    if let Err(failure) = sessions::end(app, &cookie).await {
        return layout::failed(failure);
    }
    let forget = set_cookie(&Secret::new(String::new()), 0, app.config().portal.https);
    ([(header::SET_COOKIE, forget)], answer).into_response()
}

/// A form that our own page sent.
pub(crate) struct Signed<T>(pub(crate) T);

#[derive(Deserialize)]
struct CsrfField {
    csrf: Secret,
}

impl<T: DeserializeOwned> FromRequest<App> for Signed<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let forged = || {
            layout::message(
                StatusCode::FORBIDDEN,
                "This form is too old, or did not come from this page. Go back, reload and try again.",
            )
        };
        let unreadable = || {
            layout::message(
                StatusCode::BAD_REQUEST,
                "The form was incomplete. Go back and try again.",
            )
        };
        let cookie = session_cookie(request.headers()).ok_or_else(forged)?;
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|_| unreadable())?;
        let field: CsrfField = serde_html_form::from_bytes(&bytes).map_err(|_| forged())?;
        if field.csrf != app.key().csrf_token(&cookie) {
            return Err(forged());
        }
        serde_html_form::from_bytes(&bytes)
            .map(Self)
            .map_err(|_| unreadable())
    }
}

/// A box that may be ticked: browsers send nothing for an empty one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Ticked(pub(crate) bool);

impl<'de> Deserialize<'de> for Ticked {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(!text.is_empty()))
    }
}
