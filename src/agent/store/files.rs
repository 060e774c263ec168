//! Files written whole or not at all, and folders emptied. Never looks at what is in them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

/// Entries of a guest folder whose names are reported; all are erased.
const NAMES_MAX: usize = 32;

/// Makes a folder that only its owner may enter, if it is not there.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// A file that nobody else can hold until this is dropped.
pub(super) struct Held {
    pub(super) file: File,
    /// Why nothing can be written beside it.
    pub(super) read_only: Option<io::Error>,
}

/// Holds a file; fails at once while another process does. Where nothing can be written, a file that is there is held all
/// the same.
pub(super) fn lock(path: &Path) -> io::Result<Held> {
    let (file, read_only) = match private().write(true).open(path) {
        Ok(file) => (file, None),
        Err(error) => match File::open(path) {
            Ok(file) => (file, Some(error)),
            Err(_) => return Err(error),
        },
    };
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    Ok(Held { file, read_only })
}

/// `None` when there is no such file; an error when it is larger than `max`.
pub(crate) fn read_bounded(path: &Path, max: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is too large",
        ));
    }
    Ok(Some(bytes))
}

/// After a power cut at any moment the file has its old content or the new one: write beside it, flush, rename, flush the
/// folder that holds the name.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = private().write(true).truncate(true).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).mode(0o600);
    options
}

/// Erases everything in a folder and answers the names of what was there. A link is erased, never followed.
pub(crate) fn wipe(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
        if names.len() < NAMES_MAX {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
