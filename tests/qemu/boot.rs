//! From power to the vacant screen.

use rig::World;
use rig::qemu::Start;

use crate::desk;

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_machine_wakes_and_registers_the_desk() {
    let world = World::start_for_machines("").await;
    let mut phone = desk::phone(&world, Start::Saved).await;
    phone.expect_text("Log In").await;
    world.expect_bindings(&[("3001", 5060)]).await;
}
