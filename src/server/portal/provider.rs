//! Signing in at the identity provider: the browser is sent there, and comes back with a code.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use hotdesk_provisioning::Secret;
use maud::html;
use serde::Deserialize;

use super::form::{cookie, let_in};
use super::{layout, not_found, sign_in};
use crate::app::App;
use crate::error::Answer;
use crate::oidc::{self, ATTEMPT_SECONDS, Attempt, Door, Person, Provider, Trouble};

/// The cookie of a sign-in under way. The provider's page sends the browser back, so unlike the session's it travels then.
const COOKIE: &str = "hotdesk_sign_in";
/// Where that cookie goes.
const PATH: &str = "/sign-in/oidc";
/// After this page comes another one. A redirect would do, but for the session's cookie, which must never travel when another
/// site sends the browser here; our own page does.
const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// Sends the browser to the provider.
pub(crate) async fn begin(State(app): State<App>, headers: HeaderMap) -> Response {
    let Some(provider) = app.provider() else {
        return not_found().await;
    };
    let attempt = match Attempt::begin(app.now()) {
        Ok(attempt) => attempt,
        Err(error) => return layout::failed(error.into()),
    };
    let cookie = attempt.cookie().clone();
    match oidc::sign_in_address(&app, attempt).await {
        Ok(address) => {
            let there = Redirect::to(address.as_str()).into_response();
            remember(&app, &cookie, ATTEMPT_SECONDS, there)
        }
        Err(trouble) => silent(&app, provider, &headers, &trouble),
    }
}

/// What the provider sends the browser back with.
#[derive(Deserialize)]
pub(crate) struct Came {
    state: Option<Secret>,
    code: Option<Secret>,
    error: Option<String>,
    iss: Option<String>,
}

/// Lets somebody in who comes back from the provider.
pub(crate) async fn back(
    State(app): State<App>,
    headers: HeaderMap,
    came: Result<Query<Came>, QueryRejection>,
) -> Response {
    let Some(provider) = app.provider() else {
        return not_found().await;
    };
    let answer = match who(&app, provider, &headers, came.ok()).await {
        Ok(person) => welcome(&app, provider, &person).await,
        Err(trouble @ Trouble::Silent(_)) => Ok(silent(&app, provider, &headers, &trouble)),
        Err(Trouble::Refused(why)) => refuse(&app, provider, &why).await,
    };
    let answer = answer.unwrap_or_else(layout::failed);
    remember(&app, &Secret::new(String::new()), 0, answer)
}

async fn who(
    app: &App,
    provider: &Provider,
    headers: &HeaderMap,
    came: Option<Query<Came>>,
) -> Result<Person, Trouble> {
    let refused = |why: String| Err(Trouble::Refused(why));
    let known = cookie(headers, COOKIE).and_then(|cookie| Attempt::read(cookie, app.now()));
    let (Some(attempt), Some(Query(came))) = (known, came) else {
        return refused("nobody was sent there, or it took too long".to_owned());
    };
    if came.state.as_ref() != Some(&attempt.state(app.key())) {
        return refused("another browser was sent there".to_owned());
    }
    // RFC 9207: an answer that says whose it is must be the provider's.
    if came.iss.is_some_and(|iss| iss != provider.config().issuer) {
        return refused("the answer comes from another provider".to_owned());
    }
    match (came.code, came.error) {
        (Some(code), None) => oidc::person(app, attempt, code).await,
        (_, error) => {
            let word: String = error.unwrap_or_default().chars().take(100).collect();
            let is_word = word.chars().all(|c| c.is_ascii_graphic());
            refused(format!("it said {}", if is_word { &word } else { "?" }))
        }
    }
}

async fn welcome(app: &App, provider: &Provider, person: &Person) -> Answer<Response> {
    match oidc::open(app, provider.config(), person).await? {
        Door::Open(session) => {
            let page = html! {
                section.card.centre { h1 { "Welcome" } p { a href="/" { "To the overview" } } }
            };
            let next = [(REFRESH, "0; url=/")];
            let page = (next, layout::plain_page("Welcome", &page));
            Ok(let_in(app, &session, page))
        }
        Door::Closed(sentence) => Ok(closed(provider, &sentence, Some(&person.name))),
    }
}

async fn refuse(app: &App, provider: &Provider, why: &str) -> Answer<Response> {
    tracing::warn!("a sign-in at the identity provider was refused: {why}");
    oidc::note_refused(app, why).await?;
    let sentence = format!(
        "{} did not sign you in. Try again.",
        provider.config().shown_name()
    );
    Ok(closed(provider, &sentence, None))
}

/// The provider does not answer: passwords work as ever.
fn silent(app: &App, provider: &Provider, headers: &HeaderMap, trouble: &Trouble) -> Response {
    tracing::warn!("the identity provider cannot be asked: {trouble}");
    let name = provider.config().shown_name();
    let sentence = format!("{name} does not answer. Try again later, or sign in with a password.");
    let page = sign_in::page_with(app, headers, &sentence);
    (StatusCode::SERVICE_UNAVAILABLE, page).into_response()
}

fn closed(provider: &Provider, sentence: &str, person: Option<&str>) -> Response {
    let page = html! {
        section.card.centre {
            h1 { (sentence) }
            @if let Some(person) = person {
                p.muted { "You signed in at " (provider.config().shown_name()) " as " (person) "." }
            }
            p { a href="/sign-in" { "To the sign-in page" } }
        }
    };
    (
        StatusCode::FORBIDDEN,
        layout::plain_page("Not signed in", &page),
    )
        .into_response()
}

/// The session here is over; whoever wants to ends the one at the provider as well, where that can be done. It is a question and no
/// redirect: without a token of theirs, which nobody here keeps, some providers answer with nothing to go on from.
pub(crate) async fn sign_out_page(app: &App) -> Option<Response> {
    let provider = app.provider()?;
    let address = oidc::sign_out_address(app).await?;
    let name = provider.config().shown_name();
    let page = html! {
        section.card.centre {
            h1 { "You are signed out." }
            p { a.button href=(address) { "Sign out of " (name) " as well" } }
            p { a href="/sign-in" { "To the sign-in page" } }
        }
    };
    Some(layout::plain_page("Signed out", &page).into_response())
}

/// Gives the browser the cookie of an attempt for so long.
fn remember(app: &App, cookie: &Secret, seconds: i64, mut answer: Response) -> Response {
    let secure = if app.config().portal.https {
        "; Secure"
    } else {
        ""
    };
    let set = format!(
        "{COOKIE}={}; Path={PATH}; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}",
        cookie.expose()
    );
    if let Ok(set) = HeaderValue::from_str(&set) {
        answer.headers_mut().append(header::SET_COOKIE, set);
    }
    answer
}
