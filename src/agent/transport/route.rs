//! Where a server is, and which of our addresses faces it. Sends nothing to it.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use hotdesk_provisioning::ServerAddress;
use tracing::debug;

use crate::Route;

/// Addresses of one name that are looked at.
const ADDRESSES_MAX: usize = 8;
/// Longest wait for a name server.
const LOOK_UP_MAX: Duration = Duration::from_secs(10);

/// The address, if the host is one and not a name.
pub(super) fn literal(server: &ServerAddress) -> Option<SocketAddr> {
    let ip: IpAddr = bare_host(server).parse().ok()?;
    Some(SocketAddr::new(ip, server.port()))
}

/// Asks the system for the addresses of a name; none when there are none or nobody answers.
pub(super) async fn look_up(server: &ServerAddress) -> Vec<SocketAddr> {
    let found = tokio::net::lookup_host((bare_host(server), server.port()));
    match tokio::time::timeout(LOOK_UP_MAX, found).await {
        Ok(Ok(addresses)) => addresses.take(ADDRESSES_MAX).collect(),
        Ok(Err(error)) => {
            debug!(host = server.host(), "the name is not found: {error}");
            Vec::new()
        }
        Err(_) => {
            debug!(host = server.host(), "no name server answers");
            Vec::new()
        }
    }
}

/// The first address that a route leads to, from a socket bound to `bound`.
pub(super) fn to(bound: SocketAddr, addresses: &[SocketAddr]) -> Option<Route> {
    addresses.iter().find_map(|server| {
        let ip = facing(bound.ip(), *server)?;
        Some(Route {
            server: *server,
            local: SocketAddr::new(ip, bound.port()),
        })
    })
}

/// Our address on the way to a server. Connecting a datagram socket sends nothing; it only asks the kernel for the route.
pub(crate) fn facing(bound: IpAddr, server: SocketAddr) -> Option<IpAddr> {
    if !bound.is_unspecified() {
        return (bound.is_ipv4() == server.is_ipv4()).then_some(bound);
    }
    if bound.is_ipv4() && server.is_ipv6() {
        return None;
    }
    let any = if server.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let probe = UdpSocket::bind(any).ok()?;
    probe.connect(server).ok()?;
    Some(probe.local_addr().ok()?.ip())
}

/// Without the brackets around an IPv6 address.
fn bare_host(server: &ServerAddress) -> &str {
    let host = server.host();
    let inner = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    inner.unwrap_or(host)
}
