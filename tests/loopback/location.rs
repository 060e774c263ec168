//! Who is in Kamailio's location table after each way in and out.

use hotdesk_provisioning::Transport;
use rig::{
    DESKS, DOMAIN, JAMES, JAMES_PIN, JANE, JANE_PIN, JANE_SHORT, Kamailio, Phone, Portal, Provd,
    TcpRelay, World, phone_config,
};

#[tokio::test(flavor = "multi_thread")]
async fn after_log_in_the_location_table_holds_jane_and_not_the_host_and_after_log_out_the_reverse()
{
    let world = World::start().await;
    let phone = world.site.phone(0).await;
    let port = phone.status().sip_port;
    world.expect_bindings(&[("3001", port)]).await;

    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    phone.expect_screen("Jane Doe").await;
    world.expect_bindings(&[(JANE, port)]).await;

    phone.log_out().await;
    phone.expect_vacant().await;
    phone.expect_screen("Sign in to use this phone").await;
    world.expect_bindings(&[("3001", port)]).await;
    // Nobody else ever learns the secret that Jane's account had.
    world.expect_revoked(JANE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_log_in_with_sha_256_challenges_the_location_table_holds_jane() {
    let world = World::start_with("", &["WITH_SHA256"]).await;
    let phone = world.site.phone(0).await;
    phone.log_in(JANE, JANE_PIN).await;
    phone.expect_user(JANE).await;
    world
        .expect_bindings(&[(JANE, phone.status().sip_port)])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_log_in_over_tcp_the_location_table_holds_jane() {
    let mut sip = TcpRelay::start(([127, 0, 0, 1], 9).into()).await;
    let provd = Provd::start(sip.address(), Transport::Tcp, "").await;
    let kamailio = Kamailio::start(&provd.database_path(), DOMAIN).await;
    sip.redirect(kamailio.address()).await;
    let config = phone_config(DESKS[0].0, provd.phones(), provd.ca_file(), provd.folder());
    let phone = Phone::start(config).await;
    phone.expect_vacant().await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    rig::eventually("Jane alone is registered, over TCP", async || {
        let table = kamailio.location_table().await;
        let is_jane = |b: &rig::Binding| b.user == JANE && b.contact.contains("transport=tcp");
        if table.len() == 1 && table.iter().all(is_jane) {
            Ok(())
        } else {
            Err(format!("{table:?}"))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_moving_to_a_second_phone_the_location_table_holds_jane_there_and_the_first_host() {
    let world = World::start().await;
    let (first, second) = (world.site.phone(0).await, world.site.phone(1).await);
    first.log_in(JANE_SHORT, JANE_PIN).await;
    first.expect_user(JANE).await;

    second.log_in(JANE_SHORT, JANE_PIN).await;
    second.expect_user(JANE).await;
    first.expect_screen("Now signed in at Desk 12").await;
    first.expect_vacant().await;
    let (first, second) = (first.status().sip_port, second.status().sip_port);
    world
        .expect_bindings(&[("3001", first), (JANE, second)])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_take_over_the_location_table_holds_james_alone() {
    let world = World::start().await;
    let phone = world.site.phone(0).await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;

    phone.press("*702001C").await;
    phone.expect_screen("James").await;
    phone.press(&format!("{JAMES_PIN}#")).await;
    phone.expect_screen("Log out Jane Doe?").await;
    phone.press_soft("Yes").await;
    phone.expect_user(JAMES).await;
    world
        .expect_bindings(&[(JAMES, phone.status().sip_port)])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_administrator_ended_it_the_location_table_holds_the_host() {
    let world = World::start_with(
        "admins = [{ name = \"ann\", password = \"a-long-password\" }]",
        &[],
    )
    .await;
    let phone = world.site.phone(0).await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;

    let mut portal = Portal::sign_in(&world.site.provd, "ann", "a-long-password").await;
    portal.log_out_everybody().await;
    phone.expect_screen("The administrator ann").await;
    phone.expect_vacant().await;
    world
        .expect_bindings(&[("3001", phone.status().sip_port)])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_user_was_disabled_the_location_table_holds_the_host() {
    let world = World::start().await;
    let phone = world.site.phone(0).await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;

    let jane = format!("[[users]]\nextension = \"{JANE}\"\nname = \"Jane Doe\"\ndisabled = true");
    world.site.provd.import(&jane).await;
    phone.expect_screen("switched off").await;
    phone.expect_vacant().await;
    world
        .expect_bindings(&[("3001", phone.status().sip_port)])
        .await;
}
