//! What is accepted, what is answered and what is dropped.

use super::*;
use crate::wire::{HEADERS_MAX, LIST_MAX, write_request, write_response};

/// A good request with one more header line and a body.
fn request(extra: &str, body: &str) -> Vec<u8> {
    format!(
        "NOTIFY sip:k7@192.0.2.21 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa\r\n\
         From: <sip:pbx@example.net>;tag=1\r\nTo: <sip:k7@192.0.2.21>\r\nCall-ID: c1\r\nCSeq: 1 NOTIFY\r\n\
         {extra}\r\n{body}"
    )
    .into_bytes()
}

fn error(bytes: &[u8]) -> Option<(Option<u16>, MessageError)> {
    match parse(bytes) {
        Ok(_) => None,
        Err(ParseFailure::Drop(error)) => Some((None, error)),
        Err(ParseFailure::Answer { status, error, .. }) => Some((Some(status), error)),
    }
}

fn bad_request(bytes: &[u8]) -> bool {
    matches!(error(bytes), Some((Some(400), _)))
}

#[test]
fn what_is_parsed_is_written_and_parsed_again() {
    let bytes = request(
        "v: SIP/2.0/TCP h1;branch=1 , SIP/2.0/UDP [2001:db8::1]:5062\r\nSubject:  two\r\n\t lines \r\nX-Latin: caf\u{e9}\r\n",
        "body",
    );
    let parsed = parse_request(&bytes).unwrap();
    assert_eq!(parsed.headers.all(&HeaderName::Via).count(), 3);
    assert_eq!(
        parsed.headers.text(&HeaderName::Subject).unwrap(),
        "two lines"
    );
    let written = write_request(&parsed).unwrap();
    assert_eq!(parse_request(&written).unwrap(), parsed);
}

#[test]
fn bytes_that_are_not_utf8_lose_no_header() {
    let mut bytes = request("X-Name: caf\u{1}\r\nEvent: check-sync\r\n", "");
    let at = bytes.iter().position(|b| *b == 1).unwrap();
    bytes[at] = 0xe9;
    let parsed = parse_request(&bytes).unwrap();
    assert_eq!(
        parsed.headers.text(&HeaderName::Event).unwrap(),
        "check-sync"
    );
    assert_eq!(
        parsed
            .headers
            .first(&HeaderName::Other("x-name".into()))
            .unwrap(),
        b"caf\xe9"
    );
}

#[test]
fn a_datagram_may_lack_content_length_and_may_be_longer_than_it() {
    assert_eq!(parse_request(&request("", "all")).unwrap().body.0, b"all");
    assert_eq!(
        parse_request(&request("l: 2\r\n", "all")).unwrap().body.0,
        b"al"
    );
    for bad in [
        "l: 4\r\n",
        "l: -1\r\n",
        "l: x\r\n",
        "l: 1\r\nl: 1\r\n",
        "l: 99999999999\r\n",
    ] {
        assert!(bad_request(&request(bad, "all")), "{bad}");
    }
}

#[test]
fn a_message_that_does_not_end_is_refused_at_every_length() {
    let bytes = request("Content-Length: 4\r\n", "body");
    for length in 0..bytes.len() {
        assert!(error(&bytes[..length]).is_some(), "accepted {length} bytes");
    }
    assert!(parse_request(&bytes).is_ok());
}

#[test]
fn bare_line_feeds_are_taken_only_without_any_carriage_return() {
    let text = String::from_utf8(request("", "")).unwrap();
    assert!(parse_request(text.replace("\r\n", "\n").as_bytes()).is_ok());
    let mixed = text.replacen("\r\n", "\n", 1);
    assert!(error(mixed.as_bytes()).is_some());
    let one_return = text.replace("\r\n", "\n").replacen('\n', "\r\n", 1);
    let never_ends = Some((None, MessageError::HeadersNeverEnd));
    assert_eq!(error(one_return.as_bytes()), never_ends);
}

#[test]
fn single_headers_may_not_be_repeated_or_missing() {
    for extra in [
        "To: <sip:x@h>\r\n",
        "i: c2\r\n",
        "CSeq: 1 NOTIFY\r\n",
        "f: <sip:x@h>;tag=2\r\n",
    ] {
        assert!(bad_request(&request(extra, "")), "{extra}");
    }
    let text = String::from_utf8(request("", "")).unwrap();
    for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
        let renamed = text.replacen(&format!("\r\n{name}:"), "\r\nX-Gone:", 1);
        assert!(bad_request(renamed.as_bytes()), "{name}");
    }
}

#[test]
fn header_lines_with_nul_bare_cr_or_no_name_are_refused() {
    for extra in [
        "X: a\0b\r\n",
        "X: a\rb\r\n",
        "X: a\nb\r\n",
        "no colon\r\n",
        ": x\r\n",
        "a b: x\r\n",
    ] {
        assert!(bad_request(&request(extra, "")), "{extra:?}");
    }
}

#[test]
fn the_bounds_hold() {
    let many = "X: y\r\n".repeat(HEADERS_MAX - 5);
    assert!(parse_request(&request(&many, "")).is_ok());
    assert!(bad_request(&request(&format!("{many}X: y\r\n"), "")));
    let long = |n: usize| format!("X: {}\r\n", "a".repeat(n));
    assert!(parse_request(&request(&long(crate::wire::HEADER_BYTES_MAX), "")).is_ok());
    assert!(bad_request(&request(
        &long(crate::wire::HEADER_BYTES_MAX + 1),
        ""
    )));
    let folded = format!("X: a\r\n{}", " b\r\n".repeat(3000));
    assert!(bad_request(&request(&folded, "")));
    let routes = format!("Route: {}\r\n", ["<sip:h>"; LIST_MAX + 1].join(","));
    assert!(bad_request(&request(&routes, "")));
    let large = request("", &"b".repeat(MESSAGE_BYTES_MAX));
    assert_eq!(
        error(&large),
        Some((None, MessageError::TooLarge("the message")))
    );
    let text = String::from_utf8(request("", "")).unwrap();
    assert!(bad_request(text.replace("c1", &"c".repeat(257)).as_bytes()));
}

#[test]
fn start_lines_that_are_almost_right_are_answered_and_nonsense_is_dropped() {
    let with = |line: &str| {
        let text = String::from_utf8(request("", "")).unwrap();
        text.replacen("NOTIFY sip:k7@192.0.2.21 SIP/2.0", line, 1)
            .into_bytes()
    };
    for bad in [
        "NOTIFY  sip:k7@h SIP/2.0",
        "NOTIFY sip:k7@h  SIP/2.0",
        "NOTIFY sip:k7@h SIP/2.0 ",
        "NOTIFY <sip:k7@h> SIP/2.0",
        "NOTIFY sip:k7@h; lr SIP/2.0",
        "NOTIFY sip:k7@h?a=b SIP/2.0",
        "NOTIFY sip:k7@ SIP/2.0",
    ] {
        assert!(bad_request(&with(bad)), "{bad}");
    }
    assert_eq!(error(&with("NOTIFY sip:h SIP/3.0")).unwrap().0, Some(505));
    assert_eq!(error(&with("OPTIONS sip:h SIP/2.0")).unwrap().0, Some(400));
    for nonsense in [
        "GET / HTTP/1.1",
        "N\u{e9} sip:h SIP/2.0",
        "NOTIFY",
        "SIP/2.0 20 OK",
        "SIP/2.0 4294967301 x",
        "SIP/3.0 200 OK",
    ] {
        assert!(
            matches!(error(&with(nonsense)), Some((None, _))),
            "{nonsense}"
        );
    }
}

#[test]
fn reason_phrases_may_be_odd_or_missing() {
    let with = |line: &str| {
        let text = String::from_utf8(request("", "")).unwrap();
        text.replacen("NOTIFY sip:k7@192.0.2.21 SIP/2.0", line, 1)
    };
    for (line, reason) in [
        ("SIP/2.0 100 ", ""),
        ("SIP/2.0 100", ""),
        ("SIP/2.0 200 = 2**3", "= 2**3"),
    ] {
        let parsed = parse_response(with(line).as_bytes()).unwrap();
        assert_eq!(parsed.reason, reason);
        assert_eq!(
            parse_response(&write_response(&parsed).unwrap()).unwrap(),
            parsed
        );
    }
}

#[test]
fn an_ack_is_never_answered() {
    let text = String::from_utf8(request("l: 9\r\n", "")).unwrap();
    let ack = text.replace("NOTIFY", "ACK");
    assert!(matches!(error(ack.as_bytes()), Some((None, _))));
    assert!(matches!(
        error(ack.replace("SIP/2.0\r\nVia", "SIP/9.0\r\nVia").as_bytes()),
        Some((None, _))
    ));
}
