//! How many connections the operating system lets this process have: each is a file descriptor.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// File descriptors that are not connections of phones: browsers, monitoring, the database, the log, and some to spare.
const RESERVED: u64 = 400;
/// The most connections of phones, whatever the system allows: what this program has been measured with, and three times that.
const PHONES_MAX: u64 = 60_000;
/// The fewest, where the system does not say or allows next to nothing.
const PHONES_MIN: u64 = 64;

/// Asks for all that the administrator of the machine allows. A refusal leaves it as it is.
pub(crate) fn raise() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let current = maximum;
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current, maximum }) {
        tracing::warn!("the limit of open files stays as it is: {error}");
    }
}

/// Connections of phones at a time; each phone holds one or two. `most` is the limit of file descriptors, none where there
/// is no limit.
pub(crate) fn phones(most: Option<u64>) -> usize {
    let free = most.map_or(PHONES_MAX, |most| most.saturating_sub(RESERVED));
    usize::try_from(free.clamp(PHONES_MIN, PHONES_MAX)).unwrap_or(usize::MAX)
}

/// The limit as it is now.
pub(crate) fn current() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// The limit that [`raise`] would reach.
pub(crate) fn reachable() -> Option<u64> {
    getrlimit(Resource::Nofile).maximum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_get_what_is_left_within_bounds() {
        assert_eq!(phones(Some(1024)), 624);
        assert_eq!(phones(Some(65_536)), 60_000);
        assert_eq!((phones(Some(100)), phones(None)), (64, 60_000));
    }
}
