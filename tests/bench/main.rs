//! `hotdesk-bench`: how long a switch takes, from Submit to the registrar's 200 OK, and how many messages it needs.
//!
//! Everything is real but the distance: a relay adds half of the round-trip time to each direction of HTTPS and of SIP.
//! Beside the measured time stands what the protocols cost at the very least: round trips × round-trip time. Nothing here
//! passes or fails.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops where it cannot go on"
)]

use std::time::{Duration, Instant};

use rig::registrar::{Credentials, Registrar};
use rig::{DOMAIN, Impostor, JANE, JANE_PIN, JANE_SHORT, Kamailio, Message, Phone, Site, Way};

/// Switches in each row.
const SWITCHES: usize = 60;
/// The distance of the second half of the table, there and back.
const DISTANCE: Duration = Duration::from_millis(50);

const LEGEND: &str = "
median, p95  what the person waits
server       median until the first REGISTER leaves the phone: one HTTPS round trip and the check of the PIN
limit        round trips x added RTT; ratio = median / limit
HTTPS, REGISTER  requests between Submit and 200 OK. Afterwards, with nobody waiting: one HTTPS request (commit) and one
                 REGISTER (the desk's own binding is removed)";

/// Which registrar, and whether it still knows the nonce that the phone has.
enum Pbx {
    Kamailio(Kamailio),
    Own(Registrar),
}

/// One measured switch.
struct Switch {
    /// Until the registrar's 200 OK was at the phone.
    took: Duration,
    /// Until the phone's first REGISTER left it: the server's part, with the check of the PIN.
    admitted: Duration,
    https: usize,
    registers: usize,
}

#[tokio::main]
async fn main() {
    println!("Submit to 200 OK, {SWITCHES} switches in each row; times in milliseconds\n");
    println!("registrar  added RTT  nonce  HTTPS  REGISTER  median     p95  server   limit  ratio");
    for rtt in [Duration::ZERO, DISTANCE] {
        for (name, forget) in [("kamailio", false), ("own", false), ("own", true)] {
            let switches = row(name, rtt, forget).await;
            print_row(name, rtt, forget, &switches);
        }
    }
    println!("{LEGEND}");
}

async fn row(name: &str, rtt: Duration, forget: bool) -> Vec<Switch> {
    let mut site = Site::start("").await;
    let tap = Impostor::that_listens(&site.provd);
    site.https.redirect(tap.address()).await;
    let pbx = if name == "kamailio" {
        Pbx::Kamailio(Kamailio::start(&site.provd.database_path(), DOMAIN).await)
    } else {
        let credentials = Credentials::open(&site.provd.database_path())
            .await
            .unwrap();
        Pbx::Own(
            Registrar::start("127.0.0.1:0".parse().unwrap(), DOMAIN, credentials)
                .await
                .unwrap(),
        )
    };
    site.sip.forward_to(match &pbx {
        Pbx::Kamailio(kamailio) => kamailio.address(),
        Pbx::Own(own) => own.address(),
    });
    site.https.set_delay(rtt / 2);
    site.sip.set_delay(rtt / 2);
    let phone = site.phone(0).await;
    let mut switches = Vec::new();
    for _ in 0..SWITCHES {
        if let (Pbx::Own(own), true) = (&pbx, forget) {
            own.expire_nonces();
        }
        switches.push(switch(&site, &tap, &phone, rtt / 2).await);
        phone.log_out().await;
        phone.expect_vacant().await;
        settle(&site, rtt).await;
    }
    switches
}

async fn switch(site: &Site, tap: &Impostor, phone: &Phone, delay: Duration) -> Switch {
    // As a person types: the connection is warm by the time the PIN is complete.
    phone.press(&format!("{JANE_SHORT}#{JANE_PIN}")).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let _before = (tap.take_heard(), site.sip.take_seen());
    let mut status = phone.follow();
    let submitted = Instant::now();
    phone.press("#").await;
    status
        .wait_for(|s| s.user.is_some() && s.registered)
        .await
        .unwrap();
    let asked = |line: &&String| *line == "POST /v1/associations";
    let https = tap.take_heard().requests.iter().filter(asked).count();
    let seen = site.sip.take_seen();
    let registers: Vec<&Message> = seen.iter().filter(|m| m.registers(JANE)).collect();
    let is_yes = |m: &&Message| m.way == Way::Down && m.user == JANE && m.start.contains(" 200 ");
    let yes = seen.iter().find(is_yes).unwrap();
    Switch {
        took: yes.at - submitted + delay,
        admitted: registers[0].at - submitted,
        https,
        registers: registers.len(),
    }
}

/// Waits until nothing has been said for a while.
async fn settle(site: &Site, rtt: Duration) {
    loop {
        tokio::time::sleep(Duration::from_millis(100) + 2 * rtt).await;
        if site.sip.take_seen().is_empty() {
            return;
        }
    }
}

fn print_row(name: &str, rtt: Duration, forget: bool, switches: &[Switch]) {
    let (took, admitted) = (
        milliseconds(switches, |s| s.took),
        milliseconds(switches, |s| s.admitted),
    );
    let (median, p95) = (percentile(&took, 50), percentile(&took, 95));
    let server = percentile(&admitted, 50);
    let average = |count: fn(&Switch) -> usize| {
        switches.iter().map(count).sum::<usize>() as f64 / switches.len() as f64
    };
    let (https, registers) = (average(|s| s.https), average(|s| s.registers));
    let nonce = if forget { "cold" } else { "warm" };
    // One request to be admitted, one to be registered, and one more where the registrar wants a new nonce.
    let trips = if forget { 3.0 } else { 2.0 };
    let limit = trips * rtt.as_secs_f64() * 1000.0;
    let ratio = if limit > 0.0 {
        format!("{:5.2}", median / limit)
    } else {
        format!("{:>5}", "-")
    };
    let rtt = rtt.as_millis();
    println!(
        "{name:9}  {rtt:6} ms  {nonce:5}  {https:5.2}  {registers:8.2}  {median:6.1}  {p95:6.1}  {server:6.1}  {limit:6.1}  {ratio}"
    );
}

/// In order.
fn milliseconds(switches: &[Switch], time: fn(&Switch) -> Duration) -> Vec<f64> {
    let mut times: Vec<f64> = switches
        .iter()
        .map(|s| time(s).as_secs_f64() * 1000.0)
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() - 1) * percent / 100]
}
