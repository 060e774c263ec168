//! The hardware around a phone: each kind follows the phone's handles from outside and is opened by one function here.
//! Never decides anything about the phone, and never keeps it from starting.

use std::path::Path;

use hotdesk_session::Key;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::devices::{Wanted, Watcher};
use crate::display::Follower;
use crate::keypad::{InputFolder, Keypad, Wires};
use crate::lamps::{Backlight, SYS_CLASS, show_lamps, sound_tones};
use crate::{Clock, Config, DisplayConfig, Handles, LampsConfig};

/// News that a node came, went or changed in a folder where a configured one lives. What it was is looked up by whoever
/// hears it, so several changes count as one.
pub(crate) type DeviceNews = watch::Receiver<()>;

/// Hardware in use. Dropping it gives everything back.
pub(crate) struct Drivers {
    _display: Option<Follower>,
    // The keypad's end stays open: without a keypad there are no keys, and that is no reason to end.
    _keys: mpsc::Sender<Key>,
    _tasks: JoinSet<()>,
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
        let mut tasks = JoinSet::new();
        tasks.spawn(watch_nodes(nodes(config), devices));
        if let Some(keypad) = &config.fittings.keypad {
            let wires = Wires {
                keys: keys.clone(),
                devices: news.clone(),
                typing: handles.typing.clone(),
                missing: handles.missing_keys.clone(),
                clock: Clock::system(),
            };
            let keypad = Keypad::new(InputFolder::of_system(), keypad.clone(), wires);
            tasks.spawn(keypad.serve());
        }
        light_up(config, handles, &news, &mut tasks);
        Ok(Self {
            _display: display(config, handles, news)?,
            _keys: keys,
            _tasks: tasks,
        })
    }
}

/// Lamps, backlight and tones, where there are any.
fn light_up(config: &Config, handles: &Handles, news: &DeviceNews, tasks: &mut JoinSet<()>) {
    let fittings = &config.fittings;
    if fittings.lamps != LampsConfig::default() {
        let lamps = fittings.lamps.clone();
        tasks.spawn(show_lamps(lamps, handles.faces.clone(), news.clone()));
    }
    if let Some(backlight) = &fittings.backlight {
        let backlight = Backlight::new(Path::new(SYS_CLASS), backlight, Clock::system());
        tasks.spawn(backlight.follow(handles.touched.clone(), handles.faces.clone()));
    }
    if let Some(tone) = &fittings.tone {
        tasks.spawn(sound_tones(tone.clone(), handles.notices.subscribe()));
    }
}

/// Every node that the drivers use and that may come and go.
fn nodes(config: &Config) -> Vec<Wanted> {
    let display = config.display.nodes().into_iter().map(Wanted::Node);
    let keypad = config.fittings.keypad.iter();
    let keypad = keypad.map(|_| Wanted::Nodes(InputFolder::of_system().0));
    let lamps = config.fittings.lamps.nodes().map(Wanted::Node);
    display.chain(keypad).chain(lamps).collect()
}

async fn watch_nodes(nodes: Vec<Wanted>, devices: watch::Sender<()>) {
    let mut watcher = Watcher::new(nodes);
    loop {
        watcher.changed().await;
        devices.send_replace(());
    }
}

fn display(
    config: &Config,
    handles: &Handles,
    news: DeviceNews,
) -> anyhow::Result<Option<Follower>> {
    match &config.display {
        DisplayConfig::None => Ok(None),
        DisplayConfig::Framebuffer(_) | DisplayConfig::Chip(_) => {
            let (faces, dark) = (handles.faces.clone(), handles.dark.clone());
            Follower::start(config.display.clone(), faces, news, dark).map(Some)
        }
    }
}
