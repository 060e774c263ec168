//! Whether there is a network, and news when it changes. Never changes anything about it.

use std::fs;
use std::io;
use std::path::Path;

use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
use tokio::net::UdpSocket;
use tracing::{debug, warn};

/// RTMGRP_LINK, RTMGRP_IPV4_IFADDR and RTMGRP_IPV6_IFADDR of Linux' rtnetlink: links and addresses come and go.
const LINKS_AND_ADDRESSES: u32 = 0x1 | 0x10 | 0x100;
/// Where the kernel lists its interfaces.
const INTERFACES: &str = "/sys/class/net";

/// Room for the longest message; the rest of a longer one is dropped, and so is the content of every one.
const MESSAGE_BYTES: usize = 4096;

/// Hears from the kernel when links or addresses change.
#[derive(Debug)]
pub(crate) struct Network {
    /// `None` where the kernel does not tell; changes are then noticed when a server stops answering.
    news: Option<UdpSocket>,
    /// Whether any interface had a carrier when somebody last asked.
    had_carrier: bool,
}

impl Network {
    pub(crate) fn open() -> Self {
        let news = listen().inspect_err(|error| {
            warn!("the kernel does not tell when the network changes: {error}");
        });
        Self {
            news: news.ok(),
            had_carrier: false,
        }
    }

    /// Whether any interface has a carrier, and whether the last one was lost since this was asked before.
    pub(crate) fn carrier(&mut self) -> (bool, bool) {
        let now = is_up();
        let lost = std::mem::replace(&mut self.had_carrier, now) && !now;
        (now, lost)
    }

    /// Waits until something changed. What it was is read from the system afterwards, so several changes count as one.
    pub(crate) async fn changed(&mut self) {
        let Some(news) = &self.news else {
            return std::future::pending().await;
        };
        let mut message = [0; MESSAGE_BYTES];
        let heard = news.recv(&mut message).await;
        while heard.is_ok() && news.try_recv(&mut message).is_ok() {}
        let Err(error) = heard else { return };
        debug!("news of the network: {error}");
        // More news than the buffer holds is news as well; after another error there will be none.
        if Errno::from_io_error(&error) != Some(Errno::NOBUFS) {
            self.news = None;
        }
    }
}

/// A netlink socket in the coat of a datagram socket: the runtime only ever waits for it and reads it, which is the same
/// for both.
fn listen() -> io::Result<UdpSocket> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    // No protocol number is NETLINK_ROUTE.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, LINKS_AND_ADDRESSES))?;
    UdpSocket::from_std(socket.into())
}

/// Whether any interface has a carrier. A machine with a loopback interface only is its own network.
pub(crate) fn is_up() -> bool {
    carriers(Path::new(INTERFACES)).is_none_or(|up| up)
}

/// `None` when there is no interface but the loopback, or the system does not say.
fn carriers(interfaces: &Path) -> Option<bool> {
    let entries = fs::read_dir(interfaces).ok()?;
    let mut any = None;
    for entry in entries.flatten() {
        if entry.file_name() == "lo" {
            continue;
        }
        let Ok(state) = fs::read_to_string(entry.path().join("operstate")) else {
            continue;
        };
        // Some drivers never say more than "unknown" (Linux Documentation/networking/operstates.rst).
        let up = matches!(state.trim(), "up" | "unknown");
        any = Some(any.unwrap_or(false) || up);
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cable_that_is_out_is_seen_and_the_loopback_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let interface = |name: &str, state: &str| {
            fs::create_dir_all(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("operstate"), state).unwrap();
        };
        assert_eq!(carriers(Path::new("/nonexistent")), None);
        interface("lo", "unknown\n");
        assert_eq!(carriers(folder.path()), None);
        interface("eth0", "down\n");
        assert_eq!(carriers(folder.path()), Some(false));
        interface("wlan0", "up\n");
        assert_eq!(carriers(folder.path()), Some(true));
    }
}
