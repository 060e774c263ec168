//! A small registrar of our own, for the demonstration and for faults that a real one cannot be made to show.
//!
//! It keeps bindings in memory, reads credentials from the same view as Kamailio, and answers REGISTER and OPTIONS over
//! UDP and TCP. It shares no code with the phone's SIP stack, so that a mistake made there is not made here as well.
//! It routes no calls.

mod answer;
mod credentials;
mod digest;
mod message;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

use answer::Bindings;
pub use answer::Fault;
pub use credentials::Credentials;
use message::Request;

use crate::ports::free_port;

/// Longest message that is read.
const MESSAGE_MAX: usize = 16 * 1024;
/// Most TCP connections at once.
const CONNECTIONS_MAX: usize = 64;

/// A running registrar; stops when dropped.
#[derive(Debug)]
pub struct Registrar {
    address: SocketAddr,
    state: Arc<Mutex<Bindings>>,
    tasks: JoinSet<()>,
}

impl Registrar {
    /// Listens on UDP and TCP (the same port; port 0 picks one) and answers for `domain`.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn start(listen: SocketAddr, domain: &str, credentials: Credentials) -> Result<Self> {
        // A port that the system hands out for UDP may be somebody's for TCP: port 0 means one that is free for both.
        let port = match listen.port() {
            0 => free_port(),
            port => port,
        };
        let listen = SocketAddr::new(listen.ip(), port);
        let udp = UdpSocket::bind(listen)
            .await
            .with_context(|| format!("cannot listen on UDP {listen}"))?;
        let address = udp.local_addr()?;
        let tcp = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on TCP {address}"))?;
        let state = Arc::new(Mutex::new(Bindings::new(domain)));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve_udp(udp, state.clone(), credentials.clone()));
        tasks.spawn(serve_tcp(tcp, state.clone(), credentials));
        Ok(Self {
            address,
            state,
            tasks,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The Contact URIs under which a number can be reached now.
    #[must_use]
    pub fn bindings(&self, user: &str) -> Vec<String> {
        lock(&self.state).of(user)
    }

    /// How many REGISTER requests came for a number, whatever became of them.
    #[must_use]
    pub fn requests(&self, user: &str) -> usize {
        lock(&self.state).requests(user)
    }

    /// Misbehaves towards one number from now on; `None` behaves again.
    pub fn set_fault(&self, user: &str, fault: Option<Fault>) {
        lock(&self.state).set_fault(user, fault);
    }

    /// Makes every nonce stale that was given out so far.
    pub fn expire_nonces(&self) {
        lock(&self.state).expire_nonces();
    }

    /// Runs until a task fails, which is for good.
    pub async fn run(mut self) {
        self.tasks.join_next().await;
    }
}

/// A poisoned lock means that a test already failed; its bindings are still worth reading.
fn lock(state: &Mutex<Bindings>) -> MutexGuard<'_, Bindings> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve_udp(socket: UdpSocket, state: Arc<Mutex<Bindings>>, credentials: Credentials) {
    let mut buffer = vec![0; MESSAGE_MAX];
    loop {
        // An error here is an ICMP message about some earlier answer: nothing to do with the next request.
        let Ok((length, source)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        if let Some(answer) = handle(&buffer[..length], source, &state, &credentials).await {
            let _ = socket.send_to(answer.as_bytes(), source).await;
        }
    }
}

async fn serve_tcp(listener: TcpListener, state: Arc<Mutex<Bindings>>, credentials: Credentials) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, source)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        if connections.len() < CONNECTIONS_MAX {
            connections.spawn(serve_connection(
                stream,
                source,
                state.clone(),
                credentials.clone(),
            ));
        }
    }
}

async fn serve_connection(
    mut stream: TcpStream,
    source: SocketAddr,
    state: Arc<Mutex<Bindings>>,
    credentials: Credentials,
) {
    let mut held = Vec::new();
    loop {
        while let Some(length) = message::frame(&held) {
            let whole: Vec<u8> = held.drain(..length).collect();
            if let Some(answer) = handle(&whole, source, &state, &credentials).await
                && stream.write_all(answer.as_bytes()).await.is_err()
            {
                return;
            }
        }
        match stream.read_buf(&mut held).await {
            Ok(n) if n > 0 && held.len() <= MESSAGE_MAX => {}
            _ => return,
        }
    }
}

async fn handle(
    bytes: &[u8],
    source: SocketAddr,
    state: &Mutex<Bindings>,
    credentials: &Credentials,
) -> Option<String> {
    let request = Request::parse(bytes)?;
    let domain = lock(state).domain();
    let account = match request.authorization() {
        Some(answer) => credentials.of(answer.username(), &domain).await,
        None => None,
    };
    lock(state).answer(&request, source, account.as_ref())
}
