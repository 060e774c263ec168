//! Somebody signs in with the keys of the phone, and leaves in every way there is.

use rig::{JANE, JANE_PIN, JANE_SHORT, Portal, World};

use crate::desk::{self, SIP_PORT};

#[tokio::test(flavor = "multi_thread")]
async fn keys_sign_jane_in_and_out_and_kamailio_sees_the_switch() {
    let world = World::start_for_machines("").await;
    let mut phone = desk::vacant_phone(&world).await;

    phone.press("[1]").await;
    phone.expect_text("Extension").await;
    phone.press(&format!("{JANE_SHORT}K")).await;
    phone.expect_text("PIN").await;
    phone.press(&format!("{JANE_PIN}K")).await;
    phone.expect_text("Jane Doe").await;
    world.expect_bindings(&[(JANE, SIP_PORT)]).await;

    phone.press("*46K").await;
    world.expect_bindings(&[("3001", SIP_PORT)]).await;
    phone.expect_text("Sign in to use this phone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_ends_it_from_the_portal() {
    let ann = "admins = [{ name = \"ann\", password = \"a-long-password\" }]";
    let world = World::start_for_machines(ann).await;
    let mut phone = desk::vacant_phone(&world).await;
    phone.press(&format!("{JANE_SHORT}#{JANE_PIN}#")).await;
    phone.expect_text("Jane Doe").await;
    world.expect_bindings(&[(JANE, SIP_PORT)]).await;

    let mut portal = Portal::sign_in(&world.site.provd, "ann", "a-long-password").await;
    portal.log_out_everybody().await;
    phone.expect_text("The administrator ann").await;
    world.expect_bindings(&[("3001", SIP_PORT)]).await;
}
