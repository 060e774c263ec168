//! From power to the vacant screen.

use rig::World;
use rig::qemu::{Board, Firmware, Machine, Start};

use crate::desk;

#[tokio::test(flavor = "multi_thread")]
async fn the_image_as_it_is_shipped_boots_to_the_recorded_vacant_screen() {
    let world = World::start_for_machines(desk::DESK_12).await;
    let disk = desk::disk(&world);
    let mut phone = Machine::start(&Firmware::find(), Board::Phone, Start::Cold, disk).await;
    desk::expect_golden(&world, &mut phone, "vacant").await;
    world.expect_bindings(&[("3001", desk::SIP_PORT)]).await;
    let console = phone.console();
    assert!(!console.contains("~ #"), "no shell is offered: {console}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agent_is_no_root_and_its_data_can_hold_no_program() {
    let world = World::start_for_machines("").await;
    let mut phone = desk::vacant_phone(&world).await;
    let status = phone.run("cat /proc/$(pidof hotdeskd)/status").await;
    assert!(status.contains("Uid:\t100\t100\t100\t100"), "{status}");
    assert!(status.contains("CapEff:\t0000000000000000"), "{status}");
    assert!(
        status.contains("Groups:\t5 29 44 100 101 102 103 104 105"),
        "{status}"
    );
    let mounts = phone.run("grep /data /proc/mounts").await;
    for option in ["ext4", "nosuid", "nodev", "noexec"] {
        assert!(mounts.contains(option), "{mounts}");
    }
    let others = phone.run("ls -ld /data/hotdesk").await;
    assert!(others.starts_with("drwx------"), "{others}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_dies_is_started_again() {
    let world = World::start_for_machines("").await;
    let mut phone = desk::vacant_phone(&world).await;
    let before = phone.run("pidof hotdeskd; killall -9 hotdeskd").await;
    phone.expect_text("Sign in to use this phone").await;
    let after = phone.run("pidof hotdeskd").await;
    assert_ne!(before.trim(), after.trim());
}
