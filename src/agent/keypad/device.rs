//! What a keypad is to the rest: something that sends signals, can be held for oneself alone, and has a name. Which
//! hardware it is stands in `hardware.rs`; tests have their own.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::keymap::Keymap;
use super::pad::Signal;
use crate::config::DeviceChoice;

/// Where signals come from.
pub(crate) trait Source: Send + 'static {
    /// Waits for the next signal. Dropping the future loses none.
    fn next(&mut self) -> impl Future<Output = io::Result<Signal>> + Send;

    /// Keeps signals from every other program, or shares them again.
    fn grab(&mut self, alone: bool) -> io::Result<()>;
}

/// Where sources come from.
pub(crate) trait Sources: Send + 'static {
    /// The kind of source.
    type Source: Source;

    /// Every device there is, in a stable order.
    fn list(&self) -> Vec<PathBuf>;

    /// Opens one.
    fn open(&self, path: &Path) -> io::Result<(About, Self::Source)>;
}

/// What a device says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct About {
    /// Its name; devices of one kind have the same.
    pub(crate) name: String,
    /// Its serial number, or nothing.
    pub(crate) uniq: String,
    /// The codes of its keys.
    pub(crate) keys: BTreeSet<u16>,
    /// The codes of its switches.
    pub(crate) switches: BTreeSet<u16>,
}

impl About {
    /// Whether the device is one of the phone's. Without choices it is if the map knows anything that it can send.
    pub(crate) fn is_chosen(&self, path: &Path, choices: &[DeviceChoice], map: &Keymap) -> bool {
        if choices.is_empty() {
            return map.knows(&self.keys, &self.switches);
        }
        choices.iter().any(|choice| match choice {
            DeviceChoice::Path(wanted) => wanted == path,
            DeviceChoice::Name(name) => *name == self.name,
            DeviceChoice::Uniq(uniq) => *uniq == self.uniq,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_chosen_by_path_name_or_serial_number_or_by_what_it_can_send() {
        let map = Keymap::parse("keys = { 2 = \"1\" }\nhook = { switch = 10 }").unwrap();
        let pad = About {
            name: "gpio-keys".to_owned(),
            uniq: "keypad0".to_owned(),
            keys: BTreeSet::from([2]),
            switches: BTreeSet::new(),
        };
        let path = Path::new("/dev/input/event0");
        let chosen = |choice| pad.is_chosen(path, &[choice], &map);
        assert!(chosen(DeviceChoice::Path(path.to_owned())));
        assert!(chosen(DeviceChoice::Name("gpio-keys".to_owned())));
        assert!(chosen(DeviceChoice::Uniq("keypad0".to_owned())));
        assert!(!chosen(DeviceChoice::Name("mouse".to_owned())));
        assert!(pad.is_chosen(path, &[], &map));
        let hook = About {
            switches: BTreeSet::from([10]),
            ..About::default()
        };
        assert!(hook.is_chosen(path, &[], &map));
        assert!(!About::default().is_chosen(path, &[], &map));
    }
}
