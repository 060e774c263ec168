//! Keypads that Linux shows under `/dev/input`. Decides nothing: which of them are the phone's is asked elsewhere.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use evdev::{Device, EventStream, EventType, InputEvent};

use super::device::{About, Source, Sources};
use super::pad::{Motion, Signal};

/// Devices that are looked at; a phone has a handful.
const DEVICES_MAX: usize = 64;

/// A folder of event devices.
#[derive(Debug, Clone)]
pub(crate) struct InputFolder(pub(crate) PathBuf);

impl InputFolder {
    /// Where Linux has them.
    pub(crate) fn of_system() -> Self {
        Self("/dev/input".into())
    }
}

impl Sources for InputFolder {
    type Source = Input;

    fn list(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let is_event = |path: &PathBuf| {
            let name = path.file_name().map(|name| name.to_string_lossy());
            name.is_some_and(|name| name.starts_with("event"))
        };
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).filter(is_event).collect();
        // event10 comes after event9.
        paths.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
        paths.truncate(DEVICES_MAX);
        paths
    }

    fn open(&self, path: &Path) -> io::Result<(About, Input)> {
        let device = Device::open(path)?;
        let about = about(&device);
        let first = at_the_start(&device, &about)?;
        let stream = device.into_event_stream()?;
        Ok((about, Input { stream, first }))
    }
}

/// One event device. After events were lost the kernel's state is compared with what was heard, and the differences are
/// sent as signals.
pub(crate) struct Input {
    stream: EventStream,
    first: VecDeque<Signal>,
}

impl Source for Input {
    async fn next(&mut self) -> io::Result<Signal> {
        if let Some(signal) = self.first.pop_front() {
            return Ok(signal);
        }
        loop {
            let event = self.stream.next_event().await?;
            if let Some(signal) = signal(event) {
                return Ok(signal);
            }
        }
    }

    fn grab(&mut self, alone: bool) -> io::Result<()> {
        let device = self.stream.device_mut();
        if alone {
            device.grab()
        } else {
            device.ungrab()
        }
    }
}

fn about(device: &Device) -> About {
    let keys = device.supported_keys();
    let switches = device.supported_switches();
    About {
        name: device.name().unwrap_or_default().to_owned(),
        uniq: device.unique_name().unwrap_or_default().to_owned(),
        keys: keys.into_iter().flatten().map(|code| code.0).collect(),
        switches: switches.into_iter().flatten().map(|code| code.0).collect(),
    }
}

/// How switches and keys are before anything moves: a phone may start with its handset lifted.
fn at_the_start(device: &Device, about: &About) -> io::Result<VecDeque<Signal>> {
    let mut first = VecDeque::new();
    if !about.switches.is_empty() {
        let on: BTreeSet<u16> = device
            .get_switch_state()?
            .iter()
            .map(|code| code.0)
            .collect();
        let switch = |code: &u16| Signal::Switch(*code, on.contains(code));
        first.extend(about.switches.iter().map(switch));
    }
    if !about.keys.is_empty() {
        let down: BTreeSet<u16> = device.get_key_state()?.iter().map(|code| code.0).collect();
        let level = |code: &u16| Signal::Level(*code, down.contains(code));
        first.extend(about.keys.iter().map(level));
    }
    Ok(first)
}

/// `None` for what is neither key nor switch, and for values that the kernel does not define.
fn signal(event: InputEvent) -> Option<Signal> {
    let (code, value) = (event.code(), event.value());
    match event.event_type() {
        EventType::KEY => {
            let motion = match value {
                0 => Motion::Up,
                1 => Motion::Down,
                2 => Motion::Repeat,
                _ => return None,
            };
            Some(Signal::Key(code, motion))
        }
        EventType::SWITCH => Some(Signal::Switch(code, value != 0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_switches_are_signals_and_nothing_else_is() {
        let of = |kind: EventType, code, value| signal(InputEvent::new(kind.0, code, value));
        assert_eq!(of(EventType::KEY, 2, 1), Some(Signal::Key(2, Motion::Down)));
        assert_eq!(
            of(EventType::KEY, 2, 2),
            Some(Signal::Key(2, Motion::Repeat))
        );
        assert_eq!(of(EventType::KEY, 2, 0), Some(Signal::Key(2, Motion::Up)));
        assert_eq!(of(EventType::KEY, 2, 3), None);
        assert_eq!(of(EventType::SWITCH, 10, 1), Some(Signal::Switch(10, true)));
        assert_eq!(of(EventType::SYNCHRONIZATION, 0, 0), None);
        assert_eq!(of(EventType::MISC, 4, 458_792), None);
    }

    #[test]
    fn event_devices_are_listed_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["event10", "event9", "mouse0", "event1"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let found = InputFolder(folder.path().to_owned());
        let names: Vec<_> = found
            .list()
            .iter()
            .map(|p| p.file_name().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["event1", "event9", "event10"]);
        let nowhere = InputFolder(folder.path().join("nowhere"));
        assert_eq!(nowhere.list(), Vec::<PathBuf>::new());
        assert!(
            found.open(&folder.path().join("event1")).is_err(),
            "a file is no device"
        );
    }
}
