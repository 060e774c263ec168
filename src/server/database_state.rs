//! What `check`, readiness and the metrics ask the database: reads alone, and none that waits for a writer.

use anyhow::{Context as _, Result};
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, Connection as _};

use crate::app::App;
use crate::config::Config;
use crate::db::sqlite_url;

/// How the tables stand to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DatabaseState {
    /// There is no database yet.
    Missing,
    /// The tables are those of this program.
    UpToDate,
    /// So many migrations are to be done.
    Behind(usize),
    /// A newer program made them.
    Ahead,
}

fn migrations(config: &Config) -> sqlx::migrate::Migrator {
    match config.database {
        Some(_) => sqlx::migrate!("./migrations/postgres"),
        None => sqlx::migrate!("./migrations/sqlite"),
    }
}

/// The newest migration that this program knows.
pub(crate) fn known(config: &Config) -> i64 {
    let versions = migrations(config);
    versions.iter().map(|m| m.version).max().unwrap_or(0)
}

/// Looks without changing anything.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn look(config: &Config) -> Result<DatabaseState> {
    if config.database.is_none() && !config.database_path().exists() {
        return Ok(DatabaseState::Missing);
    }
    let done = done(config).await?;
    let known: Vec<i64> = migrations(config).iter().map(|m| m.version).collect();
    let is_ahead = done.iter().any(|version| !known.contains(version));
    let missing = known
        .iter()
        .filter(|version| !done.contains(version))
        .count();
    Ok(match missing {
        _ if is_ahead => DatabaseState::Ahead,
        0 => DatabaseState::UpToDate,
        steps => DatabaseState::Behind(steps),
    })
}

/// The migrations that the database has seen.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn done(config: &Config) -> Result<Vec<i64>> {
    let address = match &config.database {
        Some(address) => address.expose().to_owned(),
        // To be read after its server was killed, a file must be writable.
        None => format!("{}?mode=rw", sqlite_url(&config.database_path())),
    };
    install_default_drivers();
    // Says nothing of a server's address: a password may be in it.
    let mut connection = AnyConnection::connect(&address)
        .await
        .context("cannot be reached")?;
    let done = sqlx::query_scalar("SELECT version FROM _sqlx_migrations")
        .fetch_all(&mut connection)
        .await
        .context("cannot be read")?;
    connection.close().await?;
    Ok(done)
}

/// What a page of metrics says of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) phones: i64,
    pub(crate) occupied: i64,
}

/// Counts phones, and those on which somebody is signed in.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn counts(app: &App) -> Result<Counts> {
    let mut reader = app.reader().await?;
    let phones = sqlx::query_scalar("SELECT count(*) FROM phones")
        .fetch_one(&mut *reader)
        .await?;
    let occupied = sqlx::query_scalar("SELECT count(*) FROM associations WHERE state = 'active'")
        .fetch_one(&mut *reader)
        .await?;
    Ok(Counts { phones, occupied })
}

/// Asks the least that can be asked.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn answers(app: &App) -> Result<()> {
    let mut reader = app.reader().await?;
    sqlx::query("SELECT id FROM sites LIMIT 1")
        .execute(&mut *reader)
        .await?;
    Ok(())
}
