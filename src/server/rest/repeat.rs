//! Requests that are sent again because their answer was lost: one with an Idempotency-Key is carried out once, and answered
//! alike for a day. Answers with secrets are not kept. That it was carried out is part of the change itself (`once`), so a server
//! that dies before it has kept the answer makes no second change: whoever repeats the request is told that its answer was lost.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sqlx::FromRow;

use super::caller::{TENANT, token};
use super::problem::{Outcome, Problem};
use super::{IMPORT_END, TABLE_BYTES_MAX};
use crate::app::App;
use crate::db::Connection;
use crate::once::{self, CARRIED_OUT, Reservation, UNDER_WAY};

const KEY: &str = "idempotency-key";
/// Most characters of a key.
const KEY_LENGTH_MAX: usize = 100;
/// Longest body of a request, but for tables.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Longest answer that is kept: what each of a table's rows does.
const ANSWER_BYTES_MAX: usize = 2 * TABLE_BYTES_MAX;
/// How long an answer is kept.
const KEPT_SECONDS: i64 = 86_400;
/// How long the first request may be under way before somebody else may try: longer than any request lasts.
const UNDER_WAY_SECONDS: i64 = 60;

#[derive(FromRow)]
struct Kept {
    request_hash: Vec<u8>,
    status: i64,
    body: String,
    at: i64,
}

/// One request with a key.
struct Keyed {
    token: i64,
    key: String,
    hash: Vec<u8>,
}

/// What there is to do.
enum Begun {
    /// Nothing: this was answered before.
    Before(Response),
    /// This is the first request, and its key is taken.
    Now(Reservation),
}

/// The layer around every route that may be repeated.
pub(super) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    match keyed(&app, request).await {
        Ok((keyed, request)) => match begin(&app, keyed).await {
            Ok(Begun::Before(answer)) => answer,
            Ok(Begun::Now(reservation)) => {
                let response = once::within(reservation.clone(), next.run(request)).await;
                finish(&app, &reservation, response)
                    .await
                    .unwrap_or_else(Problem::into_response)
            }
            Err(problem) => problem.into_response(),
        },
        Err(problem) => problem.into_response(),
    }
}

/// Reads the key, and what is asked for with it. The hash is keyed: a PIN in a body could be guessed from a plain one.
async fn keyed(app: &App, request: Request) -> Outcome<(Keyed, Request)> {
    let token = token(app, request.headers()).await?;
    let key = text(request.headers(), KEY).filter(|key| {
        (1..=KEY_LENGTH_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    });
    let key = key.ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "An Idempotency-Key has 1 to 100 printable characters and no blank.",
        )
    })?;
    let (parts, body) = request.into_parts();
    let bytes_max = if parts.uri.path().ends_with(IMPORT_END) {
        TABLE_BYTES_MAX
    } else {
        BODY_BYTES_MAX
    };
    let bytes: Bytes = to_bytes(body, bytes_max)
        .await
        .map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is too long."))?;
    let tenant = text(&parts.headers, TENANT).unwrap_or_default();
    let asked = format!("{} {tenant}\n", parts.uri);
    let hash = app.key().request_hash(asked.as_bytes(), &bytes);
    let keyed = Keyed {
        token: token.id,
        key,
        hash,
    };
    Ok((keyed, Request::from_parts(parts, Body::from(bytes))))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Takes the key, unless somebody has it.
async fn begin(app: &App, keyed: Keyed) -> Outcome<Begun> {
    let now = app.now();
    let mut change = app.change_everything().await?;
    let taken = sqlx::query(
        "INSERT INTO idempotency (token_id, key, request_hash, status, body, at) VALUES ($1, $2, $3, $4, '', $5)
         ON CONFLICT (token_id, key) DO UPDATE SET at = excluded.at
             WHERE idempotency.status = $4 AND idempotency.request_hash = $3 AND idempotency.at < $6",
    )
    .bind(keyed.token)
    .bind(&keyed.key)
    .bind(keyed.hash.clone())
    .bind(UNDER_WAY)
    .bind(now)
    .bind(now.saturating_sub(UNDER_WAY_SECONDS))
    .execute(change.connection())
    .await?;
    let is_first = taken.rows_affected() > 0;
    let kept: Kept = sqlx::query_as(
        "SELECT request_hash, status, body, at FROM idempotency WHERE token_id = $1 AND key = $2",
    )
    .bind(keyed.token)
    .bind(&keyed.key)
    .fetch_one(change.connection())
    .await?;
    change.finish().await?;
    if is_first {
        return Ok(Begun::Now(Reservation {
            token: keyed.token,
            key: keyed.key,
            at: now,
        }));
    }
    if kept.request_hash != keyed.hash {
        return Err(Problem::invalid(
            "This Idempotency-Key was used for another request.",
        ));
    }
    let why = match kept.status {
        UNDER_WAY => format!(
            "The first request with this key is under way, for {} seconds.",
            now.saturating_sub(kept.at)
        ),
        CARRIED_OUT => {
            "The first request with this key was carried out, and its answer was lost: read what is there."
                .to_owned()
        }
        status => {
            let status = u16::try_from(status).map(StatusCode::from_u16);
            let status = status.map_err(anyhow::Error::from)?;
            let status = status.map_err(anyhow::Error::from)?;
            return Ok(Begun::Before(again(status, kept.body)));
        }
    };
    Err(Problem::new(StatusCode::CONFLICT, why))
}

fn again(status: StatusCode, body: String) -> Response {
    if body.is_empty() {
        return status.into_response();
    }
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Keeps the answer, or forgets the key where the server failed before it changed anything: the next one may try again.
async fn finish(app: &App, reservation: &Reservation, response: Response) -> Outcome<Response> {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, ANSWER_BYTES_MAX)
        .await
        .map_err(|error| anyhow::anyhow!("an answer is too long to be kept: {error}"))?;
    let is_failed = parts.status == StatusCode::UNAUTHORIZED || parts.status.is_server_error();
    let is_secret = parts.extensions.get::<Unkept>().is_some();
    let mut writer = app.database().writer().await?;
    if is_failed || is_secret {
        let highest = if is_secret { CARRIED_OUT } else { UNDER_WAY };
        sqlx::query(
            "DELETE FROM idempotency WHERE token_id = $1 AND key = $2 AND at = $3 AND status <= $4",
        )
        .bind(reservation.token)
        .bind(&reservation.key)
        .bind(reservation.at)
        .bind(highest)
        .execute(&mut *writer)
        .await?;
    } else {
        sqlx::query(
            "UPDATE idempotency SET status = $4, body = $5 WHERE token_id = $1 AND key = $2 AND at = $3",
        )
        .bind(reservation.token)
        .bind(&reservation.key)
        .bind(reservation.at)
        .bind(i64::from(parts.status.as_u16()))
        .bind(String::from_utf8_lossy(&bytes).into_owned())
        .execute(&mut *writer)
        .await?;
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// Marks an answer that holds a secret.
#[derive(Debug, Clone)]
pub(super) struct Unkept;

/// Forgets answers that nobody asks for any more.
pub(crate) async fn forget(connection: &mut Connection, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM idempotency WHERE at <= $1")
        .bind(now.saturating_sub(KEPT_SECONDS))
        .execute(connection)
        .await?;
    Ok(())
}
