//! Entry of a PIN or password on a dial pad: digits by one press each, letters by several on the same key. Wiped when
//! dropped, never printed.

use std::fmt;
use std::time::{Duration, Instant};

use zeroize::Zeroize;

use crate::Key;
use crate::entry::Line;

/// Room for the longest PIN or password.
const MASKED_MAX: usize = 64;
/// The next press of the same key within this time changes the letter; after it a new one begins.
const SAME_LETTER: Duration = Duration::from_millis(1200);
/// How long the last character can be read before it becomes a dot.
const READABLE: Duration = Duration::from_secs(1);

/// What the keys of the dial pad type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Letters {
    /// Digits, one press each.
    #[default]
    Digits,
    /// Small letters.
    Small,
    /// Capital letters.
    Capital,
}

impl Letters {
    /// What the key that changes it changes it to.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Digits => Self::Small,
            Self::Small => Self::Capital,
            Self::Capital => Self::Digits,
        }
    }

    /// What one more press of a key leads to, in order.
    fn on_key(self, key: char) -> &'static str {
        match self {
            Self::Digits => "",
            Self::Small => small(key),
            Self::Capital => capital(key),
        }
    }
}

fn small(key: char) -> &'static str {
    match key {
        '1' => ".,-_@!?#*+/&1",
        '2' => "abc2",
        '3' => "def3",
        '4' => "ghi4",
        '5' => "jkl5",
        '6' => "mno6",
        '7' => "pqrs7",
        '8' => "tuv8",
        '9' => "wxyz9",
        '0' => " 0",
        _ => "",
    }
}

fn capital(key: char) -> &'static str {
    match key {
        '2' => "ABC2",
        '3' => "DEF3",
        '4' => "GHI4",
        '5' => "JKL5",
        '6' => "MNO6",
        '7' => "PQRS7",
        '8' => "TUV8",
        '9' => "WXYZ9",
        other => small(other),
    }
}

/// What was typed of a PIN or password.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Masked {
    line: Line,
    /// The keys as they were pressed, so that an emergency number is one whatever the keys type.
    keys: String,
    letters: Letters,
    tap: Option<Tap>,
    readable_until: Option<Instant>,
}

/// A key that may be pressed again for the next letter.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Tap {
    key: char,
    chosen: usize,
    until: Instant,
}

/// The letters on the key that was pressed last.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Candidates {
    /// In order.
    pub letters: &'static str,
    /// Which of them was typed, counted from 0.
    pub chosen: usize,
}

impl fmt::Debug for Candidates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Candidates(***)")
    }
}

impl Masked {
    /// A key of the dial pad was pressed. A full entry stays as it is and answers `false`.
    pub fn press(&mut self, now: Instant, key: char) -> bool {
        let candidates = self.letters.on_key(key);
        let again = self.tap.filter(|tap| tap.key == key && now < tap.until);
        let chosen = match again {
            Some(tap) => {
                let next = tap.chosen.saturating_add(1);
                self.line.delete();
                next.checked_rem(candidates.chars().count()).unwrap_or(0)
            }
            None => 0,
        };
        let c = candidates.chars().nth(chosen).unwrap_or(key);
        let typed = self.insert(key, c);
        self.tap = (typed && !candidates.is_empty()).then(|| Tap {
            key,
            chosen,
            until: now + SAME_LETTER,
        });
        self.readable_until = typed.then(|| now + READABLE);
        typed
    }

    /// A key that edits: digits, the cursor keys, `*` and Down for other letters, Clear. `false` when there is no room.
    pub fn edit(&mut self, now: Instant, key: Key) -> bool {
        match key {
            Key::Digit(digit) if digit.char() == '*' => self.change_letters(),
            Key::Digit(digit) => return self.press(now, digit.char()),
            Key::Down => self.change_letters(),
            Key::Left => self.left(),
            Key::Right => self.right(),
            Key::Clear => self.clear(),
            Key::Soft(_)
            | Key::Hold(_)
            | Key::Line(_)
            | Key::Up
            | Key::Ok
            | Key::Back
            | Key::Call
            | Key::HookOff
            | Key::HookOn => {}
        }
        true
    }

    /// Adds a digit; a full entry stays as it is and answers `false`.
    pub fn push(&mut self, c: char) -> bool {
        self.done_with_letter();
        self.insert(c, c)
    }

    fn insert(&mut self, key: char, c: char) -> bool {
        // Reserved at once, so that growing never leaves a copy of the PIN behind in freed memory.
        self.line.reserve(MASKED_MAX * 4);
        self.keys.reserve_exact(MASKED_MAX);
        let typed = self.line.insert(c, MASKED_MAX);
        if typed && self.keys.len() < MASKED_MAX {
            self.keys.push(key);
        }
        typed
    }

    /// Takes away the character before the cursor; `false` when there was none.
    pub fn pop(&mut self) -> bool {
        self.done_with_letter();
        self.keys.pop();
        self.line.delete()
    }

    /// Takes away everything.
    pub fn clear(&mut self) {
        self.done_with_letter();
        self.keys.zeroize();
        self.line.clear();
    }

    /// Moves the cursor one character to the left.
    pub fn left(&mut self) {
        self.done_with_letter();
        self.line.left();
    }

    /// Moves the cursor one character to the right: behind a letter that may still change, on to the next.
    pub fn right(&mut self) {
        self.done_with_letter();
        self.line.right();
    }

    /// From digits to small letters, to capital ones, and back to digits.
    pub fn change_letters(&mut self) {
        self.done_with_letter();
        self.letters = self.letters.next();
    }

    fn done_with_letter(&mut self) {
        self.tap = None;
        self.readable_until = None;
    }

    /// Time passed: a letter is final, or becomes a dot.
    pub(crate) fn pass(&mut self, now: Instant) {
        self.tap = self.tap.filter(|tap| now < tap.until);
        self.readable_until = self.readable_until.filter(|until| now < *until);
    }

    /// When `pass` should be called.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let tap = self.tap.map(|tap| tap.until);
        tap.into_iter().chain(self.readable_until).min()
    }

    /// What the keys type.
    #[must_use]
    pub fn letters(&self) -> Letters {
        self.letters
    }

    /// The letters on the key that may be pressed again.
    #[must_use]
    pub fn candidates(&self) -> Option<Candidates> {
        let tap = self.tap?;
        Some(Candidates {
            letters: self.letters.on_key(tap.key),
            chosen: tap.chosen,
        })
    }

    /// The character before the cursor, for as long as it can be read.
    #[must_use]
    pub fn readable(&self) -> Option<char> {
        let (_, c) = self.line.before_cursor()?;
        self.readable_until.map(|_| c)
    }

    /// How many characters stand behind the cursor.
    #[must_use]
    pub fn behind_cursor(&self) -> usize {
        self.line.behind
    }

    /// How many characters were typed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.line.len()
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.line.as_str().is_empty()
    }

    /// The text, for making a `Pin` of it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.line.as_str()
    }

    /// The keys that were pressed, for comparing them with an emergency number.
    pub(crate) fn keys(&self) -> &str {
        &self.keys
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masked(***)")
    }
}

impl Drop for Masked {
    fn drop(&mut self) {
        self.line.clear();
        self.keys.zeroize();
    }
}

#[cfg(test)]
#[path = "masked_tests.rs"]
mod tests;
