//! The phone's sockets: one UDP socket for its whole life, TCP connections as they are needed, and where servers are.
//! Never looks into a message.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv6Addr, SocketAddr, UdpSocket};

use anyhow::Context;
use hotdesk_provisioning::{ServerAddress, Transport as Protocol};
use hotdesk_sip::{Flow, Transmit};
use rustix::io::Errno;
use rustix::net::{SendFlags, sendto};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tracing::{debug, trace, warn};

use crate::Route;

mod connection;
mod route;
pub(crate) use route::facing;

/// Largest datagram: beyond any SIP message that is understood.
pub(crate) const DATAGRAM_BYTES_MAX: usize = 65_535;
/// TCP connections at a time: a desk talks to one or two servers.
const CONNECTIONS_MAX: usize = 8;
/// Arrivals that may wait for the loop; more are left to the kernel, which makes the sender wait.
const ARRIVALS_WAITING_MAX: usize = 64;

/// Something that arrived, other than a datagram.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// One message of a stream.
    Message(Flow, Vec<u8>),
    /// A server connected to us.
    Accepted(TcpStream, SocketAddr),
    /// The connection with this number ended or could not be made.
    Closed(SocketAddr, u64),
    /// Where a server is.
    Resolved(ServerAddress, Option<Route>),
}

/// Every socket that SIP uses.
#[derive(Debug)]
pub(crate) struct Transport {
    /// Waited for when something arrives, and never when it could be written to: that would wake the phone up once more for
    /// each datagram that has left it.
    udp: AsyncFd<UdpSocket>,
    local: SocketAddr,
    connections: BTreeMap<SocketAddr, Connection>,
    connections_made: u64,
    arrivals: mpsc::Sender<Arrival>,
}

#[derive(Debug)]
struct Connection {
    number: u64,
    handle: connection::Handle,
}

impl Transport {
    /// Opens the UDP socket, and a TCP listener on the same port if that is free: a server that lost its connection may
    /// open a new one to the address in our Contact.
    ///
    /// # Errors
    /// When the address cannot be used; the message names the key.
    pub(crate) async fn open(
        listen: SocketAddr,
    ) -> anyhow::Result<(Self, mpsc::Receiver<Arrival>)> {
        let udp = bind(listen)
            .with_context(|| format!("sip.listen: {listen} cannot be used; choose another"))?;
        let local = udp.get_ref().local_addr().context("sip.listen")?;
        let (arrivals, arriving) = mpsc::channel(ARRIVALS_WAITING_MAX);
        match TcpListener::bind(local).await {
            Ok(listener) => drop(tokio::spawn(accept(listener, arrivals.clone()))),
            Err(error) => warn!("no TCP connections are taken on {local}: {error}"),
        }
        let transport = Self {
            udp,
            local,
            connections: BTreeMap::new(),
            connections_made: 0,
            arrivals,
        };
        Ok((transport, arriving))
    }

    /// The port of SIP.
    pub(crate) fn port(&self) -> u16 {
        self.local.port()
    }

    /// Waits for the next datagram; a passing error of the socket is none.
    pub(crate) async fn receive(&self, buffer: &mut [u8]) -> (usize, Flow) {
        loop {
            let read = |socket: &UdpSocket| socket.recv_from(buffer);
            match self.udp.async_io(Interest::READABLE, read).await {
                Ok((length, remote)) => {
                    let remote = SocketAddr::new(remote.ip().to_canonical(), remote.port());
                    return (length, self.flow(remote));
                }
                // The kernel reports an earlier send's failure here; timers notice a server that stays away.
                Err(error) => {
                    debug!("datagram socket: {error}");
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    fn flow(&self, remote: SocketAddr) -> Flow {
        Flow {
            transport: Protocol::Udp,
            local: self.local,
            remote,
        }
    }

    /// Sends, or answers that the destination cannot be reached.
    pub(crate) fn send(&mut self, transmit: Transmit) -> Result<(), ()> {
        trace!(?transmit, "send");
        match transmit.transport {
            Protocol::Udp => self.send_datagram(&transmit),
            Protocol::Tcp => self.send_on_stream(transmit),
        }
    }

    fn send_datagram(&self, transmit: &Transmit) -> Result<(), ()> {
        let to = transmit.destination;
        // Straight to the kernel: the runtime refuses to send before it has once heard that the socket is writable, and
        // the very first message of a phone would be lost.
        match sendto(&self.udp, &transmit.bytes, SendFlags::DONTWAIT, &to) {
            Ok(_) => Ok(()),
            // The buffer is full: as lost as any datagram, and repeated like one.
            Err(Errno::AGAIN) => Ok(()),
            Err(error) => {
                debug!(%to, "a datagram cannot be sent: {error}");
                Err(())
            }
        }
    }

    fn send_on_stream(&mut self, transmit: Transmit) -> Result<(), ()> {
        let to = transmit.destination;
        if !self.connections.contains_key(&to) {
            let handle = connection::open(to, self.next_number(), self.arrivals.clone());
            self.keep(to, handle)?;
        }
        let connection = self.connections.get(&to).ok_or(())?;
        connection.handle.send(transmit.bytes)
    }

    /// A server connected to us.
    pub(crate) fn accepted(&mut self, stream: TcpStream, remote: SocketAddr) {
        let remote = SocketAddr::new(remote.ip().to_canonical(), remote.port());
        let handle = connection::adopt(stream, remote, self.next_number(), self.arrivals.clone());
        if self.keep(remote, handle).is_err() {
            debug!(%remote, "too many connections");
        }
    }

    /// The connection with this number is no more; answers whether it was still the one in use.
    pub(crate) fn closed(&mut self, remote: SocketAddr, number: u64) -> bool {
        let in_use = self
            .connections
            .get(&remote)
            .is_some_and(|c| c.number == number);
        if in_use {
            self.connections.remove(&remote);
        }
        in_use
    }

    fn next_number(&mut self) -> u64 {
        self.connections_made = self.connections_made.wrapping_add(1);
        self.connections_made
    }

    fn keep(&mut self, remote: SocketAddr, handle: connection::Handle) -> Result<(), ()> {
        if self.connections.len() >= CONNECTIONS_MAX {
            return Err(());
        }
        let number = self.connections_made;
        self.connections
            .insert(remote, Connection { number, handle });
        Ok(())
    }

    /// Finds out where a server is; the answer arrives, for an address at once and for a name when it is known.
    pub(crate) fn resolve(&self, server: ServerAddress) -> Option<(ServerAddress, Option<Route>)> {
        if let Some(address) = route::literal(&server) {
            let route = route::to(self.local, &[address]);
            return Some((server, route));
        }
        let (local, arrivals) = (self.local, self.arrivals.clone());
        tokio::spawn(async move {
            let addresses = route::look_up(&server).await;
            let route = route::to(local, &addresses);
            let _ = arrivals.send(Arrival::Resolved(server, route)).await;
        });
        None
    }
}

/// Binds; a kernel without IPv6 gives the IPv4 half of what was asked for.
#[expect(
    deprecated,
    reason = "what it warns of is a descriptor that is closed while it is registered, and this one is owned"
)]
fn bind(listen: SocketAddr) -> io::Result<AsyncFd<UdpSocket>> {
    let bound = match UdpSocket::bind(listen) {
        Err(error)
            if listen.ip() == Ipv6Addr::UNSPECIFIED && error.kind() != io::ErrorKind::AddrInUse =>
        {
            UdpSocket::bind(("0.0.0.0", listen.port()))
        }
        bound => bound,
    }?;
    bound.set_nonblocking(true)?;
    AsyncFd::with_interest(bound, Interest::READABLE)
}

async fn accept(listener: TcpListener, arrivals: mpsc::Sender<Arrival>) {
    loop {
        let arrival = match listener.accept().await {
            Ok((stream, remote)) => Arrival::Accepted(stream, remote),
            Err(error) => {
                debug!("a connection was not taken: {error}");
                tokio::time::sleep(connection::PAUSE).await;
                continue;
            }
        };
        if arrivals.send(arrival).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
