//! Medians, percentiles, and what the kernel says of the server's process.

use std::fmt;
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

/// So many in this time, a second.
#[expect(clippy::cast_precision_loss, reason = "thousands")]
pub(crate) fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// Resident memory as people read it.
pub(crate) fn mebibytes(kibibytes: u64) -> String {
    format!("{} MiB", kibibytes / 1024)
}

/// Figures of several runs beside each other.
#[derive(Debug, Default)]
pub(crate) struct Table {
    titles: Vec<&'static str>,
    rows: Vec<(&'static str, Vec<String>)>,
    /// The row that the current run fills next.
    next: usize,
}

impl Table {
    /// Another run begins; it fills the same rows in the same order.
    pub(crate) fn begin(&mut self, title: &'static str) {
        self.titles.push(title);
        self.next = 0;
    }

    /// Notes a figure, and shows it at once.
    #[expect(clippy::print_stdout, reason = "a bench prints")]
    pub(crate) fn row(&mut self, name: &'static str, figure: String) {
        println!("  {name}: {figure}");
        match self.rows.get_mut(self.next) {
            Some((_, figures)) => figures.push(figure),
            None => self.rows.push((name, vec![figure])),
        }
        self.next += 1;
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | {} |", self.titles.join(" | "))?;
        writeln!(f, "| --- |{}", " --- |".repeat(self.titles.len()))?;
        for (name, figures) in &self.rows {
            writeln!(f, "| {name} | {} |", figures.join(" | "))?;
        }
        Ok(())
    }
}
