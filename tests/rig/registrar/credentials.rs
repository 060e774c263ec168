//! Credentials as the provisioning server publishes them to a registrar: its view `subscriber`, opened for reading only.

use std::path::Path;

use anyhow::{Context, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

/// Looks accounts up at every request, so that a credential works from the moment it is made until it is revoked.
#[derive(Debug, Clone)]
pub struct Credentials(SqlitePool);

/// What is known about one user name.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Account {
    pub(super) ha1: String,
    pub(super) ha1_sha256: String,
    /// The only number that this user name may register.
    pub(super) aor_user: String,
}

impl Credentials {
    /// Opens the provisioning server's database.
    ///
    /// # Errors
    /// When the file is not there or is no database.
    pub async fn open(database: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(database)
            .read_only(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .connect_with(options)
            .await
            .with_context(|| format!("cannot open {}", database.display()))?;
        Ok(Self(pool))
    }

    /// `None` for an unknown user name, and when the database cannot be read.
    pub(super) async fn of(&self, username: &str, domain: &str) -> Option<Account> {
        sqlx::query_as(
            "SELECT ha1, ha1_sha256, aor_user FROM subscriber WHERE username = ? AND domain = ?",
        )
        .bind(username)
        .bind(domain)
        .fetch_optional(&self.0)
        .await
        .unwrap_or_else(|error| {
            tracing::error!(%error, "the credentials cannot be read");
            None
        })
    }
}
