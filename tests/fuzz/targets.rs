//! The bodies of the fuzz targets: any bytes in, no panic, and what must always hold asserted. Shared with the ordinary test
//! that replays the corpus, so nothing here may need a nightly compiler.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hotdesk_provisioning::{
    Account, AddressOfRecord, Secret, ServerAddress, Transport, Unregister,
};
use hotdesk_sip::challenge::{AuthParams, Challenge};
use hotdesk_sip::message::{Message, Request};
use hotdesk_sip::transaction::{
    ClientAction, ClientInvite, ClientNonInvite, ServerAction, ServerInvite, ServerNonInvite,
    TRANSACTION_TIME,
};
use hotdesk_sip::wire::{self, HeaderName, parse, write_request, write_response};
use hotdesk_sip::{
    AccountId, Command, Config, Flow, Framer, FramingError, Registrant, UserAgent, UserAgentEvent,
};

/// A message and then everything behind it: what is accepted has what it must have and survives being written and read
/// again; a user agent takes it without harm and sends at most an answer or two.
pub fn datagram(start: Instant, data: &[u8]) {
    if let Ok(message) = parse(data) {
        let (headers, written) = match &message {
            Message::Request(request) => (&request.headers, write_request(request)),
            Message::Response(response) => (&response.headers, write_response(response)),
        };
        assert!(headers.via().is_ok() && headers.from().is_ok() && headers.to().is_ok());
        assert!(headers.call_id().is_ok() && headers.cseq().is_ok());
        assert!(headers.len() <= wire::HEADERS_MAX);
        if let Ok(written) = written {
            assert_eq!(parse(&written).as_ref(), Ok(&message));
        }
    }
    let mut phone = Phone::new(start);
    phone.register(0);
    phone.drain();
    phone.receive(data);
    assert!(phone.drain() <= 2);
    phone.advance(TRANSACTION_TIME);
}

/// A challenge or credentials: what is accepted can be echoed between quotes and reads the same.
pub fn challenge(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(Some(challenge)) = Challenge::parse(&text) {
        let echo = format!(
            "Digest realm=\"{}\", nonce=\"{}\"",
            challenge.realm, challenge.nonce
        );
        let again = Challenge::parse(&echo).expect("an echo is well-formed");
        let again = again.expect("an echo is a digest");
        assert_eq!(
            (again.realm, again.nonce),
            (challenge.realm, challenge.nonce)
        );
    }
    let _ = AuthParams::parse(&text);
    let _ = wire::NameAddr::parse(&text, "Contact");
    let _ = wire::Via::parse(&text);
    let _ = wire::Uri::parse(&text);
}

/// A stream: the first byte says in what pieces it arrives; the frames are the same as when it arrives at once.
pub fn stream(data: &[u8]) {
    let Some((size, bytes)) = data.split_first() else {
        return;
    };
    let whole = frames(bytes, bytes.len().max(1));
    let pieces = frames(bytes, usize::from(*size).max(1));
    assert_eq!(whole.0, pieces.0);
    if bytes.len() <= wire::MESSAGE_BYTES_MAX {
        assert_eq!(whole.1, pieces.1);
    }
    let total: usize = whole.0.iter().map(Vec::len).sum();
    assert!(total <= bytes.len());
    assert!(whole.0.iter().all(|f| f.len() <= wire::MESSAGE_BYTES_MAX));
}

fn frames(bytes: &[u8], size: usize) -> (Vec<Vec<u8>>, Option<FramingError>) {
    let mut framer = Framer::new();
    let mut frames = Vec::new();
    for chunk in bytes.chunks(size) {
        framer.push(chunk);
        loop {
            match framer.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
    }
    (frames, None)
}

/// Things that happen, one for each byte: to the four machines, and to a user agent with two accounts whose server answers
/// as it likes. Machines end, a registration never has two requests out, an un-registration ends in its budget.
pub fn transactions(start: Instant, data: &[u8]) {
    let data = data.get(..128).unwrap_or(data);
    machines(start, data);
    let mut phone = Phone::new(start);
    for byte in data {
        phone.happen(*byte);
    }
    phone.leave_all();
}

/// Status codes that differ in what they do.
const STATUSES: [u16; 16] = [
    100, 180, 200, 202, 302, 400, 401, 403, 404, 407, 420, 423, 439, 486, 503, 699,
];

fn status(byte: u8) -> u16 {
    STATUSES[usize::from(byte) % STATUSES.len()]
}

fn machines(start: Instant, data: &[u8]) {
    let is_reliable = data.len() % 2 == 1;
    let mut now = start;
    let mut client = ClientNonInvite::start(now, is_reliable);
    let mut caller = ClientInvite::start(now, is_reliable);
    let mut server = ServerNonInvite::start(is_reliable);
    let mut callee = ServerInvite::start(now, is_reliable);
    for byte in data {
        match byte % 4 {
            0 => {
                client.on_response(now, status(byte / 4));
                caller.on_response(now, status(byte / 4));
            }
            1 => {
                server.respond(now, status(byte / 4));
                callee.respond(now, status(byte / 4));
            }
            2 => {
                let _ = (server.on_request(), callee.on_request());
                callee.on_ack(now);
            }
            _ => now += Duration::from_millis(u64::from(*byte) * 8),
        }
        tick(now, &mut client, &mut caller, &mut server, &mut callee);
    }
    client.on_response(now, 200);
    caller.on_response(now, 486);
    server.respond(now, 200);
    callee.respond(now, 486);
    for _ in 0..64 {
        now += Duration::from_secs(1);
        tick(now, &mut client, &mut caller, &mut server, &mut callee);
    }
    assert!(client.is_over() && caller.is_over() && server.is_over() && callee.is_over());
}

fn tick(
    now: Instant,
    client: &mut ClientNonInvite,
    caller: &mut ClientInvite,
    server: &mut ServerNonInvite,
    callee: &mut ServerInvite,
) {
    for _ in 0..8 {
        let actions = [client.on_timeout(now), caller.on_timeout(now)];
        let answers = [server.on_timeout(now), callee.on_timeout(now)];
        if actions == [ClientAction::Nothing; 2] && answers == [ServerAction::Nothing; 2] {
            break;
        }
    }
    let next = [
        client.poll_timeout(),
        caller.poll_timeout(),
        server.poll_timeout(),
        callee.poll_timeout(),
    ];
    assert!(
        next.into_iter().flatten().all(|at| at > now),
        "a timer is overdue"
    );
}

const ACCOUNTS: u64 = 2;

/// A user agent, its clock, and the last request of each account.
struct Phone {
    agent: UserAgent,
    now: Instant,
    last: [Option<Request>; ACCOUNTS as usize],
    events: Vec<UserAgentEvent>,
}

fn server() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 10], 5060))
}

fn registrant(user: u64) -> Registrant {
    let local = SocketAddr::from(([192, 0, 2, 21], 5060));
    let account = Account {
        aor: AddressOfRecord::parse(&format!("sip:u{user}@example.net")).expect("valid"),
        auth_user: format!("a{user}"),
        secret: Secret::new("s".into()),
        registrar: ServerAddress::new("example.net", 5060, Transport::Udp).expect("valid"),
        outbound_proxy: None,
        expires: 300,
        unregister: if user == 0 {
            Unregister::Contact
        } else {
            Unregister::Guarded
        },
    };
    Registrant::new(account, &format!("t{user}"), server(), local)
}

impl Phone {
    fn new(now: Instant) -> Self {
        let instance = "urn:uuid:00000000-0000-1000-8000-02005e10002a";
        let config = Config::new(instance, "fuzz/1").expect("valid");
        Self {
            agent: UserAgent::new(config, [9; 32]),
            now,
            last: [None, None],
            events: Vec::new(),
        }
    }

    fn register(&mut self, user: u64) {
        let (id, registrant) = (AccountId(user), registrant(user));
        let command = Command::Register { id, registrant };
        self.agent.handle_command(self.now, command);
    }

    fn receive(&mut self, bytes: &[u8]) {
        let flow = Flow {
            transport: Transport::Udp,
            local: SocketAddr::from(([192, 0, 2, 21], 5060)),
            remote: server(),
        };
        self.agent.handle_datagram(self.now, flow, bytes);
    }

    /// Takes what is to be sent; how much it was.
    fn drain(&mut self) -> usize {
        let mut count = 0;
        while let Some(transmit) = self.agent.poll_transmit() {
            count += 1;
            assert!(transmit.bytes.len() <= wire::MESSAGE_BYTES_MAX);
            if let Ok(Message::Request(request)) = parse(&transmit.bytes) {
                let to = request.headers.to().expect("own request");
                let user = to.uri.user().and_then(|u| u.strip_prefix('u'));
                let user: usize = user.and_then(|u| u.parse().ok()).expect("own user");
                self.last[user] = Some(request);
            }
        }
        while let Some(event) = self.agent.poll_event() {
            self.events.push(event);
        }
        count
    }

    fn advance(&mut self, time: Duration) {
        let end = self.now + time;
        for _ in 0..10_000 {
            match self.agent.poll_timeout().filter(|at| *at <= end) {
                Some(at) => self.now = self.now.max(at),
                None => break,
            }
            self.agent.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
        let next = self.agent.poll_timeout();
        assert!(next.is_none_or(|at| at > end), "a deadline does not pass");
    }

    fn happen(&mut self, byte: u8) {
        let user = u64::from(byte >> 3) % ACCOUNTS;
        let id = AccountId(user);
        match byte & 7 {
            0 => self.register(user),
            1 => self
                .agent
                .handle_command(self.now, Command::Unregister { id }),
            2 => self.agent.handle_command(self.now, Command::RefreshAll),
            3 if byte > 200 => self.agent.handle_command(self.now, Command::Abandon { id }),
            3 => self
                .agent
                .handle_transport_error(self.now, Transport::Udp, server()),
            4 => self.advance(Duration::from_secs(u64::from(byte >> 3) * 7)),
            _ => self.answer(user, byte),
        }
        self.drain();
    }

    /// The server answers the last request of an account in one of many ways.
    fn answer(&mut self, user: u64, byte: u8) {
        let Some(request) = &self.last[user as usize] else {
            return;
        };
        let code = status(byte >> 4);
        let mut text = format!("SIP/2.0 {code} x\r\n");
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            let parsed = HeaderName::parse(name).expect("known");
            let value = request.headers.text(&parsed).expect("own request");
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let nonce = format!("n{}", byte & 9);
        text.push_str(&format!(
            "WWW-Authenticate: Digest realm=\"r\", nonce=\"{nonce}\", qop=\"auth\", stale={}\r\n",
            byte & 1 == 1
        ));
        text.push_str("Min-Expires: 400\r\nUnsupported: gruu\r\nRetry-After: 9\r\n");
        if byte & 4 == 4 {
            text.push_str(&format!("Contact: <sip:t{user}@192.0.2.21>;expires=60\r\n"));
        }
        if byte & 2 == 2 {
            text.push_str("Contact: <sip:else@192.0.2.10>;expires=60\r\n");
        }
        self.receive(format!("{text}\r\n").as_bytes());
    }

    /// Every account leaves, and is told that it did within the budget, whatever was going on.
    fn leave_all(&mut self) {
        self.drain();
        self.events.clear();
        for user in 0..ACCOUNTS {
            let id = AccountId(user);
            self.register(user);
            self.agent
                .handle_command(self.now, Command::Unregister { id });
        }
        self.advance(hotdesk_sip::UNREGISTER_BUDGET);
        let left = self
            .events
            .iter()
            .filter(|event| matches!(event, UserAgentEvent::Unregistered { .. }));
        assert_eq!(left.count() as u64, ACCOUNTS);
        assert_eq!(self.agent.poll_timeout(), None, "something is left running");
    }
}
