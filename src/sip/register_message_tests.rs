//! REGISTER requests have the right headers, and answers are read by the right rules.

use super::*;
use crate::tests_support::account;

const INSTANCE: &str = "urn:uuid:00000000-0000-1000-8000-02005e10002a";

fn registrant(local: &str) -> Registrant {
    let server = "192.0.2.10:5060".parse().unwrap();
    Registrant::new(account("2019"), "k7c2", server, local.parse().unwrap())
}

fn request(purpose: Purpose, local: &str) -> Request {
    Register {
        registrant: &registrant(local),
        purpose,
        uri: Uri::parse("sip:pbx.example.net").unwrap(),
        branch: "z9hG4bK1",
        from_tag: "t",
        call_id: "c",
        cseq: 4,
        expires: 300,
        extensions: &EXTENSIONS,
        instance: INSTANCE,
        user_agent: "hotdesk/1",
    }
    .build()
}

fn text(request: &Request, name: &HeaderName) -> Option<String> {
    request.headers.text(name).map(|t| t.into_owned())
}

fn answer(contacts: &[&str], expires: Option<&str>) -> Response {
    let mut response = Response::new(200);
    for contact in contacts {
        response.headers.push(HeaderName::Contact, *contact);
    }
    if let Some(expires) = expires {
        response.headers.push(HeaderName::Expires, expires);
    }
    response
}

fn listed(contacts: &[&str], expires: Option<&str>) -> (Option<u32>, bool) {
    let registrant = registrant("192.0.2.21:5060");
    let listing = listing(&answer(contacts, expires), &registrant, INSTANCE, 300);
    (listing.ours, listing.others)
}

#[test]
fn only_bind_and_unbind_name_a_contact() {
    let bind = request(Purpose::Bind, "192.0.2.21:5060");
    assert_eq!(
        text(&bind, &HeaderName::Contact).unwrap(),
        format!("<sip:k7c2@192.0.2.21:5060>;reg-id=1;+sip.instance=\"<{INSTANCE}>\"")
    );
    assert_eq!(text(&bind, &HeaderName::Expires).as_deref(), Some("300"));
    let unbind = request(Purpose::Unbind, "192.0.2.21:5060");
    assert!(
        text(&unbind, &HeaderName::Contact)
            .unwrap()
            .ends_with(";expires=0")
    );
    assert_eq!(text(&unbind, &HeaderName::Expires).as_deref(), Some("0"));
    for query in [Purpose::RefreshQuery, Purpose::UnbindQuery] {
        let query = request(query, "192.0.2.21:5060");
        assert_eq!(text(&query, &HeaderName::Contact), None);
        assert_eq!(text(&query, &HeaderName::Expires), None);
    }
}

#[test]
fn an_ipv6_address_stands_in_brackets_without_scope() {
    let request = request(Purpose::Bind, "[fe80::1%3]:5060");
    assert!(
        text(&request, &HeaderName::Contact)
            .unwrap()
            .contains("@[fe80::1]:5060>")
    );
    assert!(
        text(&request, &HeaderName::Via)
            .unwrap()
            .contains(" [fe80::1]:5060;")
    );
    assert_eq!(request.headers.via().unwrap().branch(), Some("z9hG4bK1"));
}

#[test]
fn the_time_granted_is_that_of_our_own_contact() {
    assert_eq!(
        listed(
            &["<sip:x@h>;expires=60", "<sip:k7c2@h>;expires=90"],
            Some("9")
        ),
        (Some(90), true)
    );
    assert_eq!(listed(&["<sip:k7c2@h>"], Some("77")), (Some(77), false));
    assert_eq!(
        listed(&["sip:k7c2@203.0.113.9:1024"], None),
        (Some(300), false)
    );
    assert_eq!(listed(&["<sip:k7c2@h>;expires=0"], None), (None, false));
    assert_eq!(
        listed(&["<sip:k7c2@h>;expires=99999999999999"], None),
        (Some(EXPIRES_MAX), false)
    );
    assert_eq!(listed(&[], None), (None, false));
}

#[test]
fn our_own_device_is_never_somebody_else() {
    let rewritten = format!("<sip:2019@sbc.example.net>;+sip.instance=\"<{INSTANCE}>\";expires=50");
    assert_eq!(listed(&[&rewritten], None), (Some(50), false));
}

#[test]
fn a_token_that_everybody_knows_needs_the_address_too() {
    let mut registrant = registrant("192.0.2.21:5060");
    registrant.contact_token = "2019".into();
    let both = answer(
        &[
            "<sip:2019@192.0.2.55:5060>;expires=3411",
            "<sip:2019@192.0.2.21>;expires=60",
        ],
        None,
    );
    let listing = listing(&both, &registrant, INSTANCE, 300);
    assert_eq!((listing.ours, listing.others), (Some(60), true));
}

#[test]
fn answers_are_sorted_by_what_to_do() {
    let with = |status, name: HeaderName, value: &str| {
        let mut response = Response::new(status);
        response.headers.push(name, value);
        interpret(&response)
    };
    assert_eq!(
        with(423, HeaderName::MinExpires, "600"),
        Outcome::TooBrief(Some(600))
    );
    assert_eq!(
        with(503, HeaderName::RetryAfter, "30"),
        Outcome::Trouble(Some(Duration::from_secs(30)))
    );
    assert_eq!(
        with(503, HeaderName::RetryAfter, "949302838503028349304023988"),
        Outcome::Trouble(None)
    );
    assert_eq!(
        with(503, HeaderName::RetryAfter, "4294967295"),
        Outcome::Trouble(Some(Duration::from_secs(3600)))
    );
    assert_eq!(
        with(420, HeaderName::Unsupported, "path, x"),
        Outcome::BadExtension(vec!["path".into(), "x".into()])
    );
    assert_eq!(
        with(302, HeaderName::Contact, "<sip:pbx2.example.net>"),
        Outcome::Redirect(None)
    );
    let Outcome::Redirect(Some((_, address))) =
        with(302, HeaderName::Contact, "<sip:[2001:db8::5]:5070>")
    else {
        panic!("not an address");
    };
    assert_eq!(address, "[2001:db8::5]:5070".parse().unwrap());
    let plain = |status| interpret(&Response::new(status));
    for busy in [408, 480, 486, 500, 599, 600] {
        assert_eq!(plain(busy), Outcome::Trouble(None), "{busy}");
    }
    for no in [400, 402, 421, 494, 603, 606] {
        assert_eq!(plain(no), Outcome::Refusal(RejectedWhy::Refused), "{no}");
    }
}
