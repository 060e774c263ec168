//! Phones and users from and to tables, as in the portal: rehearsed, then done as a whole or not at all.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::TABLE_BYTES_MAX;
use super::caller::{Caller, Manage, Read};
use super::problem::{Outcome, Problem};
use super::read::Asked;
use crate::app::App;
use crate::tables::{self, Effect, Kind, Row};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(import))
        .layer(DefaultBodyLimit::max(TABLE_BYTES_MAX))
        .routes(routes!(phones))
        .routes(routes!(users))
}

/// Whether it is done.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Rehearsal {
    /// True: nothing is done, and the answer says what would be.
    dry_run: bool,
}

/// What a row does.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EffectIo {
    Add,
    Change,
    /// It says what is there already.
    Same,
    /// It cannot be done, and so nothing of the table is.
    Wrong,
}

/// A row of a table.
#[derive(Debug, Serialize, ToSchema)]
struct RowOut {
    /// Its line in the table.
    line: u64,
    name: String,
    effect: EffectIo,
    /// The columns that change.
    columns: Vec<String>,
    /// Why it cannot be done.
    why: Option<String>,
}

/// What a table does.
#[derive(Debug, Serialize, ToSchema)]
struct ImportOut {
    /// What is in it.
    #[schema(pattern = "^(phones|users)$")]
    kind: &'static str,
    /// Whether it was done: not in a rehearsal, and not while a row is wrong.
    done: bool,
    rows: Vec<RowOut>,
}

fn show(row: Row) -> RowOut {
    let (effect, columns, why) = match row.effect {
        Effect::Add => (EffectIo::Add, Vec::new(), None),
        Effect::Change(columns) => (EffectIo::Change, columns, None),
        Effect::Same => (EffectIo::Same, Vec::new(), None),
        Effect::Wrong(why) => (EffectIo::Wrong, Vec::new(), Some(why)),
    };
    RowOut {
        line: row.line,
        name: row.name,
        effect,
        columns,
        why,
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Phones => "phones",
        Kind::Users => "users",
    }
}

/// Reads a table of phones or users: the first line names the columns, of which one is `mac` or `extension`. A column that is
/// missing stays as it is. Where a row is wrong nothing is done, and the answer says why.
#[utoipa::path(post, path = "/import", tag = "tables", operation_id = "import_table", params(Rehearsal),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportOut)), security(("token" = ["manage"])))]
async fn import(
    State(app): State<App>,
    caller: Caller<Manage>,
    Asked(rehearsal): Asked<Rehearsal>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Outcome<Json<ImportOut>> {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("text/csv") {
        let why = "Send a table, as text/csv.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    let body = body.map_err(|_| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "A table has at most 4 MiB: import it in parts.",
        )
    })?;
    let table = std::str::from_utf8(&body).map_err(|_| Problem::invalid("This is not text."))?;
    let dry_run = rehearsal.dry_run;
    let outcome = tables::import(&app, caller.tenant, table, dry_run, &caller.actor).await?;
    Ok(Json(ImportOut {
        kind: word(outcome.kind),
        done: outcome.is_done,
        rows: outcome.rows.into_iter().map(show).collect(),
    }))
}

/// Every phone, as a table that can be imported.
#[utoipa::path(get, path = "/export/phones.csv", tag = "tables", operation_id = "export_phones",
    responses((status = 200, body = String, content_type = "text/csv")), security(("token" = ["read"])))]
async fn phones(State(app): State<App>, caller: Caller<Read>) -> Outcome<Response> {
    export(&app, &caller, Kind::Phones).await
}

/// Every user, as a table that can be imported. PINs are not in it.
#[utoipa::path(get, path = "/export/users.csv", tag = "tables", operation_id = "export_users",
    responses((status = 200, body = String, content_type = "text/csv")), security(("token" = ["read"])))]
async fn users(State(app): State<App>, caller: Caller<Read>) -> Outcome<Response> {
    export(&app, &caller, Kind::Users).await
}

async fn export(app: &App, caller: &Caller<Read>, kind: Kind) -> Outcome<Response> {
    let table = tables::export(&mut *app.reader().await?, caller.tenant, kind).await?;
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
    Ok((headers, table).into_response())
}
