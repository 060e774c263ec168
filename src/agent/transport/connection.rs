//! One TCP connection: cuts what arrives into messages and writes what is to be sent. Ends on the first error and says so.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hotdesk_provisioning::Transport;
use hotdesk_sip::{Flow, Framer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::debug;

use super::Arrival;

/// Wait before connections are taken again after one could not be: the process has no descriptors left, for example.
pub(super) const PAUSE: Duration = Duration::from_secs(1);
/// Longest wait for a connection or for the other end to take what is written.
const STALLED_MAX: Duration = Duration::from_secs(10);
/// Messages that may wait to be written.
const WAITING_MAX: usize = 32;
/// Bytes read at a time.
const PIECE_BYTES: usize = 4096;

/// The sending end. Dropping it ends the connection.
#[derive(Debug)]
pub(super) struct Handle {
    sender: mpsc::Sender<Vec<u8>>,
    task: JoinHandle<()>,
}

impl Handle {
    /// Queues one message; fails when too many wait already or the connection has ended.
    pub(super) fn send(&self, bytes: Vec<u8>) -> Result<(), ()> {
        self.sender.try_send(bytes).map_err(drop)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Connects.
pub(super) fn open(remote: SocketAddr, number: u64, arrivals: mpsc::Sender<Arrival>) -> Handle {
    start(remote, number, arrivals, async move {
        timeout(STALLED_MAX, TcpStream::connect(remote)).await?
    })
}

/// Takes over a connection that the other end opened.
pub(super) fn adopt(
    stream: TcpStream,
    remote: SocketAddr,
    number: u64,
    arrivals: mpsc::Sender<Arrival>,
) -> Handle {
    start(remote, number, arrivals, async move { Ok(stream) })
}

fn start(
    remote: SocketAddr,
    number: u64,
    arrivals: mpsc::Sender<Arrival>,
    stream: impl Future<Output = io::Result<TcpStream>> + Send + 'static,
) -> Handle {
    let (sender, messages) = mpsc::channel(WAITING_MAX);
    let task = tokio::spawn(async move {
        if let Err(error) = work(remote, stream, messages, &arrivals).await {
            debug!(%remote, "connection: {error}");
        }
        let _ = arrivals.send(Arrival::Closed(remote, number)).await;
    });
    Handle { sender, task }
}

async fn work(
    remote: SocketAddr,
    stream: impl Future<Output = io::Result<TcpStream>>,
    mut messages: mpsc::Receiver<Vec<u8>>,
    arrivals: &mpsc::Sender<Arrival>,
) -> io::Result<()> {
    let mut stream = stream.await?;
    stream.set_nodelay(true)?;
    let flow = Flow {
        transport: Transport::Tcp,
        local: stream.local_addr()?,
        remote,
    };
    let mut framer = Framer::new();
    let mut piece = [0; PIECE_BYTES];
    loop {
        tokio::select! {
            read = stream.read(&mut piece) => {
                let length = read?;
                let Some(bytes) = piece.get(..length).filter(|bytes| !bytes.is_empty()) else {
                    return Ok(());
                };
                framer.push(bytes);
                while let Some(frame) = framer.next_frame().map_err(io::Error::other)? {
                    if arrivals.send(Arrival::Message(flow, frame)).await.is_err() {
                        return Ok(());
                    }
                }
            }
            message = messages.recv() => {
                let Some(bytes) = message else { return Ok(()) };
                timeout(STALLED_MAX, stream.write_all(&bytes)).await??;
            }
        }
    }
}
