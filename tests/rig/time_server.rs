//! A server that tells the time of this machine to whoever asks (RFC 5905, the simple server of section 14).

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::net::UdpSocket;
use tokio::task::JoinSet;

/// Bytes of a question without extensions, and of its answer.
const PACKET: usize = 48;
/// Where in it the time is at which the question was sent, and the three that the answer has; each has eight bytes.
const REFERENCE: usize = 16;
const ORIGIN: usize = 24;
const RECEIVED: usize = 32;
const SENT: usize = 40;
/// Seconds from 1900 to 1970.
const EPOCH: u64 = 2_208_988_800;
/// No leap second, version 4, server; stratum 1; a precision of a thousandth of a second.
const HEAD: [u8; 4] = [0b00_100_100, 1, 6, 0xf6];

/// A running one; stops when dropped.
#[derive(Debug)]
pub struct TimeServer {
    address: SocketAddr,
    _task: JoinSet<()>,
}

impl TimeServer {
    /// One at this address; port 0 takes a free one.
    pub async fn start(at: (IpAddr, u16)) -> Self {
        let socket = UdpSocket::bind(at).await.expect("a time server's port");
        let address = socket.local_addr().unwrap();
        let mut task = JoinSet::new();
        task.spawn(serve(socket));
        Self {
            address,
            _task: task,
        }
    }

    /// Where it can be asked.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn serve(socket: UdpSocket) {
    let mut question = [0; PACKET];
    loop {
        let Ok((PACKET, from)) = socket.recv_from(&mut question).await else {
            continue;
        };
        let now = timestamp();
        let mut answer = [0; PACKET];
        answer[..HEAD.len()].copy_from_slice(&HEAD);
        answer[ORIGIN..RECEIVED].copy_from_slice(&question[SENT..]);
        for at in [REFERENCE, RECEIVED, SENT] {
            answer[at..at + 8].copy_from_slice(&now);
        }
        // Whoever does not hear it asks again.
        let _ = socket.send_to(&answer, from).await;
    }
}

/// Seconds since 1900 in 32 bits, and the part of a second in as many.
fn timestamp() -> [u8; 8] {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now: Duration = now.unwrap_or_default();
    let seconds = now.as_secs() + EPOCH;
    let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
    (seconds << 32 | fraction).to_be_bytes()
}
