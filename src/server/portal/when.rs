//! Times as people at the site read them.

use jiff::civil::DateTime;
use maud::{Markup, html};

use crate::time_zone::TimeZone;

/// The site's clock at the moment a page is drawn.
#[derive(Debug, Clone)]
pub(crate) struct SiteClock {
    /// Seconds since 1970.
    pub(crate) now: i64,
    pub(crate) zone: TimeZone,
}

impl SiteClock {
    /// A moment, with its full date for machines and for a hovering mouse.
    pub(crate) fn moment(&self, at: i64) -> Markup {
        html! { time datetime=(self.full(at)) title=(self.full(at)) { (self.short(at)) } }
    }

    /// A moment that may not have come.
    pub(crate) fn moment_or(&self, at: Option<i64>, otherwise: &str) -> Markup {
        match at {
            Some(at) => self.moment(at),
            None => html! { span.muted { (otherwise) } },
        }
    }

    /// The time of day, with the date unless it is today's.
    pub(crate) fn short(&self, at: i64) -> String {
        let (local, now) = (self.zone.local(at), self.zone.local(self.now));
        if local.date() == now.date() {
            local.strftime("%H:%M").to_string()
        } else {
            local.strftime("%-d %b %H:%M").to_string()
        }
    }

    /// When today began.
    pub(crate) fn midnight(&self) -> i64 {
        let today = self.zone.local(self.now).date();
        let midnight = self
            .zone
            .moment(today.to_datetime(jiff::civil::Time::midnight()));
        midnight.unwrap_or(self.now)
    }

    /// The moment that a date and time of the site's clock are (`2026-11-22T14:05`, with seconds or without), seconds since 1970.
    pub(crate) fn parse(&self, text: &str) -> Option<i64> {
        self.zone.moment(text.trim().parse::<DateTime>().ok()?)
    }

    pub(crate) fn full(&self, at: i64) -> String {
        let local = self.zone.local(at).strftime("%Y-%m-%dT%H:%M:%S");
        let offset = self.zone.offset_minutes(at);
        let sign = if offset < 0 { '-' } else { '+' };
        let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
        format!("{local}{sign}{hours:02}:{minutes:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(zone: &str) -> SiteClock {
        SiteClock {
            now: 1_795_300_200,
            zone: TimeZone::parse(zone).unwrap(),
        }
    }

    #[test]
    fn today_is_a_time_and_other_days_have_a_date() {
        // 2026-11-21 22:30 UTC is half past midnight the next day in Helsinki.
        let helsinki = clock("Europe/Helsinki");
        assert_eq!(helsinki.short(1_795_300_200), "00:30");
        assert_eq!(helsinki.short(1_795_300_200 - 3600), "21 Nov 23:30");
        assert_eq!(helsinki.full(1_795_300_200), "2026-11-22T00:30:00+02:00");
        // What was in summer is told by the clock of that day.
        assert_eq!(helsinki.short(1_795_300_200 - 120 * 86_400), "25 Jul 01:30");
        assert_eq!(helsinki.midnight(), 1_795_298_400);
        let west = clock("-03:30");
        assert_eq!(west.full(1_795_300_200), "2026-11-21T19:00:00-03:30");
    }

    #[test]
    fn what_is_typed_is_read_by_the_sites_clock() {
        let helsinki = clock("Europe/Helsinki");
        for text in [
            "2026-11-22T00:30",
            "2026-11-22 00:30:00",
            " 2026-11-22T00:30:00 ",
        ] {
            assert_eq!(helsinki.parse(text), Some(1_795_300_200), "{text}");
        }
        for text in [
            "",
            "22.11.2026 00:30",
            "2026-13-22T00:30",
            "2026-11-22T25:30",
        ] {
            assert_eq!(helsinki.parse(text), None, "{text}");
        }
        assert_eq!(helsinki.parse("2026-11-22"), Some(helsinki.midnight()));
    }
}
