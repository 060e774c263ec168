//! One user agent, one clock, and the other end of its wires.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hotdesk_provisioning::{ServerAddress, Transport};

use super::super::UserAgent;
use crate::command::{AccountId, Command, Flow, Registrant, Transmit};
use crate::config::Config;
use crate::event::UserAgentEvent;
use crate::message::Request;
use crate::tests_support::{account, start_of_time};
use crate::wire::{HeaderName, parse_request};

pub(super) const INSTANCE: &str = "urn:uuid:00000000-0000-1000-8000-02005e10002a";
pub(super) const SERVER: &str = "192.0.2.10:5060";
pub(super) const LOCAL: &str = "192.0.2.21:5060";
pub(super) const ALICE: AccountId = AccountId(1);
pub(super) const BOB: AccountId = AccountId(2);

/// No answer.
pub(super) const SILENCE: [u16; 0] = [];

/// A challenge with this nonce, as a header line.
pub(super) fn challenge(nonce: &str) -> String {
    format!(
        "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"{nonce}\", algorithm=SHA-256, qop=\"auth\""
    )
}

pub(super) fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(super) fn registrant(user: &str) -> Registrant {
    let token = format!("token-{user}");
    Registrant::new(account(user), &token, address(SERVER), address(LOCAL))
}

/// The text of a header; empty when it is not there.
pub(super) fn text(request: &Request, name: HeaderName) -> String {
    request.headers.text(&name).unwrap_or_default().into_owned()
}

pub(super) struct Rig {
    pub(super) agent: UserAgent,
    pub(super) now: Instant,
    pub(super) transport: Transport,
}

impl Rig {
    pub(super) fn new() -> Self {
        Self::with(|_| ())
    }

    /// With a configuration other than the usual one, which has no keep-alives and no displacement checks to look past.
    pub(super) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(INSTANCE, "hotdesk-test/1").unwrap();
        config.udp_keep_alive = None;
        change(&mut config);
        Self {
            agent: UserAgent::new(config, [42; 32]),
            now: start_of_time(),
            transport: Transport::Udp,
        }
    }

    pub(super) fn over_tcp() -> Self {
        Self {
            transport: Transport::Tcp,
            ..Self::new()
        }
    }

    pub(super) fn command(&mut self, command: Command) {
        self.agent.handle_command(self.now, command);
    }

    /// Registers a user over the rig's transport, without displacement checks unless told.
    pub(super) fn register(&mut self, id: AccountId, user: &str) {
        self.register_with(id, user, |registrant| registrant.check_displacement = false);
    }

    pub(super) fn register_with(
        &mut self,
        id: AccountId,
        user: &str,
        change: impl FnOnce(&mut Registrant),
    ) {
        let registrant = self.registrant(user, change);
        self.command(Command::Register { id, registrant });
    }

    pub(super) fn registrant(
        &self,
        user: &str,
        change: impl FnOnce(&mut Registrant),
    ) -> Registrant {
        let mut registrant = registrant(user);
        registrant.account.registrar =
            ServerAddress::new("pbx.example.net", 5060, self.transport).unwrap();
        change(&mut registrant);
        registrant
    }

    /// Registers and answers 200 at once; forgets the event.
    pub(super) fn registered(&mut self, id: AccountId, user: &str) {
        self.register(id, user);
        let request = self.request();
        self.ok(&request);
        assert!(matches!(self.event(), UserAgentEvent::Registered { .. }));
    }

    /// Registers it through a challenge with this nonce, and reads every event.
    pub(super) fn registered_by_challenge(&mut self, id: AccountId, user: &str, nonce: &str) {
        let request = self.challenged(id, user, nonce);
        self.ok(&request);
        self.events();
    }

    /// Begins to register it and is challenged with this nonce; the request that answers the challenge.
    pub(super) fn challenged(&mut self, id: AccountId, user: &str, nonce: &str) -> Request {
        self.register(id, user);
        let request = self.request();
        self.answer(&request, 401, &[&challenge(nonce)]);
        self.request()
    }

    pub(super) fn transmits(&mut self) -> Vec<Transmit> {
        std::iter::from_fn(|| self.agent.poll_transmit()).collect()
    }

    pub(super) fn requests(&mut self) -> Vec<Request> {
        let sent = self.transmits();
        sent.iter()
            .map(|transmit| parse_request(&transmit.bytes).unwrap())
            .collect()
    }

    /// The one request that is to be sent now.
    pub(super) fn request(&mut self) -> Request {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }

    pub(super) fn events(&mut self) -> Vec<UserAgentEvent> {
        std::iter::from_fn(|| self.agent.poll_event()).collect()
    }

    /// The one event that there is now.
    pub(super) fn event(&mut self) -> UserAgentEvent {
        let mut events = self.events();
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    pub(super) fn receive_from(&mut self, source: &str, bytes: &[u8]) {
        let flow = Flow {
            transport: self.transport,
            local: address(LOCAL),
            remote: address(source),
        };
        self.agent.handle_datagram(self.now, flow, bytes);
    }

    /// Takes a message from the server and returns the status of each answer that it provokes.
    pub(super) fn receive(&mut self, text: &str) -> Vec<u16> {
        self.receive_from(SERVER, text.as_bytes());
        let sent = self.transmits();
        sent.iter().map(|t| status(&t.bytes)).collect()
    }

    /// Answers a request with more header lines.
    pub(super) fn answer(&mut self, request: &Request, status: u16, lines: &[&str]) {
        let text = response(request, status, lines);
        self.receive_from(SERVER, text.as_bytes());
    }

    /// 200 for 300 seconds with the request's own Contact.
    pub(super) fn ok(&mut self, request: &Request) {
        self.granted(request, 300);
    }

    pub(super) fn granted(&mut self, request: &Request, seconds: u32) {
        let contact = text(request, HeaderName::Contact);
        let line = format!("Contact: {contact};expires={seconds}");
        self.answer(request, 200, &[&line]);
    }

    /// Lets the time pass, doing what becomes due when it does.
    pub(super) fn advance(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.agent.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.agent.handle_timeout(self.now);
        }
        self.now = end;
    }

    pub(super) fn seconds(&mut self, seconds: u64) {
        self.advance(Duration::from_secs(seconds));
    }
}

/// The status of a response, which may answer a request too broken to be repeated whole.
pub(super) fn status(bytes: &[u8]) -> u16 {
    let line = String::from_utf8_lossy(bytes);
    let code = line.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3));
    code.and_then(|code| code.parse().ok()).unwrap()
}

/// A response to a request.
pub(super) fn response(request: &Request, status: u16, lines: &[&str]) -> String {
    let mut out = format!("SIP/2.0 {status} Whatever\r\n");
    for (name, value) in request.headers.iter() {
        let is_copied = [
            HeaderName::Via,
            HeaderName::From,
            HeaderName::To,
            HeaderName::CallId,
            HeaderName::CSeq,
        ]
        .contains(name);
        if is_copied {
            let value = String::from_utf8_lossy(value);
            out.push_str(&format!("{}: {value}\r\n", name.as_str()));
        }
    }
    for line in lines {
        out.push_str(line);
        out.push_str("\r\n");
    }
    out + "Content-Length: 0\r\n\r\n"
}
