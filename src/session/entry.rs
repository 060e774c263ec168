//! Bounded entry of digits, plain and masked.

use std::fmt;

use zeroize::Zeroize;

/// Digits typed so far, for an extension or a number to dial. Never printed either: people type PINs into wrong fields.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Digits(String);

/// Digits of a PIN typed so far: wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Masked(String);

/// Room for the longest number that can be dialled.
const DIGITS_MAX: usize = 32;
/// Room for the longest PIN.
const MASKED_MAX: usize = 64;

impl Digits {
    /// Adds one; a full entry stays as it is and answers `false`.
    pub fn push(&mut self, c: char) -> bool {
        let room = self.0.len() < DIGITS_MAX;
        if room {
            self.0.push(c);
        }
        room
    }

    /// Takes the last one away; `false` when there was none.
    pub fn pop(&mut self) -> bool {
        self.0.pop().is_some()
    }

    /// What was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({} typed)", self.0.len())
    }
}

impl From<&str> for Digits {
    fn from(text: &str) -> Self {
        Self(text.chars().take(DIGITS_MAX).collect())
    }
}

impl Masked {
    /// Adds one; a full entry stays as it is and answers `false`.
    pub fn push(&mut self, c: char) -> bool {
        // Reserved at once, so that growing never leaves a copy of the PIN behind in freed memory.
        self.0.reserve_exact(MASKED_MAX * 4);
        let room = self.0.chars().count() < MASKED_MAX;
        if room {
            self.0.push(c);
        }
        room
    }

    /// Takes the last one away; `false` when there was none.
    pub fn pop(&mut self) -> bool {
        self.0.pop().is_some()
    }

    /// How many characters were typed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, for making a `Pin` of it or comparing it with an emergency number.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masked(***)")
    }
}

impl Drop for Masked {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
