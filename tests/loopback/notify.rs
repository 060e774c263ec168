//! NOTIFY check-sync as a registrar sends it: it fetches the profile anew, and only the registrar may send it.

use rig::{Impostor, JANE, JANE_PIN, JANE_SHORT, Way, World, eventually};
use tokio::net::UdpSocket;

#[tokio::test(flavor = "multi_thread")]
async fn a_check_sync_that_asks_for_a_reboot_fetches_the_profile_and_leaves_the_guest_alone() {
    let mut world = World::start().await;
    let tap = Impostor::that_listens(&world.site.provd);
    world.site.https.redirect(tap.address()).await;
    let phone = world.site.phone(0).await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    world
        .expect_bindings(&[(JANE, phone.status().sip_port)])
        .await;
    let (text, host) = world
        .notification(world.site.sip.address(), "check-sync;reboot=true", "")
        .await;

    let _before = (tap.take_heard(), world.site.sip.take_seen());
    world.site.sip.inject(text.as_bytes(), host).await;
    eventually("the profile is fetched", async || {
        let requests = tap.take_heard().requests;
        if requests.iter().any(|r| r == "GET /v1/profile") {
            Ok(())
        } else {
            Err(requests.join("\n"))
        }
    })
    .await;
    let seen = world.site.sip.take_seen();
    assert!(
        seen.iter()
            .any(|m| m.way == Way::Up && m.start.starts_with("SIP/2.0 200")),
        "it was answered"
    );
    phone.expect_user(JANE).await;
    world
        .expect_bindings(&[(JANE, phone.status().sip_port)])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_sign_anybody_out() {
    let world = World::start().await;
    let phone = world.site.phone(0).await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    world
        .expect_bindings(&[(JANE, phone.status().sip_port)])
        .await;

    // Another machine: the phone knows its servers by address, whatever port they speak from.
    let stranger = UdpSocket::bind("127.0.0.2:0").await.unwrap();
    let from = stranger.local_addr().unwrap();
    let (text, host) = world
        .notification(from, "check-sync;profileLogout=remote", "")
        .await;
    stranger.send_to(text.as_bytes(), host).await.unwrap();
    let mut answer = [0; 2048];
    let length = tokio::time::timeout(
        std::time::Duration::from_secs(5),
        stranger.recv(&mut answer),
    )
    .await
    .unwrap()
    .unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.starts_with("SIP/2.0 403"), "{answer}");

    // The registrar itself can.
    let (text, host) = world
        .notification(
            world.site.sip.address(),
            "check-sync;profileLogout=remote",
            "",
        )
        .await;
    world.site.sip.inject(text.as_bytes(), host).await;
    phone
        .expect_screen("The log-out was asked for from elsewhere.")
        .await;
    phone.expect_vacant().await;
    world
        .expect_bindings(&[("3001", phone.status().sip_port)])
        .await;
}
