//! Starts a phone and holds its handles: keys go in through the seams, faces and news come out. Never decides anything.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow};
use hotdesk_session::Key;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::run::Loop;
use crate::standin;
use crate::{Clock, Config, Face, Notice, Status};

/// Key presses that may wait: more than ten fingers do before a loop turn is over.
pub const KEYS_WAITING_MAX: usize = 64;

/// Longest wait for work that cannot be interrupted when a phone stops.
const SHUTDOWN_MAX: Duration = Duration::from_secs(1);

/// What is real on a phone and not in a test or on a page. Chosen by whoever starts the agent, nowhere else.
pub struct Seams {
    /// The keypad.
    pub keys: mpsc::Receiver<Key>,
    /// The time.
    pub clock: Clock,
}

impl Seams {
    /// The system's clock; the sender is the keypad.
    #[must_use]
    pub fn headless() -> (mpsc::Sender<Key>, Self) {
        let (sender, keys) = mpsc::channel(KEYS_WAITING_MAX);
        let seams = Self {
            keys,
            clock: Clock::system(),
        };
        (sender, seams)
    }
}

/// What can be followed while a phone runs. Cloning follows the same phone.
#[derive(Debug, Clone)]
pub struct Handles {
    /// Its face; changes whenever the picture or a lamp does.
    pub faces: watch::Receiver<Arc<Face>>,
    /// Its status; changes with everything in it.
    pub status: watch::Receiver<Arc<Status>>,
    /// Whether somebody types who they are; nobody else should hear the keypad then.
    pub typing: watch::Receiver<bool>,
    /// Changes with every key press.
    pub touched: watch::Receiver<()>,
    /// Where a keypad tells which characters of the dial pad it cannot type.
    pub missing_keys: watch::Sender<String>,
    /// Where a display tells why nothing can be seen on it; `None`: it works, or there is none.
    pub dark: watch::Sender<Option<String>>,
    /// Calls to place and tones to sound. A reader that lags misses the oldest.
    pub notices: broadcast::Sender<Notice>,
}

/// A running phone on a thread of its own. Dropping it stops the phone; who is signed in stays signed in, as after a
/// power cut.
#[derive(Debug)]
pub struct Agent {
    handles: Handles,
    stop: Option<oneshot::Sender<()>>,
    ended: oneshot::Receiver<anyhow::Result<()>>,
}

impl Agent {
    /// Starts a phone; returns once its sockets are open and its first picture is painted.
    ///
    /// # Errors
    /// When the state directory, the device key, the authority's file, the SIP address or the control socket cannot be
    /// used; the message says which and what to do.
    pub async fn start(config: Config, seams: Seams) -> anyhow::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (started, starting) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        thread::Builder::new()
            .name(format!("phone-{}", config.device))
            .spawn(move || {
                // Nobody waiting for the outcome is not an error: the agent was dropped.
                let _ = end.send(on_this_thread(config, seams, started, stopped));
            })
            .context("the phone's thread cannot be started")?;
        let handles = starting
            .await
            .map_err(|_| anyhow!("the phone ended while it started"))??;
        Ok(Self {
            handles,
            stop: Some(stop),
            ended,
        })
    }

    /// Runs the phone of a configuration file, with its hardware, in the caller's runtime and on the caller's thread, until
    /// it breaks; dropping the future stops it and gives the hardware back. A phone that cannot start says why on its
    /// screen, keeps emergency calls possible and starts as soon as it can; what hardware it has to say so stands in
    /// `of_firmware` if the file itself cannot be understood.
    ///
    /// # Errors
    /// What broke later. Hardware that is missing is no error.
    pub async fn run_file(file: &Path, of_firmware: &Path) -> anyhow::Result<()> {
        standin::run_file(file, of_firmware).await
    }

    /// What can be followed.
    #[must_use]
    pub fn handles(&self) -> &Handles {
        &self.handles
    }

    /// The face of the phone; the first value is the first picture.
    #[must_use]
    pub fn faces(&self) -> watch::Receiver<Arc<Face>> {
        self.handles.faces.clone()
    }

    /// The status of the phone.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<Arc<Status>> {
        self.handles.status.clone()
    }

    /// Calls to place and tones to sound, from now on.
    #[must_use]
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.handles.notices.subscribe()
    }

    /// Waits until the phone ends by itself, which it does only when something it cannot work without broke.
    ///
    /// # Errors
    /// What broke.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        (&mut self.ended)
            .await
            .unwrap_or_else(|_| Err(anyhow!("the phone's thread died")))
    }

    /// Stops the phone and waits until its sockets are closed.
    ///
    /// # Errors
    /// What broke, if it had ended before.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.stop.take());
        self.ended().await
    }
}

fn on_this_thread(
    config: Config,
    seams: Seams,
    started: oneshot::Sender<anyhow::Result<Handles>>,
    stopped: oneshot::Receiver<()>,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    let ended = runtime.block_on(async {
        match Loop::open(config, seams).await {
            Err(error) => {
                let _ = started.send(Err(error));
                Ok(())
            }
            Ok((phone, handles)) => {
                let _ = started.send(Ok(handles));
                tokio::select! {
                    ended = phone.run() => ended,
                    // Sent to or dropped: either way nobody wants the phone any more.
                    _ = stopped => Ok(()),
                }
            }
        }
    });
    // A name server that does not answer must not keep the phone from stopping.
    runtime.shutdown_timeout(SHUTDOWN_MAX);
    ended
}

#[cfg(test)]
#[path = "agent_tests.rs"]
mod tests;
