//! The handset page in Debian's Chromium, worked by clicks, in front of the real server, real agents and a real Kamailio.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must fail"
)]

mod chromium;
mod glass;
mod page;

use std::fmt::Write as _;

use hotdesk_handset::{Config, Handsets};
use hotdesk_ui::PANELS;
use rig::{DESKS, JANE, JANE_PIN, JANE_SHORT, World};

use chromium::Chromium;
use page::PagePhone;

/// The soft key at the left: what moves the person forward.
const FORWARD: &str = "soft1";

#[tokio::test(flavor = "multi_thread")]
async fn jane_signs_in_by_clicks_moves_to_another_handset_and_logs_out() {
    let browser = Chromium::start().await;
    let world = World::start().await;
    let handsets = handsets(&world, 2).await;
    page::open(
        &browser.client,
        &format!("http://{}/", handsets.address()),
        2,
    )
    .await;
    let first = PagePhone::new(&browser.client, 1);
    let second = PagePhone::new(&browser.client, 2);
    first.says(&["Sign in to use this phone", "Desk 11"]).await;
    second.says(&["Sign in to use this phone", "Desk 12"]).await;

    first.click(&[FORWARD]).await;
    first.click(&digits(JANE_SHORT)).await;
    first.click(&[FORWARD]).await;
    first.click(&digits(JANE_PIN)).await;
    first.click(&[FORWARD]).await;
    first.says(&["Jane Doe", JANE, "Registered"]).await;
    let jane = glass::name_on_idle_screen("480x272", "Jane Doe", "James Roe");
    first.shows("Jane's name", &jane).await;
    assert!(first.lamp("signed_in").await);
    assert!(!second.lamp("signed_in").await);
    world
        .expect_bindings(&[
            (JANE, sip_port(&handsets, 0)),
            ("3002", sip_port(&handsets, 1)),
        ])
        .await;

    a_held_key_deletes_all(&second).await;

    // The whole of extension and PIN on the keyboard this time, as one field.
    second.type_keys(&format!("{JANE_SHORT}#{JANE_PIN}#")).await;
    second.says(&["Jane Doe", JANE, "Registered"]).await;
    second.shows("Jane's name", &jane).await;
    first.says(&["Jane Doe was logged out", "Desk 12"]).await;
    assert!(first.lamp("attention").await);
    world
        .expect_bindings(&[
            ("3001", sip_port(&handsets, 0)),
            (JANE, sip_port(&handsets, 1)),
        ])
        .await;

    second.click(&["soft1"]).await;
    second.says(&["Log out Jane Doe?"]).await;
    second.click(&[FORWARD]).await;
    second.says(&["Sign in to use this phone"]).await;
    world
        .expect_bindings(&[
            ("3001", sip_port(&handsets, 0)),
            ("3002", sip_port(&handsets, 1)),
        ])
        .await;

    browser
        .client
        .clone()
        .close()
        .await
        .expect("the browser closes");
    handsets.stop().await.expect("no phone was broken");
}

#[tokio::test(flavor = "multi_thread")]
async fn jane_signs_in_and_out_on_every_panel() {
    let browser = Chromium::start().await;
    let world = World::start().await;
    let handsets = handsets(&world, 1).await;
    let page = format!("http://{}/", handsets.address());
    page::open(&browser.client, &page, 1).await;
    let phone = PagePhone::new(&browser.client, 1);
    for panel in PANELS.iter() {
        phone.choose_panel(&panel.name).await;
        phone.says(&["Desk 11", "Sign in"]).await;
        phone.type_keys(&format!("{JANE_SHORT}#{JANE_PIN}#")).await;
        phone.says(&["Jane Doe", JANE]).await;
        let jane = glass::name_on_idle_screen(&panel.name, "Jane Doe", "James Roe");
        phone
            .shows(&format!("Jane's name on {}", panel.name), &jane)
            .await;
        world
            .expect_bindings(&[(JANE, sip_port(&handsets, 0))])
            .await;
        phone.click(&["soft1"]).await;
        phone.says(&["Log out Jane Doe?"]).await;
        phone.click(&[FORWARD]).await;
        phone.says(&["Desk 11", "Sign in"]).await;
    }
    // Who is signed in stays signed in when the glass changes.
    phone.type_keys(&format!("{JANE_SHORT}#{JANE_PIN}#")).await;
    phone.says(&["Jane Doe", JANE]).await;
    phone.choose_panel("132x64").await;
    phone.says(&["Jane Doe", JANE]).await;

    let client = browser.client.clone();
    client.close().await.expect("the browser closes");
    handsets.stop().await.expect("no phone was broken");
}

/// The key that deletes, held by the mouse, leaves nothing of what was typed.
async fn a_held_key_deletes_all(phone: &PagePhone<'_>) {
    phone.click(&[FORWARD]).await;
    phone.click(&digits("123")).await;
    phone.says(&["Extension: 123_"]).await;
    phone.hold("soft2").await;
    phone.says(&["Extension: _"]).await;
    phone.click(&["back"]).await;
    phone.says(&["Sign in to use this phone"]).await;
}

fn digits(text: &str) -> Vec<&str> {
    text.split("").filter(|digit| !digit.is_empty()).collect()
}

fn sip_port(handsets: &Handsets, phone: usize) -> u16 {
    handsets
        .status(phone)
        .expect("an agent is behind it")
        .sip_port
}

/// The first `count` desks of the demonstration, as a configuration file would start them.
async fn handsets(world: &World, count: usize) -> Handsets {
    let folder = world.site.provd.folder();
    let mut text = "listen = \"127.0.0.1:0\"\n".to_owned();
    for (number, (mac, _)) in DESKS.iter().take(count).enumerate() {
        let agent = format!(
            "[server]\nurl = \"https://{}\"\nca_file = {:?}\n[device]\nmac = \"{mac}\"\nstate_dir = \"{mac}\"\n[sip]\nlisten = \"127.0.0.1:0\"\n",
            world.site.https.address(),
            world.site.provd.ca_file(),
        );
        std::fs::write(folder.join(format!("{mac}.toml")), agent).expect("the folder takes files");
        let _ = write!(
            text,
            "[[phones]]\nname = \"Phone {}\"\nagent = \"{mac}.toml\"\n",
            number + 1
        );
    }
    let file = folder.join("handset.toml");
    std::fs::write(&file, text).expect("the folder takes files");
    let config = Config::load(&file).expect("the configuration is right");
    Handsets::start(&config).await.expect("the handsets start")
}
