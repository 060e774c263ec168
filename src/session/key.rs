//! Keys of a desk phone, whatever hardware sends them.

use std::fmt;

/// One key press. A shell turns evdev events, browser clicks or control commands into these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A key of the dial pad.
    Digit(Digit),
    /// A soft key, counted from 1 at the left.
    Soft(u8),
    /// A line key, counted from 1 at the top.
    Line(u8),
    /// Navigation.
    Up,
    /// Navigation.
    Down,
    /// Navigation.
    Left,
    /// Navigation.
    Right,
    /// The key in the middle of the navigation pad; does what the primary soft key does.
    Ok,
    /// Goes back one step; on an entry with text it deletes the last character.
    Back,
    /// Takes away everything that stands in the field; mostly the Back key held long.
    Clear,
    /// A soft key that was pressed is still held, counted from 1 at the left: the one that deletes takes away the rest.
    Hold(u8),
    /// The green key, "dial what I typed".
    Call,
    /// The handset was lifted, or the speaker key pressed while it lay.
    HookOff,
    /// The handset was put back.
    HookOn,
}

/// Most soft or line keys that any phone has; a larger number in a name is a mistake.
const NUMBERED_KEYS_MAX: u8 = 16;

impl Key {
    /// The key with this name: a character of the dial pad, `soft1`, `line1`, `up`, `down`, `left`, `right`, `ok`,
    /// `back`, `clear`, `hold1`, `call`, `off-hook`, `on-hook`. Key maps, the control socket and pages all use these names. `None` for a
    /// name that no key has.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "up" => Self::Up,
            "down" => Self::Down,
            "left" => Self::Left,
            "right" => Self::Right,
            "ok" => Self::Ok,
            "back" => Self::Back,
            "clear" => Self::Clear,
            "call" => Self::Call,
            "off-hook" => Self::HookOff,
            "on-hook" => Self::HookOn,
            other => numbered(other).or_else(|| dialled(other))?,
        })
    }
}

fn numbered(name: &str) -> Option<Key> {
    let number = |digits: &str| {
        let number = digits.parse().ok();
        number.filter(|n| (1..=NUMBERED_KEYS_MAX).contains(n))
    };
    if let Some(digits) = name.strip_prefix("soft") {
        return number(digits).map(Key::Soft);
    }
    if let Some(digits) = name.strip_prefix("hold") {
        return number(digits).map(Key::Hold);
    }
    name.strip_prefix("line").and_then(number).map(Key::Line)
}

fn dialled(name: &str) -> Option<Key> {
    let mut chars = name.chars();
    let digit = Digit::new(chars.next()?)?;
    chars.next().is_none().then_some(Key::Digit(digit))
}

/// `0` to `9`, `*` or `#`. Its `Debug` hides which: a PIN is typed key by key, so a log of keys would be the PIN.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digit(char);

impl Digit {
    /// `None` for any other character.
    #[must_use]
    pub fn new(c: char) -> Option<Self> {
        (c.is_ascii_digit() || c == '*' || c == '#').then_some(Self(c))
    }

    /// The character on the key.
    #[must_use]
    pub fn char(self) -> char {
        self.0
    }
}

impl fmt::Debug for Digit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_of_keys_is_not_a_pin() {
        let printed = |c| format!("{:?}", Key::Digit(Digit::new(c).unwrap()));
        assert_eq!(printed('4'), printed('7'));
    }

    #[test]
    fn every_key_has_its_name() {
        let digit = |c| Key::Digit(Digit::new(c).unwrap());
        assert_eq!(Key::named("7"), Some(digit('7')));
        assert_eq!(Key::named("#"), Some(digit('#')));
        assert_eq!(Key::named("soft4"), Some(Key::Soft(4)));
        assert_eq!(Key::named("line16"), Some(Key::Line(16)));
        assert_eq!(Key::named("hold2"), Some(Key::Hold(2)));
        assert_eq!(Key::named("ok"), Some(Key::Ok));
        assert_eq!(Key::named("off-hook"), Some(Key::HookOff));
    }

    #[test]
    fn other_names_are_no_keys() {
        for name in [
            "", "12", "a", "soft", "soft0", "line17", "soft256", "OK", "١",
        ] {
            assert_eq!(Key::named(name), None, "{name:?}");
        }
    }

    #[test]
    fn only_keys_of_a_dial_pad_are_digits() {
        assert!("0123456789*#".chars().all(|c| Digit::new(c).is_some()));
        assert!("a+ ٣".chars().all(|c| Digit::new(c).is_none()));
    }
}
