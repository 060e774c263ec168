//! Sign-ins, now and before: of a phone, of a user, of everybody; and who was on a phone at a moment.

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use sqlx::FromRow;

use super::layout::{self, Page, badge};
use super::overview::identity;
use super::view::View;
use crate::app::App;
use crate::associations::describe;
use crate::audit::contains;
use crate::column::Json;
use crate::db::Connection;
use crate::error::Answer;
use hotdesk_provisioning::EndReason;

/// Sign-ins on one page.
const PAGE_ROWS: i64 = 50;
/// Sign-ins on the page of a phone or a user.
const FEW_ROWS: i64 = 10;

/// One sign-in that was committed.
#[derive(Debug, FromRow)]
pub(crate) struct Stay {
    pub(crate) id: String,
    phone_id: i64,
    phone: String,
    desk_extension: String,
    user_id: i64,
    user_name: String,
    user_extension: String,
    since: i64,
    until: Option<i64>,
    ended_at: Option<i64>,
    reason: Option<Json<EndReason>>,
    switch_ms: Option<i64>,
}

/// Which sign-ins.
#[derive(Debug, Clone, Copy, Default)]
struct Wanted<'a> {
    text: &'a str,
    phone: Option<i64>,
    user: Option<i64>,
    /// Those that lasted at this moment.
    at: Option<i64>,
    offset: i64,
    count: i64,
}

async fn list(
    connection: &mut Connection,
    tenant: i64,
    wanted: &Wanted<'_>,
) -> Result<Vec<Stay>, sqlx::Error> {
    sqlx::query_as(
        "SELECT a.id, a.phone_id, p.name AS phone, p.extension AS desk_extension, a.user_id, u.name AS user_name,
                u.extension AS user_extension, a.committed_at AS since, a.ends_at AS until, a.ended_at, a.reason, a.switch_ms
         FROM associations a JOIN phones p ON p.id = a.phone_id JOIN users u ON u.id = a.user_id
         WHERE a.tenant_id = $1 AND a.committed_at IS NOT NULL
           AND (a.phone_id = $2 OR $2 IS NULL) AND (a.user_id = $3 OR $3 IS NULL)
           AND ($4 IS NULL OR (a.committed_at <= $4 AND (a.ended_at IS NULL OR a.ended_at > $4)))
           AND ($5 = '' OR lower(p.name || ' ' || p.extension || ' ' || u.name || ' ' || u.extension) LIKE $6 ESCAPE '!')
         ORDER BY a.committed_at DESC, a.id LIMIT $7 OFFSET $8",
    )
    .bind(tenant)
    .bind(wanted.phone)
    .bind(wanted.user)
    .bind(wanted.at)
    .bind(wanted.text)
    .bind(contains(wanted.text))
    .bind(wanted.count)
    .bind(wanted.offset)
    .fetch_all(connection)
    .await
}

/// The latest sign-ins on a phone.
pub(super) async fn of_phone(
    connection: &mut Connection,
    tenant: i64,
    phone: i64,
) -> Result<Vec<Stay>, sqlx::Error> {
    let wanted = Wanted {
        phone: Some(phone),
        count: FEW_ROWS,
        ..Wanted::default()
    };
    list(connection, tenant, &wanted).await
}

/// The latest sign-ins of a user.
pub(super) async fn of_user(
    connection: &mut Connection,
    tenant: i64,
    user: i64,
) -> Result<Vec<Stay>, sqlx::Error> {
    let wanted = Wanted {
        user: Some(user),
        count: FEW_ROWS,
        ..Wanted::default()
    };
    list(connection, tenant, &wanted).await
}

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    /// A moment by the site's clock.
    at: String,
    page: i64,
}

pub(crate) async fn page(
    State(app): State<App>,
    view: View,
    Query(asked): Query<Asked>,
) -> Response {
    layout::drawn(None, draw(&app, &view, &asked).await)
}

async fn draw(app: &App, view: &View, asked: &Asked) -> Answer<Markup> {
    let text: String = asked.q.trim().chars().take(64).collect();
    let page = asked.page.clamp(1, 1_000_000);
    let at = view.clock.parse(&asked.at);
    let problem =
        (!asked.at.is_empty() && at.is_none()).then_some("This is not a date and a time.");
    let wanted = Wanted {
        text: &text,
        at,
        offset: page.saturating_sub(1).saturating_mul(PAGE_ROWS),
        count: PAGE_ROWS.saturating_add(1),
        ..Wanted::default()
    };
    let mut stays = list(&mut *app.reader().await?, view.tenant, &wanted).await?;
    let is_last = i64::try_from(stays.len()).is_ok_and(|rows| rows <= PAGE_ROWS);
    stays.truncate(usize::try_from(PAGE_ROWS).unwrap_or(0));
    let query = format!(
        "q={}&at={}",
        layout::escaped(&text),
        layout::escaped(&asked.at)
    );
    let body = html! {
        div.heading { h1 { "Sign-ins" } p.muted { "Who is and was where" } }
        (layout::problem(problem))
        form.filter method="get" action="/associations" role="search" {
            input type="search" name="q" value=(text) placeholder="Desk or person …" aria-label="Desk or person";
            label.inline { span { "at" } input type="datetime-local" name="at" step="any" value=(asked.at); }
            button type="submit" { "Search" }
            @if !text.is_empty() || !asked.at.is_empty() { a.button href="/associations" { "Clear" } }
        }
        @if let Some(at) = at { p.muted { "Who was where at " (view.clock.full(at)) ":" } }
        section.card data-live="stays" { (table(view, &stays, true)) }
        (layout::pages("/associations", &query, page, is_last))
    };
    Ok(layout::page(view, Page::Associations, "Sign-ins", &body))
}

/// Sign-ins, the latest first; with their log-out keys where `may_end`.
pub(super) fn table(view: &View, stays: &[Stay], may_end: bool) -> Markup {
    html! {
        @if stays.is_empty() {
            p.muted.centre { "Nobody." }
        } @else {
            table {
                thead { tr { th { "Desk" } th { "Who" } th { "From" } th { "To" } th { "Why it ended" } th { "Switch" } @if may_end { th { span.unseen { "Actions" } } } } }
                tbody { @for stay in stays { (row(view, stay, may_end)) } }
            }
        }
    }
}

fn row(view: &View, stay: &Stay, may_end: bool) -> Markup {
    html! {
        tr {
            td data-label="Desk" { a.plain href={ "/phones/" (stay.phone_id) } { (identity(&stay.phone, &stay.desk_extension)) } }
            td data-label="Who" { a.plain href={ "/users/" (stay.user_id) } { (identity(&stay.user_name, &stay.user_extension)) } }
            td.tight data-label="From" { (view.clock.moment(stay.since)) }
            td.tight data-label="To" {
                @match (stay.ended_at, stay.until) {
                    (Some(at), _) => { (view.clock.moment(at)) }
                    (None, Some(at)) => { span { (badge("good", "Signed in")) " " span.muted { "until " (view.clock.short(at)) } } }
                    (None, None) => { (badge("good", "Signed in")) }
                }
            }
            td data-label="Why it ended" { @if let Some(Json(reason)) = &stay.reason { (describe(reason)) } }
            td data-label="Switch" { @if let Some(ms) = stay.switch_ms { (ms) " ms" } }
            @if may_end {
                td.actions {
                    @if stay.ended_at.is_none() {
                        form method="post" action={ "/associations/" (stay.id) "/end" } {
                            (view.csrf_field())
                            input type="hidden" name="next" value="/associations";
                            button type="submit" aria-label={ "Log out " (stay.user_name) } { "Log out" }
                        }
                    }
                }
            }
        }
    }
}
