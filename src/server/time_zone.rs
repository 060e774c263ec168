//! The clock on a site's wall: a place of the IANA time zone database, whose hours change with the seasons, or a fixed distance
//! from UTC.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone as Rules};
use serde::{Deserialize, Serialize};

/// No clock is farther from UTC.
const MINUTES_MAX: i32 = 14 * 60;

/// A time zone, written `Europe/London`, `UTC` or `+05:30`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone {
    name: String,
    rules: Rules,
}

impl TimeZone {
    /// `None` unless it is a name that the database knows, or a distance of at most fourteen hours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.trim();
        let rules = match fixed(name) {
            Some(offset) => Rules::fixed(offset),
            None => Rules::get(name).ok()?,
        };
        // The database's own way to write it.
        let name = rules.iana_name().unwrap_or(name).to_owned();
        Some(Self { name, rules })
    }

    /// UTC, and every place of the database.
    pub(crate) fn names() -> Vec<String> {
        let known = jiff::tz::db().available();
        let names = known.map(|name| name.as_str().to_owned());
        let places = names.filter(|name| name.contains('/') && !name.starts_with("Etc/"));
        std::iter::once("UTC".to_owned()).chain(places).collect()
    }

    /// Minutes east of UTC at a moment, seconds since 1970.
    pub(crate) fn offset_minutes(&self, at: i64) -> i64 {
        i64::from(self.rules.to_offset(timestamp(at)).seconds()).div_euclid(60)
    }

    /// What the clock on the wall shows at a moment.
    pub(crate) fn local(&self, at: i64) -> DateTime {
        self.rules.to_datetime(timestamp(at))
    }

    /// The moment at which the clock shows this. A time that is skipped in spring is the later one, one that comes twice in
    /// autumn the first one.
    pub(crate) fn moment(&self, local: DateTime) -> Option<i64> {
        let zoned = local.to_zoned(self.rules.clone()).ok()?;
        Some(zoned.timestamp().as_second())
    }

    /// When the clock is next moved, after a moment.
    pub(crate) fn next_change(&self, after: i64) -> Option<i64> {
        let next = self.rules.following(timestamp(after)).next()?;
        Some(next.timestamp().as_second())
    }
}

/// Moments that no calendar has are its first or last one.
fn timestamp(at: i64) -> Timestamp {
    let bounds = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    Timestamp::from_second(at.clamp(*bounds.start(), *bounds.end()))
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

/// `+05:30`, hours and minutes east of UTC.
fn fixed(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let is_plain = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !is_plain(hours) || !is_plain(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let all = hours.saturating_mul(60).saturating_add(minutes);
    if minutes > 59 || all > MINUTES_MAX {
        return None;
    }
    Offset::from_seconds(all.saturating_mul(60).saturating_mul(sign)).ok()
}

impl Default for TimeZone {
    fn default() -> Self {
        Self {
            name: "UTC".to_owned(),
            rules: Rules::UTC,
        }
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl From<TimeZone> for String {
    fn from(zone: TimeZone) -> Self {
        zone.name
    }
}

impl TryFrom<String> for TimeZone {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a time zone is written as Europe/London, UTC or +05:30")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_moves_its_clock_and_a_distance_does_not() {
        let london = TimeZone::parse("europe/london").unwrap();
        assert_eq!(london.to_string(), "Europe/London");
        let summer = 1_774_746_000; // 2026-03-29 01:00 UTC
        assert_eq!(london.next_change(summer - 86_400), Some(summer));
        assert_eq!(london.offset_minutes(summer - 1), 0);
        assert_eq!(london.offset_minutes(summer), 60);
        assert_eq!(london.local(summer).to_string(), "2026-03-29T02:00:00");
        let skipped = "2026-03-29T01:30:00".parse().unwrap();
        assert_eq!(london.moment(skipped), Some(summer + 1800));
        let india = TimeZone::parse("+05:30").unwrap();
        assert_eq!(india.offset_minutes(summer), 330);
        assert_eq!(india.next_change(summer), None);
        assert_eq!(TimeZone::parse("-03:30").unwrap().offset_minutes(0), -210);
        assert_eq!(TimeZone::parse("+05:30").unwrap().to_string(), "+05:30");
    }

    #[test]
    fn only_time_zones_are_some() {
        for text in [
            "", "London", "+14:01", "+5:30", "05:30", "+05:60", "+é:00", "+0530",
        ] {
            assert_eq!(TimeZone::parse(text), None, "{text}");
        }
        assert!(TimeZone::names().contains(&"Europe/London".to_owned()));
        TimeZone::default().local(i64::MAX);
        TimeZone::default().local(i64::MIN);
    }
}
