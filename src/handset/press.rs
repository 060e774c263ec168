//! What the page's keys are called in a request, and what a hook does with them. Pure: decides, never sends.

use hotdesk_session::{Digit, Key};

/// The names that a page may send: the dial pad by its characters, `soft1`, `line1`, `ok`, `handset` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Press {
    /// A key that the phone itself knows.
    Key(Key),
    /// The handset is lifted or put back.
    Handset,
    /// The speaker key: off-hook without the handset.
    Speaker,
}

/// Most soft or line keys that any panel has; a larger number in a request is a mistake.
const NUMBERED_KEYS_MAX: u8 = 16;

impl Press {
    /// `None` for a name that no key has.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let key = match name {
            "handset" => return Some(Self::Handset),
            "speaker" => return Some(Self::Speaker),
            "up" => Key::Up,
            "down" => Key::Down,
            "left" => Key::Left,
            "right" => Key::Right,
            "ok" => Key::Ok,
            "back" => Key::Back,
            "call" => Key::Call,
            other => numbered(other).or_else(|| dialled(other))?,
        };
        Some(Self::Key(key))
    }
}

fn numbered(name: &str) -> Option<Key> {
    let number = |digits: &str| {
        digits
            .parse()
            .ok()
            .filter(|n| (1..=NUMBERED_KEYS_MAX).contains(n))
    };
    if let Some(digits) = name.strip_prefix("soft") {
        return number(digits).map(Key::Soft);
    }
    name.strip_prefix("line").and_then(number).map(Key::Line)
}

fn dialled(name: &str) -> Option<Key> {
    let mut chars = name.chars();
    let digit = Digit::new(chars.next()?)?;
    chars.next().is_none().then_some(Key::Digit(digit))
}

/// Whether the line is open, and through what. A phone is off the hook while either is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Hook {
    /// The handset is in somebody's hand.
    pub(crate) lifted: bool,
    /// The loudspeaker is on.
    pub(crate) speaker: bool,
}

impl Hook {
    /// What the hook looks like after the press, and the key that the phone notices, if it notices any.
    pub(crate) fn after(self, press: Press) -> (Self, Option<Key>) {
        let next = match press {
            Press::Key(key) => return (self, Some(key)),
            // Lifting the handset takes the sound off the loudspeaker.
            Press::Handset => Self {
                lifted: !self.lifted,
                speaker: self.speaker && self.lifted,
            },
            Press::Speaker => Self {
                lifted: self.lifted,
                speaker: !self.speaker,
            },
        };
        let key = match (self.off(), next.off()) {
            (false, true) => Some(Key::HookOff),
            (true, false) => Some(Key::HookOn),
            (false, false) | (true, true) => None,
        };
        (next, key)
    }

    fn off(self) -> bool {
        self.lifted || self.speaker
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_name() {
        let digit = |c| Press::Key(Key::Digit(Digit::new(c).unwrap()));
        assert_eq!(Press::parse("7"), Some(digit('7')));
        assert_eq!(Press::parse("#"), Some(digit('#')));
        assert_eq!(Press::parse("soft4"), Some(Press::Key(Key::Soft(4))));
        assert_eq!(Press::parse("line16"), Some(Press::Key(Key::Line(16))));
        assert_eq!(Press::parse("ok"), Some(Press::Key(Key::Ok)));
        assert_eq!(Press::parse("speaker"), Some(Press::Speaker));
    }

    #[test]
    fn other_names_are_no_keys() {
        for name in [
            "", "12", "a", "soft", "soft0", "line17", "soft256", "OK", "١",
        ] {
            assert_eq!(Press::parse(name), None, "{name:?}");
        }
    }

    #[test]
    fn the_phone_notices_only_when_the_line_opens_or_closes() {
        let (speaker, key) = Hook::default().after(Press::Speaker);
        assert_eq!(key, Some(Key::HookOff));
        let (handset, key) = speaker.after(Press::Handset);
        assert_eq!(key, None, "the call only moves to the handset");
        assert!(handset.lifted && !handset.speaker);
        assert_eq!(
            handset.after(Press::Handset),
            (Hook::default(), Some(Key::HookOn))
        );
    }

    #[test]
    fn the_loudspeaker_keeps_the_line_open_when_the_handset_is_put_back() {
        let (handset, _) = Hook::default().after(Press::Handset);
        let (both, key) = handset.after(Press::Speaker);
        assert_eq!(key, None);
        let (speaker, key) = both.after(Press::Handset);
        assert_eq!(key, None);
        assert_eq!(
            speaker.after(Press::Speaker),
            (Hook::default(), Some(Key::HookOn))
        );
    }
}
