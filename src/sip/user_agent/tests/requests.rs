//! Requests other than NOTIFY and INVITE, floods, and where answers go.

use std::time::Duration;

use super::notify::notify;
use super::rig::{ALICE, Rig, SERVER, SILENCE, address};
use crate::message::Response;
use crate::wire::{HeaderName, parse_response};

pub(super) fn request(method: &str, branch: &str, lines: &str) -> String {
    format!(
        "{method} sip:token-alice@192.0.2.21:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK{branch};rport\r\n\
         From: <sip:b@pbx.example.net>;tag=f\r\nTo: <sip:alice@pbx.example.net>\r\nCall-ID: {branch}\r\n\
         CSeq: 1 {method}\r\n{lines}\r\n"
    )
}

pub(super) fn ready() -> Rig {
    let mut rig = Rig::new();
    rig.registered(ALICE, "alice");
    rig
}

fn answer(rig: &mut Rig, text: &str) -> Response {
    rig.receive_from(SERVER, text.as_bytes());
    let sent = rig.transmits();
    assert_eq!(sent.len(), 1);
    parse_response(&sent[0].bytes).unwrap()
}

#[test]
fn options_says_what_we_can_do() {
    let mut rig = ready();
    let answer = answer(&mut rig, &request("OPTIONS", "1", "Max-Forwards: 0\r\n"));
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .headers
            .tokens(&HeaderName::Allow)
            .contains(&"NOTIFY".to_owned())
    );
    assert_eq!(
        answer.headers.text(&HeaderName::Accept).unwrap(),
        "application/sdp"
    );
    assert!(!answer.headers.tokens(&HeaderName::Supported).is_empty());
    assert!(answer.headers.to().unwrap().tag().is_some());
}

#[test]
fn what_we_cannot_do_is_named() {
    let mut rig = ready();
    for method in [
        "REGISTER",
        "MESSAGE",
        "SUBSCRIBE",
        "INFO",
        "UPDATE",
        "TELEPORT",
    ] {
        let answer = answer(&mut rig, &request(method, method, ""));
        assert_eq!(answer.status, 405);
        assert!(!answer.headers.tokens(&HeaderName::Allow).is_empty());
    }
    let refused = answer(
        &mut rig,
        &request("OPTIONS", "r", "Require: 100rel, x\r\nRequire: y\r\n"),
    );
    assert_eq!(refused.status, 420);
    assert_eq!(
        refused.headers.tokens(&HeaderName::Unsupported),
        ["100rel", "x", "y"]
    );
    for (n, (from, to, status)) in [
        ("sip:token-alice@192.0.2.21:5060 ", "tel:+1555 ", 416),
        ("SIP/2.0\r\nVia", "SIP/7.0\r\nVia", 505),
        ("Call-ID: ", "X: ", 400),
        ("1 OPTIONS", "1 INVITE", 400),
    ]
    .into_iter()
    .enumerate()
    {
        let text = request("OPTIONS", &format!("m{n}"), "").replacen(from, to, 1);
        assert_eq!(rig.receive(&text), [status], "{to}");
    }
    assert_eq!(rig.receive(&request("BYE", "bye", "")), [481]);
    assert_eq!(rig.receive(&request("ACK", "ack", "")), SILENCE);
}

#[test]
fn malformed_requests_with_a_broken_via_are_answered_to_their_source() {
    let mut rig = ready();
    let text = request("OPTIONS", "1", "").replace("192.0.2.10:5060;", ";;,;,,");
    rig.receive_from("192.0.2.10:40000", text.as_bytes());
    let sent = rig.transmits().remove(0);
    assert_eq!(sent.destination, address("192.0.2.10:40000"));
    assert_eq!(&sent.bytes[..11], b"SIP/2.0 400");
}

#[test]
fn malformed_responses_and_noise_are_dropped() {
    let mut rig = ready();
    for noise in [
        "SIP/2.0 200 OK\r\n\r\n",
        "SIP/2.0 4294967301 x\r\n\r\n",
        "hello\r\n\r\n",
        "\0\0\0\0",
        "\r\n",
        "",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        assert_eq!(rig.receive(noise), SILENCE, "{noise:?}");
    }
}

#[test]
fn answers_go_where_the_via_says() {
    let mut rig = ready();
    let without_rport = request("OPTIONS", "1", "")
        .replace(";rport", "")
        .replace("5060;", "6060;");
    rig.receive_from("192.0.2.10:40000", without_rport.as_bytes());
    assert_eq!(
        rig.transmits().remove(0).destination,
        address("192.0.2.10:6060")
    );
    rig.receive_from("192.0.2.10:40000", request("OPTIONS", "2", "").as_bytes());
    let sent = rig.transmits().remove(0);
    assert_eq!(sent.destination, address("192.0.2.10:40000"));
    let via = parse_response(&sent.bytes).unwrap().headers.via().unwrap();
    assert_eq!(
        (via.params.raw("rport"), via.params.raw("received")),
        (Some("40000"), Some("192.0.2.10"))
    );
}

#[test]
fn over_tcp_answers_go_back_on_the_connection() {
    let mut rig = Rig::over_tcp();
    rig.registered(ALICE, "alice");
    let text = request("OPTIONS", "1", "Content-Length: 0\r\n")
        .replace("/UDP", "/TCP")
        .replace(";rport", "");
    rig.receive_from("192.0.2.10:40000", text.as_bytes());
    assert_eq!(
        rig.transmits().remove(0).destination,
        address("192.0.2.10:40000")
    );
    assert_eq!(
        rig.agent.servers.len(),
        0,
        "a stream repeats nothing, so nothing is kept"
    );
}

#[test]
fn over_ipv6_everything_works_the_same() {
    let mut rig = Rig::new();
    rig.register_with(ALICE, "alice", |registrant| {
        registrant.server = address("[2001:db8::10]:5060");
        registrant.local = address("[2001:db8::21]:5060");
    });
    let request_sent = rig.request();
    let ok = super::rig::response(
        &request_sent,
        200,
        &["Contact: <sip:token-alice@[2001:db8::21]:5060>;expires=60"],
    );
    rig.receive_from("[2001:db8::10]:5060", ok.as_bytes());
    assert_eq!(rig.events().len(), 1);
    let text = request("OPTIONS", "1", "").replace("192.0.2.10:5060", "[2001:db8::10]");
    rig.receive_from("[2001:db8::10]:5060", text.as_bytes());
    let sent = rig.transmits().remove(0);
    assert_eq!(sent.destination, address("[2001:db8::10]:5060"));
    assert_eq!(parse_response(&sent.bytes).unwrap().status, 200);
}

#[test]
fn too_many_transactions_get_503_without_state() {
    let mut rig = Rig::with(|config| {
        config.limits.request_burst = 10_000;
        config.limits.requests_per_second = 10_000;
    });
    rig.registered(ALICE, "alice");
    let mut statuses = Vec::new();
    for n in 0..200 {
        statuses.extend(rig.receive(&request("INVITE", &format!("i{n}"), "")));
    }
    assert_eq!(statuses.iter().filter(|s| **s == 480).count(), 32);
    assert_eq!(statuses.iter().filter(|s| **s == 503).count(), 168);
    statuses.clear();
    for n in 0..200 {
        statuses.extend(rig.receive(&request("OPTIONS", &format!("o{n}"), "")));
    }
    assert_eq!(statuses.iter().filter(|s| **s == 200).count(), 32);
    assert_eq!(rig.agent.servers.len(), 64);
    rig.seconds(33);
    rig.transmits();
    assert_eq!(rig.agent.servers.len(), 0);
    assert_eq!(rig.receive(&request("OPTIONS", "later", "")), [200]);
}

#[test]
fn the_ack_of_a_stranger_is_not_answered() {
    let mut rig = ready();
    rig.receive_from("192.0.2.66:5060", request("ACK", "1", "").as_bytes());
    assert_eq!(rig.transmits(), []);
    rig.receive_from("192.0.2.66:5060", request("INVITE", "1", "").as_bytes());
    assert_eq!(rig.transmits().len(), 1);
}

#[test]
fn a_flood_is_dropped_and_ends() {
    let mut rig = ready();
    let mut answers = 0;
    for n in 0..1000 {
        let text = notify("alice", &format!("f{n}"), "Event: keep-alive");
        answers += rig.receive(&text).len();
    }
    assert_eq!(answers, 100);
    rig.advance(Duration::from_secs(40));
    assert_eq!(rig.receive(&request("OPTIONS", "1", "")), [200]);
    rig.receive_from("192.0.2.66:5060", request("OPTIONS", "2", "").as_bytes());
    assert_eq!(rig.transmits().len(), 1);
    for n in 0..1000 {
        rig.receive_from(
            "192.0.2.66:5060",
            request("OPTIONS", &format!("s{n}"), "").as_bytes(),
        );
    }
    assert!(rig.transmits().len() < 5);
    assert_eq!(
        rig.receive(&request("OPTIONS", "3", "")),
        [200],
        "strangers use up nothing of the server's"
    );
}
