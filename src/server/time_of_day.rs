//! A time of day by a site's clock, and when it comes next.

use std::fmt;

use serde::{Deserialize, Serialize};

const DAY_SECONDS: i64 = 86_400;

/// Hours and minutes, written `20:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay {
    /// Minutes since midnight.
    minutes: u16,
}

impl TimeOfDay {
    /// `None` unless it is written as two digits, a colon and two digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |part: &str, below: u16| {
            let is_plain = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            part.parse()
                .ok()
                .filter(|number| is_plain && *number < below)
        };
        let (hours, minutes): (u16, u16) = (number(hours, 24)?, number(minutes, 60)?);
        Some(Self {
            minutes: hours.saturating_mul(60).saturating_add(minutes),
        })
    }

    /// The first moment after `now` (seconds since 1970) at which a clock so many minutes east of UTC shows this time.
    #[must_use]
    pub fn next(self, now: i64, utc_offset_minutes: i64) -> i64 {
        let offset = utc_offset_minutes.saturating_mul(60);
        let local = now.saturating_add(offset);
        let midnight = local.saturating_sub(local.rem_euclid(DAY_SECONDS));
        let today = midnight.saturating_add(i64::from(self.minutes).saturating_mul(60));
        let next = if today > local {
            today
        } else {
            today.saturating_add(DAY_SECONDS)
        };
        next.saturating_sub(offset)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a time of day is written as 20:00")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_one_is_today_or_tomorrow() {
        let eight = TimeOfDay::parse("20:00").unwrap();
        let midnight = 1_795_305_600; // 2026-11-22 00:00 UTC
        assert_eq!(eight.next(midnight, 0), midnight + 20 * 3600);
        assert_eq!(eight.next(midnight + 20 * 3600, 0), midnight + 44 * 3600);
        // In Helsinki it is two hours later already.
        assert_eq!(eight.next(midnight, 120), midnight + 18 * 3600);
        assert_eq!(eight.next(midnight + 19 * 3600, 120), midnight + 42 * 3600);
        // And where it is two hours earlier, eight has been already.
        assert_eq!(eight.next(midnight, -120), midnight + 22 * 3600);
    }

    #[test]
    fn only_times_of_day_are_some() {
        for text in [
            "24:00", "20:60", "8:00", "+8:00", "20", "20:0", "20:000", "", "aa:bb",
        ] {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
        assert_eq!(TimeOfDay::parse("07:05").unwrap().to_string(), "07:05");
    }
}
