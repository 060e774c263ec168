//! Opens the SQLite database: many readers, one writer, so that no writer ever finds the database locked by another.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

/// Connections that read at the same time.
const READERS: u32 = 4;
/// How long to wait for a connection, or for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// Both ways into the database.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) read: SqlitePool,
    pub(crate) write: SqlitePool,
}

impl Database {
    /// Opens or creates the file and brings its tables up to date.
    pub(crate) async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(PATIENCE);
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(PATIENCE)
        };
        let write = pool(1)
            .connect_with(options.clone())
            .await
            .with_context(|| format!("cannot open the database {}", path.display()))?;
        sqlx::migrate!("./migrations")
            .run(&write)
            .await
            .with_context(|| format!("cannot bring {} up to date", path.display()))?;
        let read = pool(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self { read, write })
    }
}

/// Creates the data directory, closed to other users: the database holds what a registrar accepts as a password.
pub(crate) fn create_data_dir(path: &Path) -> Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o750)
        .create(path)
        .with_context(|| {
            format!(
                "cannot create the data directory {}: set data_dir to a place that this user may write to",
                path.display()
            )
        })
}
