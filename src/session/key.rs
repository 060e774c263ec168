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
    /// The green key, "dial what I typed".
    Call,
    /// The handset was lifted, or the speaker key pressed while it lay.
    HookOff,
    /// The handset was put back.
    HookOn,
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
    fn only_keys_of_a_dial_pad_are_digits() {
        assert!("0123456789*#".chars().all(|c| Digit::new(c).is_some()));
        assert!("a+ ٣".chars().all(|c| Digit::new(c).is_none()));
    }
}
