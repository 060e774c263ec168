//! What the environment says to a test that can do more or less of the same. Shared by the crates whose tests also run on an
//! emulated processor, which is slow:
//!
//! - `HOTDESK_LIVES`: how many random lives of a phone,
//! - `HOTDESK_SEED`: which they are,
//! - `HOTDESK_ONE_IN`: of pictures and of mutations one in so many; a prime, so that every panel and language has its turn.

/// The number that this variable has, if it is set.
#[expect(
    clippy::disallowed_methods,
    reason = "the settings of a test that is repeated or emulated"
)]
pub(crate) fn setting(name: &str) -> Option<u64> {
    let given = std::env::var(name).ok();
    given.map(|text| text.parse().expect(name))
}
