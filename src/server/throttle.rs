//! Wrong PINs and passwords: how many are free, and how long to wait after more. The rule is pure; the counts are in the
//! database, so that a restart forgives nothing.

use hotdesk_provisioning::{Refusal, RefusalCode};
use sqlx::FromRow;

use crate::db::Connection;
use crate::rules::Rules;

/// The first wait.
const FIRST_LOCK_SECONDS: i64 = 30;
/// The wait after that; each further one is twice as long.
const SECOND_LOCK_SECONDS: i64 = 60;
/// Failures are forgotten when there was none for so long.
const FORGET_SECONDS: i64 = 24 * 3600;

/// Whose failures are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A user's PIN, on whichever phone.
    User(i64),
    /// Log-ins on a phone, of whichever user: twice as many are free, because many people share it.
    Phone(i64),
    /// Foreign claims to be this phone.
    Claim(i64),
    /// An administrator's password; the empty name stands for every name that does not exist.
    Admin(String),
    /// Somebody who signs in at the identity provider, by their subject there; the empty one stands for all who are not named.
    Person(String),
}

impl Subject {
    fn key(&self) -> String {
        match self {
            Self::User(id) => format!("user:{id}"),
            Self::Phone(id) => format!("phone:{id}"),
            Self::Claim(id) => format!("claim:{id}"),
            Self::Admin(name) => format!("admin:{name}"),
            Self::Person(subject) => format!("person:{subject}"),
        }
    }

    /// Failures before the first wait.
    fn free(&self, rules: &Rules) -> i64 {
        match self {
            Self::User(_) => rules.attempts_free.into(),
            Self::Phone(_) => i64::from(rules.attempts_free).saturating_mul(2),
            Self::Claim(_) | Self::Admin(_) | Self::Person(_) => 5,
        }
    }
}

/// What is known about a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromRow)]
pub(crate) struct Record {
    failures: i64,
    last_at: i64,
    locked_until: i64,
}

impl Record {
    /// Seconds to wait, if any.
    pub(crate) fn locked_for(&self, now: i64) -> Option<u32> {
        let seconds = self.locked_until.saturating_sub(now);
        u32::try_from(seconds).ok().filter(|seconds| *seconds > 0)
    }

    fn after_failure(self, now: i64, free: i64, lock_max: i64) -> Self {
        let forgotten = now.saturating_sub(self.last_at) > FORGET_SECONDS;
        let failures = if forgotten {
            1
        } else {
            self.failures.saturating_add(1)
        };
        Self {
            failures,
            last_at: now,
            locked_until: now
                .saturating_add(lock_seconds(failures.saturating_sub(free)).min(lock_max)),
        }
    }
}

/// How long to wait after the failure that is `beyond` the free ones.
fn lock_seconds(beyond: i64) -> i64 {
    match beyond {
        ..0 => 0,
        0 => FIRST_LOCK_SECONDS,
        1.. => {
            let doublings = u32::try_from(beyond.saturating_sub(1)).unwrap_or(u32::MAX);
            SECOND_LOCK_SECONDS.saturating_mul(2_i64.saturating_pow(doublings))
        }
    }
}

/// What a failure led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed {
    /// Free attempts that remain.
    pub(crate) left: u32,
    /// Seconds to wait from now on, if any.
    pub(crate) locked_for: Option<u32>,
}

pub(crate) async fn load(
    connection: &mut Connection,
    subject: &Subject,
) -> Result<Record, sqlx::Error> {
    let record = sqlx::query_as("SELECT * FROM throttles WHERE subject = $1")
        .bind(subject.key())
        .fetch_optional(connection)
        .await?;
    Ok(record.unwrap_or_default())
}

/// Counts a failure.
pub(crate) async fn fail(
    connection: &mut Connection,
    rules: &Rules,
    subject: &Subject,
    now: i64,
) -> Result<Failed, sqlx::Error> {
    let free = subject.free(rules);
    let record = load(connection, subject)
        .await?
        .after_failure(now, free, rules.lock_max.into());
    sqlx::query(
        "INSERT INTO throttles (subject, failures, last_at, locked_until) VALUES ($1, $2, $3, $4)
         ON CONFLICT (subject) DO UPDATE SET failures = $2, last_at = $3, locked_until = $4",
    )
    .bind(subject.key())
    .bind(record.failures)
    .bind(record.last_at)
    .bind(record.locked_until)
    .execute(connection)
    .await?;
    let left = free.saturating_sub(record.failures);
    Ok(Failed {
        left: u32::try_from(left).unwrap_or(0),
        locked_for: record.locked_for(now),
    })
}

/// The answer to a wrong PIN of somebody who is signed in: it is counted, and who typed too many reads how long to wait.
pub(crate) async fn wrong_pin(
    connection: &mut Connection,
    rules: &Rules,
    phone: i64,
    user: i64,
    now: i64,
) -> Result<Refusal, sqlx::Error> {
    let locked = load(connection, &Subject::User(user)).await?;
    match locked.locked_for(now) {
        Some(seconds) => Ok(Refusal {
            retry_after: Some(seconds),
            ..Refusal::new(RefusalCode::UserLocked)
        }),
        None => {
            let wrong = Refusal::new(RefusalCode::WrongPin);
            count_guess(connection, rules, phone, Some(user), wrong, now).await
        }
    }
}

/// Counts a wrong guess of a PIN against the phone and the user, if there is one. The guess that uses up the last free
/// attempt is answered with the lock itself, so that the person reads how long to wait.
pub(crate) async fn count_guess(
    connection: &mut Connection,
    rules: &Rules,
    phone: i64,
    user: Option<i64>,
    refusal: Refusal,
    now: i64,
) -> Result<Refusal, sqlx::Error> {
    let on_phone = fail(connection, rules, &Subject::Phone(phone), now).await?;
    let of_user = match user {
        Some(user) => Some(fail(connection, rules, &Subject::User(user), now).await?),
        None => None,
    };
    let locked = |code, retry_after| Refusal {
        retry_after,
        attempts_left: Some(0),
        ..Refusal::new(code)
    };
    if let Some(Failed {
        locked_for: Some(seconds),
        ..
    }) = of_user
    {
        return Ok(locked(RefusalCode::UserLocked, Some(seconds)));
    }
    if on_phone.locked_for.is_some() {
        return Ok(locked(RefusalCode::PhoneLocked, on_phone.locked_for));
    }
    Ok(Refusal {
        attempts_left: of_user.map(|failed| failed.left.min(on_phone.left)),
        ..refusal
    })
}

/// Forgets what nobody needs: failures of longer ago than they count.
pub(crate) async fn forget(connection: &mut Connection, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM throttles WHERE last_at < $1")
        .bind(now.saturating_sub(FORGET_SECONDS))
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets the failures, after a success or by an administrator's word.
pub(crate) async fn clear(
    connection: &mut Connection,
    subject: &Subject,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM throttles WHERE subject = $1")
        .bind(subject.key())
        .execute(connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_quarter_of_an_hour() {
        let mut record = Record::default();
        let mut waits = Vec::new();
        for n in 0..12 {
            record = record.after_failure(1000 + n, 5, 900);
            waits.push(record.locked_for(1000 + n));
        }
        let expected = [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900];
        assert_eq!(waits, expected.map(|s| (s > 0).then_some(s)));
    }

    #[test]
    fn a_quiet_day_is_forgiven_and_counts_cannot_overflow() {
        let record = Record {
            failures: i64::MAX,
            last_at: 0,
            locked_until: 0,
        };
        assert_eq!(record.after_failure(1, 5, 900).locked_for(1), Some(900));
        let next = record.after_failure(FORGET_SECONDS + 1, 5, 900);
        assert_eq!(
            (next.failures, next.locked_for(FORGET_SECONDS + 1)),
            (1, None)
        );
    }
}
