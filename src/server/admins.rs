//! Administrators: their passwords and their sessions in the portal.

use anyhow::{Result, ensure};
use hotdesk_provisioning::Secret;
use sqlx::SqliteConnection;

use crate::app::App;
use crate::audit::{Entry, Event};
use crate::error::Answer;
use crate::keys::{fingerprint, random_text};
use crate::throttle::{self, Subject};

/// Fewest characters of a password.
const PASSWORD_LENGTH_MIN: usize = 8;
/// Most characters of a password or name: more is an attack on the hash.
const LENGTH_MAX: usize = 128;
/// How long a session lasts: a working day.
pub(crate) const SESSION_SECONDS: i64 = 12 * 3600;

impl App {
    /// Gives an administrator a password, creating the account where there is none, and ends their sessions.
    ///
    /// # Errors
    /// When name or password are too short or too long, or the database fails.
    pub async fn set_admin_password(&self, name: &str, password: &Secret) -> Result<()> {
        let length = password.expose().chars().count();
        ensure!(
            (PASSWORD_LENGTH_MIN..=LENGTH_MAX).contains(&length),
            "a password has {PASSWORD_LENGTH_MIN} to {LENGTH_MAX} characters"
        );
        ensure!(
            (1..=LENGTH_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control),
            "an administrator's name has 1 to {LENGTH_MAX} printable characters"
        );
        let hash = self.hasher().hash(password.clone()).await?;
        let mut change = self.change().await?;
        sqlx::query(
            "INSERT INTO admin (name, password_hash) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET password_hash = ?2",
        )
        .bind(name)
        .bind(hash)
        .execute(change.connection())
        .await?;
        sqlx::query("DELETE FROM session WHERE admin = ?")
            .bind(name)
            .execute(change.connection())
            .await?;
        throttle::clear(change.connection(), &Subject::Admin(name.to_owned())).await?;
        change.finish().await?;
        Ok(())
    }

    /// At the first start there is nobody who could sign in to the portal: creates `admin` with a random password and
    /// returns it, to be shown once. `None` when there is an administrator already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_first_admin(&self) -> Result<Option<Secret>> {
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM admin)")
            .fetch_one(&mut *self.reader().await?)
            .await?;
        if exists {
            return Ok(None);
        }
        // 96 bits: enough for a password that is typed once and then changed.
        let password = Secret::new(random_text()?.expose().chars().take(16).collect());
        self.set_admin_password("admin", &password).await?;
        Ok(Some(password))
    }
}

/// Checks name and password and begins a session: the text of its cookie. `None`: wrong, or too often wrong; the number
/// is for how many seconds.
pub(crate) async fn sign_in(
    app: &App,
    name: &str,
    password: Secret,
) -> Answer<Result<Secret, Option<u32>>> {
    let is_long = name.len() > LENGTH_MAX || password.expose().len() > LENGTH_MAX;
    let stored: Option<String> =
        sqlx::query_scalar("SELECT password_hash FROM admin WHERE name = ?")
            .bind(name)
            .fetch_optional(&mut *app.reader().await?)
            .await?;
    // Names that do not exist share one counter, so that inventing names fills no table.
    let known_name = stored.as_ref().map_or("", |_| name);
    let subject = Subject::Admin(known_name.to_owned());
    let known = throttle::load(&mut *app.reader().await?, &subject).await?;
    if let Some(seconds) = known.locked_for(app.now()) {
        return Ok(Err(Some(seconds)));
    }
    let matches = !is_long && app.hasher().verify(password, stored.clone()).await?;
    let mut change = app.change().await?;
    let now = change.now;
    let record = throttle::load(change.connection(), &subject).await?;
    if let Some(seconds) = record.locked_for(now) {
        return Ok(Err(Some(seconds)));
    }
    if !matches {
        let failed = throttle::fail(change.connection(), &subject, now).await?;
        Entry::new(Event::AdminRefused)
            .actor(known_name)
            .write(change.connection(), now)
            .await?;
        change.finish().await?;
        return Ok(Err(failed.locked_for));
    }
    throttle::clear(change.connection(), &subject).await?;
    let token = begin_session(change.connection(), name, now).await?;
    Entry::new(Event::AdminSignedIn)
        .actor(name)
        .write(change.connection(), now)
        .await?;
    change.finish().await?;
    Ok(Ok(token))
}

async fn begin_session(connection: &mut SqliteConnection, name: &str, now: i64) -> Answer<Secret> {
    let token = random_text()?;
    sqlx::query("INSERT INTO session (token_hash, admin, expires_at) VALUES (?, ?, ?)")
        .bind(fingerprint(token.expose()))
        .bind(name)
        .bind(now.saturating_add(SESSION_SECONDS))
        .execute(connection)
        .await?;
    Ok(token)
}

/// Whose session this cookie is, if it is one.
pub(crate) async fn of_session(app: &App, token: &str) -> Answer<Option<String>> {
    let name =
        sqlx::query_scalar("SELECT admin FROM session WHERE token_hash = ? AND expires_at > ?")
            .bind(fingerprint(token))
            .bind(app.now())
            .fetch_optional(&mut *app.reader().await?)
            .await?;
    Ok(name)
}

/// Ends a session.
pub(crate) async fn sign_out(app: &App, token: &str) -> Answer<()> {
    let mut change = app.change().await?;
    sqlx::query("DELETE FROM session WHERE token_hash = ?")
        .bind(fingerprint(token))
        .execute(change.connection())
        .await?;
    change.finish().await?;
    Ok(())
}
