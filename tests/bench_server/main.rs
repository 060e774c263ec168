//! `hotdesk-bench-server`: what one server carries. Simulated phones in this process, the real program in another, TLS
//! between them, both on the same cores. Nothing here passes or fails.
//!
//! `HOTDESK_PHONES` says how many phones, `--server FILE` which program, `--config-lines TEXT` what its configuration says
//! besides (a database, for one).
#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench prints, and stops where it cannot go on"
)]

mod figures;
mod phone;
mod portal;
mod provd;
mod wire;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::figures::{percentile, usage};
use crate::phone::{Phone, Server, TOGETHER};
use crate::portal::Portal;
use crate::provd::{PASSWORD, Provd, Setup};
use crate::wire::PhoneLine;

/// Phones, unless told.
const PHONES: usize = 20_000;
/// File descriptors that are not phones.
const RESERVED: usize = 500;
/// Log-outs by an administrator.
const EVICTIONS: usize = 300;
/// For how long PINs are checked without a server.
const ARGON2_FOR: Duration = Duration::from_secs(4);

#[tokio::main]
async fn main() -> Result<()> {
    let limit = raise_limit()?;
    let wanted = std::env::var("HOTDESK_PHONES")
        .ok()
        .and_then(|text| text.parse().ok());
    let phones = wanted.unwrap_or(PHONES).min(limit.saturating_sub(RESERVED));
    // A phone that logs in has two connections.
    let users = (phones / 2).max(1);
    let setup = setup(phones, users)?;
    println!("{limit} file descriptors for each process: {phones} phones, {users} log-ins");
    let alone = argon2_limit()?;
    println!("PIN checks without a server: {alone:.0}/s");
    let provd = setup.start().await?;
    println!("everybody is imported");

    let (phones, lines) = first_contact(&provd, phones).await?;
    let lines = shift_change(&provd, &phones[..users], lines, alone).await?;
    power_cut(&provd, &phones, lines).await?;
    Ok(())
}

fn setup(phones: usize, users: usize) -> Result<Setup> {
    let beside = std::env::current_exe()?.with_file_name("hotdesk-provd");
    let mut setup = Setup {
        program: beside,
        more: String::new(),
        phones,
        users,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments
            .next()
            .with_context(|| format!("{argument} what?"))?;
        match argument.as_str() {
            "--server" => setup.program = PathBuf::from(value),
            "--config-lines" => setup.more = value,
            _ => bail!("{argument} is none of --server, --config-lines"),
        }
    }
    Ok(setup)
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

/// How many PINs all cores check in a second, doing nothing else.
fn argon2_limit() -> Result<f64> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| anyhow::anyhow!("{error}"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let salt = argon2::password_hash::SaltString::encode_b64(b"a salt of sixteen")
        .map_err(|e| anyhow::anyhow!("{e}"))?;
    let hash = argon2
        .hash_password(b"1234", &salt)
        .map_err(|e| anyhow::anyhow!("{e}"))?
        .to_string();
    let cores = std::thread::available_parallelism()?.get();
    let begun = Instant::now();
    let checked: usize = std::thread::scope(|scope| {
        let work = || {
            let hash = PasswordHash::new(&hash).ok();
            let mut count = 0;
            while begun.elapsed() < ARGON2_FOR {
                count += usize::from(
                    hash.as_ref()
                        .is_some_and(|hash| argon2.verify_password(b"1234", hash).is_ok()),
                );
            }
            count
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or(0))
            .sum()
    });
    Ok(rate(checked, begun.elapsed()))
}

#[expect(clippy::cast_precision_loss, reason = "thousands")]
fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// Every phone enrols and listens.
async fn first_contact(provd: &Provd, phones: usize) -> Result<(Vec<Phone>, Vec<PhoneLine>)> {
    let before = usage(&provd.process())?;
    let begun = Instant::now();
    let server = &provd.server;
    let each = |number| async move {
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
    let after = usage(&provd.process())?;
    println!(
        "first contact, {TOGETHER} at a time: {phones} phones enrolled and listen in {:.1} s ({:.0}/s); memory {} -> {} MiB, {:.1} KiB a phone",
        took.as_secs_f64(),
        rate(phones, took),
        before.resident / 1024,
        after.resident / 1024,
        rate(
            usize::try_from(after.resident.saturating_sub(before.resident))?,
            Duration::from_secs(phones as u64)
        ),
    );
    Ok(both.into_iter().unzip())
}

/// Everybody logs in at the same moment, on connections that were opened while they typed; then an administrator logs
/// some of them out again, one after the other.
async fn shift_change(
    provd: &Provd,
    phones: &[Phone],
    mut lines: Vec<PhoneLine>,
    alone: f64,
) -> Result<Vec<PhoneLine>> {
    // Room for a second connection of each phone that logs in.
    lines.truncate(phones.len());
    let server = &provd.server;
    let typing: Vec<PhoneLine> = stream::iter(phones)
        .map(|phone| server.dial(phone.number, 2))
        .buffered(TOGETHER)
        .try_collect()
        .await?;
    let (before, own_before) = (usage(&provd.process())?, usage("self")?);
    let begun = Instant::now();
    let each = phones
        .iter()
        .zip(typing)
        .map(|(phone, mut line)| async move {
            let done = server.log_in(phone, &mut line, 2).await?;
            anyhow::Ok((done, begun.elapsed()))
        });
    let done = futures_util::future::try_join_all(each).await?;
    let took = begun.elapsed();
    let (after, own_after) = (usage(&provd.process())?, usage("self")?);
    let mut answered: Vec<Duration> = done.iter().map(|(log_in, _)| log_in.answered).collect();
    let mut whole: Vec<Duration> = done.iter().map(|(_, at)| *at).collect();
    let busy: usize = done.iter().map(|(log_in, _)| log_in.busy).sum();
    println!(
        "shift change: {} log-ins at the same moment in {:.1} s: {:.0}/s, {:.0} % of the PIN checks possible without a server",
        phones.len(),
        took.as_secs_f64(),
        rate(phones.len(), took),
        100.0 * rate(phones.len(), took) / alone,
    );
    println!(
        "    answer p50 {:.0} ms, p99 {:.0} ms; until signed in p50 {:.1} s, p99 {:.1} s; sent away {busy} times; memory {} MiB",
        percentile(&mut answered, 0.5),
        percentile(&mut answered, 0.99),
        percentile(&mut whole, 0.5) / 1e3,
        percentile(&mut whole, 0.99) / 1e3,
        after.resident / 1024,
    );
    println!(
        "    processor: server {:.1} s, phones {:.1} s; connections tried again {}",
        after.processor - before.processor,
        own_after.processor - own_before.processor,
        server.again.swap(0, Ordering::Relaxed),
    );
    let names: Vec<String> = done
        .into_iter()
        .map(|(log_in, _)| log_in.association)
        .collect();
    evictions(server, &names, &mut lines).await?;
    Ok(lines)
}

async fn evictions(server: &Server, names: &[String], lines: &mut [PhoneLine]) -> Result<()> {
    let mut portal = Portal::sign_in(server, PASSWORD).await?;
    let mut times = Vec::new();
    for (name, line) in names.iter().zip(lines).take(EVICTIONS) {
        let begun = Instant::now();
        let (clicked, heard) = tokio::join!(portal.end(name), line.hears("event: evicted"));
        clicked?;
        heard?;
        times.push(begun.elapsed());
    }
    println!(
        "eviction: {} log-outs, from click to phone p50 {:.1} ms, p99 {:.1} ms",
        times.len(),
        percentile(&mut times, 0.5),
        percentile(&mut times, 0.99),
    );
    Ok(())
}

/// Every phone is switched off and on again at the same moment.
async fn power_cut(provd: &Provd, phones: &[Phone], lines: Vec<PhoneLine>) -> Result<()> {
    drop(lines);
    let server = &provd.server;
    let before = usage(&provd.process())?;
    let begun = Instant::now();
    let each = phones.iter().map(|phone| async move {
        let line = server.wake(phone, 3).await?;
        anyhow::Ok((line, begun.elapsed()))
    });
    let back = futures_util::future::try_join_all(each).await?;
    let took = begun.elapsed();
    let after = usage(&provd.process())?;
    let mut times: Vec<Duration> = back.iter().map(|(_, at)| *at).collect();
    println!(
        "power cut: {} phones connect, synchronise, fetch their profile and listen in {:.1} s ({:.0}/s), p50 {:.1} s, p99 {:.1} s",
        phones.len(),
        took.as_secs_f64(),
        rate(phones.len(), took),
        percentile(&mut times, 0.5) / 1e3,
        percentile(&mut times, 0.99) / 1e3,
    );
    println!(
        "    no error; connections tried again {}; server {:.1} s of processor, memory {} MiB",
        server.again.load(Ordering::Relaxed),
        after.processor - before.processor,
        after.resident / 1024,
    );
    Ok(())
}
