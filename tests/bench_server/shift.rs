//! A shift change: everybody logs in at the same moment, and an administrator logs some of them out again.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::figures::{Table, mebibytes, percentile, rate, usage};
use crate::phone::{Phone, TOGETHER};
use crate::portal::Portal;
use crate::provd::{PASSWORD, Provd};
use crate::wire::PhoneLine;

/// Log-outs by an administrator.
const EVICTIONS: usize = 300;

/// Everybody logs in, on connections that were opened while they typed; then an administrator logs some of them out, one
/// after the other.
pub(crate) async fn change(
    provd: &Provd,
    phones: &[Phone],
    mut lines: Vec<PhoneLine>,
    alone: f64,
    table: &mut Table,
) -> Result<Vec<PhoneLine>> {
    // Room for a second connection of each phone that logs in.
    lines.truncate(phones.len());
    let typing: Vec<PhoneLine> = stream::iter(phones)
        .map(|phone| provd.server_of(phone.number).dial(phone.number, 2))
        .buffered(TOGETHER)
        .try_collect()
        .await?;
    let (before, own_before) = (provd.usage()?, usage("self")?);
    let begun = Instant::now();
    let each = phones
        .iter()
        .zip(typing)
        .map(|(phone, mut line)| async move {
            let server = provd.server_of(phone.number);
            let done = server.log_in(phone, &mut line, 2).await?;
            anyhow::Ok((done, begun.elapsed()))
        });
    let done = futures_util::future::try_join_all(each).await?;
    let took = begun.elapsed();
    let (after, own_after) = (provd.usage()?, usage("self")?);
    let mut answered: Vec<Duration> = done.iter().map(|(log_in, _)| log_in.answered).collect();
    let mut whole: Vec<Duration> = done.iter().map(|(_, at)| *at).collect();
    let busy: usize = done.iter().map(|(log_in, _)| log_in.busy).sum();
    let speed = rate(phones.len(), took);
    table.row("log-ins at one moment", format!("{}", phones.len()));
    table.row("log-ins a second", format!("{speed:.1}"));
    table.row(
        "of the PIN checks without a server",
        format!("{:.0} % of {alone:.1}/s", 100.0 * speed / alone),
    );
    table.row(
        "an answer, p50 and p99",
        format!(
            "{:.0} ms, {:.0} ms",
            percentile(&mut answered, 0.5),
            percentile(&mut answered, 0.99)
        ),
    );
    table.row(
        "until signed in, p50 and p99",
        format!(
            "{:.0} s, {:.0} s",
            percentile(&mut whole, 0.5) / 1e3,
            percentile(&mut whole, 0.99) / 1e3
        ),
    );
    table.row("told to come back, times", format!("{busy}"));
    table.row(
        "processor of servers and of phones",
        format!(
            "{:.0} s, {:.0} s",
            after.processor - before.processor,
            own_after.processor - own_before.processor
        ),
    );
    table.row("memory afterwards", mebibytes(after.resident));
    let names: Vec<String> = done
        .into_iter()
        .map(|(log_in, _)| log_in.association)
        .collect();
    evictions(provd, &names, &mut lines, table).await?;
    Ok(lines)
}

/// The administrator is always at the first server; phones are at each.
async fn evictions(
    provd: &Provd,
    names: &[String],
    lines: &mut [PhoneLine],
    table: &mut Table,
) -> Result<()> {
    let mut portal = Portal::sign_in(provd.server_of(0), PASSWORD).await?;
    let mut times = Vec::new();
    for (name, line) in names.iter().zip(lines).take(EVICTIONS) {
        let begun = Instant::now();
        let (clicked, heard) = tokio::join!(portal.end(name), line.hears("event: evicted"));
        clicked?;
        heard?;
        times.push(begun.elapsed());
    }
    table.row(
        "log-out, from click to phone, p50 and p99",
        format!(
            "{:.1} ms, {:.1} ms",
            percentile(&mut times, 0.5),
            percentile(&mut times, 0.99)
        ),
    );
    Ok(())
}
