//! Tokens of the API: the list, making one, revoking one. The text of a token is shown once.

use axum::extract::{Path, State};
use axum::response::Response;
use hotdesk_provisioning::Secret;
use maud::{Markup, html};
use serde::Deserialize;

use super::form::{Signed, Ticked};
use super::layout::{self, Page, choice, needed, tick};
use super::sign_in::Nothing;
use super::view::View;
use crate::app::App;
use crate::error::{Answer, Failure, wrong};
use crate::tokens::{self, Scope, Token, TokenEntry};

/// Tokens on the page: as many as a tenant can have.
const ROWS: i64 = 200;
/// How long a token can hold, in days, as the form offers it.
const LIVES: [(&str, &str); 4] = [
    ("90", "90 days"),
    ("365", "a year"),
    ("30", "30 days"),
    ("", "until it is revoked"),
];

pub(crate) async fn page(State(app): State<App>, view: View) -> Response {
    show(&app, &view, None, None).await
}

async fn show(app: &App, view: &View, problem: Option<&str>, made: Option<&Secret>) -> Response {
    layout::drawn(problem, draw(app, view, problem, made).await)
}

async fn draw(
    app: &App,
    view: &View,
    problem: Option<&str>,
    made: Option<&Secret>,
) -> Answer<Markup> {
    let tokens = tokens::list(&mut *app.reader().await?, Some(view.tenant), 0, ROWS).await?;
    let lives = LIVES.map(|(days, text)| (days.to_owned(), text.to_owned()));
    let body = html! {
        div.heading { h1 { "API tokens" } p.muted { "For programs; described by " a href="/api/v1/openapi.json" { "its document" } } }
        (layout::problem(problem))
        @if let Some(made) = made {
            section.card {
                h2 { "The new token" }
                p { "It is shown this once. Keep it where the program keeps its secrets." }
                p { code.token { (made.expose()) } }
            }
        }
        section.card {
            @if tokens.is_empty() { p.muted.centre { "No tokens." } } @else { (table(view, &tokens)) }
        }
        section.card {
            details {
                summary { "Make a token" }
                form.grid method="post" action="/settings/tokens" {
                    (view.csrf_field())
                    (needed("Name", "name", "", "booking system"))
                    (choice("Holds for", "days", "90", &lives))
                    fieldset.ticks {
                        legend { "May" }
                        (tick("see everything of the tenant", "read", true))
                        (tick("log people out", "log_out", false))
                        (tick("change phones, users and settings", "manage", false))
                    }
                    div.buttons { button.primary type="submit" { "Make token" } }
                }
            }
        }
    };
    Ok(layout::page(view, Page::Settings, "API tokens", &body))
}

fn table(view: &View, tokens: &[Token]) -> Markup {
    html! {
        table {
            thead { tr { th { "Name" } th { "May" } th { "Made" } th { "Holds until" } th { "Last used" } th { span.unseen { "Actions" } } } }
            tbody {
                @for token in tokens {
                    tr {
                        td data-label="Name" { strong { (token.name) } }
                        td data-label="May" { @for scope in token.scopes() { (layout::badge("plain", &scope.word().replace('_', " "))) " " } }
                        td data-label="Made" { (view.clock.moment(token.created_at)) span.muted { " by " (token.created_by) } }
                        td data-label="Holds until" { (view.clock.moment_or(token.expires_at, "it is revoked")) }
                        td data-label="Last used" { (view.clock.moment_or(token.last_used_at, "never")) }
                        td.actions {
                            form method="post" action={ "/settings/tokens/" (token.id) "/delete" } {
                                (view.csrf_field())
                                button type="submit" data-ask={ "Revoke " (token.name) "? Programs that use it stop working." } { "Revoke" }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct TokenForm {
    name: String,
    days: String,
    #[serde(default)]
    read: Ticked,
    #[serde(default)]
    log_out: Ticked,
    #[serde(default)]
    manage: Ticked,
}

impl TokenForm {
    fn scopes(&self) -> Vec<Scope> {
        let ticked = [
            (self.read, Scope::Read),
            (self.log_out, Scope::LogOut),
            (self.manage, Scope::Manage),
        ];
        let scopes = ticked.into_iter().filter(|(tick, _)| tick.0);
        scopes.map(|(_, scope)| scope).collect()
    }

    fn expires_at(&self, now: i64) -> Answer<Option<i64>> {
        if self.days.is_empty() {
            return Ok(None);
        }
        let days: i64 = self
            .days
            .parse()
            .ok()
            .filter(|days| (1..=3650).contains(days))
            .ok_or_else(|| wrong("A token holds 1 to 3650 days."))?;
        Ok(Some(now.saturating_add(days.saturating_mul(86_400))))
    }
}

/// Makes a token and shows it.
pub(crate) async fn create(
    State(app): State<App>,
    view: View,
    Signed(filled): Signed<TokenForm>,
) -> Response {
    let made = async {
        let mut change = app.change(view.tenant).await?;
        let scopes = filled.scopes();
        let entry = TokenEntry {
            tenant: Some(view.tenant),
            name: &filled.name,
            scopes: &scopes,
            expires_at: filled.expires_at(change.now)?,
        };
        let (_, text) = tokens::create(&mut change, &entry, &view.admin).await?;
        change.finish().await?;
        Ok::<_, Failure>(text)
    };
    match made.await {
        Ok(text) => show(&app, &view, None, Some(&text)).await,
        Err(Failure::Refused(refusal)) => show(&app, &view, Some(&refusal.message), None).await,
        Err(failure) => layout::failed(failure),
    }
}

/// Revokes a token.
pub(crate) async fn revoke(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        tokens::revoke(&mut change, Some(view.tenant), id, &view.admin).await?;
        Ok(change.finish().await?)
    };
    let again = async |why: String| show(&app, &view, Some(&why), None).await;
    layout::after_form(done.await, "/settings/tokens", again).await
}
