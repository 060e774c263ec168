//! Times in words: of day, and left. Never asks what time it is.

use std::time::{Duration, Instant};

use crate::text::{Count, Words};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Time of day, "10:42", of a moment since 1970 at so many minutes east of UTC.
pub(crate) fn time_of_day(wall: Duration, utc_offset_minutes: i16) -> String {
    let utc = i64::try_from(wall.as_secs()).unwrap_or_default();
    let local = utc.saturating_add(i64::from(utc_offset_minutes).saturating_mul(60));
    let minutes = local.rem_euclid(86_400) / 60;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Time left until a moment as a countdown shows it, "0:45", "12:00", "1:00:00": a started second still counts.
pub(crate) fn countdown(now: Instant, until: Instant) -> String {
    let left = until.saturating_duration_since(now);
    let seconds = left
        .as_secs()
        .saturating_add(u64::from(left.subsec_nanos() > 0));
    hands(seconds)
}

/// A length of time as a person says it, "40 s", "5 min", "3 h", "2 days": rounded up, never precise.
pub(crate) fn roughly(seconds: u64, words: Words) -> String {
    let (what, count) = if seconds < MINUTE {
        (Count::Seconds, seconds)
    } else if seconds < 2 * HOUR {
        (Count::Minutes, seconds.div_ceil(MINUTE))
    } else if seconds < 2 * DAY {
        (Count::Hours, seconds.div_ceil(HOUR))
    } else {
        (Count::Days, seconds.div_ceil(DAY))
    };
    words.count(what, count)
}

/// A count of seconds as a clock shows it.
fn hands(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// How long something lasts already: "0:42", "1:02:05".
pub(crate) fn since(now: Instant, begun: Instant) -> String {
    hands(now.saturating_duration_since(begun).as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery::epoch;
    use crate::{Language, Wording};

    #[test]
    fn the_clock_follows_the_offset_over_midnight() {
        let wall = Duration::from_secs(23 * HOUR + 30 * MINUTE);
        assert_eq!(time_of_day(wall, 0), "23:30");
        assert_eq!(time_of_day(wall, 60), "00:30");
        assert_eq!(time_of_day(Duration::ZERO, -60), "23:00");
        assert_eq!(time_of_day(wall, 345), "05:15");
    }

    #[test]
    fn a_nonsensical_time_is_still_a_time() {
        assert_eq!(time_of_day(Duration::MAX, i16::MAX).len(), 5);
        assert_eq!(time_of_day(Duration::ZERO, i16::MIN).len(), 5);
    }

    #[test]
    fn a_countdown_ends_at_zero_and_not_a_second_early() {
        let now = epoch();
        let after = |ms| countdown(now, now + Duration::from_millis(ms));
        assert_eq!(after(45_000), "0:45");
        assert_eq!(after(44_001), "0:45");
        assert_eq!(after(1), "0:01");
        assert_eq!(after(0), "0:00");
        assert_eq!(after(3_600_000), "1:00:00");
        assert_eq!(countdown(now + Duration::from_secs(9), now), "0:00");
    }

    #[test]
    fn a_length_of_time_is_said_roughly() {
        let words = Words::new(Language::English, Wording::Full);
        let said = |seconds| roughly(seconds, words);
        assert_eq!(said(40), "40 s");
        assert_eq!(said(61), "2 min");
        assert_eq!(said(3 * HOUR), "3 h");
        assert_eq!(said(2 * DAY), "2 days");
    }
}
