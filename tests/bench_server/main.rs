//! `hotdesk-bench-server`: what one server carries, and two. Simulated phones in this process, the real program in others, TLS
//! between them, all on the same cores. Nothing here passes or fails.
//!
//! `HOTDESK_PHONES` says how many phones, `HOTDESK_POSTGRES` where a PostgreSQL server is (without one only SQLite is measured),
//! `--server FILE` which program, `--on WORD` on which database alone: `sqlite`, `postgres` or `two`.
#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench prints, and stops where it cannot go on"
)]

mod figures;
mod hashes;
mod phone;
mod portal;
mod provd;
mod shift;
mod wire;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::figures::{Table, mebibytes, percentile, rate};
use crate::phone::{Phone, TOGETHER};
use crate::provd::{Layout, Provd, Setup};
use crate::wire::PhoneLine;

/// Phones, unless told.
const PHONES: usize = 20_000;
/// File descriptors that are not phones.
const RESERVED: usize = 500;

#[tokio::main]
async fn main() -> Result<()> {
    let limit = raise_limit()?;
    let wanted = |name: &str| std::env::var(name).ok();
    let phones = wanted("HOTDESK_PHONES").and_then(|text| text.parse().ok());
    let phones = phones.unwrap_or(PHONES).min(limit.saturating_sub(RESERVED));
    // A phone that logs in has two connections.
    let users = (phones / 2).max(1);
    let (program, only) = arguments()?;
    println!("{limit} file descriptors for each process: {phones} phones, {users} log-ins");
    let mut table = Table::default();
    for layout in Layout::ALL {
        if only.as_deref().is_some_and(|word| word != layout.word()) {
            continue;
        }
        let Some(database) = layout.database(wanted("HOTDESK_POSTGRES"))? else {
            println!(
                "{}: not measured, HOTDESK_POSTGRES names no server",
                layout.title()
            );
            continue;
        };
        let setup = Setup {
            program: program.clone(),
            database,
            servers: layout.servers(),
            phones,
            users,
        };
        println!("\n{}", layout.title());
        table.begin(layout.title());
        measure(&setup, &mut table).await?;
    }
    println!("\n{table}");
    Ok(())
}

async fn measure(setup: &Setup, table: &mut Table) -> Result<()> {
    let alone = hashes::limit()?;
    println!("PIN checks without a server: {alone:.0}/s");
    let provd = setup.start().await?;
    println!("everybody is imported");
    let (phones, lines) = first_contact(&provd, setup.phones, table).await?;
    let lines = shift::change(&provd, &phones[..setup.users], lines, alone, table).await?;
    power_cut(&provd, &phones, lines, table).await
}

/// Which program, and on which database alone.
fn arguments() -> Result<(PathBuf, Option<String>)> {
    let mut program = std::env::current_exe()?.with_file_name("hotdesk-provd");
    let mut only = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments
            .next()
            .with_context(|| format!("{argument} what?"))?;
        match argument.as_str() {
            "--server" => program = PathBuf::from(value),
            "--on" => only = Some(value),
            _ => bail!("{argument} is none of --server, --on"),
        }
    }
    Ok((program, only))
}

/// As many file descriptors as this process and its children may have.
fn raise_limit() -> Result<usize> {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum;
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: most,
            maximum: most,
        },
    )?;
    Ok(most.map_or(usize::MAX, |most| {
        usize::try_from(most).unwrap_or(usize::MAX)
    }))
}

/// Every phone enrols and listens.
async fn first_contact(
    provd: &Provd,
    phones: usize,
    table: &mut Table,
) -> Result<(Vec<Phone>, Vec<PhoneLine>)> {
    let before = provd.usage()?;
    let begun = Instant::now();
    let each = |number| async move {
        let server = provd.server_of(number);
        let mut line = server.dial(number, 1).await?;
        let phone = server.enrol(number, &mut line).await?;
        anyhow::ensure!(line.listen(&phone.token).await?, "no event stream");
        anyhow::Ok((phone, line))
    };
    let mut both: Vec<(Phone, PhoneLine)> = stream::iter(0..phones)
        .map(each)
        .buffer_unordered(TOGETHER)
        .try_collect()
        .await?;
    both.sort_by_key(|(phone, _)| phone.number);
    let took = begun.elapsed();
    let after = provd.usage()?;
    let kibibytes = after.resident.saturating_sub(before.resident);
    let each = rate(
        usize::try_from(kibibytes)?,
        Duration::from_secs(phones as u64),
    );
    table.row("phones that listen", format!("{phones}"));
    table.row(
        "first contact, phones a second",
        format!("{:.0}", rate(phones, took)),
    );
    table.row("memory a phone that listens", format!("{each:.1} KiB"));
    table.row("memory with all phones", mebibytes(after.resident));
    Ok(both.into_iter().unzip())
}

/// Every phone is switched off and on again at the same moment.
async fn power_cut(
    provd: &Provd,
    phones: &[Phone],
    lines: Vec<PhoneLine>,
    table: &mut Table,
) -> Result<()> {
    drop(lines);
    let before = provd.usage()?;
    let begun = Instant::now();
    let each = phones.iter().map(|phone| async move {
        let awake = provd.server_of(phone.number).wake(phone, 3).await?;
        anyhow::Ok((awake, begun.elapsed()))
    });
    let back = futures_util::future::try_join_all(each).await?;
    let took = begun.elapsed();
    let after = provd.usage()?;
    let mut times: Vec<Duration> = back.iter().map(|(_, at)| *at).collect();
    table.row(
        "power cut: until all listen again",
        format!("{:.1} s", took.as_secs_f64()),
    );
    table.row(
        "half of them",
        format!("{:.1} s", percentile(&mut times, 0.5) / 1e3),
    );
    table.row(
        "told to come back or tried again, errors",
        format!("{}, 0", provd.tried_again()),
    );
    table.row(
        "server's processor",
        format!("{:.1} s", after.processor - before.processor),
    );
    table.row("memory afterwards", mebibytes(after.resident));
    // Each registers at the moment that it draws, counted from when it has power.
    let within = back
        .iter()
        .map(|(awake, _)| awake.register_within)
        .max()
        .unwrap_or(0);
    let mut seconds = vec![0_usize; usize::try_from(within)? + 1];
    for (phone, (awake, _)) in phones.iter().zip(&back) {
        let moment = f64::from(awake.register_within) * phone.random_share(3);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of minutes"
        )]
        let second = moment as usize;
        seconds[second] += 1;
    }
    let busiest = seconds.iter().max().copied().unwrap_or(0);
    table.row(
        "registrations in the busiest second, of 500",
        format!("{busiest} (over {within} s)"),
    );
    Ok(())
}
