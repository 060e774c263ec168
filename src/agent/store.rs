//! What survives a power cut: one sealed file, written whole or not at all. Never decides what is worth keeping.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};
use hotdesk_provisioning::Secret;
use hotdesk_session::Saved;
use serde::{Deserialize, Serialize};
use tracing::{error, info, warn};
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::device_key::{DeviceKey, KEY_BYTES};
use crate::seal;

pub(crate) mod files;
pub(crate) use files::wipe;

/// The state file in the state directory.
const STATE: &str = "state";
/// Where a state that cannot be understood is kept for whoever wants to know why. Only the newest one.
const BAD: &str = "state.bad";
/// Held while a phone runs, so that no second process writes the same state.
const LOCK: &str = "lock";
/// What could not be written is tried again after so long, if nothing else is written before.
const AGAIN: Duration = Duration::from_secs(20);
/// A state is a few kilobytes; a larger file is none.
const STATE_BYTES_MAX: u64 = 1024 * 1024;

/// Everything on flash.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// The session's.
    #[serde(default)]
    pub(crate) saved: Saved,
    /// The server that gave the token; `None` in a state of an earlier version.
    #[serde(default)]
    server: Option<String>,
    /// The device token.
    #[serde(default)]
    pub(crate) token: Option<Secret>,
    /// `ETag` of the profile in `saved`.
    #[serde(default)]
    pub(crate) profile_tag: Option<String>,
    /// The port that was free at the first start.
    #[serde(default)]
    pub(crate) sip_port: Option<u16>,
    /// Seconds since 1970 when the guest in `saved` was signed in; `None` if the clock could not be right then.
    #[serde(default)]
    pub(crate) signed_in_at: Option<u64>,
    /// Seconds since 1970 when this was written; `None` if the clock could not be right then.
    #[serde(default)]
    saved_at: Option<u64>,
}

/// The state directory of one phone.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    key: DeviceKey,
    clock: Clock,
    /// What is on flash, or should be.
    pub(crate) memory: Memory,
    /// When to write again what could not be written; `None`: everything is on flash.
    again_at: Option<Instant>,
    /// Locked until the store is dropped.
    _lock: fs::File,
}

impl Store {
    /// Opens the state directory, making it and the device key if they are not there. A state that cannot be understood is
    /// kept aside, and the phone starts fresh.
    ///
    /// # Errors
    /// When the directory or the key cannot be used, or another process uses them.
    pub(crate) fn open(folder: &Path, key_file: &Path, clock: Clock) -> anyhow::Result<Self> {
        files::make_folder(folder)
            .with_context(|| format!("{}: the state directory cannot be made", folder.display()))?;
        let held = files::lock(&folder.join(LOCK)).with_context(|| {
            format!(
                "{}: another process uses this state directory",
                folder.display()
            )
        })?;
        let key = device_key(key_file)?;
        let mut store = Self {
            folder: folder.to_owned(),
            key,
            clock,
            memory: Memory::default(),
            again_at: None,
            _lock: held.file,
        };
        if let Some(error) = held.read_only {
            store.failed(&error.into());
        }
        store.read();
        Ok(store)
    }

    /// The device key.
    pub(crate) fn device_key(&self) -> &DeviceKey {
        &self.key
    }

    /// Where a call application keeps what belongs to the guest.
    pub(crate) fn guest_folder(&self) -> PathBuf {
        self.folder.join("guest")
    }

    /// Says which server the phone talks to from now on. What another one gave it stays secret from this one.
    pub(crate) fn belong_to(&mut self, server: &str) {
        let before = self.memory.server.replace(server.to_owned());
        if before.is_some_and(|before| before != server) && self.memory.token.take().is_some() {
            info!("the server is another one: this phone is enrolled there first");
            self.memory.profile_tag = None;
            self.memory.saved.offline.clear();
            self.write();
        }
    }

    /// What the session starts from: the time that the phone was off is taken from the guest's time.
    pub(crate) fn saved(&self) -> Saved {
        let mut saved = self.memory.saved.clone();
        if let Some(ends_in) = saved.tenure.as_mut().and_then(|t| t.ends_in.as_mut()) {
            *ends_in = ends_in.saturating_sub(self.seconds_off());
        }
        if let Some(hold) = &mut saved.emergency_hold {
            *hold = hold.saturating_sub(self.seconds_off());
        }
        for grant in &mut saved.offline {
            grant.expires_in = grant.expires_in.saturating_sub(self.seconds_off());
            grant.locked_for = grant.locked_for.saturating_sub(self.seconds_off());
        }
        saved
    }

    /// Writes what the session wants kept, and since when the guest in it is there.
    pub(crate) fn keep(&mut self, saved: Saved) {
        let guest = |saved: &Saved| saved.tenure.as_ref().map(|t| t.association.clone());
        if guest(&saved) != guest(&self.memory.saved) {
            self.memory.signed_in_at = self.moment();
        }
        self.memory.saved = saved;
        self.write();
    }

    /// Seconds since 1970, if the clock can be right.
    fn moment(&self) -> Option<u64> {
        let unix = self.clock.unix().as_secs();
        self.clock.is_plausible().then_some(unix)
    }

    /// Writes the memory. A phone that cannot write still works until its next start: it says so and tries again.
    pub(crate) fn write(&mut self) {
        self.memory.saved_at = self.moment();
        match self.try_write() {
            Ok(()) => {
                if self.again_at.take().is_some() {
                    info!("the state can be written again");
                }
            }
            Err(error) => self.failed(&error),
        }
    }

    fn failed(&mut self, error: &anyhow::Error) {
        if !self.is_failing() {
            error!("the state cannot be written, a power cut now would lose it: {error:#}");
        }
        self.again_at = self.clock.now().checked_add(AGAIN);
    }

    /// Whether what is in memory is not on flash.
    pub(crate) fn is_failing(&self) -> bool {
        self.again_at.is_some()
    }

    /// When to call [`Self::handle_timeout`].
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.again_at
    }

    /// Writes again what could not be written, if it is time.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        if self.again_at.is_some_and(|at| at <= now) {
            self.write();
        }
    }

    fn try_write(&self) -> anyhow::Result<()> {
        let plain = Zeroizing::new(serde_json::to_vec(&self.memory)?);
        let mut nonce = [0; seal::NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|e| anyhow!("no random numbers: {e}"))?;
        let sealed = seal::seal(&self.key.sealing_key(), nonce, &plain)
            .ok_or_else(|| anyhow!("the state is too large"))?;
        files::write_whole(&self.folder.join(STATE), &sealed).context(STATE)
    }

    fn read(&mut self) {
        let path = self.folder.join(STATE);
        let bytes = match files::read_bounded(&path, STATE_BYTES_MAX) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return,
            Err(error) => return self.keep_aside(&path, &error.to_string()),
        };
        match self.understand(&bytes) {
            Ok(memory) => self.memory = memory,
            Err(why) => self.keep_aside(&path, &why),
        }
    }

    fn understand(&self, bytes: &[u8]) -> Result<Memory, String> {
        let plain = seal::open(&self.key.sealing_key(), bytes).map_err(|why| match why {
            seal::Unsealable::Foreign => "it is no state of this version".to_owned(),
            seal::Unsealable::Broken => {
                "it is torn, changed or sealed by another device".to_owned()
            }
        })?;
        // Where in the text the mistake is, never the text itself.
        serde_json::from_slice(&plain)
            .map_err(|e| format!("column {} is not understood", e.column()))
    }

    fn keep_aside(&self, path: &Path, why: &str) {
        let bad = self.folder.join(BAD);
        warn!("the state on flash is not usable ({why}); starting fresh and keeping it as {BAD}");
        if let Err(error) = fs::rename(path, &bad) {
            warn!("{} cannot be kept aside: {error}", path.display());
        }
    }

    /// Nothing, unless time went forwards from a moment that can be right.
    fn seconds_off(&self) -> u32 {
        let written = self.memory.saved_at;
        let off = written.and_then(|at| self.clock.unix().checked_sub(Duration::from_secs(at)));
        off.map_or(0, |off| u32::try_from(off.as_secs()).unwrap_or(u32::MAX))
    }
}

/// Reads the device key or makes one.
fn device_key(path: &Path) -> anyhow::Result<DeviceKey> {
    let name = || format!("device.key_file: {}", path.display());
    if let Some(folder) = path.parent() {
        files::make_folder(folder).with_context(name)?;
    }
    if let Some(bytes) = files::read_bounded(path, KEY_BYTES as u64 + 1).with_context(name)? {
        let bytes = Zeroizing::new(bytes);
        ensure!(
            bytes.len() == KEY_BYTES,
            "{}: {KEY_BYTES} bytes are needed; restore the file, or remove it to start as a new phone",
            name()
        );
        let mut key = [0; KEY_BYTES];
        key.copy_from_slice(&bytes);
        return Ok(DeviceKey::new(key));
    }
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|e| anyhow!("no random numbers: {e}"))?;
    let key = DeviceKey::new(bytes);
    files::write_whole(path, key.expose()).with_context(name)?;
    Ok(key)
}

#[cfg(test)]
mod tests;
