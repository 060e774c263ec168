//! The `[keypad]` table: which devices are the phone's keypad and what their keys mean.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use serde::Deserialize;

use crate::keypad::{HookTable, Keymap};

/// How long a key is held before it means something else, in milliseconds.
const LONG_PRESS_MS: u64 = 800;
/// Devices that may be named.
const DEVICES_MAX: usize = 16;

/// The phone's keypad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeypadConfig {
    /// What keys mean.
    pub map: Keymap,
    /// Which devices; empty: every one that can send something that the map knows.
    pub devices: Vec<DeviceChoice>,
    /// When no other program hears the keypad.
    pub grab: Grab,
    /// How long a key is held before it means something else.
    pub long_press: Duration,
}

/// One device, or several of the same kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceChoice {
    /// By its node.
    Path(PathBuf),
    /// By its name, as in `name:gpio-keys`.
    Name(String),
    /// By its serial number, as in `uniq:keypad0`.
    Uniq(String),
}

/// When no other program hears the keypad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grab {
    /// Never.
    Never,
    /// While somebody types who they are, so that a PIN reaches nobody else.
    #[default]
    Entry,
    /// As long as the phone runs.
    Always,
}

impl KeypadConfig {
    /// Every keypad there is, with the map that fits most.
    ///
    /// # Errors
    /// Never, as the tests show; the map is part of the program.
    #[cfg(test)]
    pub(crate) fn generic() -> anyhow::Result<Self> {
        KeypadTable::default().checked_map()
    }
}

/// The table as it is written.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct KeypadTable {
    kind: Option<String>,
    map: Option<String>,
    hook: Option<HookTable>,
    #[serde(default)]
    devices: Vec<String>,
    #[serde(default)]
    grab: Grab,
    long_press_ms: Option<u64>,
}

impl KeypadTable {
    /// `None`: no keypad of the kernel's.
    pub(super) fn checked(self) -> anyhow::Result<Option<KeypadConfig>> {
        match self.kind.as_deref().unwrap_or("none") {
            "none" => Ok(None),
            "evdev" => self.checked_map().map(Some),
            other => bail!("keypad.kind: there is no {other:?}; use none or evdev"),
        }
    }

    fn checked_map(self) -> anyhow::Result<KeypadConfig> {
        ensure!(
            self.devices.len() <= DEVICES_MAX,
            "keypad.devices: at most {DEVICES_MAX}; leave it out to take every keypad"
        );
        let long_press = self.long_press_ms.unwrap_or(LONG_PRESS_MS);
        ensure!(
            (200..=5000).contains(&long_press),
            "keypad.long_press_ms: {long_press} is out of range; use 200 to 5000"
        );
        let devices = self.devices.iter().map(|text| choice(text));
        let mut map = Keymap::load(self.map.as_deref().unwrap_or("generic"))?;
        if let Some(hook) = self.hook {
            map.set_hook(hook).context("keypad.hook")?;
        }
        Ok(KeypadConfig {
            map,
            devices: devices.collect::<anyhow::Result<_>>()?,
            grab: self.grab,
            long_press: Duration::from_millis(long_press),
        })
    }
}

fn choice(text: &str) -> anyhow::Result<DeviceChoice> {
    if let Some(name) = text.strip_prefix("name:").filter(|name| !name.is_empty()) {
        return Ok(DeviceChoice::Name(name.to_owned()));
    }
    if let Some(uniq) = text.strip_prefix("uniq:").filter(|uniq| !uniq.is_empty()) {
        return Ok(DeviceChoice::Uniq(uniq.to_owned()));
    }
    let path = Path::new(text).is_absolute().then(|| text.into());
    path.map(DeviceChoice::Path).ok_or_else(|| {
        anyhow!(
            "keypad.devices: {text:?} is not understood; write \"/dev/input/event0\", \"name:...\" or \"uniq:...\" as \
             `hotdeskd keys` shows them"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keypad::{Press, Sensor};

    fn table(text: &str) -> anyhow::Result<Option<KeypadConfig>> {
        toml::from_str::<KeypadTable>(text)?.checked()
    }

    #[test]
    fn without_a_kind_there_is_no_keypad_and_evdev_takes_every_one() {
        assert_eq!(table("").unwrap(), None);
        let config = table("kind = \"evdev\"").unwrap().unwrap();
        assert_eq!(config, KeypadConfig::generic().unwrap());
        assert!(config.devices.is_empty());
        assert_eq!(config.grab, Grab::Entry);
    }

    #[test]
    fn devices_are_named_in_three_ways() {
        let text =
            "kind = \"evdev\"\ndevices = [\"/dev/input/event0\", \"name:gpio-keys\", \"uniq:a\"]";
        let config = table(text).unwrap().unwrap();
        assert_eq!(
            config.devices,
            [
                DeviceChoice::Path("/dev/input/event0".into()),
                DeviceChoice::Name("gpio-keys".to_owned()),
                DeviceChoice::Uniq("a".to_owned())
            ]
        );
    }

    #[test]
    fn a_hook_needs_no_map_of_its_own() {
        let lifted = |text| {
            let config = table(text).unwrap().unwrap();
            config.map.hook(Sensor::Switch(3), true)
        };
        assert_eq!(
            lifted("kind = \"evdev\"\nhook = { switch = 3 }"),
            Some(Press::Lift)
        );
        let text = "kind = \"evdev\"\nhook = { switch = 3, lifted = 0 }";
        assert_eq!(lifted(text), Some(Press::Lay));
        assert_eq!(lifted("kind = \"evdev\""), None);
    }

    #[test]
    fn every_mistake_names_its_key_and_says_what_to_do() {
        for (text, key, advice) in [
            ("kind = \"usb\"", "keypad.kind", "evdev"),
            (
                "kind = \"evdev\"\nmap = \"nokia\"",
                "keypad.map",
                "dial-pad",
            ),
            (
                "kind = \"evdev\"\ndevices = [\"event0\"]",
                "keypad.devices",
                "/dev/input/event0",
            ),
            (
                "kind = \"evdev\"\nlong_press_ms = 10",
                "keypad.long_press_ms",
                "200",
            ),
            ("kind = \"evdev\"\ngrab = \"often\"", "grab", "entry"),
            (
                "kind = \"evdev\"\nhook = {}",
                "keypad.hook",
                "switch and key",
            ),
        ] {
            let said = format!("{:#}", table(text).unwrap_err());
            assert!(
                said.contains(key) && said.contains(advice),
                "{text}: {said}"
            );
        }
    }
}
