//! Bounded entry of digits with a cursor. Passwords are in `masked`.

use std::fmt;

use zeroize::Zeroize;

/// Digits typed so far, for an extension or a number to dial. Never printed either: people type PINs into wrong fields.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Digits(Line);

/// Room for the longest number that can be dialled.
const DIGITS_MAX: usize = 32;

impl Digits {
    /// Adds one at the cursor; a full entry stays as it is and answers `false`.
    pub fn push(&mut self, c: char) -> bool {
        self.0.insert(c, DIGITS_MAX)
    }

    /// Takes the one before the cursor away; `false` when there was none.
    pub fn pop(&mut self) -> bool {
        self.0.delete()
    }

    /// Takes all of them away.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Moves the cursor one character to the left.
    pub fn left(&mut self) {
        self.0.left();
    }

    /// Moves the cursor one character to the right.
    pub fn right(&mut self) {
        self.0.right();
    }

    /// How many characters stand behind the cursor.
    #[must_use]
    pub fn behind_cursor(&self) -> usize {
        self.0.behind
    }

    /// What was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({} typed)", self.0.len())
    }
}

impl From<&str> for Digits {
    fn from(text: &str) -> Self {
        let mut digits = Self::default();
        for c in text.chars().take(DIGITS_MAX) {
            digits.push(c);
        }
        digits
    }
}

/// A line of text and a cursor in it.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Line {
    text: String,
    /// Characters behind the cursor: 0 at the end, where it mostly is.
    pub(crate) behind: usize,
}

impl Line {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// In characters.
    pub(crate) fn len(&self) -> usize {
        self.text.chars().count()
    }

    /// Room for so many bytes at once, so that growing never leaves a copy of a secret in freed memory.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.text
            .reserve_exact(bytes.saturating_sub(self.text.len()));
    }

    /// Puts a character before the cursor, if there is room for one more.
    pub(crate) fn insert(&mut self, c: char, most: usize) -> bool {
        let room = self.len() < most;
        if room {
            self.text.insert(self.cursor(), c);
        }
        room
    }

    /// Takes away the character before the cursor.
    pub(crate) fn delete(&mut self) -> bool {
        let before = self.before_cursor();
        if let Some((at, _)) = before {
            self.text.remove(at);
        }
        before.is_some()
    }

    pub(crate) fn clear(&mut self) {
        self.text.zeroize();
        self.behind = 0;
    }

    pub(crate) fn left(&mut self) {
        self.behind = self.behind.saturating_add(1).min(self.len());
    }

    pub(crate) fn right(&mut self) {
        self.behind = self.behind.saturating_sub(1);
    }

    /// The character before the cursor and where it begins.
    pub(crate) fn before_cursor(&self) -> Option<(usize, char)> {
        self.text.char_indices().rev().nth(self.behind)
    }

    /// Where the cursor is, in bytes.
    fn cursor(&self) -> usize {
        let (at, c) = self.before_cursor().unwrap_or((0, '\0'));
        if self.behind >= self.len() {
            0
        } else {
            at.saturating_add(c.len_utf8())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_moves_within_the_text_and_everything_happens_at_it() {
        let mut digits = Digits::from("2019");
        digits.left();
        digits.left();
        digits.push('7');
        assert_eq!((digits.as_str(), digits.behind_cursor()), ("20719", 2));
        assert!(digits.pop() && digits.pop());
        assert_eq!(digits.as_str(), "219");
        for _ in 0..9 {
            digits.left();
        }
        assert!(!digits.pop(), "nothing stands before the first");
        digits.push('4');
        assert_eq!(digits.as_str(), "4219");
        for _ in 0..9 {
            digits.right();
        }
        digits.push('5');
        assert_eq!(digits.as_str(), "42195");
        digits.clear();
        assert!(digits.is_empty() && digits.behind_cursor() == 0);
    }

    #[test]
    fn an_entry_is_bounded_wherever_the_cursor_is() {
        let mut digits = Digits::from("1".repeat(40).as_str());
        assert_eq!(digits.as_str().len(), DIGITS_MAX);
        digits.left();
        assert!(!digits.push('2'));
        assert_eq!(digits.as_str().len(), DIGITS_MAX);
    }
}
