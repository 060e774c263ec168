//! News of files that come, go or change: device nodes, a configuration file. Never opens them and never polls.

use std::ffi::OsStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use tokio::io::unix::AsyncFd;
use tracing::warn;

/// Something that may be there or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A device node. Noticed when it comes or goes and when its owner or mode changes, because a node is made first and
    /// given to its group afterwards.
    Node(PathBuf),
    /// Every device node in a folder.
    Nodes(PathBuf),
    /// A file with content: noticed also when somebody has finished writing it.
    File(PathBuf),
}

/// Room for the names of several entries; what does not fit is read in the next round.
const EVENT_BYTES: usize = 4096;
/// Rounds of putting watches up: a folder may appear while its parent is being watched, once for each level.
const ROUNDS_MAX: usize = 16;

/// Follows some files by watching their folders, or the nearest folders above that exist.
#[derive(Debug)]
pub(crate) struct Watcher {
    wanted: Vec<Wanted>,
    /// `None` where the kernel does not tell: what is there at the start is all there ever is.
    news: Option<AsyncFd<OwnedFd>>,
    /// Watch numbers and the folders they stand for.
    watched: Vec<(i32, PathBuf)>,
}

impl Watcher {
    /// Follows these files from now on.
    pub(crate) fn new(wanted: Vec<Wanted>) -> Self {
        let mut watcher = Self {
            wanted,
            news: open()
                .inspect_err(|error| warn!("the kernel does not tell when files change: {error}"))
                .ok(),
            watched: Vec::new(),
        };
        watcher.watch_folders();
        watcher
    }

    /// Waits until something about the files changed. What it was is seen by looking; several changes count as one, and
    /// none is missed between two calls.
    pub(crate) async fn changed(&mut self) {
        loop {
            let Some(news) = &self.news else {
                return std::future::pending().await;
            };
            let Ok(mut ready) = news.readable().await else {
                return std::future::pending().await;
            };
            let concerned = read(news.get_ref(), &self.watched, &self.wanted);
            // Everything there was has been read.
            ready.clear_ready();
            drop(ready);
            if concerned {
                self.watch_folders();
                return;
            }
        }
    }

    /// Watches the folder of each file, or the nearest above it that exists.
    fn watch_folders(&mut self) {
        let Some(news) = &self.news else { return };
        for wanted in &self.wanted {
            for _ in 0..ROUNDS_MAX {
                let folder = nearest(wanted.folder(), |folder| folder.is_dir());
                let flags = wanted.flags();
                let Ok(number) = inotify::add_watch(news.get_ref(), folder, flags) else {
                    break;
                };
                self.watched.retain(|(n, _)| *n != number);
                self.watched.push((number, folder.to_owned()));
                // A folder that came before the watch above it was up would never be noticed.
                if nearest(wanted.folder(), |folder| folder.is_dir()) == folder {
                    break;
                }
            }
        }
    }
}

impl Wanted {
    /// Where it is, or would be.
    fn folder(&self) -> &Path {
        match self {
            Self::Nodes(folder) => folder,
            Self::Node(path) | Self::File(path) => match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                Some(_) | None => Path::new("."),
            },
        }
    }

    /// Nodes are opened and closed all the time; only a file is news when it was written. One folder has one set of
    /// flags, so those of several wanted files are added up.
    fn flags(&self) -> WatchFlags {
        let come_and_go = WatchFlags::CREATE
            | WatchFlags::ATTRIB
            | WatchFlags::DELETE
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO
            | WatchFlags::DELETE_SELF
            | WatchFlags::ONLYDIR
            | WatchFlags::MASK_ADD;
        match self {
            Self::Node(_) | Self::Nodes(_) => come_and_go,
            Self::File(_) => come_and_go | WatchFlags::CLOSE_WRITE,
        }
    }

    /// Whether this is news: an entry of a watched folder came, went or changed.
    fn concerned(&self, folder: &Path, entry: &OsStr) -> bool {
        let path = folder.join(entry);
        match self {
            Self::Node(wanted) | Self::File(wanted) if *wanted == path => true,
            Self::Nodes(wanted) if wanted == folder => true,
            // A folder on the way to it.
            Self::Node(_) | Self::File(_) | Self::Nodes(_) => self.folder().starts_with(&path),
        }
    }
}

/// The folder itself or the nearest above it that exists.
fn nearest(folder: &Path, exists: impl Fn(&Path) -> bool) -> &Path {
    let mut above = folder.ancestors().filter(|f| !f.as_os_str().is_empty());
    above.find(|f| exists(f)).unwrap_or(Path::new("."))
}

#[expect(
    deprecated,
    reason = "what it warns of is a descriptor that is closed while it is registered, and this one is owned"
)]
fn open() -> io::Result<AsyncFd<OwnedFd>> {
    let news = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    AsyncFd::new(news)
}

/// Reads everything there is; whether any of it concerns what is wanted.
fn read(news: &OwnedFd, watched: &[(i32, PathBuf)], wanted: &[Wanted]) -> bool {
    let mut room = [MaybeUninit::uninit(); EVENT_BYTES];
    let mut reader = Reader::new(news, &mut room);
    let mut concerned = false;
    while let Ok(event) = reader.next() {
        // A watched folder went, or there was more than the kernel keeps: look at everything.
        let lost = ReadFlags::DELETE_SELF | ReadFlags::IGNORED | ReadFlags::QUEUE_OVERFLOW;
        concerned |= event.events().intersects(lost);
        let folder = watched.iter().find(|(number, _)| *number == event.wd());
        if let Some(((_, folder), name)) = folder.zip(event.file_name()) {
            let entry = OsStr::from_bytes(name.to_bytes());
            concerned |= wanted.iter().any(|w| w.concerned(folder, entry));
        }
    }
    concerned
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    async fn noticed(watcher: &mut Watcher) {
        let waited = timeout(SOON, watcher.changed()).await;
        waited.expect("the change was not noticed");
    }

    /// Whether nothing happened since that concerns what is wanted. The kernel has its news ready before a call returns.
    fn quiet(watcher: &Watcher) -> bool {
        let news = watcher.news.as_ref().unwrap();
        !read(news.get_ref(), &watcher.watched, &watcher.wanted)
    }

    #[test]
    fn only_what_is_wanted_and_the_way_to_it_is_news() {
        let node = Wanted::Node("/dev/input/event3".into());
        let concerned = |folder: &str, entry: &str| {
            node.concerned(Path::new(folder), OsStr::from_bytes(entry.as_bytes()))
        };
        assert!(concerned("/dev/input", "event3"));
        assert!(concerned("/dev", "input"));
        assert!(!concerned("/dev/input", "event4"));
        assert!(!concerned("/dev", "tty1"));
        assert!(!concerned("/dev", "inp"));
        let all = Wanted::Nodes("/dev/input".into());
        assert!(all.concerned(Path::new("/dev/input"), OsStr::new("mouse0")));
        assert!(!all.concerned(Path::new("/dev"), OsStr::new("tty1")));
    }

    #[test]
    fn the_nearest_folder_that_exists_is_watched() {
        let there = |folder: &Path| folder == Path::new("/dev") || folder == Path::new("/");
        assert_eq!(
            nearest(Path::new("/dev/input/by-id"), there),
            Path::new("/dev")
        );
        assert_eq!(nearest(Path::new("relative/path"), there), Path::new("."));
    }

    #[tokio::test]
    async fn nodes_that_come_and_go_are_noticed_though_their_folders_come_later() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("dev/input");
        let node = folder.join("event0");
        let mut watcher = Watcher::new(vec![Wanted::Node(node.clone())]);
        fs::create_dir_all(&folder).unwrap();
        noticed(&mut watcher).await;
        while !quiet(&watcher) {}
        fs::write(folder.join("event1"), "").unwrap();
        assert!(quiet(&watcher), "another node is no news");
        fs::write(&node, "").unwrap();
        noticed(&mut watcher).await;
        while !quiet(&watcher) {}
        fs::write(&node, "opened, written, closed").unwrap();
        assert!(quiet(&watcher), "that a node is used is no news");
        let mut mode = fs::metadata(&node).unwrap().permissions();
        mode.set_readonly(true);
        fs::set_permissions(&node, mode).unwrap();
        noticed(&mut watcher).await;
        while !quiet(&watcher) {}
        fs::remove_dir_all(root.path().join("dev")).unwrap();
        noticed(&mut watcher).await;
        while !quiet(&watcher) {}
        fs::create_dir_all(&folder).unwrap();
        noticed(&mut watcher).await;
    }

    #[tokio::test]
    async fn a_file_is_noticed_when_it_was_written_and_when_it_was_replaced() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("agent.toml");
        fs::write(&file, "broken").unwrap();
        let mut watcher = Watcher::new(vec![Wanted::File(file.clone())]);
        fs::write(&file, "mended").unwrap();
        noticed(&mut watcher).await;
        while !quiet(&watcher) {}
        fs::write(root.path().join("new"), "better").unwrap();
        assert!(quiet(&watcher), "another file is no news");
        fs::rename(root.path().join("new"), &file).unwrap();
        noticed(&mut watcher).await;
    }
}
