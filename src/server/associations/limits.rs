//! When an association ends by itself, and for what: the nearest of the limit, a time of day and the end of a booking.

use hotdesk_provisioning::LimitKind;

use crate::column::words;
use crate::db::Connection;
use crate::phones::Phone;
use crate::sites::Place;
use crate::users::User;

/// What ends an association by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EndsFor {
    /// It has lasted long enough.
    Limit,
    /// The site's phones are free at this time of day.
    TimeOfDay,
    /// The user had booked the phone until then.
    BookingEnd,
}

impl From<EndsFor> for LimitKind {
    fn from(ends_for: EndsFor) -> Self {
        match ends_for {
            EndsFor::Limit => Self::Limit,
            EndsFor::TimeOfDay => Self::TimeOfDay,
            EndsFor::BookingEnd => Self::BookingEnd,
        }
    }
}

words!(
    EndsFor,
    Limit = "limit",
    TimeOfDay = "time_of_day",
    BookingEnd = "booking_end"
);

/// When an association that begins or is extended now ends by itself (seconds since 1970; `None`: never), and for what.
pub(crate) async fn end(
    connection: &mut Connection,
    place: &Place,
    phone: &Phone,
    user: &User,
    now: i64,
) -> Result<(Option<i64>, EndsFor), sqlx::Error> {
    let booking: Option<i64> = sqlx::query_scalar(
        "SELECT max(ends_at) FROM bookings WHERE phone_id = $1 AND user_id = $2 AND starts_at <= $3 AND ends_at > $3",
    )
    .bind(phone.id)
    .bind(user.id)
    .bind(now)
    .fetch_one(connection)
    .await?;
    Ok(nearest(place, user.association_limit, booking, now))
}

fn nearest(
    place: &Place,
    own_limit: Option<i64>,
    booking: Option<i64>,
    now: i64,
) -> (Option<i64>, EndsFor) {
    let limit = own_limit.unwrap_or(place.rules.association_limit.into());
    let limit = (limit > 0).then(|| (now.saturating_add(limit), EndsFor::Limit));
    let times = place.rules.log_out_at.iter().filter_map(|time| {
        let next = time.next(now, &place.time_zone)?;
        Some((next, EndsFor::TimeOfDay))
    });
    let booking = booking.map(|at| (at, EndsFor::BookingEnd));
    let first = limit.into_iter().chain(times).chain(booking).min();
    first.map_or((None, EndsFor::Limit), |(at, why)| (Some(at), why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;
    use crate::time_of_day::TimeOfDay;
    use crate::time_zone::TimeZone;

    #[test]
    fn the_nearest_end_counts_and_says_what_it_is_for() {
        let mut place = Place {
            time_zone: TimeZone::default(),
            rules: Rules {
                association_limit: 3600,
                ..Rules::default()
            },
        };
        let noon = 1_795_305_600 + 12 * 3600;
        assert_eq!(
            nearest(&place, None, None, noon),
            (Some(noon + 3600), EndsFor::Limit)
        );
        assert_eq!(nearest(&place, Some(0), None, noon), (None, EndsFor::Limit));
        place.rules.log_out_at = vec![
            TimeOfDay::parse("18:00").unwrap(),
            TimeOfDay::parse("12:30").unwrap(),
        ];
        assert_eq!(
            nearest(&place, None, None, noon),
            (Some(noon + 1800), EndsFor::TimeOfDay)
        );
        assert_eq!(
            nearest(&place, Some(0), Some(noon + 60), noon),
            (Some(noon + 60), EndsFor::BookingEnd)
        );
    }
}
