//! A time of day by a site's clock, and when it comes next.

use std::fmt;

use jiff::ToSpan as _;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::time_zone::TimeZone;

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

    /// The first moment after `now` (seconds since 1970) at which the clock of this zone shows this time. None in the last
    /// days of the calendar.
    #[must_use]
    pub fn next(self, now: i64, zone: &TimeZone) -> Option<i64> {
        let part = |minutes: u16| i8::try_from(minutes).ok();
        let time = Time::new(part(self.minutes / 60)?, part(self.minutes % 60)?, 0, 0).ok()?;
        let today = zone.local(now).date();
        // The clock may have been moved past it today.
        let days = (0..3).filter_map(|days| today.checked_add(days.days()).ok());
        let mut moments = days.filter_map(|day| zone.moment(day.to_datetime(time)));
        moments.find(|moment| *moment > now)
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
        let next = |after_midnight: i64, zone: &str| {
            let zone = TimeZone::parse(zone).unwrap();
            eight.next(midnight + after_midnight, &zone).unwrap() - midnight
        };
        assert_eq!(next(0, "UTC"), 20 * 3600);
        assert_eq!(next(20 * 3600, "UTC"), 44 * 3600);
        // In Helsinki it is two hours later already.
        assert_eq!(next(0, "Europe/Helsinki"), 18 * 3600);
        assert_eq!(next(19 * 3600, "Europe/Helsinki"), 42 * 3600);
        // And where it is two hours earlier, eight has been already.
        assert_eq!(next(0, "-02:00"), 22 * 3600);
    }

    #[test]
    fn eight_in_the_evening_is_eight_on_the_day_when_the_clock_is_moved() {
        let london = TimeZone::parse("Europe/London").unwrap();
        let saturday = 1_774_699_200; // 2026-03-28 12:00 UTC
        let eight = TimeOfDay::parse("20:00").unwrap();
        assert_eq!(eight.next(saturday, &london), Some(saturday + 8 * 3600));
        assert_eq!(
            eight.next(saturday + 8 * 3600, &london),
            Some(saturday + 31 * 3600)
        );
        assert_eq!(eight.next(i64::MAX, &london), None);
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
