//! Servers that are silent, busy, picky or gone.

use std::time::Duration;

use hotdesk_provisioning::Transport;

use super::rig::{ALICE, Rig, SERVER, address, text};
use crate::event::{FailedWhy, RejectedWhy, UserAgentEvent};
use crate::wire::HeaderName;

fn failed(event: &UserAgentEvent) -> (FailedWhy, Duration) {
    let UserAgentEvent::Failed { why, retry_in, .. } = event else {
        panic!("not a failure: {event:?}");
    };
    (*why, *retry_in)
}

#[test]
fn a_silent_server_gets_eleven_requests_in_32_seconds_then_the_phone_is_told() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    rig.advance(Duration::from_millis(31_999));
    assert_eq!(rig.requests().len(), 11);
    assert_eq!(rig.events(), []);
    rig.advance(Duration::from_millis(1));
    let (why, retry_in) = failed(&rig.event());
    assert_eq!(why, FailedWhy::Timeout);
    assert!((30..=60).contains(&retry_in.as_secs()), "{retry_in:?}");
    rig.advance(retry_in);
    assert_eq!(rig.requests().len(), 1);
}

#[test]
fn waits_double_up_to_half_an_hour_with_jitter_and_start_again_after_a_success() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let mut waits = Vec::new();
    for _ in 0..10 {
        let request = rig.request();
        rig.answer(&request, 500, &[]);
        let (why, retry_in) = failed(&rig.event());
        assert_eq!(why, FailedWhy::Server(500));
        waits.push(retry_in);
        rig.advance(retry_in);
    }
    for (n, wait) in (1u32..).zip(&waits) {
        let most = Duration::from_secs((30 * 2u64.pow(n)).min(1800));
        assert!((most / 2..=most).contains(wait), "failure {n}: {wait:?}");
    }
    let whole = waits.iter().filter(|w| w.subsec_millis() == 0).count();
    assert!(whole < waits.len(), "no jitter: {waits:?}");
    let request = rig.request();
    rig.ok(&request);
    assert!(matches!(rig.event(), UserAgentEvent::Registered { .. }));
    rig.seconds(150);
    let request = rig.request();
    rig.answer(&request, 500, &[]);
    assert!(failed(&rig.event()).1 <= Duration::from_secs(60));
}

#[test]
fn a_busy_server_is_left_alone_for_as_long_as_it_says() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    rig.answer(&request, 503, &["Retry-After: 300"]);
    assert_eq!(
        failed(&rig.event()),
        (FailedWhy::Server(503), Duration::from_secs(300))
    );
    rig.seconds(299);
    assert_eq!(rig.requests().len(), 0);
    rig.seconds(1);
    assert_eq!(rig.requests().len(), 1);
}

#[test]
fn a_demanded_time_is_adopted_once() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    rig.answer(&request, 423, &["Min-Expires: 600"]);
    let request = rig.request();
    assert_eq!(text(&request, HeaderName::Expires), "600");
    rig.answer(&request, 423, &["Min-Expires: 601"]);
    assert_eq!(failed(&rig.event()).0, FailedWhy::Server(423));
    for nonsense in ["Min-Expires: 0", "Min-Expires: 4294967295", "X: y"] {
        let mut rig = Rig::new();
        rig.register(ALICE, "alice");
        let request = rig.request();
        rig.answer(&request, 423, &[nonsense]);
        assert_eq!(failed(&rig.event()).0, FailedWhy::Server(423), "{nonsense}");
    }
}

#[test]
fn permanent_refusals_are_not_tried_again() {
    for (status, expected) in [
        (403, RejectedWhy::Forbidden),
        (404, RejectedWhy::UnknownUser),
        (400, RejectedWhy::Refused),
        (603, RejectedWhy::Refused),
    ] {
        let mut rig = Rig::new();
        rig.register(ALICE, "alice");
        let request = rig.request();
        rig.answer(&request, status, &[]);
        assert_eq!(
            rig.event(),
            UserAgentEvent::Rejected {
                id: ALICE,
                status,
                why: expected
            }
        );
        rig.seconds(100_000);
        assert_eq!(rig.requests().len(), 0);
    }
}

#[test]
fn disliked_extensions_are_left_out() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    rig.answer(&request, 420, &["Unsupported: gruu"]);
    let request = rig.request();
    assert_eq!(text(&request, HeaderName::Supported), "path, outbound");
    rig.answer(&request, 439, &[]);
    let request = rig.request();
    assert_eq!(text(&request, HeaderName::Supported), "path");
    assert!(!text(&request, HeaderName::Contact).contains("reg-id"));
    rig.answer(&request, 420, &["Unsupported: telepathy"]);
    assert!(matches!(
        rig.event(),
        UserAgentEvent::Rejected { status: 420, .. }
    ));
}

#[test]
fn a_redirect_to_an_address_is_followed_once() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    rig.answer(&request, 302, &["Contact: <sip:192.0.2.11:5070>"]);
    let transmit = rig.transmits().remove(0);
    assert_eq!(transmit.destination, address("192.0.2.11:5070"));
    let request = crate::wire::parse_request(&transmit.bytes).unwrap();
    assert_eq!(request.uri.as_str(), "sip:192.0.2.11:5070");
    let again = super::rig::response(&request, 302, &["Contact: <sip:192.0.2.12>"]);
    rig.receive_from("192.0.2.11:5070", again.as_bytes());
    assert_eq!(failed(&rig.event()).0, FailedWhy::Redirected);
}

#[test]
fn a_200_without_us_is_no_registration() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    rig.answer(
        &request,
        200,
        &["Contact: <sip:other@192.0.2.55>;expires=300"],
    );
    assert_eq!(failed(&rig.event()).0, FailedWhy::NotListed);
    let mut rig = Rig::new();
    rig.registered(ALICE, "alice");
    rig.seconds(150);
    let request = rig.request();
    rig.answer(&request, 200, &[]);
    assert_eq!(
        rig.event(),
        UserAgentEvent::Lost {
            id: ALICE,
            status: 200
        }
    );
}

#[test]
fn an_icmp_error_fails_at_once() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    rig.requests();
    rig.agent
        .handle_transport_error(rig.now, Transport::Udp, address("192.0.2.99:5060"));
    assert_eq!(rig.events(), []);
    rig.agent
        .handle_transport_error(rig.now, Transport::Udp, address(SERVER));
    assert_eq!(failed(&rig.event()).0, FailedWhy::Transport);
    rig.advance(Duration::from_secs(29));
    assert_eq!(
        rig.requests().len(),
        0,
        "no retransmission after the failure"
    );
}

#[test]
fn a_closed_connection_is_opened_again_but_not_without_end() {
    let close = |rig: &mut Rig| {
        rig.agent
            .handle_transport_error(rig.now, Transport::Tcp, address(SERVER))
    };
    let mut rig = Rig::over_tcp();
    rig.register(ALICE, "alice");
    rig.requests();
    close(&mut rig);
    let request = rig.request();
    assert_eq!(text(&request, HeaderName::CSeq), "2 REGISTER");
    rig.ok(&request);
    rig.events();
    rig.seconds(60);
    close(&mut rig);
    rig.seconds(0);
    let request = rig.request();
    rig.ok(&request);
    close(&mut rig);
    rig.seconds(9);
    assert_eq!(
        rig.requests().len(),
        0,
        "a server that closes at once is asked every ten seconds"
    );
    rig.seconds(1);
    rig.request();
    close(&mut rig);
    rig.request();
    close(&mut rig);
    assert_eq!(failed(&rig.event()).0, FailedWhy::Transport);
}
