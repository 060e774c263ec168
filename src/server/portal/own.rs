//! A user's own page: where am I, log me out, my PIN, my keys. Signed in to with number and PIN, as on a phone; wrong ones count
//! as they do there.

use axum::extract::{Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use hotdesk_provisioning::{EndReason, Pin, Secret};
use maud::{Markup, html};
use serde::Deserialize;

use super::form::{Signed, let_in, let_out, session_cookie, visited};
use super::keys::{self, KeysForm};
use super::layout;
use super::sign_in::Nothing;
use super::users::hash;
use super::view::csrf_field;
use super::when::SiteClock;
use crate::app::App;
use crate::associations::{self, EndedBy};
use crate::error::{Answer, unknown, wrong};
use crate::guests::{self, Door};
use crate::sessions::{self, SignedIn};
use crate::users::User;
use crate::{manage, phones, sites};

/// A signed-in user.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    user: User,
    clock: SiteClock,
    csrf: Secret,
}

impl Own {
    async fn of(app: &App, parts: &Parts) -> Answer<Option<Self>> {
        let Some(cookie) = session_cookie(&parts.headers) else {
            return Ok(None);
        };
        let Some(SignedIn::User(user)) = sessions::find(app, &cookie).await? else {
            return Ok(None);
        };
        let site = sites::find(&mut *app.reader().await?, user.tenant_id, user.site_id).await?;
        Ok(Some(Self {
            clock: SiteClock {
                now: app.now(),
                zone: site.map(|site| site.time_zone).unwrap_or_default(),
            },
            user: *user,
            csrf: app.key().csrf_token(&cookie),
        }))
    }
}

/// Lets users in and sends everybody else to their sign-in page.
pub(crate) async fn require_user(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Own::of(&app, &parts).await {
        Ok(Some(own)) => {
            parts.extensions.insert(own);
            next.run(Request::from_parts(parts, body)).await
        }
        Ok(None) => Redirect::to("/me/sign-in").into_response(),
        Err(failure) => layout::failed(failure),
    }
}

/// The form.
pub(crate) async fn sign_in_page(State(app): State<App>, headers: HeaderMap) -> Response {
    visited(&app, &headers, |cookie| sign_in_form(&app, cookie, None))
}

fn sign_in_form(app: &App, cookie: &Secret, problem: Option<&str>) -> Markup {
    let body = html! {
        section.card.sign-in {
            div.brand { span.dot {} "hotdesk" }
            h1 { "My phone" }
            (layout::problem(problem))
            form.stack method="post" action="/me/sign-in" {
                (csrf_field(&app.key().csrf_token(cookie.expose())))
                label {
                    span { "Number" }
                    input type="text" name="number" inputmode="numeric" autocomplete="username" required autofocus;
                }
                label {
                    span { "PIN" }
                    input type="password" name="pin" autocomplete="current-password" required;
                }
                button.primary type="submit" { "Sign in" }
            }
            p.muted.after { "For administrators: " a href="/sign-in" { "the portal" } "." }
        }
    };
    layout::plain_page("My phone", &body)
}

#[derive(Deserialize)]
pub(crate) struct SignIn {
    number: String,
    pin: Secret,
}

/// Checks number and PIN. A new session gets a new cookie, so that nobody can prepare one.
pub(crate) async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    Signed(filled): Signed<SignIn>,
) -> Response {
    match guests::open_door(&app, filled.number.trim(), filled.pin).await {
        Ok(Door::Open(session)) => let_in(&app, &session, Redirect::to("/me")),
        Ok(Door::Closed(sentence)) => {
            let cookie = Secret::new(session_cookie(&headers).unwrap_or_default());
            let form = sign_in_form(&app, &cookie, Some(&sentence));
            (StatusCode::UNAUTHORIZED, form).into_response()
        }
        Err(failure) => layout::failed(failure),
    }
}

/// What was done by the form before.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Before {
    done: String,
}

impl Before {
    fn sentence(&self) -> Option<&'static str> {
        match self.done.as_str() {
            "pin" => Some("The PIN was changed."),
            "keys" => Some("The keys were saved."),
            _ => None,
        }
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    own: Own,
    Query(before): Query<Before>,
) -> Response {
    show(&app, &own, None, before.sentence()).await
}

async fn show(app: &App, own: &Own, problem: Option<&str>, done: Option<&str>) -> Response {
    layout::drawn(problem, draw(app, own, problem, done).await)
}

async fn draw(app: &App, own: &Own, problem: Option<&str>, done: Option<&str>) -> Answer<Markup> {
    let mut reader = app.reader().await?;
    let mut places = Vec::new();
    for association in associations::active_of_user(&mut reader, own.user.id).await? {
        let phone = phones::find(&mut reader, association.phone_id).await?;
        places.push((association, phone));
    }
    let csrf = || csrf_field(&own.csrf);
    let body = html! {
        div.heading {
            h1 { (own.user.name) } p.muted { (own.user.extension) }
            form method="post" action="/me/sign-out" { (csrf()) button.quiet type="submit" { "Sign out" } }
        }
        (layout::problem(problem))
        @if let Some(done) = done { p.notice.good role="status" { (done) } }
        section.card {
            h2 { "Where am I?" }
            @if places.is_empty() { p { "Nowhere: you are not signed in on any phone." } }
            @for (association, phone) in &places {
                div.line.place {
                    p {
                        strong { (phone.name) } @if !phone.location.is_empty() { ", " (phone.location) } br;
                        span.muted { "until " (own.clock.moment_or(association.ends_at, "you log out")) }
                    }
                    form method="post" action={ "/me/associations/" (association.id) "/end" } {
                        (csrf())
                        button.primary type="submit" { "Log me out" }
                    }
                }
            }
        }
        section.card {
            h2 { "PIN" }
            form.stack method="post" action="/me/pin" {
                (csrf())
                label { span { "PIN now" } input type="password" name="old" autocomplete="current-password" required; }
                label { span { "New PIN" } input type="password" name="new" minlength=(Pin::LENGTH_MIN) maxlength=(Pin::LENGTH_MAX) autocomplete="new-password" required; }
                button type="submit" { "Change PIN" }
            }
        }
        section.card {
            h2 { "My keys" }
            p.muted { "They come along from the next sign-in on." }
            form method="post" action="/me/keys" {
                (csrf())
                (keys::rows(&own.user.keys.0))
                div.buttons.after { button type="submit" { "Save keys" } }
            }
        }
    };
    Ok(layout::own_page(&own.user.name, &body))
}

/// Signs the user out on one of their phones.
pub(crate) async fn end(
    State(app): State<App>,
    own: Own,
    Path(id): Path<String>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = async {
        let mut change = app.change(own.user.tenant_id).await?;
        let active = associations::active_of_user(change.connection(), own.user.id).await?;
        let association = active.iter().find(|a| a.id == id).ok_or_else(unknown)?;
        associations::end(&mut change, association, EndReason::Remote, EndedBy::Server).await?;
        Ok(change.finish().await?)
    };
    finish(&app, &own, done.await, "/me").await
}

#[derive(Deserialize)]
pub(crate) struct NewPin {
    old: Secret,
    new: Secret,
}

/// Gives the user another PIN, if they know the old one.
pub(crate) async fn set_pin(
    State(app): State<App>,
    own: Own,
    Signed(typed): Signed<NewPin>,
) -> Response {
    let done = async {
        if let Some(sentence) = guests::check(&app, &own.user, typed.old).await? {
            return Err(wrong(&sentence));
        }
        let hash = hash(&app, &typed.new).await?;
        let mut change = app.change(own.user.tenant_id).await?;
        manage::set_pin(&mut change, &own.user, &hash, &own.user.name).await?;
        Ok(change.finish().await?)
    };
    finish(&app, &own, done.await, "/me?done=pin").await
}

/// Gives the user other keys.
pub(crate) async fn set_keys(
    State(app): State<App>,
    own: Own,
    Signed(filled): Signed<KeysForm>,
) -> Response {
    let done = async {
        let keys = filled.list()?;
        let mut change = app.change(own.user.tenant_id).await?;
        manage::set_keys(&mut change, &own.user, &keys, &own.user.name).await?;
        Ok(change.finish().await?)
    };
    finish(&app, &own, done.await, "/me?done=keys").await
}

async fn finish(app: &App, own: &Own, done: Answer<()>, next: &str) -> Response {
    let again = async |why: String| show(app, own, Some(&why), None).await;
    layout::after_form(done, next, again).await
}

/// Ends the session.
pub(crate) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let_out(&app, &headers, Redirect::to("/me/sign-in")).await
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Own {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        // Put there by the layer before every page of a user.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Redirect::to("/me/sign-in").into_response())
    }
}
