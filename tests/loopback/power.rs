//! Power cuts, at rest and in the middle of a switch: afterwards exactly one account works, and it is the right one.

use rig::{JANE, JANE_PIN, JANE_SHORT, Message, PhoneProcess, Way, World, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_the_location_table_holds_whoever_was_signed_in() {
    let world = World::start().await;
    let phone = world.site.phone(0).await;
    let port = phone.status().sip_port;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;

    let phone = phone.restart().await;
    phone.expect_user(JANE).await;
    world.expect_bindings(&[(JANE, port)]).await;

    phone.log_out().await;
    phone.expect_vacant().await;
    let phone = phone.restart().await;
    phone.expect_vacant().await;
    world.expect_bindings(&[("3001", port)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_without_the_server_the_guest_is_back() {
    let mut world = World::start().await;
    let phone = world.site.phone(0).await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    let config = phone.switch_off().await;

    world.site.https.go_away().await;
    let phone = rig::Phone::start(config).await;
    phone.expect_user(JANE).await;
    world
        .expect_bindings(&[(JANE, phone.status().sip_port)])
        .await;

    // Leaving must always work, and the server hears of it when it is back.
    phone.log_out().await;
    phone.expect_vacant().await;
    world
        .expect_bindings(&[("3001", phone.status().sip_port)])
        .await;
    world.site.https.come_back().await;
    eventually("the server knows that Jane left", async || {
        let audit = world.site.provd.audit().await;
        if audit.iter().any(|row| row.starts_with("ended")) {
            Ok(())
        } else {
            Err(audit.join("\n"))
        }
    })
    .await;
}

/// Starts a phone as a process of its own, has it do `act`, loses every message for which `lost` holds, kills the process
/// as soon as one was lost, and starts it again on a network that is whole.
async fn killed_while(
    world: &World,
    signed_in_before: bool,
    keys: &str,
    lost: fn(&Message) -> bool,
) -> PhoneProcess {
    let config = world.site.phone_config(0);
    let mut phone = PhoneProcess::start(&config).await;
    phone
        .expect(|s| s.user.is_none() && s.registered && s.server)
        .await;
    if signed_in_before {
        phone.press(&format!("{JANE_SHORT}#{JANE_PIN}#")).await;
        phone.expect(|s| s.user.is_some() && s.registered).await;
        world
            .expect_bindings(&[(JANE, phone.status().sip_port)])
            .await;
    }
    world.site.sip.set_filter(move |message| !lost(message));
    let _before = world.site.sip.take_seen();
    phone.press(keys).await;
    eventually("the message that is lost", async || {
        let seen = world.site.sip.take_seen();
        if seen.iter().any(lost) {
            Ok(())
        } else {
            Err("not yet")
        }
    })
    .await;
    phone.kill().await;
    world.site.sip.set_filter(|_| true);
    PhoneProcess::start(&config).await
}

async fn expect_host_alone(world: &World, phone: &PhoneProcess) {
    phone.expect(|s| s.user.is_none() && s.registered).await;
    world
        .expect_bindings(&[("3001", phone.status().sip_port)])
        .await;
}

async fn expect_jane_alone(world: &World, phone: &PhoneProcess) {
    phone.expect(|s| s.user.is_some() && s.registered).await;
    world
        .expect_bindings(&[(JANE, phone.status().sip_port)])
        .await;
}

fn jane_logs_in() -> String {
    format!("{JANE_SHORT}#{JANE_PIN}#")
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_before_the_registrar_heard_of_the_guest_leaves_the_host() {
    let world = World::start().await;
    let phone = killed_while(&world, false, &jane_logs_in(), |m| m.registers(JANE)).await;
    expect_host_alone(&world, &phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_after_the_registrar_took_the_guest_and_before_the_phone_heard_leaves_the_host() {
    let world = World::start().await;
    let said_yes = |m: &Message| m.way == Way::Down && m.user == JANE && m.start.contains(" 200 ");
    let phone = killed_while(&world, false, &jane_logs_in(), said_yes).await;
    expect_host_alone(&world, &phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_after_the_commit_and_before_the_host_is_gone_leaves_jane() {
    let world = World::start().await;
    let phone = killed_while(&world, false, &jane_logs_in(), |m| m.unregisters("3001")).await;
    expect_jane_alone(&world, &phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_while_leaving_before_the_host_is_back_leaves_the_host() {
    let world = World::start().await;
    let phone = killed_while(&world, true, "*46C", |m| m.registers("3001")).await;
    expect_host_alone(&world, &phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_while_leaving_before_the_guest_is_gone_leaves_the_host() {
    let world = World::start().await;
    let phone = killed_while(&world, true, "*46C", |m| m.unregisters(JANE)).await;
    expect_host_alone(&world, &phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kamailio_restarts_the_guest_comes_back_by_itself() {
    let people = "";
    let mut world = World::start_with(people, &[]).await;
    let phone = world.site.phone(0).await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    world.kamailio.stop();
    world.kamailio.start_again().await;
    world.expect_bindings(&[]).await;
    // Memory only: the binding is back with the next refresh, which a restart of the phone brings forward.
    let phone = phone.restart().await;
    phone.expect_user(JANE).await;
    world
        .expect_bindings(&[(JANE, phone.status().sip_port)])
        .await;
}
