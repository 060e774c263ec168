//! What may be pressed on a phone, and what a hook does with it: a phone notices only when its line opens or closes. Pure:
//! decides, never sends.

use hotdesk_session::Key;

/// What somebody did to a keypad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// A key that the phone itself knows; never one of the hook.
    Key(Key),
    /// The handset is lifted if it lay and put back if it was lifted.
    Handset,
    /// The handset is lifted, whatever it was before.
    Lift,
    /// The handset is put back, whatever it was before.
    Lay,
    /// The speaker key: off-hook without the handset.
    Speaker,
}

impl Press {
    /// The names of [`Key::named`], and `handset` and `speaker`. `None` for a name that nothing has.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "handset" => Self::Handset,
            "speaker" => Self::Speaker,
            other => match Key::named(other)? {
                Key::HookOff => Self::Lift,
                Key::HookOn => Self::Lay,
                key @ (Key::Digit(_)
                | Key::Soft(_)
                | Key::Hold(_)
                | Key::Line(_)
                | Key::Up
                | Key::Down
                | Key::Left
                | Key::Right
                | Key::Ok
                | Key::Back
                | Key::Clear
                | Key::Call) => Self::Key(key),
            },
        })
    }
}

/// Whether the line is open, and through what. A phone is off the hook while either is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hook {
    /// The handset is in somebody's hand.
    pub lifted: bool,
    /// The loudspeaker is on.
    pub speaker: bool,
}

impl Hook {
    /// What the hook looks like after the press, and the key that the phone notices, if it notices any.
    #[must_use]
    pub fn after(self, press: Press) -> (Self, Option<Key>) {
        let next = match press {
            Press::Key(key) => return (self, Some(key)),
            Press::Handset => self.handset(!self.lifted),
            Press::Lift => self.handset(true),
            Press::Lay => self.handset(false),
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

    fn handset(self, lifted: bool) -> Self {
        // Lifting the handset takes the sound off the loudspeaker.
        let taken_up = lifted && !self.lifted;
        Self {
            lifted,
            speaker: self.speaker && !taken_up,
        }
    }

    fn off(self) -> bool {
        self.lifted || self.speaker
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_has_the_name_of_its_key_and_a_hook_is_no_key() {
        assert_eq!(Press::named("ok"), Some(Press::Key(Key::Ok)));
        assert_eq!(Press::named("speaker"), Some(Press::Speaker));
        assert_eq!(Press::named("off-hook"), Some(Press::Lift));
        assert_eq!(Press::named("hook"), None);
    }

    #[test]
    fn a_switch_that_says_the_same_twice_is_noticed_once() {
        let (lifted, key) = Hook::default().after(Press::Lift);
        assert_eq!(key, Some(Key::HookOff));
        assert_eq!(lifted.after(Press::Lift), (lifted, None));
        assert_eq!(
            lifted.after(Press::Lay),
            (Hook::default(), Some(Key::HookOn))
        );
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
