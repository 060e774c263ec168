//! Times as people at the site read them.

use maud::{Markup, html};
use time::{Duration, OffsetDateTime};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The site's clock at the moment a page is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SiteClock {
    /// Seconds since 1970.
    pub(crate) now: i64,
    /// Minutes east of UTC.
    pub(crate) offset_minutes: i64,
}

impl SiteClock {
    /// A moment, with its full date for machines and for a hovering mouse.
    pub(crate) fn moment(self, at: i64) -> Markup {
        html! { time datetime=(self.full(at)) title=(self.full(at)) { (self.short(at)) } }
    }

    /// A moment that may not have come.
    pub(crate) fn moment_or(self, at: Option<i64>, otherwise: &str) -> Markup {
        match at {
            Some(at) => self.moment(at),
            None => html! { span.muted { (otherwise) } },
        }
    }

    /// The time of day, with the date unless it is today's.
    pub(crate) fn short(self, at: i64) -> String {
        let (Some(local), Some(now)) = (self.local(at), self.local(self.now)) else {
            return at.to_string();
        };
        let time = format!("{:02}:{:02}", local.hour(), local.minute());
        if local.date() == now.date() {
            return time;
        }
        let month = MONTHS.get(usize::from(u8::from(local.month())).saturating_sub(1));
        format!("{} {} {time}", local.day(), month.unwrap_or(&""))
    }

    /// When today began.
    pub(crate) fn midnight(self) -> i64 {
        let offset = self.offset_minutes.saturating_mul(60);
        let local = self.now.saturating_add(offset);
        self.now.saturating_sub(local.rem_euclid(86_400))
    }

    /// The moment that a date and time of the site's clock are (`2026-11-22T14:05`, with seconds or without), seconds since 1970.
    pub(crate) fn parse(self, text: &str) -> Option<i64> {
        let (date, time) = text.trim().split_once(['T', ' '])?;
        let mut numbers = date.split('-').chain(time.split(':')).map(str::parse::<u8>);
        let year: i32 = date.split('-').next()?.parse().ok()?;
        numbers.next();
        let mut next = || numbers.next()?.ok();
        let month = time::Month::try_from(next()?).ok()?;
        let date = time::Date::from_calendar_date(year, month, next()?).ok()?;
        let (hour, minute) = (next()?, next()?);
        let local = date.with_hms(hour, minute, next().unwrap_or(0));
        let local = local.ok()?.assume_utc();
        let offset = self.offset_minutes.saturating_mul(60);
        Some(local.unix_timestamp().saturating_sub(offset))
    }

    pub(crate) fn full(self, at: i64) -> String {
        let Some(local) = self.local(at) else {
            return at.to_string();
        };
        let (hours, minutes) = (
            self.offset_minutes.abs() / 60,
            self.offset_minutes.abs() % 60,
        );
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{sign}{hours:02}:{minutes:02}",
            local.year(),
            u8::from(local.month()),
            local.day(),
            local.hour(),
            local.minute(),
            local.second(),
        )
    }

    /// The moment as if the site's wall clock showed UTC.
    fn local(self, at: i64) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp(at)
            .ok()?
            .checked_add(Duration::minutes(self.offset_minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_is_a_time_and_other_days_have_a_date() {
        // 2026-11-21 22:30 UTC is half past midnight the next day in Helsinki.
        let clock = SiteClock {
            now: 1_795_300_200,
            offset_minutes: 120,
        };
        assert_eq!(clock.short(1_795_300_200), "00:30");
        assert_eq!(clock.short(1_795_300_200 - 3600), "21 Nov 23:30");
        assert_eq!(clock.full(1_795_300_200), "2026-11-22T00:30:00+02:00");
        let west = SiteClock {
            offset_minutes: -210,
            ..clock
        };
        assert_eq!(west.full(1_795_300_200), "2026-11-21T19:00:00-03:30");
        assert_eq!(clock.short(i64::MAX), i64::MAX.to_string());
    }
}
