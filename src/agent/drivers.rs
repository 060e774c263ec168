//! The hardware around a phone: each kind follows the phone's handles from outside and is opened by one function here.
//! Never decides anything about the phone, and never keeps it from starting.

use std::path::PathBuf;
use std::sync::Arc;

use hotdesk_session::Key;
use tokio::sync::{mpsc, watch};

use crate::display::Follower;
use crate::{Config, DisplayConfig, Face, Handles};

/// News that a node came, went or changed in a folder where a configured one lives. What it was is looked up by whoever
/// hears it, so several changes count as one.
pub(crate) type DeviceNews = watch::Receiver<()>;

/// Hardware in use. Dropping it gives everything back.
pub(crate) struct Drivers {
    _display: Option<Follower>,
    // The keypad's end stays open: without a keypad there are no keys, and that is no reason to end.
    _keys: mpsc::Sender<Key>,
    _devices: watch::Sender<()>,
}

impl Drivers {
    /// Opens what the configuration names. What is missing is said in the log and opened when it appears.
    ///
    /// # Errors
    /// When the system has no room for another thread.
    pub(crate) fn open(
        config: &Config,
        keys: mpsc::Sender<Key>,
        handles: &Handles,
    ) -> anyhow::Result<Self> {
        let (devices, news) = watch::channel(());
        Ok(Self {
            _display: display(config, handles.faces.clone(), news)?,
            _keys: keys,
            _devices: devices,
        })
    }
}

/// Every node that the drivers use and that may come and go.
#[expect(dead_code, reason = "asked by the watcher of device nodes")]
pub(crate) fn nodes(config: &Config) -> Vec<PathBuf> {
    config.display.nodes()
}

fn display(
    config: &Config,
    faces: watch::Receiver<Arc<Face>>,
    news: DeviceNews,
) -> anyhow::Result<Option<Follower>> {
    match &config.display {
        DisplayConfig::None => Ok(None),
        DisplayConfig::Framebuffer(_) | DisplayConfig::Chip(_) => {
            Follower::start(config.display.clone(), faces, news).map(Some)
        }
    }
}
