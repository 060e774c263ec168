//! The database: one file of SQLite beside the server, or PostgreSQL that several servers share. The same statements go to
//! both; what differs between them is in this file and in `migrations/`.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::any::{Any, AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, Executor as _, Transaction};

pub(crate) use sqlx::AnyConnection as Connection;

/// Connections that read at the same time.
const READERS: u32 = 8;
/// Connections that write at the same time; SQLite has one writer, whoever else wants to waits here and not in the file.
const POSTGRES_WRITERS: u32 = 8;
/// How long to wait for a connection, or for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a server's connections are called at the database server.
pub(crate) const APPLICATION: &str = "hotdesk-provd";

/// What differs between the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One file, one server.
    Sqlite,
    /// A database server, shared by several servers.
    Postgres,
}

/// Whose rows a change may touch: changes within one tenant come one after the other, so that what a change reads stays
/// true until it is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breadth {
    /// One tenant's.
    Tenant(i64),
    /// Everybody's.
    Everything,
}

/// Both ways into the database.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) kind: Kind,
    pub(crate) read: AnyPool,
    write: AnyPool,
}

impl Database {
    /// Opens or creates the file and brings its tables up to date.
    pub(crate) async fn open_file(path: &Path) -> Result<Self> {
        let url = sqlite_url(path);
        let options = |mode: &str| format!("{url}?mode={mode}").parse::<AnyConnectOptions>();
        let write = pool(1, Kind::Sqlite)
            .connect_with(options("rwc")?)
            .await
            .with_context(|| format!("cannot open the database {}", path.display()))?;
        sqlx::migrate!("./migrations/sqlite")
            .run(&write)
            .await
            .with_context(|| format!("cannot bring {} up to date", path.display()))?;
        let read = pool(READERS, Kind::Sqlite)
            .connect_with(options("ro")?)
            .await?;
        Ok(Self {
            kind: Kind::Sqlite,
            read,
            write,
        })
    }

    /// Connects to a server (`postgres://user:password@host/database`) and brings its tables up to date. Says nothing of the
    /// address in its errors: a password may be in it.
    pub(crate) async fn open_server(url: &str) -> Result<Self> {
        let options: AnyConnectOptions = url.parse().map_err(|_| {
            anyhow::anyhow!("database is not an address such as postgres://user@host/hotdesk")
        })?;
        let write = pool(POSTGRES_WRITERS, Kind::Postgres)
            .connect_with(options.clone())
            .await
            .context("cannot reach the database server")?;
        sqlx::migrate!("./migrations/postgres")
            .run(&write)
            .await
            .context("cannot bring the database up to date")?;
        let read = pool(READERS, Kind::Postgres).connect_with(options).await?;
        Ok(Self {
            kind: Kind::Postgres,
            read,
            write,
        })
    }

    /// Begins a change of this breadth.
    pub(crate) async fn begin(
        &self,
        breadth: Breadth,
    ) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match self.kind {
            Kind::Sqlite => self.write.begin_with("BEGIN IMMEDIATE").await,
            Kind::Postgres => {
                let mut transaction = self.write.begin().await?;
                lock(&mut transaction, breadth).await?;
                Ok(transaction)
            }
        }
    }

    /// A connection for a single statement that depends on nothing else.
    pub(crate) async fn writer(&self) -> Result<sqlx::pool::PoolConnection<Any>, sqlx::Error> {
        self.write.acquire().await
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

/// Waits until no other change of this breadth is under way; the lock ends with the transaction.
async fn lock(connection: &mut Connection, breadth: Breadth) -> Result<(), sqlx::Error> {
    /// The first number of every lock of ours, so that other users of the server are not in the way.
    const OURS: i32 = 0x6864_736B;
    let statement = match breadth {
        Breadth::Tenant(_) => {
            "SELECT 1 FROM pg_advisory_xact_lock_shared($1, 0) a, pg_advisory_xact_lock($1, $2) b"
        }
        Breadth::Everything => {
            "SELECT 1 FROM pg_advisory_xact_lock($1, 0) a, pg_advisory_xact_lock($1, $2) b"
        }
    };
    let tenant = match breadth {
        Breadth::Tenant(id) => id,
        Breadth::Everything => -1,
    };
    sqlx::query(statement)
        .bind(OURS)
        .bind(i32::try_from(tenant).unwrap_or(-1))
        .execute(connection)
        .await?;
    Ok(())
}

fn pool(connections: u32, kind: Kind) -> AnyPoolOptions {
    install_default_drivers();
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                match kind {
                    Kind::Sqlite => set_up_sqlite(connection).await,
                    Kind::Postgres => name_connection(connection).await,
                }
            })
        })
}

/// What each connection to a file is told.
pub(crate) async fn set_up_sqlite(connection: &mut Connection) -> Result<(), sqlx::Error> {
    let settings =
        "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = NORMAL";
    connection.execute(settings).await?;
    Ok(())
}

/// So that whoever looks at the database server sees who is connected.
async fn name_connection(connection: &mut Connection) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT 1 FROM set_config('application_name', $1, false)")
        .bind(APPLICATION)
        .execute(connection)
        .await?;
    Ok(())
}

/// The address of a file, whatever characters its name has.
pub(crate) fn sqlite_url(path: &Path) -> String {
    let mut url = "sqlite://".to_owned();
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(byte) {
            url.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
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
