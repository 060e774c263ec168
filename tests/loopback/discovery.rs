//! Phones whose configuration names no server find it: in the lease, or by asking everybody.

use std::net::Ipv4Addr;

use hotdesk_agent::Status;
use hotdesk_agent::protocol::{Answer, Request};
use rig::{DESKS, FilePhone, Impostor, PnpManner, PnpServer, Site};

fn is_at_home(status: &Status) -> bool {
    status.server && status.desk.is_some()
}

/// A phone at the first desk that looks for its server in a lease that is not there yet, and asks `pnp`.
fn looking(site: &Site, pnp: &str) -> FilePhone {
    let ca = site.provd.ca_file();
    FilePhone::start(
        DESKS[0].0,
        &format!(
            "[server]\nca_file = {ca:?}\n[discovery]\nlease_file = \"lease\"\npnp = \"{pnp}\"\n"
        ),
    )
}

fn url(site: &Site) -> String {
    format!("https://{}", site.https.address())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_a_server_says_so_and_goes_on_when_the_lease_names_one() {
    let site = Site::start("").await;
    let phone = looking(&site, "off");
    phone.expect_screen("No server found").await;
    phone.write("lease", "option.66=http://192.0.2.10/prov/\n");
    phone.expect_screen("http://192.0.2.10/prov/").await;
    let lease = format!("option.160={}\noption.66=tftp.example.net\n", url(&site));
    phone.write("lease", &lease);
    phone.expect("the desk's phone", is_at_home).await;
    let kept = std::fs::read_to_string(phone.path("state/server")).unwrap();
    assert_eq!(kept.trim(), url(&site));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_looks_for_its_server_still_calls_for_help() {
    let site = Site::start("").await;
    let phone = looking(&site, "off");
    phone.expect_screen("[Emergency]").await;
    let keys = "off-hook 112".to_owned();
    let pressed = phone.ask(&Request::Press { keys }).await.unwrap();
    assert!(matches!(pressed, Answer::Status(_)), "{pressed:?}");
    phone.expect_screen("112").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_at_home_follows_no_other_lease() {
    let site = Site::start("").await;
    let impostor = Impostor::that_listens(&site.provd);
    let phone = looking(&site, "off");
    phone.write("lease", &format!("option.43={}\n", url(&site)));
    phone.expect("the desk's phone", is_at_home).await;
    let elsewhere = format!("option.160=https://{}\n", impostor.address());
    phone.write("lease", &elsewhere);
    site.provd
        .import("[[phones]]\nmac = \"02005e100011\"\nname = \"Moved\"\nextension = \"3001\"\n")
        .await;
    phone
        .expect("its own server's news", |status| {
            is_at_home(status) && status.desk.as_deref() == Some("Moved")
        })
        .await;
    let asked = impostor.take_heard().requests;
    assert!(asked.is_empty(), "nobody asks the other one: {asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn before_that_a_better_lease_counts() {
    let site = Site::start("").await;
    let phone = looking(&site, "off");
    phone.write("lease", "option.160=https://127.0.0.1:1\n");
    phone.expect_screen("Connecting").await;
    phone.write("lease", &format!("option.160={}\n", url(&site)));
    phone.expect("the desk's phone", is_at_home).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_asks_everybody_and_believes_whoever_answers_its_question() {
    for manner in [
        PnpManner::Proper,
        PnpManner::OutOfDialog,
        PnpManner::Careless,
    ] {
        let site = Site::start("").await;
        let pbx = PnpServer::start(Ipv4Addr::LOCALHOST, &url(&site), manner).await;
        let phone = looking(&site, &pbx.group().to_string());
        phone.expect("the desk's phone", is_at_home).await;
        let answered = pbx.answered();
        assert_eq!(
            answered.first().map(String::as_str),
            Some("SIP/2.0 200 OK"),
            "{manner:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_makers_server_answers_is_shown() {
    let site = Site::start("").await;
    let named = "http://user:secret@192.0.2.10/prov/{mac}.cfg";
    let pbx = PnpServer::start(Ipv4Addr::LOCALHOST, named, PnpManner::Proper).await;
    let phone = looking(&site, &pbx.group().to_string());
    phone
        .expect_screen("http://192.0.2.10/prov/02005E100011.cfg")
        .await;
}
