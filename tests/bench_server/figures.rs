//! Medians, percentiles, and what the kernel says of the server's process.

use std::time::Duration;

use anyhow::{Context as _, Result};

/// Milliseconds below which this share of the times lies.
pub(crate) fn percentile(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a list of thousands"
    )]
    let index = (last as f64 * share).round() as usize;
    times
        .get(index)
        .map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

/// What a process has used up to now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    /// Resident memory in KiB.
    pub(crate) resident: u64,
    /// Seconds of processor time.
    pub(crate) processor: f64,
}

/// Ticks of processor time in a second, as Linux shows them to everybody.
const TICKS: f64 = 100.0;

/// Looks at a process; `self` is this one.
pub(crate) fn usage(process: &str) -> Result<Usage> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The program's name is in brackets and may hold blanks; time in user and in system mode are fields 14 and 15.
    let fields = stat.rsplit_once(") ").context("no such process")?.1;
    let ticks = fields.split(' ').skip(11).take(2);
    let processor = ticks.map(|text| text.parse().unwrap_or(0.0)).sum::<f64>() / TICKS;
    Ok(Usage {
        resident: resident.context("no resident memory")?,
        processor,
    })
}
