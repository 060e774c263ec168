//! Phones that miss something when they are switched on: a network, the time, a configuration.

use rig::World;
use rig::qemu::{Board, Firmware, Machine, time_of_day};

use crate::desk::{self, ATTENTION_LAMP};

/// A mistake in the second line.
const BROKEN: &str = "[server]\nurl = 7\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_whose_cable_comes_later_is_the_desks_own_then() {
    let world = World::start_for_machines("").await;
    let mut phone = Machine::asleep(&Firmware::find(), Board::Phone, desk::disk(&world)).await;
    phone.plug_in(false).await;
    phone.wake(time_of_day()).await;
    let before = phone
        .expect_status("no network", |status| !status.network)
        .await;
    phone.expect_text("No network").await;
    phone.call_for_help("112").await;

    phone.plug_in(true).await;
    desk::expect_vacant(&world, &mut phone).await;
    assert_eq!(phone.status().await.unwrap().pid, before.pid);

    phone.plug_in(false).await;
    phone
        .expect_status("no network again", |status| !status.network)
        .await;
    phone.plug_in(true).await;
    let after = phone
        .expect_status("server and network", |s| s.network && s.server)
        .await;
    assert_eq!(after.pid, before.pid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_wakes_in_1970_says_so_and_goes_on_when_it_learns_the_time() {
    let world = World::start_for_machines("").await;
    let mut phone = Machine::asleep(&Firmware::find(), Board::Phone, desk::disk(&world)).await;
    phone.wake(desk::IN_1970).await;
    let before = phone.expect_troubles(&["clock cannot be right"]).await;
    phone.expect_text("Wrong time").await;
    phone.call_for_help("112").await;

    phone.run(&format!("date -s @{}", time_of_day())).await;
    desk::expect_vacant(&world, &mut phone).await;
    assert_eq!(phone.expect_troubles(&[]).await.pid, before.pid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_a_configuration_that_can_be_used_says_so_and_starts_with_one() {
    let world = World::start_for_machines("").await;
    let good = ("good.toml", desk::agent_toml(&world));
    let disk = desk::disk_holding(&world, BROKEN, (good.0, &good.1));
    let mut phone = Machine::asleep(&Firmware::find(), Board::Phone, disk).await;
    let mut pins = phone.pins().await;
    phone.wake(time_of_day()).await;

    let stand_in = phone
        .expect_troubles(&["/data/etc/agent.toml: line 2"])
        .await;
    phone.expect_text("Cannot start").await;
    pins.expect(ATTENTION_LAMP, true).await;
    phone.call_for_help("112").await;
    phone
        .run("cp /data/etc/good.toml /data/etc/agent.toml")
        .await;
    desk::expect_vacant(&world, &mut phone).await;
    assert_eq!(phone.expect_troubles(&[]).await.pid, stand_in.pid);

    phone
        .run("rm /data/etc/agent.toml /etc/hotdesk/agent.toml; killall -9 hotdeskd")
        .await;
    let stand_in = phone
        .expect_troubles(&["/etc/hotdesk/agent.toml: cannot be read"])
        .await;
    phone.expect_text("Cannot start").await;
    phone.call_for_help("112").await;
    phone
        .run("cp /data/etc/ca.pem /etc/hotdesk; cp /data/etc/good.toml /etc/hotdesk/agent.toml")
        .await;
    desk::expect_vacant(&world, &mut phone).await;
    assert_eq!(phone.expect_troubles(&[]).await.pid, stand_in.pid);
}
