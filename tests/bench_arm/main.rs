//! `hotdesk-bench-arm`: what the agent costs on a phone, measured in the firmware image on a virtual ARM board.
//!
//! The same change of account is made live and by a reboot, in one run; instructions are counted by a board whose clock
//! ticks once for each of them; baresip idles in the same guest. Nothing here passes or fails.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops where it cannot go on"
)]

mod desk;
mod idle;
mod instructions;
mod switch;

use idle::Process;

/// The median of numbers in any order.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// One line of the table.
fn row(what: &str, measured: &str) {
    println!("| {what} | {measured} |");
}

#[tokio::main]
async fn main() {
    println!("| what | measured |\n| --- | --- |");
    let live = switch::live().await;
    let what = format!("switch, live: Submit to 200 OK, median of {}", switch::LIVE);
    row(&what, &format!("{live:.0} ms"));
    let reboot = switch::by_reboot().await;
    let what = format!(
        "the same by a reboot: reset to 200 OK, median of {}",
        switch::REBOOTS
    );
    row(&what, &format!("{reboot:.0} ms"));
    row("reboot / live", &format!("{:.0}", reboot / live));
    let first = switch::start_to_first_picture().await;
    let what = format!(
        "agent's start to its first picture, median of {}",
        switch::STARTS
    );
    row(&what, &format!("{first:.0} ms"));
    let idle = idle::measure().await;
    row("agent's binary", &format!("{:.2} MB", idle.binary / 1e6));
    let counts = instructions::count().await;
    let what = format!(
        "a key press to the new picture, median of {}",
        instructions::KEYS
    );
    row(
        &what,
        &format!("{:.2} million instructions", counts.key / 1e6),
    );
    let what = format!(
        "a whole log-in with TLS, SIP and flash, median of {}",
        instructions::LOG_INS
    );
    row(
        &what,
        &format!("{:.1} million instructions", counts.log_in / 1e6),
    );

    println!(
        "\n| idle in the same guest | hotdeskd | baresip, without an account |\n| --- | --- | --- |"
    );
    let (ours, theirs, reasons) = (idle.agent, idle.baresip, idle.reasons);
    println!(
        "| resident memory | {} KiB | {} KiB |",
        ours.resident, theirs.resident
    );
    println!(
        "| of it no file | {} KiB | {} KiB |",
        ours.private, theirs.private
    );
    let sum = |process: &Process| process.wake_ups.values().sum::<f64>();
    println!(
        "| wake-ups in a minute | {:.1} | {:.1} |",
        sum(&ours),
        sum(&theirs)
    );
    println!("\n| what wakes hotdeskd | times in a minute |\n| --- | --- |");
    for (thread, times) in &ours.wake_ups {
        row(&format!("thread {thread}"), &format!("{times:.1}"));
    }
    for (why, times) in &reasons {
        row(why, &format!("{times:.1}"));
    }
}
