//! How long until a phone is somebody's: live, and by the reboot that other phones need; and how long until an agent that
//! was just started shows something.

use std::time::Instant;

use rig::World;
use rig::qemu::{Board, Firmware, Machine, Start};
use serde_json::json;

use crate::desk;
use crate::median;

/// Switches made live.
pub(crate) const LIVE: usize = 20;
/// Switches made by a reboot.
pub(crate) const REBOOTS: usize = 5;
/// Starts of the agent.
pub(crate) const STARTS: usize = 10;

/// Milliseconds from Submit to the registrar's 200 OK, as the agent itself measures them.
pub(crate) async fn live() -> f64 {
    let world = World::start_for_machines("").await;
    let mut phone = desk::phone(&world, Start::Saved).await;
    let mut times = Vec::new();
    for _ in 0..LIVE {
        let status = desk::log_in(&mut phone).await;
        times.push(status["last_switch_ms"].as_f64().unwrap());
        desk::log_out(&mut phone).await;
    }
    median(times)
}

/// Milliseconds from reset to the registrar's 200 OK for a phone that finds Jane in its data: a reset without the time
/// that an orderly shut-down takes, so that the comparison favours the reboot.
pub(crate) async fn by_reboot() -> f64 {
    let world = World::start_for_machines("").await;
    let data = desk::disk(&world);
    let mut phone = Machine::start(&Firmware::find(), Board::Phone, Start::Saved, data).await;
    desk::expect_user(&mut phone, None).await;
    desk::log_in(&mut phone).await;
    let data = phone.cut_power();
    let mut phone = Machine::start(&Firmware::find(), Board::Phone, Start::Cold, data).await;
    desk::expect_accepted(&world).await;
    let mut times = Vec::new();
    for _ in 0..REBOOTS {
        // The binding of before the reset would be refreshed in the middle of the measurement otherwise.
        let _before = world.site.sip.take_seen();
        let start = Instant::now();
        phone.order("system_reset", json!({})).await;
        desk::expect_accepted(&world).await;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    median(times)
}

/// Milliseconds from the agent's start to its first picture, as the agent itself measures them.
pub(crate) async fn start_to_first_picture() -> f64 {
    let world = World::start_for_machines("").await;
    let mut phone = desk::phone(&world, Start::Saved).await;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        phone.run("killall -9 hotdeskd").await;
        desk::expect_user(&mut phone, None).await;
        let line = phone
            .run("logread | grep 'first picture' | tail -n 1")
            .await;
        let (_, number) = line.rsplit_once("after_ms=").unwrap();
        times.push(number.trim().parse().unwrap());
    }
    median(times)
}
