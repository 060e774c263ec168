//! Randomness from one seed: Call-IDs, tags, branches, cnonces, jitter. Never asks the operating system.

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

/// The generator behind everything that must not be guessed or must not coincide.
pub(crate) struct Random(ChaCha20Rng);

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self(ChaCha20Rng::from_seed(seed))
    }

    /// 128 random bits as 32 lower-case hexadecimal digits.
    pub(crate) fn token(&mut self) -> String {
        format!("{:016x}{:016x}", self.0.next_u64(), self.0.next_u64())
    }

    /// 64 random bits as 16 lower-case hexadecimal digits.
    pub(crate) fn short_token(&mut self) -> String {
        format!("{:016x}", self.0.next_u64())
    }

    /// A branch with the magic cookie of RFC 3261 section 8.1.1.7.
    pub(crate) fn branch(&mut self) -> String {
        format!("{}{}", crate::wire::BRANCH_COOKIE, self.token())
    }

    /// Uniform in `low..=high`; `low` when the range is empty.
    pub(crate) fn in_range(&mut self, low: u64, high: u64) -> u64 {
        let span = high.saturating_sub(low).saturating_add(1);
        let offset = self.0.next_u64().checked_rem(span).unwrap_or_default();
        low.saturating_add(offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_tokens_and_tokens_differ() {
        let (mut a, mut b) = (Random::new([7; 32]), Random::new([7; 32]));
        let (first, second) = (a.token(), a.token());
        assert_eq!(first, b.token());
        assert_ne!(first, second);
        assert!(a.branch().starts_with("z9hG4bK"));
    }

    #[test]
    fn a_range_is_kept_and_may_be_empty() {
        let mut random = Random::new([1; 32]);
        let drawn: Vec<u64> = (0..200).map(|_| random.in_range(5, 8)).collect();
        for value in 5..=8 {
            assert!(drawn.contains(&value), "{value} was never drawn");
        }
        assert!(drawn.iter().all(|v| (5..=8).contains(v)));
        assert_eq!(random.in_range(9, 3), 9);
    }
}
