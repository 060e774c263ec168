//! Key maps: from the codes that hardware sends to what is on the keys. Text in, checked values or one clear sentence out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, anyhow, bail, ensure};
use evdev::{KeyCode, SwitchCode};
use hotdesk_session::Key;
use serde::Deserialize;
use toml::Spanned;

use super::Press;
use crate::config::{line, understand};

/// The maps that are part of the program.
const MAPS: [(&str, &str); 3] = [
    (
        "generic",
        include_str!("../../../assets/keymaps/generic.toml"),
    ),
    (
        "dial-pad",
        include_str!("../../../assets/keymaps/dial-pad.toml"),
    ),
    (
        "usb-handset",
        include_str!("../../../assets/keymaps/usb-handset.toml"),
    ),
];
/// A map is a few kilobytes; a larger file is none.
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// Codes that the kernel has for keys (KEY_CNT) and for switches (SW_CNT).
const KEY_CODES: u16 = 0x300;
const SWITCH_CODES: u16 = 0x11;

/// What the codes of a keypad mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    keys: BTreeMap<Stroke, Press>,
    long: BTreeMap<u16, Press>,
    hook: Option<Hook>,
}

/// A key as it is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stroke {
    code: u16,
    shifted: bool,
}

/// What tells whether the handset lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hook {
    sensor: Sensor,
    /// Whether it is lifted while the sensor is on.
    lifted_when_on: bool,
}

/// Something that is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sensor {
    /// A switch (EV_SW).
    Switch(u16),
    /// A key (EV_KEY) that is down as long as something else holds it down.
    Key(u16),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    keys: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    long: BTreeMap<Spanned<String>, Spanned<String>>,
    hook: Option<Spanned<HookTable>>,
}

/// A hook as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HookTable {
    switch: Option<Code>,
    key: Option<Code>,
    #[serde(default = "on")]
    lifted: u8,
}

/// A code by its name or its number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Name(String),
    Number(u16),
}

fn on() -> u8 {
    1
}

impl Keymap {
    /// The map of this name, or the one in this file.
    ///
    /// # Errors
    /// When there is none or something in it is wrong; the message names the file, the line and what to do.
    pub fn load(name: &str) -> anyhow::Result<Self> {
        if let Some((_, text)) = MAPS.iter().find(|(known, _)| *known == name) {
            return Self::parse(text).with_context(|| format!("key map {name:?}"));
        }
        let names: Vec<_> = MAPS.iter().map(|(name, _)| *name).collect();
        ensure!(
            name.contains('/'),
            "keypad.map: there is no {name:?}; use {} or the whole path of a file",
            names.join(", ")
        );
        let advice = || format!("{name}: cannot be read; see keypad.map in the configuration");
        let length = std::fs::metadata(Path::new(name))
            .with_context(advice)?
            .len();
        ensure!(length <= FILE_BYTES_MAX, "{name}: too large for a key map");
        let text = std::fs::read_to_string(name).with_context(advice)?;
        Self::parse(&text).with_context(|| name.to_owned())
    }

    /// # Errors
    /// As [`Self::load`], without the name of the file.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let file: File = understand(text)?;
        let at = |start| line(text, start);
        let mut keys = BTreeMap::new();
        for (code, name) in &file.keys {
            let binding = binding(code.get_ref(), name.get_ref());
            let (stroke, press) = binding.with_context(|| at(code.span().start))?;
            keys.insert(stroke, press);
        }
        let mut long = BTreeMap::new();
        for (code, name) in &file.long {
            let binding = binding(code.get_ref(), name.get_ref());
            let (stroke, press) = binding.with_context(|| at(code.span().start))?;
            let plain = Stroke {
                shifted: false,
                ..stroke
            };
            if stroke.shifted || !keys.contains_key(&plain) {
                bail!(
                    "{}: {:?} has no short meaning; give it one in [keys] first",
                    at(code.span().start),
                    code.get_ref()
                );
            }
            long.insert(stroke.code, press);
        }
        let hook = file.hook.map(|hook| {
            let start = hook.span().start;
            checked_hook(hook.into_inner()).with_context(|| at(start))
        });
        Ok(Self {
            keys,
            long,
            hook: hook.transpose()?,
        })
    }

    /// Takes this for the hook, whatever the map says: the keys of many phones are the same, their hooks are not.
    ///
    /// # Errors
    /// When there is no such switch or key.
    pub(crate) fn set_hook(&mut self, hook: HookTable) -> anyhow::Result<()> {
        self.hook = Some(checked_hook(hook)?);
        Ok(())
    }

    /// What a key means. A shift that means nothing for a key is overlooked: a stuck one must not keep anybody from
    /// dialling.
    pub(crate) fn press(&self, code: u16, shifted: bool) -> Option<Press> {
        let with = |shifted| self.keys.get(&Stroke { code, shifted }).copied();
        with(shifted).or_else(|| with(false))
    }

    /// What a key means that is held.
    pub(crate) fn long_press(&self, code: u16) -> Option<Press> {
        self.long.get(&code).copied()
    }

    /// What it means that a sensor is on or off; `None` where it is not the hook's.
    pub(crate) fn hook(&self, sensor: Sensor, on: bool) -> Option<Press> {
        let hook = self.hook.filter(|hook| hook.sensor == sensor)?;
        let lifted = hook.lifted_when_on == on;
        Some(if lifted { Press::Lift } else { Press::Lay })
    }

    /// Whether anything that a device can send means something here. Either list holds codes.
    pub(crate) fn knows(&self, keys: &BTreeSet<u16>, switches: &BTreeSet<u16>) -> bool {
        let hook = match self.hook.map(|hook| hook.sensor) {
            Some(Sensor::Switch(code)) => switches.contains(&code),
            Some(Sensor::Key(code)) => keys.contains(&code),
            None => false,
        };
        hook || self.keys.keys().any(|stroke| keys.contains(&stroke.code))
    }

    /// The characters of the dial pad that cannot be typed with these keys.
    pub(crate) fn missing(&self, keys: &BTreeSet<u16>) -> String {
        let shift =
            keys.contains(&KeyCode::KEY_LEFTSHIFT.0) || keys.contains(&KeyCode::KEY_RIGHTSHIFT.0);
        let can = |stroke: &Stroke| keys.contains(&stroke.code) && (shift || !stroke.shifted);
        let typed = |c: &char| {
            let mut bound = self.keys.iter().filter(|(stroke, _)| can(stroke));
            bound.any(
                |(_, press)| matches!(press, Press::Key(Key::Digit(digit)) if digit.char() == *c),
            )
        };
        "0123456789*#".chars().filter(|c| !typed(c)).collect()
    }
}

fn binding(code: &str, name: &str) -> anyhow::Result<(Stroke, Press)> {
    let (shifted, bare) = match code.strip_prefix("shift+") {
        Some(bare) => (true, bare),
        None => (false, code),
    };
    let stroke = Stroke {
        code: key_code(bare)?,
        shifted,
    };
    let press = Press::named(name).ok_or_else(|| {
        anyhow!("{code} = {name:?}: no key of a phone has this name; use 0 to 9, *, #, soft1, line1, ok, back, up and so on")
    })?;
    Ok((stroke, press))
}

fn key_code(name: &str) -> anyhow::Result<u16> {
    numbered(name, KEY_CODES)
        .or_else(|| KeyCode::from_str(name).ok().map(|code| code.0))
        .ok_or_else(|| {
            anyhow!("{name:?}: there is no such key code; `hotdeskd keys` shows what a key sends")
        })
}

fn switch_code(name: &str) -> anyhow::Result<u16> {
    numbered(name, SWITCH_CODES)
        .or_else(|| SwitchCode::from_str(name).ok().map(|code| code.0))
        .ok_or_else(|| {
            anyhow!("{name:?}: there is no such switch; `hotdeskd keys` shows what a switch sends")
        })
}

fn numbered(name: &str, codes: u16) -> Option<u16> {
    name.parse().ok().filter(|code| *code < codes)
}

fn checked_hook(table: HookTable) -> anyhow::Result<Hook> {
    let text = |code: Code| match code {
        Code::Name(name) => name,
        Code::Number(number) => number.to_string(),
    };
    let sensor = match (table.switch, table.key) {
        (Some(switch), None) => Sensor::Switch(switch_code(&text(switch))?),
        (None, Some(key)) => Sensor::Key(key_code(&text(key))?),
        (None, None) | (Some(_), Some(_)) => {
            bail!("a hook needs one of switch and key: what tells that the handset is lifted")
        }
    };
    ensure!(
        table.lifted <= 1,
        "lifted is 1 or 0: what the switch or key says while the handset is lifted"
    );
    Ok(Hook {
        sensor,
        lifted_when_on: table.lifted == 1,
    })
}

#[cfg(test)]
#[path = "keymap_tests.rs"]
mod tests;
