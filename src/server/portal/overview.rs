//! Who sits where, since when, until when; and the key that ends it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use super::desk::{self, Desk};
use super::form::Signed;
use super::layout::{self, Page};
use super::sign_in::Nothing;
use super::view::View;
use crate::app::App;
use crate::error::Answer;
use crate::manage;

pub(crate) async fn page(State(app): State<App>, view: View) -> Response {
    match draw(&app, &view).await {
        Ok(page) => page.into_response(),
        Err(failure) => layout::failed(failure),
    }
}

async fn draw(app: &App, view: &View) -> Answer<Markup> {
    let desks = desk::all(&mut *app.reader().await?, app, view.tenant).await?;
    let waiting = crate::enrolment::count(&mut *app.reader().await?, app.now()).await?;
    let occupied = desks.iter().filter(|d| d.association.is_some()).count();
    let online = desks.iter().filter(|d| d.is_online).count();
    let body = html! {
        div.heading { h1 { "Overview" } p.muted { "Who sits where, at " (view.clock.short(view.clock.now)) } }
        div.tiles {
            (tile(occupied, "signed in"))
            (tile(desks.len().saturating_sub(occupied), "vacant"))
            (tile(online, "online"))
            (tile(waiting, "waiting to enrol"))
        }
        @if desks.is_empty() {
            section.card.centre { p { "No phones yet. " a href="/phones" { "Add the first one" } "." } }
        } @else {
            section.card {
                table {
                    thead { tr { th { "Desk" } th { "Who" } th { "Since" } th { "Until" } th { "State" } th { "Phone" } th {} } }
                    tbody { @for desk in &desks { (row(view, desk)) } }
                }
            }
        }
    };
    Ok(layout::page(view, Page::Overview, "Overview", &body))
}

fn tile(number: impl maud::Render, what: &str) -> Markup {
    html! { div.tile { strong { (number) } span { (what) } } }
}

fn row(view: &View, desk: &Desk) -> Markup {
    html! {
        tr {
            td data-label="Desk" { (identity(&desk.phone.name, &desk.phone.extension)) }
            td data-label="Who" {
                @match (&desk.guest, &desk.guest_extension) {
                    (Some(name), Some(number)) => { (identity(name, number)) }
                    (_, _) => { span.muted { "nobody" } }
                }
            }
            td data-label="Since" { (view.clock.moment_or(desk.since, "–")) }
            td data-label="Until" {
                @if desk.association.is_some() { (view.clock.moment_or(desk.until, "no limit")) } @else { span.muted { "–" } }
            }
            td data-label="State" { (desk.state()) }
            td data-label="Phone" { (desk.connection()) }
            td.actions {
                @if let Some(id) = &desk.association {
                    form method="post" action={ "/associations/" (id) "/end" } {
                        (view.csrf_field())
                        button type="submit" { "Log out" }
                    }
                }
            }
        }
    }
}

/// A name over a number.
pub(crate) fn identity(name: &str, number: &str) -> Markup {
    html! { span.identity { strong { (name) } span.number { (number) } } }
}

/// Signs somebody out.
pub(crate) async fn end(
    State(app): State<App>,
    view: View,
    Path(id): Path<String>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    match end_now(&app, &view, &id).await {
        Ok(()) => Redirect::to("/").into_response(),
        Err(failure) => layout::failed(failure),
    }
}

async fn end_now(app: &App, view: &View, id: &str) -> Answer<()> {
    let mut change = app.change(view.tenant).await?;
    manage::end_association(&mut change, view.tenant, id, &view.admin).await?;
    Ok(change.finish().await?)
}
