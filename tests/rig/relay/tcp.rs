//! A relay for HTTPS. It cannot read what passes, but it sees every change of direction, and so counts round trips.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

/// Chunks that may be under way in one direction of one connection.
const CHUNKS_MAX: usize = 256;

#[derive(Debug)]
struct State {
    upstream: SocketAddr,
    delay: Duration,
}

/// A running relay; stops when dropped.
#[derive(Debug)]
pub struct TcpRelay {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    questions: Arc<AtomicUsize>,
    listening: Option<AbortHandle>,
    tasks: JoinSet<()>,
}

impl TcpRelay {
    /// Listens on a free port and passes everything to `upstream`.
    pub async fn start(upstream: SocketAddr) -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST, upstream).await
    }

    /// The same at another address of this machine.
    pub async fn start_at(ip: Ipv4Addr, upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let mut relay = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::new(Mutex::new(State {
                upstream,
                delay: Duration::ZERO,
            })),
            questions: Arc::default(),
            listening: None,
            tasks: JoinSet::new(),
        };
        relay.listen(listener);
        relay
    }

    /// Where clients connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How much later everything arrives, in each direction.
    pub fn set_delay(&self, delay: Duration) {
        lock(&self.state).delay = delay;
    }

    /// How often a client said something after it had last been told something, over all connections: for HTTP/1.1 over a
    /// connection that is up, the number of requests.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.questions.load(Ordering::Relaxed)
    }

    /// Cuts every connection and refuses new ones, as a server that is down.
    pub async fn go_away(&mut self) {
        self.listening = None;
        self.tasks.shutdown().await;
    }

    /// Listens again.
    pub async fn come_back(&mut self) {
        if self.listening.is_none() {
            let listener = TcpListener::bind(self.address).await.unwrap();
            self.listen(listener);
        }
    }

    /// Cuts every connection; new ones go to `upstream`.
    pub async fn redirect(&mut self, upstream: SocketAddr) {
        self.go_away().await;
        lock(&self.state).upstream = upstream;
        self.come_back().await;
    }

    fn listen(&mut self, listener: TcpListener) {
        let serving = serve(listener, self.state.clone(), self.questions.clone());
        self.listening = Some(self.tasks.spawn(serving));
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>, questions: Arc<AtomicUsize>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        let (upstream, delay) = {
            let state = lock(&state);
            (state.upstream, state.delay)
        };
        connections.spawn(connection(
            client,
            upstream,
            delay,
            state.clone(),
            questions.clone(),
        ));
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(
    client: TcpStream,
    upstream: SocketAddr,
    delay: Duration,
    state: Arc<Mutex<State>>,
    questions: Arc<AtomicUsize>,
) {
    // A connection is open to the client before the server knows of it; the handshake's round trip is paid here instead.
    tokio::time::sleep(delay * 2).await;
    let Ok(server) = TcpStream::connect(upstream).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // Whether the last word was the client's.
    let asking = Arc::new(Mutex::new(false));
    let up = {
        let asking = asking.clone();
        move || {
            let mut asking = asking.lock().unwrap_or_else(PoisonError::into_inner);
            if !std::mem::replace(&mut *asking, true) {
                questions.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let down = move || *asking.lock().unwrap_or_else(PoisonError::into_inner) = false;
    tokio::select! {
        () = pass(from_client, to_server, &state, up) => {}
        () = pass(from_server, to_client, &state, down) => {}
    }
}

/// Passes one direction on, each chunk later by the delay that holds when it comes.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    state: &Mutex<State>,
    mut seen: impl FnMut(),
) {
    let (chunks, mut due) = mpsc::channel::<(Instant, Vec<u8>)>(CHUNKS_MAX);
    let reading = async move {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            seen();
            let at = Instant::now() + lock(state).delay;
            if chunks.send((at, buffer[..length].to_vec())).await.is_err() {
                return;
            }
        }
    };
    let writing = async move {
        while let Some((at, chunk)) = due.recv().await {
            tokio::time::sleep_until(at).await;
            if to.write_all(&chunk).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(reading, writing);
}
