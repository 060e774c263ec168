//! Who sits where, since when, until when; and the key that ends it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use super::desk::{self, Counts, Desk, Wanted};
use super::form::Signed;
use super::layout::{self, Page};
use super::view::View;
use crate::app::App;
use crate::enrolment;
use crate::error::Answer;
use crate::manage;

/// Phones on the page; the others are on the pages of phones.
const DESKS: i64 = 100;

pub(crate) async fn page(State(app): State<App>, view: View) -> Response {
    layout::drawn(None, draw(&app, &view).await)
}

async fn draw(app: &App, view: &View) -> Answer<Markup> {
    let mut reader = app.reader().await?;
    let wanted = Wanted {
        count: DESKS,
        ..Wanted::default()
    };
    let desks = desk::list(&mut reader, app, view.tenant, &wanted).await?;
    let counts = desk::counts(&mut reader, app, view.tenant).await?;
    let waiting = enrolment::count(&mut reader, app.now()).await?;
    let refused: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audits WHERE tenant_id = $1 AND event = 'refused' AND at >= $2",
    )
    .bind(view.tenant)
    .bind(view.clock.midnight())
    .fetch_one(&mut *reader)
    .await?;
    let body = html! {
        div.heading { h1 { "Overview" } p.muted { "Who sits where" } }
        div data-live="tiles" { (tiles(&counts, refused, waiting)) }
        div data-live="desks" {
            @if desks.is_empty() {
                section.card.centre { p { "No phones yet. " a href="/phones" { "Add the first one" } "." } }
            } @else {
                section.card {
                    table {
                        thead { tr { th { "Desk" } th { "Who" } th { "Since" } th { "Until" } th { "State" } th { "Phone" } th { span.unseen { "Actions" } } } }
                        tbody { @for desk in &desks { (row(view, desk)) } }
                    }
                }
                @if counts.phones > DESKS { p.older { a.button href="/phones" { "All " (counts.phones) " phones" } } }
            }
        }
    };
    Ok(layout::page(view, Page::Overview, "Overview", &body))
}

fn tiles(counts: &Counts, refused: i64, waiting: i64) -> Markup {
    html! {
        div.tiles {
            (tile(counts.occupied, "signed in", "/phones?show=occupied"))
            (tile(counts.phones.saturating_sub(counts.occupied), "vacant", "/phones?show=vacant"))
            (tile(counts.phones.saturating_sub(counts.online), "offline", "/phones?show=offline"))
            (tile(refused, "refused today", "/audit?event=refused"))
            (tile(waiting, "waiting to enrol", "/phones#add"))
        }
    }
}

fn tile(number: i64, what: &str, path: &str) -> Markup {
    html! { a.tile href=(path) { strong { (number) } span { (what) } } }
}

fn row(view: &View, desk: &Desk) -> Markup {
    html! {
        tr {
            td data-label="Desk" { a.plain href={ "/phones/" (desk.phone.id) } { (identity(&desk.phone.name, &desk.phone.extension)) } }
            td data-label="Who" { (guest(desk)) }
            td data-label="Since" { (view.clock.moment_or(desk.since, "–")) }
            td data-label="Until" { (until(view, desk)) }
            td data-label="State" { (desk.state()) }
            td data-label="Phone" { (desk.connection()) }
            td.actions { (log_out(view, desk, "/")) }
        }
    }
}

/// Whoever is signed in.
pub(crate) fn guest(desk: &Desk) -> Markup {
    html! {
        @match (&desk.guest, &desk.guest_extension, desk.guest_id) {
            (Some(name), Some(number), Some(id)) => { a.plain href={ "/users/" (id) } { (identity(name, number)) } }
            _ => { span.muted { "nobody" } }
        }
    }
}

/// When whoever is signed in will be signed out.
pub(crate) fn until(view: &View, desk: &Desk) -> Markup {
    html! {
        @if desk.association.is_some() { (view.clock.moment_or(desk.until, "no limit")) } @else { span.muted { "–" } }
    }
}

/// The key that signs somebody out, and where to go on.
pub(crate) fn log_out(view: &View, desk: &Desk, next: &str) -> Markup {
    html! {
        @if let Some(id) = &desk.association {
            form method="post" action={ "/associations/" (id) "/end" } {
                (view.csrf_field())
                input type="hidden" name="next" value=(next);
                button type="submit" data-key=(id) aria-label={ "Log out " (desk.guest.as_deref().unwrap_or_default()) } { "Log out" }
            }
        }
    }
}

/// A name over a number.
pub(crate) fn identity(name: &str, number: &str) -> Markup {
    html! { span.identity { strong { (name) } span.number { (number) } } }
}

/// Where a form wants to go on.
#[derive(serde::Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

impl Next {
    /// A page of ours: one slash, and no other server.
    pub(crate) fn path(&self) -> &str {
        let is_ours =
            self.next.starts_with('/') && !self.next.starts_with("//") && !self.next.contains('\\');
        if is_ours { &self.next } else { "/" }
    }
}

/// Signs somebody out.
pub(crate) async fn end(
    State(app): State<App>,
    view: View,
    Path(id): Path<String>,
    Signed(next): Signed<Next>,
) -> Response {
    match end_now(&app, &view, &[id]).await {
        Ok(()) => Redirect::to(next.path()).into_response(),
        Err(failure) => layout::failed(failure),
    }
}

/// Signs these people out.
pub(crate) async fn end_now(app: &App, view: &View, ids: &[String]) -> Answer<()> {
    let mut change = app.change(view.tenant).await?;
    for id in ids {
        manage::end_association(&mut change, view.tenant, id, &view.admin).await?;
    }
    Ok(change.finish().await?)
}

/// Which tenant an operator wants to see.
#[derive(serde::Deserialize)]
pub(crate) struct Choice {
    tenant: i64,
}

/// Shows another tenant from now on.
pub(crate) async fn look_at(
    State(app): State<App>,
    view: View,
    headers: axum::http::HeaderMap,
    Signed(choice): Signed<Choice>,
) -> Response {
    let is_known = view.tenants.iter().any(|tenant| tenant.id == choice.tenant);
    if !is_known {
        return super::not_found().await;
    }
    let cookie = super::form::session_cookie(&headers).unwrap_or_default();
    let looking = async {
        let mut writer = app.database().writer().await?;
        crate::sessions::look_at(&mut writer, &cookie, choice.tenant).await?;
        Ok(())
    };
    match looking.await {
        Ok(()) => Redirect::to("/").into_response(),
        Err(failure) => layout::failed(failure),
    }
}
