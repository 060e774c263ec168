//! How each attempt to log in was answered, so that a request repeated after a lost answer has the effect of one.

use crate::column::Json;
use anyhow::Context as _;
use hotdesk_provisioning::{OpenRequest, Refusal};
use sqlx::FromRow;

use crate::db::Connection;

use crate::error::{Answer, malformed};
use crate::phones::Phone;

/// Attempts are remembered for a day: a phone repeats one within seconds.
pub(crate) const REMEMBER_SECONDS: i64 = 24 * 3600;

/// How an attempt was answered: with an association's name, or with a refusal.
pub(crate) type Outcome = Result<String, Refusal>;

#[derive(FromRow)]
struct Row {
    extension: String,
    refusal: Option<Json<Refusal>>,
    association_id: Option<String>,
}

/// What this attempt was answered before, if it was.
pub(crate) async fn recall(
    connection: &mut Connection,
    phone: &Phone,
    request: &OpenRequest,
) -> Answer<Option<Outcome>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT extension, refusal, association_id FROM attempts WHERE phone_id = $1 AND id = $2",
    )
    .bind(phone.id)
    .bind(request.attempt.as_str())
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    if row.extension != request.extension.as_str() {
        return Err(malformed("The attempt was made for another extension.").into());
    }
    Ok(Some(match row.refusal {
        Some(Json(refusal)) => Err(refusal),
        None => Ok(row.association_id.context("an attempt has no outcome")?),
    }))
}

/// Writes down how an attempt is answered.
pub(crate) async fn remember(
    connection: &mut Connection,
    phone: &Phone,
    request: &OpenRequest,
    now: i64,
    outcome: Result<&str, &Refusal>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO attempts (phone_id, id, at, extension, refusal, association_id) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(phone.id)
    .bind(request.attempt.as_str())
    .bind(now)
    .bind(request.extension.as_str())
    .bind(outcome.err().map(Json))
    .bind(outcome.ok())
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets attempts that nobody repeats any more.
pub(crate) async fn forget(connection: &mut Connection, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM attempts WHERE at < $1")
        .bind(now.saturating_sub(REMEMBER_SECONDS))
        .execute(connection)
        .await?;
    Ok(())
}
