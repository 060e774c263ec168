//! Messages made to hurt, in the categories of RFC 4475, each with the answer that it gets (0: none).

use super::rig::{ALICE, Rig, SERVER, status};
use crate::message::Message;
use crate::wire::{HeaderName, parse, write_request, write_response};

/// The answer of a phone whose server sent these bytes.
pub(super) fn verdict(bytes: &[u8]) -> u16 {
    let mut rig = Rig::new();
    rig.registered(ALICE, "alice");
    rig.receive_from(SERVER, bytes);
    let sent = rig.transmits();
    assert!(sent.len() <= 1, "one request, one answer");
    sent.first().map_or(0, |transmit| status(&transmit.bytes))
}

/// What holds for every byte string: no panic; nothing is accepted that lacks its end or a header that it must have; what
/// is accepted is written and read again as the same.
pub(super) fn check_invariants(bytes: &[u8]) {
    let Ok(message) = parse(bytes) else {
        return;
    };
    let ends = |end: &[u8]| bytes.windows(end.len()).any(|w| w == end);
    assert!(ends(b"\r\n\r\n") || (ends(b"\n\n") && !bytes.contains(&b'\r')));
    let (headers, written) = match &message {
        Message::Request(request) => (&request.headers, write_request(request)),
        Message::Response(response) => (&response.headers, write_response(response)),
    };
    for name in [
        HeaderName::Via,
        HeaderName::From,
        HeaderName::To,
        HeaderName::CallId,
        HeaderName::CSeq,
    ] {
        assert!(headers.first(&name).is_some(), "accepted without {name:?}");
    }
    if let Ok(written) = written {
        assert_eq!(parse(&written).as_ref(), Ok(&message));
    }
}

/// Checks every beginning of the bytes; the verdict of a beginning that never ends is never that of a whole message.
pub(super) fn check_truncations(bytes: &[u8]) {
    for length in 0..bytes.len() {
        check_invariants(&bytes[..length]);
    }
}

/// A request from parts: start line, headers that replace or follow the usual ones, body.
fn message(start: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let method = start.split(' ').next().unwrap();
    let cseq = format!("71 {method}");
    let mut lines = vec![
        (
            "Via",
            "SIP/2.0/UDP pbx.example.net:5060;branch=z9hG4bK-torture",
        ),
        ("From", "<sip:door@pbx.example.net>;tag=d1"),
        ("To", "<sip:alice@pbx.example.net>"),
        ("Call-ID", "torture-71"),
        ("CSeq", cseq.as_str()),
    ];
    for (name, value) in headers {
        match lines.iter_mut().find(|(usual, _)| usual == name) {
            Some(line) => line.1 = value,
            None => lines.push((name, value)),
        }
    }
    let mut text = format!("{start}\r\n");
    for (name, value) in lines.iter().filter(|(_, value)| *value != "-") {
        text.push_str(&format!("{}: {value}\r\n", name.trim_start_matches('+')));
    }
    format!("{text}\r\n{body}").into_bytes()
}

const OPTIONS: &str = "OPTIONS sip:token-alice@192.0.2.21 SIP/2.0";
const INVITE: &str = "INVITE sip:token-alice@192.0.2.21 SIP/2.0";

/// Start line, headers that replace or follow the usual ones, body.
type Parts<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

/// What every message of a category gets.
fn expect(expected: u16, messages: &[Parts<'_>]) {
    for (start, headers, body) in messages {
        let bytes = message(start, headers, body);
        let shown = String::from_utf8_lossy(&bytes);
        assert_eq!(verdict(&bytes), expected, "{shown}");
        check_invariants(&bytes);
        check_truncations(&bytes);
    }
}

#[test]
fn unusual_but_right_messages_are_answered_as_usual() {
    let long = "sip:".to_owned() + &"very-long-name.".repeat(20) + "@pbx.example.net";
    expect(
        200,
        &[
            (
                OPTIONS,
                &[("To", "\r\n\t<sip:alice@pbx.example.net>\r\n ;\r\n x = 1")],
                "",
            ),
            (
                OPTIONS,
                &[(
                    "From",
                    "\"Door \\\\\\\"\" <sip:door@pbx.example.net>;tag=d1",
                )],
                "",
            ),
            (
                OPTIONS,
                &[(
                    "From",
                    "porte d'entr\u{e9}e<sip:door@pbx.example.net>;tag=d1",
                )],
                "",
            ),
            (OPTIONS, &[("From", &long)], ""),
            (
                OPTIONS,
                &[(
                    "Via",
                    "SIP / 2.0 / UDP  pbx.example.net ; branch = z9hG4bKa , SIP/2.0/CARRIERPIGEON loft;branch=1",
                )],
                "",
            ),
            (
                OPTIONS,
                &[
                    ("Odd", ";;,,\"\\"),
                    ("Date", "someday"),
                    ("Max-Forwards", "0"),
                ],
                "",
            ),
            (
                OPTIONS,
                &[("Content-Length", "3")],
                "abcOPTIONS sip:next@h SIP/2.0\r\n\r\n",
            ),
            ("OPTIONS sip:a;b=c%40d@192.0.2.21;e=f SIP/2.0", &[], ""),
            (
                "OPTIONS sips:%61%00@192.0.2.21 SIP/2.0",
                &[("To", "isbn:2983792873")],
                "",
            ),
        ],
    );
}

#[test]
fn methods_that_a_phone_does_not_serve_are_answered_405() {
    expect(
        405,
        &[
            (
                "REGISTER sip:192.0.2.21 SIP/2.0",
                &[
                    ("Authorization", "Smoke signals=two"),
                    ("m", "<sip:x@y;odd;a=b>;z"),
                ],
                "",
            ),
            ("REGIST%45R sip:192.0.2.21 SIP/2.0", &[], ""),
            (
                "!odd-Method.~* sip:192.0.2.21 SIP/2.0",
                &[("To", "<http://www.example.net>")],
                "\u{1}\r\u{2}",
            ),
        ],
    );
}

#[test]
fn broken_messages_are_answered_400() {
    expect(
        400,
        &[
            (OPTIONS, &[("Via", "SIP/2.0/UDP 192.0.2.10;;,;")], ""),
            (OPTIONS, &[("Content-Length", "9999")], "short"),
            (OPTIONS, &[("Content-Length", "-1")], ""),
            (OPTIONS, &[("Content-Length", "2"), ("l", "2")], "ab"),
            (OPTIONS, &[("CSeq", "36893488147419103232 OPTIONS")], ""),
            (OPTIONS, &[("CSeq", "71 INVITE")], ""),
            (OPTIONS, &[("Max-Forwards", "300")], ""),
            (
                OPTIONS,
                &[("To", "\"Alice <sip:alice@pbx.example.net>")],
                "",
            ),
            (OPTIONS, &[("To", "-")], ""),
            (OPTIONS, &[("Call-ID", "-"), ("From", "-"), ("To", "-")], ""),
            (OPTIONS, &[("+To", "<sip:bob@pbx.example.net>")], ""),
            (OPTIONS, &[("Bell", "a\0b")], ""),
            (
                OPTIONS,
                &[("From", "<sip:door@pbx.example.net>;tag=d1;=x")],
                "",
            ),
            ("OPTIONS <sip:alice@192.0.2.21> SIP/2.0", &[], ""),
            ("OPTIONS sip:alice@192.0.2.21; lr SIP/2.0", &[], ""),
            ("OPTIONS  sip:alice@192.0.2.21  SIP/2.0", &[], ""),
            ("OPTIONS sip:alice@192.0.2.21 SIP/2.0  ", &[], ""),
            (
                "OPTIONS sip:alice@192.0.2.21?Route=%3Csip:x%3E SIP/2.0",
                &[],
                "",
            ),
            (
                "ODDMETHOD sip:alice@192.0.2.21 SIP/2.0",
                &[("CSeq", "71 INVITE")],
                "",
            ),
        ],
    );
}

#[test]
fn each_other_trouble_has_its_own_answer() {
    expect(
        505,
        &[(
            "OPTIONS sip:alice@192.0.2.21 SIP/7.0",
            &[("Via", "SIP/7.0/UDP h")],
            "",
        )],
    );
    expect(
        416,
        &[
            ("OPTIONS mystery:whatever SIP/2.0", &[], ""),
            ("OPTIONS gopher.beep://192.0.2.21:70 SIP/2.0", &[], ""),
        ],
    );
    expect(
        420,
        &[(
            OPTIONS,
            &[("Require", "levitation"), ("Proxy-Require", "x")],
            "",
        )],
    );
    expect(
        415,
        &[(INVITE, &[("Content-Type", "application/x-song")], "la")],
    );
    expect(406, &[(INVITE, &[("Accept", "text/x-poem")], "")]);
    expect(481, &[("BYE sip:alice@192.0.2.21 SIP/2.0", &[], "")]);
    expect(
        480,
        &[(
            INVITE,
            &[
                ("Via", "SIP/2.0/UDP pbx.example.net"),
                ("From", "sip:old@h"),
            ],
            "v=0\r\n",
        )],
    );
}

#[test]
fn some_things_get_no_answer() {
    expect(
        0,
        &[
            ("SIP/2.0 200 OK", &[("CSeq", "71 INVITE")], ""),
            (
                "SIP/2.0 200 \u{43d}\u{435} \u{437}\u{430}\u{431}\u{443}\u{434}\u{44c} = 2**3",
                &[("CSeq", "71 INVITE")],
                "",
            ),
            ("SIP/2.0 100 ", &[("CSeq", "71 INVITE")], ""),
            ("SIP/2.0 4294967301 too long", &[("CSeq", "71 INVITE")], ""),
            (
                "SIP/2.0 503 Busy",
                &[
                    ("CSeq", "9292394834772304023312 OPTIONS"),
                    ("Retry-After", "9e99"),
                ],
                "",
            ),
            ("ACK sip:alice@192.0.2.21 SIP/2.0", &[("To", "\"open")], ""),
            ("GET / HTTP/1.1", &[], ""),
        ],
    );
}

#[test]
fn a_branch_that_is_only_the_cookie_is_no_transaction_of_rfc_3261() {
    let mut rig = Rig::new();
    rig.registered(ALICE, "alice");
    let via = ("Via", "SIP/2.0/UDP pbx.example.net;branch=z9hG4bK");
    for call_id in ["one", "two"] {
        let bytes = message(INVITE, &[via, ("Call-ID", call_id)], "");
        rig.receive_from(SERVER, &bytes);
    }
    assert_eq!(
        rig.agent.servers.len(),
        2,
        "two calls are not one because their branches are equally useless"
    );
}
