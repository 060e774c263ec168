//! Keeps the phone's keypads open and sends their keys on. Devices may come and go; a storm of keys waits in the kernel
//! and never holds up the phone.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use hotdesk_session::Key;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tracing::{debug, info, warn};

use super::device::{About, Source, Sources};
use super::pad::{Pad, Signal};
use crate::Clock;
use crate::backoff::Backoff;
use crate::config::{Grab, KeypadConfig};
use crate::deadline;

/// Signals that may wait between a device and the keypad; more wait in the kernel.
const SIGNALS_WAITING_MAX: usize = 16;
/// Devices that are read at once.
const OPEN_MAX: usize = 16;

/// What a keypad is connected to.
pub(crate) struct Wires {
    /// Where keys go.
    pub(crate) keys: mpsc::Sender<Key>,
    /// News that a device came, went or changed.
    pub(crate) devices: watch::Receiver<()>,
    /// Whether a secret is being typed.
    pub(crate) typing: watch::Receiver<bool>,
    /// Where it is told which characters of the dial pad cannot be typed.
    pub(crate) missing: watch::Sender<String>,
    /// The time.
    pub(crate) clock: Clock,
}

/// The keypads of one phone.
pub(crate) struct Keypad<S: Sources> {
    sources: S,
    config: KeypadConfig,
    wires: Wires,
    pad: Pad,
    open: BTreeMap<u32, Opened>,
    opened: u32,
    heard: (mpsc::Sender<Heard>, mpsc::Receiver<Heard>),
    alone: watch::Sender<bool>,
    readers: JoinSet<()>,
    again: Backoff,
    again_at: Option<Instant>,
}

/// A device that is being read.
struct Opened {
    path: PathBuf,
    keys: BTreeSet<u16>,
}

/// Which device, and what it sent or why it will send nothing more.
type Heard = (u32, io::Result<Signal>);

impl<S: Sources> Keypad<S> {
    /// A keypad that has not looked for its devices yet.
    pub(crate) fn new(sources: S, config: KeypadConfig, wires: Wires) -> Self {
        let typing = *wires.typing.borrow();
        Self {
            pad: Pad::new(config.map.clone(), config.long_press),
            alone: watch::Sender::new(alone(config.grab, typing)),
            sources,
            config,
            wires,
            open: BTreeMap::new(),
            opened: 0,
            heard: mpsc::channel(SIGNALS_WAITING_MAX),
            readers: JoinSet::new(),
            again: Backoff::default(),
            again_at: None,
        }
    }

    /// Reads until nobody wants keys any more.
    pub(crate) async fn serve(mut self) {
        self.look();
        loop {
            let now = self.wires.clock.now();
            while let Some(key) = self.pad.handle_timeout(now) {
                if self.wires.keys.send(key).await.is_err() {
                    return;
                }
            }
            if self.again_at.is_some_and(|at| at <= now) {
                self.again_at = None;
                self.look();
            }
            let deadline = self
                .pad
                .poll_timeout()
                .into_iter()
                .chain(self.again_at)
                .min();
            tokio::select! {
                Some((device, heard)) = self.heard.1.recv() => {
                    if let Some(key) = self.heard(device, heard) {
                        if self.wires.keys.send(key).await.is_err() {
                            return;
                        }
                    }
                }
                Ok(()) = self.wires.devices.changed() => self.look(),
                Ok(()) = self.wires.typing.changed() => {
                    let typing = *self.wires.typing.borrow_and_update();
                    self.alone.send_replace(alone(self.config.grab, typing));
                }
                () = self.wires.keys.closed() => return,
                () = deadline::reached(deadline) => {}
            }
        }
    }

    fn heard(&mut self, device: u32, heard: io::Result<Signal>) -> Option<Key> {
        match heard {
            Ok(signal) => {
                self.again.reset();
                self.pad.handle(self.wires.clock.now(), device, signal)
            }
            Err(error) => {
                self.lost(device, &error);
                None
            }
        }
    }

    /// A device that fails is let go. Mostly it went away; where it did not, it is tried again, ever more rarely.
    fn lost(&mut self, device: u32, error: &io::Error) {
        if let Some(opened) = self.open.remove(&device) {
            info!("{}: the keypad went away: {error}", opened.path.display());
        }
        self.pad.gone(device);
        self.tell_missing();
        self.again_at = self.wires.clock.now().checked_add(self.again.next());
    }

    /// Opens every device of the phone's that is not open yet.
    fn look(&mut self) {
        // Readers that ended have told so already.
        while self.readers.try_join_next().is_some() {}
        for path in self.sources.list() {
            let known = self.open.values().any(|opened| opened.path == path);
            if known || self.open.len() >= OPEN_MAX {
                continue;
            }
            match self.sources.open(&path) {
                Ok((about, source)) => self.take(path, about, source),
                // It is made first and given to its group afterwards, which is news as well.
                Err(error) => debug!("{}: {error}", path.display()),
            }
        }
        self.tell_missing();
    }

    fn take(&mut self, path: PathBuf, about: About, source: S::Source) {
        if !about.is_chosen(&path, &self.config.devices, &self.config.map) {
            return;
        }
        info!("{}: a keypad, {:?}", path.display(), about.name);
        self.opened = self.opened.wrapping_add(1);
        let reader = Reader {
            number: self.opened,
            path: path.clone(),
            source,
            to: self.heard.0.clone(),
        };
        self.readers.spawn(reader.run(self.alone.subscribe()));
        let keys = about.keys;
        self.open.insert(self.opened, Opened { path, keys });
    }

    fn tell_missing(&self) {
        let keys = self
            .open
            .values()
            .flat_map(|opened| &opened.keys)
            .copied()
            .collect();
        let missing = self.config.map.missing(&keys);
        self.wires.missing.send_if_modified(|told| {
            let differs = *told != missing;
            if differs && !missing.is_empty() {
                warn!("the keypad cannot type {missing:?}");
            }
            *told = missing;
            differs
        });
    }
}

/// Reads one device.
struct Reader<S> {
    number: u32,
    path: PathBuf,
    source: S,
    to: mpsc::Sender<Heard>,
}

impl<S: Source> Reader<S> {
    async fn run(mut self, mut alone: watch::Receiver<bool>) {
        self.grab(*alone.borrow_and_update());
        loop {
            let heard = tokio::select! {
                heard = self.source.next() => heard,
                Ok(()) = alone.changed() => {
                    self.grab(*alone.borrow_and_update());
                    continue;
                }
            };
            let over = heard.is_err();
            if self.to.send((self.number, heard)).await.is_err() || over {
                return;
            }
        }
    }

    fn grab(&mut self, alone: bool) {
        if let Err(error) = self.source.grab(alone) {
            let path: &Path = &self.path;
            warn!(
                "{}: other programs may hear this keypad: {error}",
                path.display()
            );
        }
    }
}

fn alone(grab: Grab, typing: bool) -> bool {
    match grab {
        Grab::Never => false,
        Grab::Entry => typing,
        Grab::Always => true,
    }
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
