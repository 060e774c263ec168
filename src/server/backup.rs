//! A backup: a folder with a copy of the database and of the keys without which it is worth nothing, made while the server
//! goes on. It is there whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, Connection as _};

use crate::clock::Clock;
use crate::config::Config;
use crate::database_state::{self, DatabaseState};
use crate::db::{self, sqlite_url};
use crate::files;
use crate::keys::hex;

mod postgres;
mod restore;

pub(crate) use restore::ensure_finished;
pub use restore::restore;

/// What the folder holds; written last.
const MANIFEST: &str = "backup.json";
/// The database of SQLite.
const SQLITE: &str = "hotdesk.sqlite";
/// What `pg_dump` makes of one of PostgreSQL.
const DUMP: &str = "hotdesk.dump";
/// What phones and registrar trust; the database alone gives nobody a secret.
const KEYS: [&str; 3] = ["server.key", "ca.key", "ca.pem"];
/// How backups of this program are laid out.
const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// The program that made it.
    version: String,
    /// Seconds since 1970.
    made_at: i64,
    /// The newest migration of its database.
    migration: i64,
    /// SHA-256 of each file, in hexadecimal.
    files: BTreeMap<String, String>,
}

impl Manifest {
    fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let text = fs::read_to_string(&path).with_context(|| {
            format!(
                "{} is not a backup: cannot read {MANIFEST} in it",
                folder.display()
            )
        })?;
        let manifest: Self =
            serde_json::from_str(&text).with_context(|| format!("in {}", path.display()))?;
        ensure!(
            manifest.format == FORMAT,
            "{} was made by version {} of this program: restore it with that one",
            folder.display(),
            manifest.version
        );
        Ok(manifest)
    }
}

/// Copies everything that a server needs to go on into a new folder.
///
/// # Errors
/// When the folder is there already, the database is damaged, or something cannot be read or written. Nothing is left
/// behind then.
pub async fn backup(config: &Config, folder: &Path) -> Result<()> {
    ensure!(
        !folder.exists(),
        "{} is there already: name a new folder",
        folder.display()
    );
    match database_state::look(config).await.context("database")? {
        DatabaseState::Missing => bail!(
            "there is no database in {}: nothing to back up",
            config.data_dir.display()
        ),
        DatabaseState::Ahead => bail!("a newer version of this program made the database"),
        DatabaseState::UpToDate | DatabaseState::Behind(_) => {}
    }
    let unfinished = unfinished(folder)?;
    // Left by one of the same number that was killed.
    let _ = fs::remove_dir_all(&unfinished);
    let made = make(config, &unfinished).await;
    if made.is_err() {
        let _ = fs::remove_dir_all(&unfinished);
    }
    made?;
    fs::rename(&unfinished, folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    files::sync_folder_of(folder)
}

/// Where a backup is made until it is whole.
fn unfinished(folder: &Path) -> Result<PathBuf> {
    let name = folder
        .file_name()
        .with_context(|| format!("{} is not the name of a folder", folder.display()))?;
    let name = format!("{}.unfinished-{}", name.display(), std::process::id());
    Ok(folder.with_file_name(name))
}

async fn make(config: &Config, folder: &Path) -> Result<()> {
    DirBuilder::new()
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    for name in KEYS {
        files::copy_private(&config.data_dir.join(name), &folder.join(name))?;
    }
    let database = if let Some(address) = &config.database {
        postgres::dump(address, &folder.join(DUMP)).await?;
        DUMP
    } else {
        copy_sqlite(&config.database_path(), &folder.join(SQLITE)).await?;
        SQLITE
    };
    files::make_private(&folder.join(database))?;
    let mut manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: Clock::system().now(),
        migration: database_state::done(config)
            .await?
            .into_iter()
            .max()
            .unwrap_or(0),
        files: BTreeMap::new(),
    };
    for name in KEYS.into_iter().chain([database]) {
        let hash = hash(&folder.join(name))?;
        manifest.files.insert(name.to_owned(), hash);
    }
    files::write_private(
        &folder.join(MANIFEST),
        &serde_json::to_vec_pretty(&manifest)?,
    )
}

/// Copies a database that others write to: what the copy holds was true at one moment. Looks whether it is sound, because the
/// copy of a damaged database is worth nothing.
async fn copy_sqlite(from: &Path, to: &Path) -> Result<()> {
    install_default_drivers();
    let url = format!("{}?mode=rw", sqlite_url(from));
    let mut connection = AnyConnection::connect(&url)
        .await
        .with_context(|| format!("cannot open {}", from.display()))?;
    db::set_up_sqlite(&mut connection).await?;
    let to_text = to
        .to_str()
        .with_context(|| format!("{} is not UTF-8", to.display()))?;
    sqlx::query("VACUUM INTO $1")
        .bind(to_text.to_owned())
        .execute(&mut connection)
        .await
        .with_context(|| format!("cannot copy the database to {}", to.display()))?;
    connection.close().await?;
    let mut copy = AnyConnection::connect(&format!("{}?mode=rw", sqlite_url(to))).await?;
    let words: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_all(&mut copy)
        .await?;
    copy.close().await?;
    ensure!(
        words == ["ok"],
        "the database {} is damaged: {}",
        from.display(),
        words.join("; ")
    );
    Ok(())
}

fn hash(path: &Path) -> Result<String> {
    let read = || {
        let mut digest = Sha256::new();
        std::io::copy(&mut File::open(path)?, &mut digest)?;
        std::io::Result::Ok(hex(&digest.finalize()))
    };
    read().with_context(|| format!("cannot read {}", path.display()))
}
