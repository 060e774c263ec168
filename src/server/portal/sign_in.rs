//! Signing in and out, and the door before every other page.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use hotdesk_provisioning::Secret;
use maud::{Markup, html};
use serde::Deserialize;

use super::form::{Signed, let_in, let_out, session_cookie, visited};
use super::view::{View, csrf_field};
use super::{layout, provider};
use crate::admins;
use crate::app::App;
use crate::roles::Role;

/// Lets administrators in and sends everybody else to the sign-in page.
pub(crate) async fn require_admin(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    match View::of(&app, &parts).await {
        Ok(Some(view)) => {
            parts.extensions.insert(view);
            next.run(Request::from_parts(parts, body)).await
        }
        Ok(None) => Redirect::to("/sign-in").into_response(),
        Err(failure) => layout::failed(failure),
    }
}

/// Lets administrators on, and operators.
pub(crate) async fn administrators_only(view: View, request: Request, next: Next) -> Response {
    only(Role::Administrator, &view, request, next).await
}

/// Lets operators on.
pub(crate) async fn operators_only(view: View, request: Request, next: Next) -> Response {
    only(Role::Operator, &view, request, next).await
}

async fn only(role: Role, view: &View, request: Request, next: Next) -> Response {
    if view.role >= role {
        next.run(request).await
    } else {
        let sentence = match role {
            Role::Operator => "This is for operators: it concerns every tenant.",
            Role::Administrator | Role::HelpDesk => {
                "Your account may look and log people out. This is for administrators."
            }
        };
        layout::message(StatusCode::FORBIDDEN, sentence)
    }
}

/// The form.
pub(crate) async fn page(State(app): State<App>, headers: HeaderMap) -> Response {
    visited(&app, &headers, |cookie| form(&app, cookie, None))
}

/// The form, and above it why somebody sees it again.
pub(crate) fn page_with(app: &App, headers: &HeaderMap, problem: &str) -> Response {
    visited(app, headers, |cookie| form(app, cookie, Some(problem)))
}

fn form(app: &App, cookie: &Secret, problem: Option<&str>) -> Markup {
    let body = html! {
        section.card.sign-in {
            div.brand { span.dot {} "hotdesk" }
            h1 { "Sign in" }
            (layout::problem(problem))
            form.stack method="post" action="/sign-in" {
                (csrf_field(&app.key().csrf_token(cookie.expose())))
                label {
                    span { "Name" }
                    input type="text" name="name" autocomplete="username" required autofocus;
                }
                label {
                    span { "Password" }
                    input type="password" name="password" autocomplete="current-password" required;
                }
                button.primary type="submit" { "Sign in" }
            }
            @if let Some(provider) = app.provider() {
                // A link and no form: a form must not lead to another site.
                p.after { a.button href="/sign-in/oidc" { "Sign in with " (provider.config().shown_name()) } }
            }
        }
    };
    layout::plain_page("Sign in", &body)
}

#[derive(Deserialize)]
pub(crate) struct SignIn {
    name: String,
    password: Secret,
}

/// Checks name and password. A new session gets a new cookie, so that nobody can prepare one.
pub(crate) async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    Signed(filled): Signed<SignIn>,
) -> Response {
    let outcome = match admins::sign_in(&app, filled.name.trim(), filled.password).await {
        Ok(outcome) => outcome,
        Err(failure) => return layout::failed(failure),
    };
    match outcome {
        Ok(session) => let_in(&app, &session, Redirect::to("/")),
        Err(locked_for) => {
            let sentence = match locked_for {
                Some(seconds) => {
                    format!("Too many wrong passwords. Try again in {seconds} seconds.")
                }
                None => "Name or password is wrong.".to_owned(),
            };
            let cookie = Secret::new(session_cookie(&headers).unwrap_or_default());
            let form = form(&app, &cookie, Some(&sentence));
            (StatusCode::UNAUTHORIZED, form).into_response()
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// Ends the session.
pub(crate) async fn sign_out(
    State(app): State<App>,
    view: View,
    headers: HeaderMap,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let page = if view.is_from_provider {
        provider::sign_out_page(&app).await
    } else {
        None
    };
    let next = page.unwrap_or_else(|| Redirect::to("/sign-in").into_response());
    let_out(&app, &headers, next).await
}
