//! A whole phone without sockets: a scripted registrar answers its datagrams.

use std::time::Duration;

use hotdesk_provisioning::{Admission, AttemptId, HostProfile};
use hotdesk_session::{Activity, Digit, Key};

use super::*;

const HOST: &str = r#"{"desk":"Desk 12","extension":"3001","account":{"aor":"sip:3001@example.com",
    "auth_user":"h","secret":"host-secret","registrar":{"host":"192.0.2.1"},"unregister":"contact"}}"#;
const JANE: &str = r#"{"association":"a41","ends_in":3600,"guest":{"extension":"2000","display_name":"Jane Doe",
    "account":{"aor":"sip:2000@example.com","auth_user":"g","secret":"jane-secret",
    "registrar":{"host":"192.0.2.1"},"unregister":"contact"}}}"#;

/// A phone, what it asked for and what it sent.
struct Rig {
    core: PhoneCore,
    now: Instant,
    errands: Vec<Errand>,
    sent: Vec<String>,
}

impl Rig {
    fn start(saved: Saved) -> Self {
        let instance = "urn:uuid:00000000-0000-1000-8000-02005e10002a";
        let birth = Birth {
            settings: Settings {
                soft_keys: 4,
                line_keys: 4,
                enrolled: true,
                languages: Vec::new(),
            },
            saved,
            sip: SipConfig::new(instance, "hotdesk-test/1").unwrap(),
            device_key: DeviceKey::new([7; 32]),
            seeds: [[1; 32], [2; 32]],
        };
        let now = crate::Clock::system().now();
        let mut rig = Self {
            core: PhoneCore::new(birth, now),
            now,
            errands: Vec::new(),
            sent: Vec::new(),
        };
        rig.tell(Event::NetworkLink { up: true });
        rig
    }

    fn vacant() -> Self {
        let host: HostProfile = serde_json::from_str(HOST).unwrap();
        let mut rig = Self::start(Saved {
            host: Some(host),
            ..Saved::default()
        });
        rig.answer_registers();
        rig.tell(Event::ServerLink { up: true });
        rig.tell(Event::Synced(Box::default()));
        rig.errands.clear();
        rig.sent.clear();
        rig
    }

    fn occupied() -> Self {
        let mut rig = Self::vacant();
        rig.log_in();
        rig.answer_registers();
        rig.sent.clear();
        rig
    }

    fn tell(&mut self, event: Event) {
        self.core.handle(self.now, event);
        self.drain();
    }

    /// As the shell does it: errands, then bytes.
    fn drain(&mut self) {
        while let Some(errand) = self.core.poll_errand() {
            if let Errand::Resolve(server) = &errand {
                let route = Route {
                    server: ([192, 0, 2, 1], 5060).into(),
                    local: ([192, 0, 2, 50], 5060).into(),
                };
                self.core.handle_resolved(self.now, server, Some(route));
            }
            self.errands.push(errand);
        }
        while let Some(transmit) = self.core.poll_transmit() {
            self.sent.push(String::from_utf8(transmit.bytes).unwrap());
        }
    }

    /// 200 to every REGISTER that waits, in order, until nothing more is sent.
    fn answer_registers(&mut self) {
        let mut next = 0;
        while let Some(request) = self.sent.get(next).cloned() {
            next += 1;
            if request.starts_with("REGISTER") {
                self.receive(&ok(&request));
            }
        }
    }

    fn receive(&mut self, message: &str) {
        let flow = Flow {
            transport: Transport::Udp,
            local: ([192, 0, 2, 50], 5060).into(),
            remote: ([192, 0, 2, 1], 5060).into(),
        };
        self.core
            .handle_datagram(self.now, flow, message.as_bytes());
        self.drain();
    }

    fn advance(&mut self, by: Duration) {
        let end = self.now + by;
        while let Some(at) = self.core.poll_timeout().filter(|at| *at <= end) {
            self.now = at.max(self.now);
            self.core.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    fn press(&mut self, digits: &str) {
        for c in digits.chars() {
            self.tell(Event::Key(Key::Digit(Digit::new(c).unwrap())));
        }
    }

    /// Types Jane's number and PIN; the server admits her.
    fn log_in(&mut self) {
        self.press("2000#1234#");
        let attempt = self.errands.iter().rev().find_map(asked_to_open);
        let admission: Admission = serde_json::from_str(JANE).unwrap();
        self.tell(Event::Opened {
            attempt: attempt.expect("the server is asked"),
            answer: Ok(Box::new(admission)),
        });
    }

    fn guest(&self) -> Option<String> {
        match self.core.view(self.now).holder {
            Holder::Nobody => None,
            Holder::Guest(tenure) => Some(tenure.guest.display_name.clone()),
        }
    }

    fn is_registered(&self) -> bool {
        self.core.view(self.now).status.registered
    }

    /// Whether a REGISTER for this user was sent that removes the binding, or one that keeps it.
    fn sent_register(&self, user: &str, removing: bool) -> bool {
        self.sent.iter().any(|message| {
            message.starts_with("REGISTER")
                && message.contains(&format!("To: <sip:{user}@example.com>"))
                && removes(message) == removing
        })
    }
}

fn asked_to_open(errand: &Errand) -> Option<AttemptId> {
    if let Errand::Ask(Question::Once(Request::Open { attempt, .. })) = errand {
        Some(attempt.clone())
    } else {
        None
    }
}

fn written(errand: Errand) -> Option<Saved> {
    if let Errand::Persist(saved) = errand {
        Some(*saved)
    } else {
        None
    }
}

fn removes(message: &str) -> bool {
    message.contains("expires=0") || message.contains("Expires: 0\r\n")
}

fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let mut lines = message.lines();
    lines
        .find(|line| line.starts_with(name))
        .unwrap_or_default()
}

fn ok(request: &str) -> String {
    let contact = header(request, "Contact:")
        .split(";expires")
        .next()
        .unwrap();
    let contact = match removes(request) || contact.is_empty() {
        true => String::new(),
        false => format!("{contact};expires=300\r\n"),
    };
    let [via, from, to, call, cseq] =
        ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].map(|name| header(request, name));
    format!(
        "SIP/2.0 200 OK\r\n{via}\r\n{from}\r\n{to};tag=x\r\n{call}\r\n{cseq}\r\n{contact}Content-Length: 0\r\n\r\n"
    )
}

#[test]
fn a_phone_with_a_profile_registers_its_desk_without_any_server() {
    let rig = Rig::vacant();
    assert!(rig.is_registered());
    assert_eq!(rig.guest(), None);
}

#[test]
fn a_log_in_registers_the_guest_writes_it_down_and_then_lets_the_desk_go() {
    let mut rig = Rig::vacant();
    rig.log_in();
    assert!(rig.sent_register("2000", false));
    assert!(
        !rig.sent_register("3001", true),
        "the desk must stay until the guest is there"
    );
    assert!(!rig.errands.iter().any(|e| matches!(e, Errand::Persist(_))));
    let answer = ok(rig.sent.last().unwrap());
    rig.errands.clear();
    rig.sent.clear();
    rig.core.handle_datagram(
        rig.now,
        Flow {
            transport: Transport::Udp,
            local: ([192, 0, 2, 50], 5060).into(),
            remote: ([192, 0, 2, 1], 5060).into(),
        },
        answer.as_bytes(),
    );
    let first = rig.core.poll_errand();
    assert!(matches!(first, Some(Errand::Persist(_))), "{first:?}");
    rig.drain();
    assert!(rig.sent_register("3001", true));
    assert_eq!(rig.guest().as_deref(), Some("Jane Doe"));
    assert!(rig.is_registered());
}

#[test]
fn a_silent_registrar_gives_the_phone_back_to_its_desk() {
    let mut rig = Rig::vacant();
    rig.log_in();
    rig.advance(Duration::from_secs(40));
    assert_eq!(rig.guest(), None);
    assert!(matches!(
        rig.core.view(rig.now).activity,
        Activity::Refused(_) | Activity::Home
    ));
    assert!(
        !rig.sent_register("3001", true),
        "the desk was never touched"
    );
    rig.sent.clear();
    rig.advance(Duration::from_secs(600));
    let tried = rig.sent_register("2000", false);
    assert!(!tried, "the guest is not tried any more");
}

#[test]
fn a_phone_that_restarts_as_a_guest_removes_the_binding_of_its_desk() {
    let mut before = Rig::occupied();
    let saved = before.errands.drain(..).rev().find_map(written);
    let mut rig = Rig::start(saved.expect("the log-in was written down"));
    assert!(rig.sent_register("2000", false) && !rig.sent_register("3001", false));
    rig.answer_registers();
    assert!(rig.sent_register("3001", true));
    assert_eq!(rig.guest().as_deref(), Some("Jane Doe"));
}

#[test]
fn the_registrar_can_sign_the_guest_out_and_light_the_message_lamp() {
    let mut rig = Rig::occupied();
    let notify = |event: &str, body: &str| {
        format!(
            "NOTIFY sip:2000@192.0.2.50 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{}\r\n\
             From: <sip:pbx@192.0.2.1>;tag=1\r\nTo: <sip:2000@example.com>\r\nCall-ID: {}\r\nCSeq: 1 NOTIFY\r\n\
             Event: {event}\r\nContent-Type: application/simple-message-summary\r\nContent-Length: {}\r\n\r\n{body}",
            event.len(),
            event.len(),
            body.len()
        )
    };
    let waiting = "Messages-Waiting: yes\r\n";
    rig.receive(&notify("message-summary", waiting));
    assert!(rig.core.message_waiting(rig.now));
    rig.receive(&notify("check-sync;profileLogout=remote", ""));
    rig.advance(Duration::from_secs(3));
    rig.answer_registers();
    rig.advance(Duration::from_secs(5));
    assert_eq!(rig.guest(), None, "{:?}", rig.core.view(rig.now).activity);
    assert!(rig.sent_register("3001", false));
    assert!(!rig.core.message_waiting(rig.now), "the lamp was Jane's");
    rig.errands.clear();
    rig.log_in();
    rig.answer_registers();
    assert_eq!(rig.guest().as_deref(), Some("Jane Doe"));
    assert!(!rig.core.message_waiting(rig.now), "that was another time");
}

#[test]
fn a_phone_at_rest_wakes_up_only_to_tell_its_registrar_something() {
    const WATCHED: Duration = Duration::from_secs(3000);
    let mut rig = Rig::vacant();
    // Whatever the start left behind is over.
    rig.advance(Duration::from_secs(60));
    rig.answer_registers();
    rig.sent.clear();
    let (mut wakes, mut silent) = (0, 0);
    let end = rig.now + WATCHED;
    while let Some(at) = rig.core.poll_timeout().filter(|at| *at <= end) {
        rig.now = at.max(rig.now);
        rig.core.handle_timeout(rig.now);
        rig.drain();
        wakes += 1;
        silent += usize::from(rig.sent.is_empty());
        rig.answer_registers();
        rig.sent.clear();
    }
    // A keep-alive every 25 seconds, and a refresh when half of the 300 granted seconds are over.
    let keep_alives = WATCHED.as_secs() / 25;
    let refreshes = WATCHED.as_secs() / 150;
    assert!(wakes <= keep_alives + refreshes, "{wakes} wake-ups");
    assert_eq!(silent, 0, "of {wakes} wake-ups had nothing to say");
}
