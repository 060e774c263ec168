//! A search and the servers of the field, in simulated time.

use std::path::Path;

use hotdesk_provisioning::DeviceId;
use hotdesk_sip::message::Headers;
use hotdesk_sip::wire::parse_request;

use super::*;

const GROUP: &str = "224.0.1.75:5060";
const LOCAL: &str = "192.0.2.21:5060";
const SERVER: &str = "192.0.2.10:5060";

struct Phone {
    search: Search,
    now: Instant,
}

impl Phone {
    fn new() -> Self {
        let caller = Caller {
            device: DeviceId::parse("02:00:5e:10:00:2a").unwrap(),
            model: "HD-1".to_owned(),
            version: "1.4.0".to_owned(),
            user_agent: "Acme HD-1".to_owned(),
        };
        let now = crate::Clock::system().now();
        let search = Search::new(caller, GROUP.parse().unwrap(), [7; SEED_BYTES], now);
        Self { search, now }
    }

    /// Goes to the next deadline; how long that took, and what was sent.
    fn step(&mut self) -> (Duration, Option<Vec<u8>>) {
        let at = self.search.poll_timeout().max(self.now);
        let passed = at - self.now;
        self.now = at;
        let sent = self.search.handle_timeout(at, LOCAL.parse().unwrap());
        (passed, sent)
    }

    fn question(&mut self) -> Headers {
        let bytes = self.step().1.expect("a question is due");
        parse_request(&bytes).unwrap().headers
    }

    fn hear(&mut self, source: &str, text: &str) -> Heard {
        let source = source.parse().unwrap();
        self.search.handle_datagram(source, text.as_bytes())
    }
}

fn call_id(headers: &Headers) -> String {
    headers.call_id().unwrap().into_owned()
}

/// A NOTIFY as [`Phone`] understands it unless it is changed.
fn notify(call_id: &str, more: &str, body: &str) -> String {
    format!(
        "NOTIFY sip:02005e10002a@{LOCAL} SIP/2.0\r\nVia: SIP/2.0/UDP {SERVER};branch=z9hG4bK-s;rport\r\n\
         From: <sip:p@h>;tag=srv\r\nTo: <sip:p@h>;tag=us\r\nCall-ID: {call_id}\r\nCSeq: 2 NOTIFY\r\n{more}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn ok(call_id: &str, status: &str) -> String {
    format!(
        "SIP/2.0 {status}\r\nVia: SIP/2.0/UDP {LOCAL};branch=z9hG4bK-x\r\nFrom: <sip:p@h>;tag=us\r\nTo: <sip:p@h>;tag=srv\r\n\
         Call-ID: {call_id}\r\nCSeq: 1 SUBSCRIBE\r\nContent-Length: 0\r\n\r\n"
    )
}

const PROFILE: &str = "Event: ua-profile;profile-type=\"device\"\r\n";

fn status(heard: &Heard) -> &str {
    let answer = heard.answer.as_deref().unwrap_or_default();
    let text = std::str::from_utf8(answer).unwrap_or_default();
    text.get("SIP/2.0 ".len()..)
        .and_then(|t| t.get(..3))
        .unwrap_or("none")
}

#[test]
fn one_question_is_sent_four_times_in_five_seconds_and_then_ever_more_rarely() {
    let mut phone = Phone::new();
    let mut sends = Vec::new();
    let mut questions = Vec::new();
    for _ in 0..4 {
        let (passed, sent) = phone.step();
        sends.push(passed.as_millis());
        questions.push(sent.unwrap());
    }
    assert_eq!(sends, [0, 500, 1000, 2000]);
    assert!(
        questions.windows(2).all(|two| two[0] == two[1]),
        "the same question"
    );
    assert!(!phone.search.is_silent());
    assert_eq!(phone.step(), (Duration::from_millis(1500), None));
    assert!(phone.search.is_silent());
    let mut pauses = Vec::new();
    for _ in 0..8 {
        let (pause, question) = phone.step();
        assert_ne!(question.unwrap(), questions[0], "a new transaction");
        pauses.push(pause);
        for _ in 0..4 {
            phone.step();
        }
    }
    assert!(pauses.windows(2).all(|two| two[0] <= two[1]), "{pauses:?}");
    assert!(
        pauses[0] >= PAUSE_FIRST / 2 && pauses[7] <= PAUSE_LONGEST,
        "{pauses:?}"
    );
    assert!(pauses[7] >= PAUSE_LONGEST / 2, "{pauses:?}");
}

#[test]
fn a_changed_network_asks_again_at_once_but_not_twice() {
    let mut phone = Phone::new();
    phone.step();
    phone.search.network_changed(phone.now);
    assert_eq!(
        phone.step().0,
        Duration::from_millis(500),
        "the round is young"
    );
    for _ in 0..3 {
        phone.step();
    }
    phone.search.network_changed(phone.now);
    let (waited, question) = phone.step();
    assert_eq!(waited, Duration::ZERO);
    assert!(question.is_some());
}

#[test]
fn an_answer_to_our_question_counts_at_once_and_hours_later() {
    let mut phone = Phone::new();
    let ours = call_id(&phone.question());
    for _ in 0..30 {
        phone.step();
    }
    let heard = phone.hear(
        "192.0.2.99:6060",
        &notify(&ours, PROFILE, "https://prov.example.net\r\n"),
    );
    assert_eq!(heard.named.as_deref(), Some("https://prov.example.net"));
    assert_eq!(status(&heard), "200");
}

#[test]
fn a_stranger_counts_only_after_it_answered_with_our_call_id() {
    let mut phone = Phone::new();
    let ours = call_id(&phone.question());
    let out_of_dialog = notify("of-their-own", PROFILE, "http://192.0.2.10/prov/");
    let before = phone.hear(SERVER, &out_of_dialog);
    assert_eq!((status(&before), before.named.clone()), ("481", None));
    phone.hear(SERVER, &ok("another", "202 Accepted"));
    phone.hear(SERVER, &ok(&ours, "401 Unauthorized"));
    assert_eq!(status(&phone.hear(SERVER, &out_of_dialog)), "481");
    phone.hear(SERVER, &ok(&ours, "202 Accepted"));
    assert_eq!(
        status(&phone.hear("192.0.2.66:5060", &out_of_dialog)),
        "481"
    );
    let after = phone.hear(SERVER, &out_of_dialog);
    assert_eq!(status(&after), "200");
    assert_eq!(after.named.as_deref(), Some("http://192.0.2.10/prov/"));
}

#[test]
fn another_event_and_another_method_name_nothing() {
    let mut phone = Phone::new();
    let ours = call_id(&phone.question());
    let sync = phone.hear(
        SERVER,
        &notify(&ours, "Event: check-sync\r\n", "https://evil"),
    );
    assert_eq!((status(&sync), sync.named.clone()), ("489", None));
    let invite = notify(&ours, PROFILE, "https://evil").replace("NOTIFY", "MESSAGE");
    assert_eq!(phone.hear(SERVER, &invite), Heard::default());
    assert_eq!(
        phone.hear(SERVER, "\0\u{1}nonsense\r\n\r\n"),
        Heard::default()
    );
}

/// What deployed servers really send: the project's own copies of their habits are above and in `notify.rs`.
#[test]
fn every_malformed_reply_of_the_field_names_its_server() {
    let Some(folder) = std::env::var_os("HOTDESK_TESTDATA") else {
        println!(
            "HOTDESK_TESTDATA is not set: the outside data is not here, the project's own messages are tested"
        );
        return;
    };
    for (file, named) in [
        (
            "pnp-03-notify",
            "https://prov.pbx.example.net/p/9c1f/$MAC.cfg",
        ),
        (
            "pnp-05-notify-rfc6080-external-body",
            "https://prov.pbx.example.net/p/9c1f/02005e10002a.cfg",
        ),
        ("pnp-q1-same-via-unswapped-notag", "http://192.0.2.10/prov/"),
        (
            "pnp-q2-schemeless-request-uri",
            "http://192.0.2.10/provisioning?mac={mac}",
        ),
        (
            "pnp-q3-textplain-trailing-newline",
            "http://user:pw@192.0.2.10/zero/",
        ),
        (
            "pnp-q4-lf-only",
            "https://prov.pbx.example.net/p/9c1f/$MAC.cfg",
        ),
        ("pnp-q5-freeswitch-out-of-dialog", "http://192.0.2.10/prov/"),
    ] {
        let path = Path::new(&folder)
            .join("own")
            .join(file)
            .with_extension("sip");
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let mut phone = Phone::new();
        let ours = call_id(&phone.question());
        phone.hear(SERVER, &ok(&ours, "202 Accepted"));
        // The recorded servers answered another phone's question.
        let heard = phone.hear(SERVER, &text.replace("pnp-4be1@192.0.2.21", &ours));
        assert_eq!(heard.named.as_deref(), Some(named), "{file}");
        assert_eq!(status(&heard), "200", "{file}");
        let answer = String::from_utf8(heard.answer.unwrap()).unwrap();
        let via = text
            .lines()
            .find(|line| line.starts_with("Via:"))
            .unwrap()
            .trim_end();
        assert!(
            answer.contains(via),
            "{file}: the sender's Via comes back: {answer}"
        );
    }
}
