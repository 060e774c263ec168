//! How long the registrar needs for all phones, so that they do not come in one moment when the power is back.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;

use crate::app::App;

/// Phones are told whole steps, so that one phone more is not news to all others.
const STEP_SECONDS: u32 = 5;
/// The longest that a phone waits for its turn.
const WITHIN_MAX: u32 = 300;

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
    let phones = u32::try_from(phones).unwrap_or(u32::MAX);
    let seconds = match phones.checked_div(rate) {
        None | Some(0) => return 0,
        Some(_) => phones.div_ceil(rate),
    };
    let steps = seconds.div_ceil(STEP_SECONDS);
    steps.saturating_mul(STEP_SECONDS).min(WITHIN_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_take_as_long_as_the_registrar_needs() {
        assert_eq!(within(499, 500), 0);
        assert_eq!(within(500, 500), 5);
        assert_eq!(within(2501, 500), 10);
        assert_eq!(within(20_000, 500), 40);
        assert_eq!(within(1_000_000, 500), 300);
        assert_eq!(within(1_000_000, 0), 0);
    }
}
