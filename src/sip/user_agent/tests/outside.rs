//! Messages that live outside the project: found through HOTDESK_TESTDATA, read when the test runs.

use std::path::PathBuf;

use super::rig::{Rig, SERVER, status};
use super::torture::{check_invariants, check_truncations, verdict};
use crate::challenge::{AuthParams, answerable};
use crate::command::AccountId;
use crate::digest::{Algorithm, Question};
use crate::event::{RejectedWhy, UserAgentEvent};
use crate::message::Message;
use crate::notify::CheckSyncKind::{self, RemoteLogout, Resync};
use crate::register_message::{Outcome, interpret, listing};
use crate::wire::{HeaderName, parse, parse_request, parse_response};
use hotdesk_provisioning::Secret;

/// The outside data, if there is any here.
fn outside(folder: &str) -> Option<PathBuf> {
    let found = std::env::var_os("HOTDESK_TESTDATA");
    if found.is_none() {
        println!(
            "HOTDESK_TESTDATA is not set: the outside data is not here, the project's own messages are tested"
        );
    }
    found.map(|root| PathBuf::from(root).join(folder))
}

/// Our verdict on each message of RFC 4475: the status of the answer, 0 for none.
///
/// Stricter than the RFC asks: intmeth (NUL is refused even when escaped, because what we pass on may reach software that
/// ends its texts there). More lenient: badaspec and baddn.with-blank-line (blanks and a comma where no harm comes from
/// them), baddate (we read no dates), regbadct (refused for its method before its Contact matters). The phone is no
/// registrar and takes no calls yet: REGISTER gets 405, a good INVITE 480, one inside a dialog 481.
const VERDICTS: &[(&str, u16)] = &[
    ("badaspec", 200),
    ("badbranch", 200),
    ("baddate", 480),
    ("baddn", 0),
    ("baddn.with-blank-line", 200),
    ("badinv01", 400),
    ("badvers", 505),
    ("bcast", 0),
    ("bext01", 420),
    ("bigcode", 0),
    ("clerr", 400),
    ("cparam01", 405),
    ("cparam02", 405),
    ("dblreq", 405),
    ("esc01", 480),
    ("esc02", 405),
    ("escnull", 405),
    ("escruri", 400),
    ("insuf", 400),
    ("intmeth", 400),
    ("inv2543", 480),
    ("invut", 415),
    ("longreq", 480),
    ("ltgtruri", 400),
    ("lwsdisp", 200),
    ("lwsruri", 400),
    ("lwsstart", 400),
    ("mcl01", 400),
    ("mismatch01", 400),
    ("mismatch02", 400),
    ("mpart01", 405),
    ("multi01", 400),
    ("ncl", 400),
    ("noreason", 0),
    ("novelsc", 416),
    ("quotbal", 400),
    ("regaut01", 405),
    ("regbadct", 405),
    ("regescrt", 405),
    ("scalar02", 400),
    ("scalarlg", 0),
    ("sdp01", 406),
    ("semiuri", 200),
    ("transports", 200),
    ("trws", 400),
    ("unkscm", 416),
    ("unksm2", 405),
    ("unreason", 0),
    ("wsinv", 481),
    ("zeromf", 200),
];

#[test]
fn every_torture_message_gets_its_verdict_and_every_beginning_of_it_is_harmless() {
    let Some(folder) = outside("rfc4475") else {
        return;
    };
    let expected = std::fs::read_to_string(folder.join("EXPECT.tsv")).unwrap();
    let named: Vec<&str> = expected
        .lines()
        .skip(1)
        .filter_map(|l| l.split(".dat").next())
        .collect();
    assert!(
        named.iter().all(|n| VERDICTS.iter().any(|(v, _)| v == n)),
        "a message has no verdict"
    );
    for (name, expected) in VERDICTS {
        let bytes = std::fs::read(folder.join(format!("{name}.dat"))).unwrap();
        assert_eq!(verdict(&bytes), *expected, "{name}");
        check_invariants(&bytes);
        check_truncations(&bytes);
        let is_response = ["bcast", "noreason", "unreason"].contains(name);
        assert!(
            !is_response || parse(&bytes).is_ok(),
            "{name} is well-formed"
        );
    }
}

#[test]
fn every_published_and_own_digest_comes_out() {
    let Some(folder) = outside("digest") else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("vectors.json")).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let vectors = all["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 10);
    for vector in vectors {
        let field = |name: &str| vector[name].as_str().unwrap_or_default();
        let question = Question {
            algorithm: Algorithm::parse(field("algorithm")).unwrap(),
            realm: field("realm"),
            nonce: field("nonce"),
            method: field("method"),
            uri: field("uri"),
            cnonce: field("cnonce"),
            count: vector["nc"]
                .as_str()
                .map(|nc| u32::from_str_radix(nc, 16).unwrap()),
        };
        let answer = question.answer(field("username"), &Secret::new(field("password").into()));
        assert_eq!(answer.expose(), field("response"), "{}", field("source"));
    }
}

fn own(name: &str) -> Option<Vec<u8>> {
    outside("own").map(|folder| std::fs::read(folder.join(name)).unwrap())
}

/// The account of the outside messages: extension 2019 with its own extension as Contact user.
fn phone_2019() -> Rig {
    let mut rig = Rig::new();
    rig.register_with(AccountId(1), "2019", |registrant| {
        registrant.contact_token = "2019".into();
        registrant.check_displacement = false;
    });
    let request = rig.request();
    rig.ok(&request);
    rig.events();
    rig
}

#[test]
fn every_shape_of_check_sync_is_accepted_and_understood() {
    let shapes: [(&str, CheckSyncKind); 7] = [
        ("sync-01-pjsip-style.sip", Resync),
        ("sync-02-freeswitch-style.sip", Resync),
        ("sync-03-minimal-sipsak-style.sip", Resync),
        ("sync-04-poly-remote-logout.sip", RemoteLogout),
        ("sync-05-sipura-resync-url.sip", Resync),
        ("sync-07-retry-with-auth.sip", RemoteLogout),
        ("sync-08-kamailio-rpc-style.sip", Resync),
    ];
    for (name, kind) in shapes {
        let Some(bytes) = own(name) else {
            return;
        };
        let mut rig = phone_2019();
        rig.receive_from(SERVER, &bytes);
        assert_eq!(status(&rig.transmits().remove(0).bytes), 200, "{name}");
        let account = Some(AccountId(1));
        assert_eq!(
            rig.event(),
            UserAgentEvent::CheckSync { kind, account },
            "{name}"
        );
        check_truncations(&bytes);
    }
}

#[test]
fn every_outside_message_parses() {
    let Some(folder) = outside("own") else {
        return;
    };
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "sip") {
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                parse(&bytes).is_ok(),
                "{}: {:?}",
                path.display(),
                parse(&bytes)
            );
            check_invariants(&bytes);
            count += 1;
        }
    }
    assert!(count > 30);
}

/// Whether the credentials of a request are those of user u2019.
fn is_proven(bytes: &[u8]) -> bool {
    let request = parse_request(bytes).unwrap();
    let header = request.headers.text(&HeaderName::Authorization).unwrap();
    let params = AuthParams::parse_digest(&header).unwrap().unwrap();
    let question = Question {
        algorithm: Algorithm::parse(params.raw("algorithm").unwrap()).unwrap(),
        realm: params.raw("realm").unwrap(),
        nonce: params.raw("nonce").unwrap(),
        method: request.method.as_str(),
        uri: request.uri.as_str(),
        cnonce: params.raw("cnonce").unwrap(),
        count: Some(u32::from_str_radix(params.raw("nc").unwrap(), 16).unwrap()),
    };
    let answer = question.answer("u2019", &Secret::new("S3cret-2019".into()));
    params.raw("response") == Some(answer.expose())
}

#[test]
fn the_registration_dialogue_of_the_outside_is_understood() {
    let Some(folder) = outside("own") else {
        return;
    };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let answer = |name: &str| parse_response(&read(name)).unwrap();
    let mut registrant = super::rig::registrant("2019");
    registrant.contact_token = "2019".into();
    let list = |name: &str| {
        let listing = listing(&answer(name), &registrant, super::rig::INSTANCE, 300);
        (listing.ours, listing.others)
    };
    for name in [
        "reg-03-register-auth.sip",
        "reg-05-unregister.sip",
        "sync-07-retry-with-auth.sip",
    ] {
        assert!(is_proven(&read(name)), "{name}");
    }
    assert!(matches!(
        parse(&read("reg-01-register.sip")),
        Ok(Message::Request(_))
    ));
    let challenged = answer("reg-02-401.sip");
    assert_eq!(interpret(&challenged), Outcome::Challenge);
    let chosen = answerable(challenged.headers.all(&HeaderName::WwwAuthenticate));
    assert_eq!((chosen.len(), chosen[0].algorithm), (1, Algorithm::SHA_256));
    assert_eq!(list("reg-04-200.sip"), (Some(3600), false));
    assert_eq!(list("reg-06-200-unreg.sip"), (None, false));
    assert_eq!(list("reg-10-200-displaced.sip"), (Some(3600), true));
    let stale = answer("reg-07-401-stale.sip");
    assert!(answerable(stale.headers.all(&HeaderName::WwwAuthenticate))[0].stale);
    assert_eq!(
        interpret(&answer("reg-08-423.sip")),
        Outcome::TooBrief(Some(600))
    );
    let busy = Outcome::Trouble(Some(std::time::Duration::from_secs(30)));
    assert_eq!(interpret(&answer("reg-09-503-kamailio-too-many.sip")), busy);
    assert_ne!(busy, Outcome::Refusal(RejectedWhy::Refused));
}
