//! Who looks after the agent, and who looks after that.

use std::time::Duration;

use rig::qemu::Machine;
use rig::{World, eventually};

use crate::desk;

/// Longest that it takes until the watchdog bites and the phone has booted as far as its drivers.
const REBOOT_MAX: Duration = Duration::from_secs(120);
/// Seconds that the watchdog waits in these tests.
const BITE: u32 = 8;

/// What init starts again and again.
async fn change_inittab(phone: &mut Machine, change: &str) {
    let said = phone
        .run(&format!("sed -i '{change}' /etc/inittab && kill -HUP 1"))
        .await;
    assert_eq!(said, "");
}

/// Has the guard look at the agent every few seconds.
async fn hurry(phone: &mut Machine) {
    change_inittab(phone, "s:/etc/guard$:/etc/guard 4:").await;
    another_guard(phone, "killall guard 2>/dev/null").await;
}

/// Does something to the guard, and waits until there is one that was not there before.
async fn another_guard(phone: &mut Machine, done: &str) {
    let before = phone.run(&format!("pidof guard; {done}")).await;
    eventually("another guard", async || {
        let now = phone.run("pidof guard").await;
        let is_another = !now.trim().is_empty() && now != before;
        if is_another { Ok(()) } else { Err(now) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_hangs_is_started_again_by_the_guard() {
    let world = World::start_for_machines("").await;
    let mut phone = desk::vacant_phone(&world).await;
    desk::sign_jane_in(&world, &mut phone).await;
    hurry(&mut phone).await;
    let hung = phone.status().await.unwrap().pid;
    phone.run("killall -STOP hotdeskd").await;
    phone
        .expect_status("another agent", |status| status.pid != hung)
        .await;
    desk::expect_jane(&world, &mut phone).await;
    let log = phone.run("logread | grep 'guard: '").await;
    assert!(log.contains("is started again"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_that_dies_is_started_again_and_one_that_hangs_makes_the_watchdog_reboot_the_phone()
{
    let world = World::start_for_machines("").await;
    let mut phone = desk::vacant_phone(&world).await;
    desk::sign_jane_in(&world, &mut phone).await;
    another_guard(&mut phone, "killall -9 guard").await;

    // A watchdog that waits for less than the guard would like to: as some phones have it.
    change_inittab(&mut phone, "s:^.*/etc/guard$:#&:").await;
    let short = format!(
        "killall guard 2>/dev/null; busybox watchdog -F -T {BITE} /dev/watchdog & \
         sleep 1; kill -9 $!; cat /sys/class/watchdog/watchdog0/timeout"
    );
    let timeout = phone.run(&short).await;
    assert_eq!(timeout.trim(), BITE.to_string());
    change_inittab(&mut phone, "s:^#\\(.*/etc/guard\\)$:\\1:").await;
    let boots = phone.boots();
    phone
        .run(&format!("sleep {}; pidof guard", BITE * 3 / 2))
        .await;
    assert_eq!(phone.boots(), boots, "the guard feeds it in time");

    phone.run("killall -STOP guard").await;
    phone.expect_boot_after(boots, REBOOT_MAX).await;
    desk::expect_jane(&world, &mut phone).await;
}
