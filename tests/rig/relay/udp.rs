//! A relay for SIP over UDP. Every client gets a socket of its own towards the server, so that answers find back.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::UdpSocket;
use tokio::task::JoinSet;

/// Longest datagram that is passed on.
const DATAGRAM_MAX: usize = 16 * 1024;

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the phone.
    Up,
    /// To the phone.
    Down,
}

/// One SIP message that came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// When it came by; it arrives later by the relay's delay.
    pub at: Instant,
    /// Where it went.
    pub way: Way,
    /// The first line.
    pub start: String,
    /// The user part of To.
    pub user: String,
    /// The whole text, for tests that look closer.
    pub text: String,
}

impl Message {
    /// `None` for a keep-alive.
    fn read(way: Way, bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let start = text
            .lines()
            .next()
            .filter(|line| line.contains("SIP/2.0"))?
            .to_owned();
        let to = text
            .lines()
            .find_map(|l| l.strip_prefix("To:"))
            .unwrap_or_default();
        let user = to
            .split_once("sip:")
            .and_then(|(_, rest)| rest.split_once('@'))
            .map_or("", |(user, _)| user);
        Some(Self {
            at: Instant::now(),
            way,
            start,
            user: user.to_owned(),
            text,
        })
    }

    /// Whether it is a REGISTER that adds or renews a binding of this number.
    #[must_use]
    pub fn registers(&self, user: &str) -> bool {
        self.is_register(user) && self.text.contains("\nContact:") && !self.removes()
    }

    /// Whether it is a REGISTER that removes a binding of this number.
    #[must_use]
    pub fn unregisters(&self, user: &str) -> bool {
        self.is_register(user) && self.removes()
    }

    fn is_register(&self, user: &str) -> bool {
        self.start.starts_with("REGISTER ") && self.user == user
    }

    fn removes(&self) -> bool {
        self.text.contains("expires=0") || self.text.contains("\nExpires: 0\r")
    }
}

type Filter = Box<dyn FnMut(&Message) -> bool + Send>;

struct State {
    upstream: Option<SocketAddr>,
    delay: Duration,
    passes: Filter,
    seen: Vec<Message>,
}

/// A running relay; stops when dropped.
pub struct UdpRelay {
    socket: Arc<UdpSocket>,
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _tasks: JoinSet<()>,
}

impl UdpRelay {
    /// Listens on a free port and drops everything until [`UdpRelay::forward_to`] says where to.
    pub async fn start() -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST).await
    }

    /// The same at another address of this machine.
    pub async fn start_at(ip: Ipv4Addr) -> Self {
        let socket = Arc::new(UdpSocket::bind((ip, 0)).await.unwrap());
        let address = socket.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            upstream: None,
            delay: Duration::ZERO,
            passes: Box::new(|_| true),
            seen: Vec::new(),
        }));
        let mut tasks = JoinSet::new();
        tasks.spawn(upwards(socket.clone(), state.clone()));
        Self {
            socket,
            address,
            state,
            _tasks: tasks,
        }
    }

    /// Where clients send.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Which server is behind it from now on, for clients old and new.
    pub fn forward_to(&self, upstream: SocketAddr) {
        lock(&self.state).upstream = Some(upstream);
    }

    /// How much later each message arrives, in each direction.
    pub fn set_delay(&self, delay: Duration) {
        lock(&self.state).delay = delay;
    }

    /// Loses every message for which `passes` says `false`.
    pub fn set_filter(&self, passes: impl FnMut(&Message) -> bool + Send + 'static) {
        lock(&self.state).passes = Box::new(passes);
    }

    /// Sends something of the test's own to a client, as if it came from the server.
    pub async fn inject(&self, bytes: &[u8], client: SocketAddr) {
        self.socket.send_to(bytes, client).await.unwrap();
    }

    /// What came by since the last call, lost messages included.
    #[must_use]
    pub fn take_seen(&self) -> Vec<Message> {
        std::mem::take(&mut lock(&self.state).seen)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes a message and says where it goes and how much later; `None` when it is lost.
fn note(state: &Mutex<State>, way: Way, bytes: &[u8]) -> Option<(SocketAddr, Duration)> {
    let mut state = lock(state);
    if let Some(message) = Message::read(way, bytes) {
        let passes = (state.passes)(&message);
        state.seen.push(message);
        if !passes {
            return None;
        }
    }
    Some((state.upstream?, state.delay))
}

async fn upwards(socket: Arc<UdpSocket>, state: Arc<Mutex<State>>) {
    let mut clients: BTreeMap<SocketAddr, Arc<UdpSocket>> = BTreeMap::new();
    let mut tasks = JoinSet::new();
    let mut buffer = vec![0; DATAGRAM_MAX];
    loop {
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        let Some((upstream, delay)) = note(&state, Way::Up, &buffer[..length]) else {
            continue;
        };
        let own = match clients.get(&client) {
            Some(own) => own.clone(),
            None => {
                let own = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap());
                tasks.spawn(downwards(
                    own.clone(),
                    socket.clone(),
                    client,
                    state.clone(),
                ));
                clients.insert(client, own.clone());
                own
            }
        };
        let bytes = buffer[..length].to_vec();
        tasks.spawn(deliver(own, bytes, upstream, delay));
        while tasks.try_join_next().is_some() {}
    }
}

async fn downwards(
    own: Arc<UdpSocket>,
    socket: Arc<UdpSocket>,
    client: SocketAddr,
    state: Arc<Mutex<State>>,
) {
    let mut buffer = vec![0; DATAGRAM_MAX];
    let mut tasks = JoinSet::new();
    loop {
        let Ok((length, _)) = own.recv_from(&mut buffer).await else {
            continue;
        };
        if let Some((_, delay)) = note(&state, Way::Down, &buffer[..length]) {
            tasks.spawn(deliver(
                socket.clone(),
                buffer[..length].to_vec(),
                client,
                delay,
            ));
        }
        while tasks.try_join_next().is_some() {}
    }
}

async fn deliver(socket: Arc<UdpSocket>, bytes: Vec<u8>, target: SocketAddr, delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    // Whoever is not there to take it loses it, as on a network.
    let _ = socket.send_to(&bytes, target).await;
}
