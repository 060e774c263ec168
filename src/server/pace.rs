//! How long the registrar needs for all phones, so that they do not come in one moment when the power is back.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;

use crate::app::App;

/// Phones are told whole steps, so that one phone more is not news to all others.
const STEP_SECONDS: u32 = 5;
/// The longest that a phone waits for its turn.
const WITHIN_MAX: u32 = 300;
/// Percent of the registrar's rate that phones come to on average: their moments are random, and some seconds have more.
const LOAD_PERCENT: u32 = 80;

/// What phones are told, in seconds.
#[derive(Debug, Default)]
pub(crate) struct Pace(AtomicU32);

impl Pace {
    pub(crate) fn within(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

impl App {
    /// Counts the phones that register, here for every tenant.
    pub(crate) async fn count_phones(&self) -> Result<()> {
        let phones: i64 = sqlx::query_scalar("SELECT count(*) FROM phones WHERE enabled = $1")
            .bind(true)
            .fetch_one(&mut *self.reader().await?)
            .await?;
        let rate = self.config().sip.registrations_per_second;
        self.pace().0.store(within(phones, rate), Ordering::Relaxed);
        Ok(())
    }
}

/// Seconds that so many phones need, 0 where it is less than one.
fn within(phones: i64, rate: u32) -> u32 {
    let phones = u64::try_from(phones).unwrap_or(0);
    if rate == 0 || phones < rate.into() {
        return 0;
    }
    let at_a_time = u64::from(rate).saturating_mul(LOAD_PERCENT.into());
    let seconds = phones.saturating_mul(100).div_ceil(at_a_time);
    let steps = seconds.div_ceil(STEP_SECONDS.into());
    let within = steps.saturating_mul(STEP_SECONDS.into());
    u32::try_from(within).unwrap_or(WITHIN_MAX).min(WITHIN_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_take_as_long_as_the_registrar_needs() {
        assert_eq!(within(499, 500), 0);
        assert_eq!(within(500, 500), 5);
        assert_eq!(within(2001, 500), 10);
        assert_eq!(within(20_000, 500), 50);
        assert_eq!(within(1_000_000, 500), 300);
        assert_eq!(within(1_000_000, 0), 0);
    }
}
