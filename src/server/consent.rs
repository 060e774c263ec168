//! Questions to the phone where a user is signed in: may they move to another one? In the database, because whoever answers may
//! reach another server than whoever asks.

use sqlx::FromRow;

use crate::column::Flag;
use crate::db::Connection;

/// Questions at the same time: one for each log-in that meets a user's other phone.
const ASKED_MAX: i64 = 256;
/// A question is forgotten this long after it was answered by silence: the phone that waits asks every second.
const FORGET_SECONDS: i64 = 60;

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nobody was asked.
    NotAsked,
    /// Nobody has answered yet.
    Open,
    /// Somebody said yes, or nobody was there to say anything.
    Granted,
    /// Somebody said no.
    Denied,
}

#[derive(Debug, FromRow)]
struct Question {
    silent_at: i64,
    granted: Option<Flag>,
}

/// Notes that a phone is asked about an attempt, and has so many seconds to answer. `false` if there are too many questions to ask another one.
pub(crate) async fn ask(
    connection: &mut Connection,
    attempt: &str,
    phone: i64,
    seconds: u32,
    now: i64,
) -> Result<bool, sqlx::Error> {
    forget(connection, now).await?;
    let open: i64 = sqlx::query_scalar("SELECT count(*) FROM consents")
        .fetch_one(&mut *connection)
        .await?;
    if open >= ASKED_MAX {
        return Ok(false);
    }
    sqlx::query("INSERT INTO consents (attempt, phone_id, silent_at) VALUES ($1, $2, $3)")
        .bind(attempt)
        .bind(phone)
        .bind(now.saturating_add(seconds.into()))
        .execute(connection)
        .await?;
    Ok(true)
}

/// Takes an answer from the phone that was asked; the first one counts, and no other phone's.
pub(crate) async fn answer(
    connection: &mut Connection,
    attempt: &str,
    phone: i64,
    granted: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE consents SET granted = $1 WHERE attempt = $2 AND phone_id = $3 AND granted IS NULL",
    )
    .bind(granted)
    .bind(attempt)
    .bind(phone)
    .execute(connection)
    .await?;
    Ok(())
}

/// What became of the question about an attempt.
pub(crate) async fn verdict(
    connection: &mut Connection,
    attempt: &str,
    now: i64,
) -> Result<Verdict, sqlx::Error> {
    let question: Option<Question> =
        sqlx::query_as("SELECT silent_at, granted FROM consents WHERE attempt = $1")
            .bind(attempt)
            .fetch_optional(connection)
            .await?;
    Ok(question.map_or(Verdict::NotAsked, |question| question.verdict(now)))
}

/// Forgets questions that nobody waits for any more.
pub(crate) async fn forget(connection: &mut Connection, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM consents WHERE silent_at < $1")
        .bind(now.saturating_sub(FORGET_SECONDS))
        .execute(connection)
        .await?;
    Ok(())
}

impl Question {
    fn verdict(&self, now: i64) -> Verdict {
        let silent = now >= self.silent_at;
        match self.granted.map(bool::from) {
            Some(true) => Verdict::Granted,
            Some(false) => Verdict::Denied,
            None if silent => Verdict::Granted,
            None => Verdict::Open,
        }
    }
}
