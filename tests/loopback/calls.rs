//! Calls between other people's phones, through the same registrar, while a phone switches.

use rig::{Baresip, DESKS, DOMAIN, JANE, JANE_PIN, JANE_SHORT, World, eventually};

/// Two baresips, as the desks 12 and 13.
async fn two_peers(world: &World, answers: bool) -> (Baresip, Baresip) {
    let caller = world.site.provd.profile_of(DESKS[1].0).await.account;
    let callee = world.site.provd.profile_of(DESKS[2].0).await.account;
    let proxy = world.kamailio.address();
    tokio::join!(
        Baresip::start(&caller, proxy, true),
        Baresip::start(&callee, proxy, answers)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_others_stays_up_and_audible_through_a_switch() {
    let world = World::start().await;
    let phone = world.site.phone(0).await;
    let (caller, callee) = two_peers(&world, true).await;
    caller.dial(&format!("sip:3003@{DOMAIN}")).await;
    caller.expect_call("ESTABLISHED").await;
    callee.expect_call("ESTABLISHED").await;

    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    phone.log_out().await;
    phone.expect_vacant().await;

    for (name, peer) in [("caller", &caller), ("callee", &callee)] {
        assert!(
            peer.calls().await.contains("ESTABLISHED"),
            "the {name}'s call is up"
        );
        let before = peer.heard().await;
        eventually(&format!("the {name} hears something"), async || {
            let now = peer.heard().await;
            if now > before {
                Ok(())
            } else {
                Err(format!("{now} packets"))
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_rings_through_a_switch_can_still_be_answered() {
    let world = World::start().await;
    let phone = world.site.phone(0).await;
    let (caller, callee) = two_peers(&world, false).await;
    caller.dial(&format!("sip:3003@{DOMAIN}")).await;
    caller.expect_call("RINGING").await;
    callee.expect_call("INCOMING").await;

    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;

    callee.answer().await;
    caller.expect_call("ESTABLISHED").await;
}
