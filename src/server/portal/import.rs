//! Phones and users from and to tables: pasted or chosen, rehearsed, and then done.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::form::{Signed, Ticked};
use super::layout::{self, Page, badge};
use super::view::View;
use crate::app::App;
use crate::error::Failure;
use crate::tables::{self, Effect, Kind, Outcome, Row};

pub(crate) async fn page(view: View) -> Response {
    draw(&view, None, "", None).into_response()
}

fn draw(view: &View, problem: Option<&str>, text: &str, outcome: Option<&Outcome>) -> Markup {
    let is_ready = outcome.is_some_and(|outcome| {
        !outcome.is_done
            && !outcome
                .rows
                .iter()
                .any(|row| matches!(row.effect, Effect::Wrong(_)))
    });
    let body = html! {
        div.heading { h1 { "Import and export" } p.muted { "Tables of comma-separated values" } }
        (layout::problem(problem))
        @if let Some(outcome) = outcome { (effects(outcome)) }
        section.card {
            h2 { "Import" }
            p.muted { "The first line names the columns. Phones are known by " code { "mac" } ", users by " code { "extension" } "; a column that is missing stays as it is. Nothing is done before you have seen what each row does." }
            form.stack method="post" action="/import" {
                (view.csrf_field())
                label.script-only { span { "A file" } input type="file" accept=".csv,text/csv" data-into="table"; }
                label { span { "The table" } textarea id="table" name="table" rows="10" spellcheck="false" placeholder="mac,name,extension,site,address\n00:11:22:aa:bb:cc,Desk 14,3004,Main,1 Example Street" { (text) } }
                div.buttons {
                    button.primary[!is_ready] type="submit" { "Show what it does" }
                    @if is_ready { button.primary type="submit" name="go" value="yes" { "Import" } }
                }
            }
        }
        section.card {
            h2 { "Export" }
            p.muted { "What an import takes, without PINs." }
            div.buttons { a.button href="/export/phones.csv" { "Phones" } a.button href="/export/users.csv" { "Users" } }
        }
    };
    layout::page(view, Page::Import, "Import", &body)
}

fn effects(outcome: &Outcome) -> Markup {
    let count = |wanted: fn(&Effect) -> bool| {
        outcome
            .rows
            .iter()
            .filter(|row| wanted(&row.effect))
            .count()
    };
    let what = if outcome.kind == Kind::Phones {
        "phone"
    } else {
        "user"
    };
    let wrong = count(|effect| matches!(effect, Effect::Wrong(_)));
    html! {
        p.notice.good[outcome.is_done].bad[wrong > 0] role="status" {
            (if outcome.is_done { "Done: " } else if wrong > 0 { "Nothing was done: " } else { "This would be done: " })
            (layout::counted(count(|effect| *effect == Effect::Add), what)) " added, "
            (count(|effect| matches!(effect, Effect::Change(_)))) " changed, "
            (count(|effect| *effect == Effect::Same)) " stay as they are"
            @if wrong > 0 { ", " (wrong) " cannot be done" } "."
        }
        section.card {
            table {
                thead { tr { th { "Line" } th { "Name" } th { "Effect" } } }
                tbody { @for row in &outcome.rows { (effect(row)) } }
            }
        }
    }
}

fn effect(row: &Row) -> Markup {
    html! {
        tr {
            td data-label="Line" { (row.line) }
            td data-label="Name" { (row.name) }
            td data-label="Effect" {
                @match &row.effect {
                    Effect::Add => { (badge("good", "Added")) }
                    Effect::Change(columns) => { (badge("warn", "Changed")) " " span.muted { (columns.join(", ").replace('_', " ")) } }
                    Effect::Same => { (badge("plain", "Stays")) }
                    Effect::Wrong(why) => { (badge("bad", "Wrong")) " " (why) }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Table {
    table: String,
    #[serde(default)]
    go: Ticked,
}

pub(crate) async fn import(
    State(app): State<App>,
    view: View,
    Signed(filled): Signed<Table>,
) -> Response {
    let done = tables::import(&app, view.tenant, &filled.table, !filled.go.0, &view.admin).await;
    match done {
        Ok(outcome) => {
            let text = if outcome.is_done { "" } else { &filled.table };
            draw(&view, None, text, Some(&outcome)).into_response()
        }
        Err(Failure::Refused(refusal)) => {
            let page = draw(&view, Some(&refusal.message), &filled.table, None);
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
        Err(failure) => layout::failed(failure),
    }
}

pub(crate) async fn export(
    State(app): State<App>,
    view: View,
    Path(file): Path<String>,
) -> Response {
    let kind = match file.as_str() {
        "phones.csv" => Kind::Phones,
        "users.csv" => Kind::Users,
        _ => return super::not_found().await,
    };
    let table = async { tables::export(&mut *app.reader().await?, view.tenant, kind).await };
    match table.await {
        Ok(table) => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                (
                    header::CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{file}\""),
                ),
            ];
            (headers, table).into_response()
        }
        Err(failure) => layout::failed(failure),
    }
}
