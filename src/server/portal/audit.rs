//! The audit, newest first, with a filter and pages.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use hotdesk_provisioning::RefusalCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::{self, Page, badge};
use super::view::View;
use crate::app::App;
use crate::audit::{self, Event, Filter, Row};
use crate::error::Answer;

/// Rows of one page.
const PAGE_ROWS: i64 = 50;
/// Longest text to look for.
const FILTER_MAX: usize = 64;

/// Which part of the audit.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    /// What the rows must contain.
    #[serde(default)]
    q: String,
    /// Rows older than this one.
    #[serde(default)]
    before: Option<i64>,
}

pub(crate) async fn page(
    State(app): State<App>,
    view: View,
    Query(asked): Query<Asked>,
) -> Response {
    match draw(&app, &view, &asked).await {
        Ok(page) => page.into_response(),
        Err(failure) => layout::failed(failure),
    }
}

async fn draw(app: &App, view: &View, asked: &Asked) -> Answer<Markup> {
    let text: String = asked.q.trim().chars().take(FILTER_MAX).collect();
    let filter = Filter {
        tenant: Some(view.tenant),
        text: &text,
        before: asked.before,
        ..Filter::default()
    };
    let rows = audit::list(&mut *app.reader().await?, &filter, PAGE_ROWS).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count == PAGE_ROWS);
    let last = rows.last().map(|row| row.id).filter(|_| is_full);
    let body = html! {
        div.heading { h1 { "Audit" } p.muted { "Newest first" } }
        form.filter method="get" action="/audit" {
            input type="search" name="q" value=(text) placeholder="Desk, user, number, code …" aria-label="Filter";
            button type="submit" { "Filter" }
            @if !text.is_empty() || asked.before.is_some() { a.button href="/audit" { "Clear" } }
        }
        @if rows.is_empty() {
            section.card.centre { p { "Nothing was found." } }
        } @else {
            section.card {
                table {
                    thead { tr { th { "When" } th { "What" } th { "Code" } th { "Desk" } th { "User" } th { "Typed" } th { "Details" } } }
                    tbody { @for row in &rows { (draw_row(view, row)) } }
                }
            }
        }
        @if let Some(last) = last {
            form.older method="get" action="/audit" {
                input type="hidden" name="q" value=(text);
                input type="hidden" name="before" value=(last);
                button type="submit" { "Older" }
            }
        }
    };
    Ok(layout::page(view, Page::Audit, "Audit", &body))
}

/// What a short code means.
fn sentence(short: &str) -> Option<&'static str> {
    let code = RefusalCode::ALL
        .into_iter()
        .find(|code| code.short() == short);
    code.map(RefusalCode::sentence)
}

fn draw_row(view: &View, row: &Row) -> Markup {
    html! {
        tr {
            td.tight data-label="When" { (view.clock.moment(row.at)) }
            td.tight data-label="What" { (Event::title(&row.event)) }
            td data-label="Code" { @if let Some(short) = &row.short { (badge("bad", short)) } }
            td.tight data-label="Desk" { (row.phone_name) }
            td.tight data-label="User" { (row.user_name) }
            td data-label="Typed" { (row.extension) }
            td data-label="Details" {
                span.wrap {
                    @if let Some(sentence) = row.short.as_deref().and_then(sentence) { (sentence) " " }
                    (row.detail)
                    @if !row.actor.is_empty() { span.muted { " by " (row.actor) } }
                }
            }
        }
    }
}
