//! What is around the display: the hook switch and the lamps on the board's lines, keys, tones.

use rig::qemu::Disk;
use rig::{HOST_OF_MACHINES, JANE, JANE_PIN, JANE_SHORT, World, eventually};

use crate::desk::{self, SIP_PORT};

/// The hook switch: high while the handset is lifted.
const HOOK: u8 = 0;
/// The lamp that says that a message waits.
const MESSAGE_LAMP: u8 = 4;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_waits_lights_its_lamp() {
    let world = World::start_for_machines("").await;
    let mut phone = desk::vacant_phone(&world).await;
    let mut pins = phone.pins().await;
    for (waiting, body) in [(true, "yes"), (false, "no")] {
        let registrar = (HOST_OF_MACHINES, world.site.sip.address().port()).into();
        let body = format!("Messages-Waiting: {body}\r\n");
        let (text, _) = world
            .notification(registrar, "message-summary", &body)
            .await;
        world.site.sip.inject(text.as_bytes(), phone.sip()).await;
        pins.expect(MESSAGE_LAMP, waiting).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_heard_and_what_keys_send_can_be_shown() {
    let world = World::start_for_machines("").await;
    let tone = "[tone]\ncommand = [\"/bin/touch\", \"/tmp/tone-{tone}\"]\n[display]";
    let toml = desk::agent_toml(&world).replace("[display]", tone);
    let disk = Disk::provisioned(&toml, &world.site.provd.ca_file());
    let mut phone = desk::switched_on(disk).await;
    desk::expect_vacant(&world, &mut phone).await;
    phone.press(&format!("{JANE_SHORT}#0000#")).await;
    eventually("the tone of a refusal", async || {
        let sounded = phone.run("echo /tmp/tone-*").await;
        if sounded.trim() == "/tmp/tone-refused" {
            Ok(())
        } else {
            Err(sounded)
        }
    })
    .await;
    phone.press("B").await;
    phone.expect_text("Sign in to use this phone").await;

    let shown = "/tmp/keys";
    phone
        .run(&format!("{{ hotdeskd keys </dev/null >{shown} 2>&1 & }}"))
        .await;
    eventually("what the key 7 sends", async || {
        phone.press("7").await;
        let said = phone.run(&format!("cat {shown}")).await;
        if said.contains("KEY_7 (8) = 1  ->  7") {
            Ok(())
        } else {
            Err(said)
        }
    })
    .await;
    phone.run("kill $!").await;
}
