//! The provisioning server is away and the registrar is not: whoever was at the phone before signs in all the same.

use rig::{JAMES_PIN, JANE, JANE_PIN, JANE_SHORT, Phone, Portal, World, eventually};

const ALLOWED: &str = "admins = [{ name = \"ann\", password = \"a-long-password\" }]\n\
                       [site.policy]\noffline = 28800";

/// Jane signs in at Desk 11 and leaves, and the phone has kept what it needs to let her in by itself.
async fn jane_was_here(world: &World) -> Phone {
    let phone = world.site.phone(0).await;
    let before = phone.state_bytes();
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    phone.log_out().await;
    phone.expect_vacant().await;
    phone.expect_kept(before).await;
    phone
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_server_jane_signs_in_where_she_was_before_and_the_portal_knows_it_later() {
    let mut world = World::start_with(ALLOWED, &[]).await;
    let phone = jane_was_here(&world).await;
    let port = phone.status().sip_port;
    world.site.https.go_away().await;
    phone.expect_server(false).await;

    phone.log_in(JANE_SHORT, JAMES_PIN).await;
    phone.expect_screen("Wrong PIN.").await;
    phone.press(&format!("{JANE_PIN}#")).await;
    phone.expect_user(JANE).await;
    phone.expect_screen("Server offline").await;
    world.expect_bindings(&[(JANE, port)]).await;

    world.site.https.come_back().await;
    phone.expect_server(true).await;
    let mut portal = Portal::sign_in(&world.site.provd, "ann", "a-long-password").await;
    eventually("the portal shows Jane", async || {
        let page = portal.page("/").await;
        if page.contains("Jane Doe") {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
    let audit = world.site.provd.audit().await;
    let told = audit.iter().filter(|row| row.starts_with("signed_in"));
    assert_eq!(told.count(), 2, "{audit:?}");
    assert!(
        audit.iter().any(|row| row.contains("refused L01")),
        "{audit:?}"
    );
    phone.expect_user(JANE).await;

    // What an administrator ends is not begun again without the server.
    portal.log_out_everybody().await;
    phone.expect_screen("The administrator ann").await;
    phone.expect_vacant().await;
    world.expect_bindings(&[("3001", port)]).await;
    world.site.https.go_away().await;
    phone.expect_server(false).await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_screen("The server cannot be reached.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_power_cut_without_the_server_jane_still_signs_in() {
    let mut world = World::start_with(ALLOWED, &[]).await;
    let phone = jane_was_here(&world).await;
    let config = phone.switch_off().await;
    world.site.https.go_away().await;
    let phone = Phone::start(config).await;
    phone.expect_vacant().await;
    phone.log_in(JANE, JANE_PIN).await;
    phone.expect_user(JANE).await;
    world
        .expect_bindings(&[(JANE, phone.status().sip_port)])
        .await;
}
