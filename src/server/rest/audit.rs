//! The audit: what happened, and who did it. `GET /associations?phone=&at=` answers who was on a phone at a time.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, Read};
use super::list::{List, Page, after_number};
use super::problem::Outcome;
use super::read::Asked;
use super::text::Word;
use crate::app::App;
use crate::audit::{self, Filter, Row};

/// Rows of a file: a year of a middling office.
const FILE_ROWS_MAX: i64 = 50_000;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(file))
}

/// Something that happened, with names as they were then.
#[derive(Debug, Serialize, ToSchema)]
struct Happened {
    id: i64,
    /// Seconds since 1970.
    at: i64,
    #[schema(example = "signed_in")]
    event: String,
    /// Why it was refused.
    code: Option<String>,
    phone: Option<i64>,
    phone_name: String,
    user: Option<i64>,
    user_name: String,
    /// What was typed.
    extension: String,
    association: Option<String>,
    detail: String,
    /// Who did it; empty: the phone or the server itself.
    actor: String,
}

fn show(row: Row) -> Happened {
    Happened {
        id: row.id,
        at: row.at,
        event: row.event,
        code: row.code,
        phone: row.phone_id,
        phone_name: row.phone_name,
        user: row.user_id,
        user_name: row.user_name,
        extension: row.extension,
        association: row.association_id,
        detail: row.detail,
        actor: row.actor,
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditFilter {
    /// What names, numbers, code, detail or actor contain.
    #[param(value_type = Option<String>, max_length = 200)]
    search: Option<Word>,
    /// The event's name.
    #[param(value_type = Option<String>, max_length = 200, example = "refused")]
    event: Option<Word>,
    phone: Option<i64>,
    user: Option<i64>,
    /// Not before, seconds since 1970.
    since: Option<i64>,
    /// Before, seconds since 1970.
    until: Option<i64>,
    /// Things on a page: 1 to 200, 50 where it is left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// What the page before gave as `next`.
    #[param(value_type = Option<String>, max_length = 200)]
    after: Option<Word>,
}

impl AuditFilter {
    fn filter(&self, tenant: i64) -> Outcome<Filter<'_>> {
        let before = match &self.after {
            Some(_) => Some(after_number(self.after.as_ref())?),
            None => None,
        };
        Ok(Filter {
            tenant: Some(tenant),
            text: self.search.as_ref().map_or("", Word::as_str),
            event: self.event.as_ref().map_or("", Word::as_str),
            phone: self.phone,
            user: self.user,
            since: self.since,
            until: self.until,
            before,
        })
    }
}

/// What happened, the newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", operation_id = "list_audit", params(AuditFilter),
    responses((status = 200, body = List<Happened>)), security(("token" = ["read"])))]
async fn list(
    State(app): State<App>,
    caller: Caller<Read>,
    Asked(asked): Asked<AuditFilter>,
) -> Outcome<Json<List<Happened>>> {
    let page = Page::of(asked.limit)?;
    let filter = asked.filter(caller.tenant)?;
    let rows = audit::list(&mut *app.reader().await?, &filter, page.rows()).await?;
    Ok(Json(page.list(rows, |row| row.id.to_string(), show)))
}

/// What happened, as a table of comma-separated values: up to 50 000 rows, the newest first. `limit` has no meaning here.
#[utoipa::path(get, path = "/audit.csv", tag = "audit", operation_id = "export_audit", params(AuditFilter),
    responses((status = 200, body = String, content_type = "text/csv")), security(("token" = ["read"])))]
async fn file(
    State(app): State<App>,
    caller: Caller<Read>,
    Asked(asked): Asked<AuditFilter>,
) -> Outcome<Response> {
    Page::of(asked.limit)?;
    let filter = asked.filter(caller.tenant)?;
    let rows = audit::list(&mut *app.reader().await?, &filter, FILE_ROWS_MAX).await?;
    let mut text = "id,at,event,code,phone,user,extension,association,detail,actor\r\n".to_owned();
    for row in rows {
        let cells = [
            row.id.to_string(),
            row.at.to_string(),
            row.event,
            row.code.unwrap_or_default(),
            row.phone_name,
            row.user_name,
            row.extension,
            row.association_id.unwrap_or_default(),
            row.detail,
            row.actor,
        ];
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response())
}

/// A cell (RFC 4180). One that a spreadsheet would take for a formula begins with an apostrophe: names come from people.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_never_two_cells() {
        assert_eq!(cell("Jane"), "Jane");
        assert_eq!(cell("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(cell("=1+1"), "'=1+1");
    }
}
