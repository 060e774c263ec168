//! The state of the numbers that keys watch (BLF), as somebody outside reports it. Never subscribes to anything.

use std::collections::BTreeMap;

use hotdesk_provisioning::DialString;

/// Numbers that are remembered; no phone has more keys.
const WATCHED_MAX: usize = 128;

/// What somebody else's phone is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Nothing.
    Free,
    /// It rings.
    Ringing,
    /// They talk.
    Busy,
}

/// What is known about watched numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Watched(BTreeMap<DialString, Presence>);

impl Watched {
    /// What this number's phone is doing; `None` if nobody said.
    #[must_use]
    pub fn of(&self, number: &DialString) -> Option<Presence> {
        self.0.get(number).copied()
    }

    /// Takes note; `None` forgets. What comes after too many numbers is not remembered.
    pub fn note(&mut self, number: DialString, presence: Option<Presence>) {
        let room = self.0.len() < WATCHED_MAX || self.0.contains_key(&number);
        match presence {
            Some(presence) if room => {
                self.0.insert(number, presence);
            }
            Some(_) => {}
            None => {
                self.0.remove(&number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded_and_forgets() {
        let number = |n: usize| DialString::parse(&n.to_string()).unwrap();
        let mut watched = Watched::default();
        for n in 0..200 {
            watched.note(number(n), Some(Presence::Free));
        }
        assert_eq!(watched.of(&number(127)), Some(Presence::Free));
        assert_eq!(watched.of(&number(128)), None);
        watched.note(number(5), Some(Presence::Busy));
        assert_eq!(watched.of(&number(5)), Some(Presence::Busy));
        watched.note(number(5), None);
        assert_eq!(watched.of(&number(5)), None);
    }
}
