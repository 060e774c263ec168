//! Files that are there whole or not at all, whenever the machine stops; and the lock of a data directory.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// In the data directory, held by the server that serves from it.
const LOCK: &str = "lock";

/// Writes a new file that only its owner may read.
///
/// # Errors
/// When it is there already or cannot be written; then nothing is there that was not before.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = write_beside(path, bytes)?;
    // A link, because a rename would replace what somebody else wrote meanwhile.
    let linked = fs::hard_link(&new, path);
    fs::remove_file(&new).with_context(|| format!("cannot remove {}", new.display()))?;
    linked.with_context(|| format!("cannot create {}", path.display()))?;
    sync_folder_of(path)
}

/// Writes a file that everybody may read, in place of the one that was there.
pub(crate) fn write_public(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = write_beside(path, bytes)?;
    fs::set_permissions(&new, fs::Permissions::from_mode(0o644))
        .and_then(|()| fs::rename(&new, path))
        .with_context(|| format!("cannot write {}", path.display()))?;
    sync_folder_of(path)
}

fn write_beside(path: &Path, bytes: &[u8]) -> Result<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let new = PathBuf::from(name);
    // One that is there was left by a process of the same number that did not come to its end.
    let _ = fs::remove_file(&new);
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .with_context(|| format!("cannot write {}", new.display()))?;
    Ok(new)
}

/// Copies a file, so that the copy is on the disk; only its owner may read it.
pub(crate) fn copy_private(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to)
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    make_private(to)
}

/// Takes a file away from everybody but its owner, and waits until it is on the disk.
pub(crate) fn make_private(path: &Path) -> Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        .and_then(|()| File::open(path)?.sync_all())
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Waits until the names in a folder are on the disk.
pub(crate) fn sync_folder(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("cannot write {}", path.display()))
}

/// As [`sync_folder`], for the folder that this path is in.
pub(crate) fn sync_folder_of(path: &Path) -> Result<()> {
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    sync_folder(parent.unwrap_or(Path::new(".")))
}

/// Takes the data directory for this process, for as long as the value lives: two servers on one file of SQLite would not hear
/// of each other.
///
/// # Errors
/// When a server has it.
pub(crate) fn lock(data_dir: &Path) -> Result<File> {
    let path = data_dir.join(LOCK);
    let shown = path.display();
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("cannot open {shown}"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "a hotdesk-provd serves from {}: stop it first",
            data_dir.display()
        ),
        // A file system without locks: nothing can be known.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(file),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {shown}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_file_is_new_private_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_private(&path, b"one").unwrap();
        write_private(&path, b"two").unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        write_public(&path, b"three").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_data_directory_is_locked_once_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let held = lock(folder.path()).unwrap();
        let error = lock(folder.path()).unwrap_err().to_string();
        assert!(error.contains("stop it first"), "{error}");
        drop(held);
        lock(folder.path()).unwrap();
    }
}
