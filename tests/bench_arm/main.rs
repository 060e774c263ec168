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

/// One line of the table that holds a median of so many.
fn median_row(what: &str, count: usize, measured: &str) {
    row(&format!("{what}, median of {count}"), measured);
}

#[tokio::main]
async fn main() {
    println!("| what | measured |\n| --- | --- |");
    let live = switch::live().await;
    let what = "switch, live: Submit to 200 OK";
    median_row(what, switch::LIVE, &format!("{live:.0} ms"));
    let reboot = switch::by_reboot().await;
    let what = "the same by a reboot: reset to 200 OK";
    median_row(what, switch::REBOOTS, &format!("{reboot:.0} ms"));
    row("reboot / live", &format!("{:.0}", reboot / live));
    let first = switch::start_to_first_picture().await;
    let what = "agent's start to its first picture";
    median_row(what, switch::STARTS, &format!("{first:.0} ms"));
    let idle = idle::measure().await;
    row("agent's binary", &format!("{:.2} MB", idle.binary / 1e6));
    let counts = instructions::count().await;
    let millions = |count: f64| format!("{:.2} million instructions", count / 1e6);
    let what = "a key press to the new picture";
    median_row(what, instructions::KEYS, &millions(counts.key));
    let what = "a whole log-in with TLS, SIP and flash";
    median_row(what, instructions::LOG_INS, &millions(counts.log_in));

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
