//! From what devices send to keys: modifiers, long presses, repetition, the hook. Pure: the time is an argument.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use evdev::KeyCode;
use hotdesk_session::Key;

use super::keymap::{Keymap, Sensor};
use super::{Hook, Press};

/// Keys that may be held at once on one device and still mean something when they are held long; more than ten fingers.
const HELD_MAX: usize = 16;

/// Something that a device sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// A key moved.
    Key(u16, Motion),
    /// A switch is on or off; said at the start as well, and whenever it may have changed unseen.
    Switch(u16, bool),
    /// A key is down or up at the start, before anything moved.
    Level(u16, bool),
}

/// How a key moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Motion {
    /// It was pressed.
    Down,
    /// It was let go.
    Up,
    /// The kernel says that it is still down.
    Repeat,
}

/// All keypads of one phone together.
#[derive(Debug)]
pub(crate) struct Pad {
    map: Keymap,
    long_after: Duration,
    hook: Hook,
    devices: BTreeMap<u32, Device>,
}

/// What one device is doing.
#[derive(Debug, Default)]
struct Device {
    shifts: u8,
    held: Vec<Held>,
}

/// A key that is down and may yet become a long press.
#[derive(Debug)]
struct Held {
    code: u16,
    /// What it means when it is let go before; `None` where that was done when it went down.
    short: Option<Press>,
    long: Press,
    /// When it becomes long; `None`: it has.
    at: Option<Instant>,
}

impl Pad {
    /// A keypad on which nothing is pressed and whose handset lies.
    pub(crate) fn new(map: Keymap, long_after: Duration) -> Self {
        Self {
            map,
            long_after,
            hook: Hook::default(),
            devices: BTreeMap::new(),
        }
    }

    /// The key that comes of what a device sent, if any does.
    pub(crate) fn handle(&mut self, now: Instant, device: u32, signal: Signal) -> Option<Key> {
        let press = match signal {
            Signal::Switch(code, on) => self.map.hook(Sensor::Switch(code), on)?,
            Signal::Level(code, on) => self.map.hook(Sensor::Key(code), on)?,
            Signal::Key(code, motion) => self.moved(now, device, code, motion)?,
        };
        self.noticed(press)
    }

    /// A device went away: what was held on it is let go and means nothing. The hook stays as it was, because whoever
    /// has the handset in their hand still has it.
    pub(crate) fn gone(&mut self, device: u32) {
        self.devices.remove(&device);
    }

    /// When to call [`Self::handle_timeout`].
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let held = self.devices.values().flat_map(|device| &device.held);
        held.filter_map(|held| held.at).min()
    }

    /// The next key that has been held long enough, until there is none.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Option<Key> {
        let mut held = self
            .devices
            .values_mut()
            .flat_map(|device| &mut device.held);
        let due = held.find(|held| held.at.is_some_and(|at| at <= now))?;
        due.at = None;
        let press = due.long;
        self.noticed(press)
    }

    fn moved(&mut self, now: Instant, number: u32, code: u16, motion: Motion) -> Option<Press> {
        let sensor = Sensor::Key(code);
        if let Some(press) = self.map.hook(sensor, motion != Motion::Up) {
            return Some(press);
        }
        let device = self.devices.entry(number).or_default();
        if let Some(bit) = shift_bit(code) {
            match motion {
                Motion::Down | Motion::Repeat => device.shifts |= bit,
                Motion::Up => device.shifts &= !bit,
            }
            return None;
        }
        let press = self.map.press(code, device.shifts != 0);
        match motion {
            Motion::Down => {
                let short = press?;
                let (waits, long) = match (self.map.long_press(code), while_held(short)) {
                    (Some(long), _) => (Some(short), long),
                    (None, WhileHeld::Also(key)) => (None, Press::Key(key)),
                    (None, WhileHeld::Nothing | WhileHeld::Again) => return Some(short),
                };
                device.held.retain(|held| held.code != code);
                if device.held.len() >= HELD_MAX {
                    return Some(short);
                }
                let at = now.checked_add(self.long_after);
                device.held.push(Held {
                    code,
                    short: waits,
                    long,
                    at,
                });
                waits.is_none().then_some(short)
            }
            Motion::Up => {
                let index = device.held.iter().position(|held| held.code == code)?;
                let held = device.held.swap_remove(index);
                held.at.and(held.short)
            }
            Motion::Repeat if self.map.long_press(code).is_some() => None,
            Motion::Repeat => press.filter(|press| matches!(while_held(*press), WhileHeld::Again)),
        }
    }

    fn noticed(&mut self, press: Press) -> Option<Key> {
        let (hook, key) = self.hook.after(press);
        self.hook = hook;
        key
    }
}

/// Each shift key has its own bit, so that letting one go leaves the other.
fn shift_bit(code: u16) -> Option<u8> {
    match KeyCode(code) {
        KeyCode::KEY_LEFTSHIFT => Some(1),
        KeyCode::KEY_RIGHTSHIFT => Some(2),
        _ => None,
    }
}

/// What comes of a key while it is held, where no map says otherwise.
enum WhileHeld {
    /// A digit that is held is still one digit.
    Nothing,
    /// One holds it to do the same again.
    Again,
    /// After a while another key, once: what deletes one character takes away the rest.
    Also(Key),
}

fn while_held(press: Press) -> WhileHeld {
    match press {
        Press::Key(Key::Back) => WhileHeld::Also(Key::Clear),
        Press::Key(Key::Soft(number)) => WhileHeld::Also(Key::Hold(number)),
        Press::Key(Key::Up | Key::Down | Key::Left | Key::Right) => WhileHeld::Again,
        Press::Key(
            Key::Digit(_)
            | Key::Hold(_)
            | Key::Line(_)
            | Key::Ok
            | Key::Clear
            | Key::Call
            | Key::HookOff
            | Key::HookOn,
        )
        | Press::Handset
        | Press::Lift
        | Press::Lay
        | Press::Speaker => WhileHeld::Nothing,
    }
}

#[cfg(test)]
#[path = "pad_tests.rs"]
mod tests;
