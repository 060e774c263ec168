//! What hangs on the board's lines: the hook switch and the lamps.

use rig::{JANE, JANE_PIN, JANE_SHORT, World};

use crate::desk::{self, SIP_PORT};

/// The hook switch: high while the handset is lifted.
const HOOK: u8 = 0;
/// The lamp that says that somebody is signed in.
const USER_LAMP: u8 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn the_lamp_burns_while_somebody_is_signed_in() {
    let world = World::start_for_machines("").await;
    let mut phone = desk::vacant_phone(&world).await;
    let mut pins = phone.pins().await;
    phone.press(&format!("{JANE_SHORT}#{JANE_PIN}#")).await;
    pins.expect(USER_LAMP, true).await;
    world.expect_bindings(&[(JANE, SIP_PORT)]).await;
    phone.press("*46K").await;
    pins.expect(USER_LAMP, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lifting_the_handset_opens_the_line() {
    let world = World::start_for_machines("").await;
    let mut phone = desk::vacant_phone(&world).await;
    let mut pins = phone.pins().await;
    pins.set(HOOK, true).await;
    phone.expect_text("Number to call").await;
    pins.set(HOOK, false).await;
    phone.expect_text("Sign in to use this phone").await;
}
