//! Puts a backup in place of what a data directory holds. What was there is kept beside it; a restore that is cut off is
//! begun again, and no server starts in between.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, Connection as _};

use super::{DUMP, KEYS, Manifest, SQLITE, hash, postgres};
use crate::config::Config;
use crate::db::{self, sqlite_url};
use crate::{database_state, files};

/// In the data directory for as long as a restore takes.
const STAGING: &str = "restoring";
/// What SQLite keeps beside a database: it belongs to that very file.
const BESIDE_SQLITE: [&str; 2] = ["hotdesk.sqlite-wal", "hotdesk.sqlite-shm"];
/// What a copy must not bring back: who listened, and browsers that may have signed out since.
const GONE: [&str; 3] = [
    "DELETE FROM lines",
    "DELETE FROM replicas",
    "DELETE FROM sessions",
];

/// Refuses where a restore was cut off: keys and database may be of different days.
pub(crate) fn ensure_finished(data_dir: &Path) -> Result<()> {
    ensure!(
        !data_dir.join(STAGING).exists(),
        "a restore into {} was cut off: run hotdesk-provd restore again",
        data_dir.display()
    );
    Ok(())
}

/// Puts a backup in place of what the data directory and the database hold. Where there was something, says where the
/// former files are.
///
/// # Errors
/// When the backup is not whole or not for this configuration, a server is running, or something cannot be written.
pub async fn restore(config: &Config, folder: &Path) -> Result<Option<PathBuf>> {
    let manifest = Manifest::read(folder)?;
    let database = if config.database.is_some() {
        DUMP
    } else {
        SQLITE
    };
    ensure_fits(&manifest, folder, database, config)?;
    db::create_data_dir(&config.data_dir)?;
    let _lock = files::lock(&config.data_dir)?;
    let staging = config.data_dir.join(STAGING);
    if staging.exists() {
        fs::remove_dir_all(&staging)?;
    }
    DirBuilder::new().mode(0o700).create(&staging)?;
    let filled = fill(config, folder, &staging, database).await;
    if filled.is_err() {
        // Nothing was changed yet.
        fs::remove_dir_all(&staging)?;
    }
    filled?;
    let former = exchange(&config.data_dir, &staging)?;
    fs::remove_dir(&staging).with_context(|| format!("cannot remove {}", staging.display()))?;
    files::sync_folder(&config.data_dir)?;
    Ok(former)
}

fn ensure_fits(manifest: &Manifest, folder: &Path, database: &str, config: &Config) -> Result<()> {
    let shown = folder.display();
    ensure!(
        manifest.files.contains_key(database),
        "{shown} is of the other kind of database: the configuration must name {} as it did then",
        if database == DUMP { "none" } else { "one" }
    );
    ensure!(
        manifest.migration <= database_state::known(config),
        "{shown} was made by version {}, which is newer than this program: restore it with that one",
        manifest.version
    );
    for name in KEYS.into_iter().chain([database]) {
        let expected = manifest.files.get(name);
        let found = hash(&folder.join(name))?;
        ensure!(
            expected == Some(&found),
            "{shown} is damaged: {name} is not what was written"
        );
    }
    Ok(())
}

/// Everything that belongs into the data directory, on the disk beside its place; and the database server's part.
async fn fill(config: &Config, folder: &Path, staging: &Path, database: &str) -> Result<()> {
    for name in KEYS {
        files::copy_private(&folder.join(name), &staging.join(name))?;
    }
    install_default_drivers();
    let mut connection = if let Some(address) = &config.database {
        let connect = || AnyConnection::connect(address.expose());
        let mut connection = connect()
            .await
            .context("cannot reach the database server")?;
        postgres::ensure_nobody_serves(&mut connection).await?;
        connection.close().await?;
        postgres::restore(address, &folder.join(database)).await?;
        connect().await?
    } else {
        let copy = staging.join(database);
        files::copy_private(&folder.join(database), &copy)?;
        AnyConnection::connect(&format!("{}?mode=rw", sqlite_url(&copy))).await?
    };
    for statement in GONE {
        sqlx::query(statement).execute(&mut connection).await?;
    }
    connection.close().await?;
    files::sync_folder(staging)
}

/// Moves what is in the data directory to a folder of its own, and what was staged into its place.
fn exchange(data_dir: &Path, staging: &Path) -> Result<Option<PathBuf>> {
    let former = former_name(data_dir);
    let mut replaced = KEYS.to_vec();
    if staging.join(SQLITE).exists() {
        replaced.push(SQLITE);
        replaced.extend(BESIDE_SQLITE);
    }
    // A restore that is begun again finds files of the backup in place already: they are moved as well.
    replaced.retain(|name| data_dir.join(name).exists());
    if !replaced.is_empty() {
        DirBuilder::new().mode(0o700).create(&former)?;
    }
    for name in &replaced {
        move_file(&data_dir.join(name), &former.join(name))?;
    }
    for name in KEYS.into_iter().chain([SQLITE]) {
        let staged = staging.join(name);
        if staged.exists() {
            move_file(&staged, &data_dir.join(name))?;
        }
    }
    Ok((!replaced.is_empty()).then_some(former))
}

fn move_file(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to)
        .with_context(|| format!("cannot move {} to {}", from.display(), to.display()))
}

/// A name that nothing in the folder has.
fn former_name(data_dir: &Path) -> PathBuf {
    let mut number = 1_u32;
    loop {
        let path = data_dir.join(format!("before-restore-{number}"));
        if !path.exists() {
            return path;
        }
        number = number.saturating_add(1);
    }
}
