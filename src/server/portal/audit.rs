//! The audit, newest first, with filters, pages and exports.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hotdesk_provisioning::RefusalCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::{self, Page, badge};
use super::view::View;
use crate::app::App;
use crate::audit::{self, Event, Filter, Row};
use crate::error::Answer;
use crate::tables;

/// Rows of one page.
const PAGE_ROWS: i64 = 50;
/// Rows of one export: what a spreadsheet opens without complaint.
const EXPORT_ROWS: i64 = 50_000;
/// Longest text to look for.
const FILTER_MAX: usize = 64;

/// Which part of the audit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// What the rows must contain.
    q: String,
    /// What must have happened.
    event: String,
    /// From this moment on, by the site's clock.
    since: String,
    /// Before this moment.
    until: String,
    /// Rows older than this one.
    before: Option<i64>,
}

impl Asked {
    fn filter(&self, view: &View) -> Result<Filter<'_>, &'static str> {
        let moment = |text: &str| match text {
            "" => Ok(None),
            text => view
                .clock
                .parse(text)
                .map(Some)
                .ok_or("This is not a date and a time."),
        };
        let end = self
            .q
            .char_indices()
            .nth(FILTER_MAX)
            .map_or(self.q.len(), |(at, _)| at);
        Ok(Filter {
            tenant: Some(view.tenant),
            text: self.q.get(..end).unwrap_or_default().trim(),
            event: &self.event,
            since: moment(&self.since)?,
            until: moment(&self.until)?,
            before: self.before,
            ..Filter::default()
        })
    }

    fn query(&self) -> String {
        format!(
            "q={}&event={}&since={}&until={}",
            layout::escaped(self.q.trim()),
            layout::escaped(&self.event),
            layout::escaped(&self.since),
            layout::escaped(&self.until)
        )
    }

    fn is_empty(&self) -> bool {
        let texts = [&self.q, &self.event, &self.since, &self.until];
        texts.into_iter().all(String::is_empty) && self.before.is_none()
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    view: View,
    Query(asked): Query<Asked>,
) -> Response {
    layout::drawn(None, draw(&app, &view, &asked).await)
}

async fn draw(app: &App, view: &View, asked: &Asked) -> Answer<Markup> {
    let (rows, problem) = match asked.filter(view) {
        Ok(filter) => (
            audit::list(&mut *app.reader().await?, &filter, PAGE_ROWS).await?,
            None,
        ),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count == PAGE_ROWS);
    let last = rows.last().map(|row| row.id).filter(|_| is_full);
    let body = html! {
        div.heading { h1 { "Audit" } p.muted { "Newest first" } }
        (layout::problem(problem))
        (filter_form(asked))
        div data-live="rows" {
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
        }
        div.buttons.after {
            @if let Some(last) = last { a.button href={ "/audit?" (asked.query()) "&before=" (last) } rel="next" { "Older" } }
            a.button href={ "/audit/export.csv?" (asked.query()) } { "Export as CSV" }
            a.button href={ "/audit/export.json?" (asked.query()) } { "Export as JSON" }
        }
    };
    Ok(layout::page(view, Page::Audit, "Audit", &body))
}

fn filter_form(asked: &Asked) -> Markup {
    html! {
        form.filter method="get" action="/audit" role="search" {
            input type="search" name="q" value=(asked.q) placeholder="Desk, user, number, code …" aria-label="Filter";
            select name="event" aria-label="What happened" data-submit {
                option value="" { "Everything" }
                @for (name, title) in Event::titles() { option value=(name) selected[name == asked.event] { (title) } }
            }
            label.inline { span { "from" } input type="datetime-local" name="since" step="any" value=(asked.since); }
            label.inline { span { "to" } input type="datetime-local" name="until" step="any" value=(asked.until); }
            button type="submit" { "Filter" }
            @if !asked.is_empty() { a.button href="/audit" { "Clear" } }
        }
    }
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
            td.tight data-label="Desk" { @match row.phone_id { Some(id) => { a.plain href={ "/phones/" (id) } { (row.phone_name) } } None => { (row.phone_name) } } }
            td.tight data-label="User" { @match row.user_id { Some(id) => { a.plain href={ "/users/" (id) } { (row.user_name) } } None => { (row.user_name) } } }
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

/// The rows that fit, as a file.
pub(crate) async fn export(
    State(app): State<App>,
    view: View,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let filter = match asked.filter(&view) {
        Ok(filter) => filter,
        Err(problem) => return layout::message(StatusCode::UNPROCESSABLE_ENTITY, problem),
    };
    let rows = async { Ok(audit::list(&mut *app.reader().await?, &filter, EXPORT_ROWS).await?) };
    let rows = match rows.await {
        Ok(rows) => rows,
        Err(failure) => return layout::failed(failure),
    };
    let disposition = (
        header::CONTENT_DISPOSITION,
        format!("attachment; filename=\"{file}\""),
    );
    match file.as_str() {
        "export.json" => ([disposition], Json(rows)).into_response(),
        "export.csv" => match csv(&view, &rows) {
            Ok(text) => {
                let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned());
                ([kind, disposition], text).into_response()
            }
            Err(failure) => layout::failed(failure),
        },
        _ => super::not_found().await,
    }
}

fn csv(view: &View, rows: &[Row]) -> Answer<String> {
    const COLUMNS: [&str; 9] = [
        "when",
        "event",
        "code",
        "desk",
        "user",
        "typed",
        "association",
        "detail",
        "by",
    ];
    let cells = rows.iter().map(|row| {
        vec![
            view.clock.full(row.at),
            row.event.clone(),
            row.short.clone().unwrap_or_default(),
            row.phone_name.clone(),
            row.user_name.clone(),
            row.extension.clone(),
            row.association_id.clone().unwrap_or_default(),
            row.detail.clone(),
            row.actor.clone(),
        ]
    });
    tables::write(&COLUMNS, cells)
}
