//! Power that goes and comes back.

use rig::qemu::Machine;
use rig::{JANE, World, eventually};

use crate::desk::{self, SIP_PORT};

async fn jane_is_signed_in(world: &World) -> Machine {
    let mut phone = desk::vacant_phone(world).await;
    desk::sign_jane_in(world, &mut phone).await;
    phone
}

/// Waits until the phone registers anew, whatever stood in the location table before.
async fn expect_register(world: &World, user: &str) {
    eventually(&format!("a REGISTER for {user}"), async || {
        let seen = world.site.sip.take_seen();
        if seen.iter().any(|message| message.registers(user)) {
            Ok(())
        } else {
            Err("none")
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_power_cut_jane_is_still_signed_in() {
    let world = World::start_for_machines("").await;
    let phone = jane_is_signed_in(&world).await;
    let disk = phone.cut_power();
    let _before = world.site.sip.take_seen();

    let mut phone = desk::switched_on(disk).await;
    phone.expect_text("Jane Doe").await;
    expect_register(&world, JANE).await;
    world.expect_bindings(&[(JANE, SIP_PORT)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_reboot_jane_is_still_signed_in() {
    let world = World::start_for_machines("").await;
    let mut phone = jane_is_signed_in(&world).await;
    let _before = world.site.sip.take_seen();

    phone.reboot().await;
    expect_register(&world, JANE).await;
    world.expect_bindings(&[(JANE, SIP_PORT)]).await;
}
