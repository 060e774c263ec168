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

/// The median of numbers in any order.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

#[tokio::main]
async fn main() {
    let live = switch::live().await;
    let reboot = switch::by_reboot().await;
    let first_frame = switch::start_to_first_picture().await;
    let counts = instructions::count().await;
    let idle = idle::measure().await;

    println!("| what | measured |\n| --- | --- |");
    println!(
        "| switch of accounts, live: Submit to 200 OK, median of {} | {live:.0} ms |",
        switch::LIVE
    );
    println!(
        "| the same by a reboot: reset to 200 OK, median of {} | {reboot:.0} ms |",
        switch::REBOOTS
    );
    println!("| reboot / live | {:.0} |", reboot / live);
    println!(
        "| agent's start to its first picture, median of {} | {first_frame:.0} ms |",
        switch::STARTS
    );
    println!(
        "| instructions, a key press to the new picture, median of {} | {:.2} million |",
        instructions::KEYS,
        counts.key / 1e6
    );
    println!(
        "| instructions, a whole log-in with TLS and SIP, median of {} | {:.1} million |",
        instructions::LOG_INS,
        counts.log_in / 1e6
    );
    println!(
        "| size of the agent's binary | {:.2} MB |",
        idle.binary / 1e6
    );
    println!(
        "\n| idle in the same guest | hotdeskd | baresip, without an account |\n| --- | --- | --- |"
    );
    println!(
        "| resident memory | {} KiB | {} KiB |",
        idle.agent.resident, idle.baresip.resident
    );
    println!(
        "| of it private | {} KiB | {} KiB |",
        idle.agent.private, idle.baresip.private
    );
    println!(
        "| wake-ups in a minute | {} | {} |",
        idle.agent.wake_ups, idle.baresip.wake_ups
    );
}
