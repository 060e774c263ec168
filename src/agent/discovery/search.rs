//! Looking for a server on this machine's network: the lease file, a socket for the multicast. Decides nothing itself.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::PathBuf;
use std::time::Instant;

use rustix::net::sockopt::set_ip_multicast_if;
use tokio::net::UdpSocket;
use tracing::{debug, info};

use super::{Caller, Lease, Names, SEED_BYTES, Search, Source, Verdict, offers};
use crate::client::VERSION;
use crate::devices::{Wanted, Watcher};
use crate::network::Network;
use crate::store::files::read_bounded;
use crate::transport::facing;
use crate::{Clock, Config, deadline};

/// A lease file is a few hundred bytes.
const LEASE_BYTES_MAX: u64 = 64 * 1024;
/// No question leaves the link, so nobody beyond it can answer.
const HOPS: u32 = 1;
/// Longest datagram that is looked at: the longest SIP message that is understood.
const DATAGRAM_BYTES_MAX: usize = hotdesk_sip::wire::MESSAGE_BYTES_MAX;

/// A server, and who named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) url: String,
    pub(crate) source: Source,
}

/// How the search goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// A server.
    Server(Found),
    /// Something that is no server for us; as it may be shown.
    Other(String),
    /// Nothing so far, and there is still somebody who may answer soon.
    Looking,
    /// Nobody named anything.
    Nothing,
}

/// The system's leases, and news of them.
#[derive(Debug)]
pub(crate) struct Leases {
    file: PathBuf,
    names: Names,
    watcher: Watcher,
}

impl Leases {
    pub(crate) fn new(config: &Config) -> Self {
        let file = config.discovery.lease_file.clone();
        Self {
            names: Names::new(&config.device, &config.model, VERSION),
            watcher: Watcher::new(vec![Wanted::File(file.clone())]),
            file,
        }
    }

    /// What the lease names now, in the order in which it counts.
    pub(crate) fn verdicts(&self) -> Vec<(Source, Verdict)> {
        let bytes = read_bounded(&self.file, LEASE_BYTES_MAX);
        let bytes = bytes.ok().flatten().unwrap_or_default();
        let lease = Lease::parse(&String::from_utf8_lossy(&bytes));
        let judged = |(source, text): (Source, String)| (source, Verdict::of(&text, &self.names));
        offers(&lease).into_iter().map(judged).collect()
    }

    /// The first option that names a server now, or else the first that names anything.
    pub(crate) fn look(&self) -> News {
        let mut first_other = News::Nothing;
        for (source, verdict) in self.verdicts() {
            match verdict {
                Verdict::Server(url) => return News::Server(Found { url, source }),
                Verdict::Other(shown) => {
                    info!("{source} names {shown}, which is no server for this phone");
                    if first_other == News::Nothing {
                        first_other = News::Other(shown);
                    }
                }
            }
        }
        first_other
    }

    /// Waits until the lease may say something else.
    pub(crate) async fn changed(&mut self) {
        self.watcher.changed().await;
    }
}

/// Looks in every way that the configuration allows, until somebody stops it.
pub(crate) struct Finder {
    leases: Leases,
    network: Network,
    clock: Clock,
    multicast: Option<Multicast>,
    /// What was named last and is no server.
    other: Option<String>,
}

struct Multicast {
    search: Search,
    group: SocketAddrV4,
    listen: SocketAddr,
    socket: Option<Bound>,
    datagram: Box<[u8]>,
}

struct Bound {
    socket: UdpSocket,
    local: SocketAddrV4,
}

impl Finder {
    pub(crate) fn new(config: &Config, clock: Clock) -> Self {
        let multicast = config
            .discovery
            .pnp
            .map(|group| Multicast::new(config, group, clock.now()));
        Self {
            leases: Leases::new(config),
            network: Network::open(),
            clock,
            multicast,
            other: None,
        }
    }

    /// What is known now.
    pub(crate) fn look(&mut self) -> News {
        match self.leases.look() {
            News::Other(shown) => self.other = Some(shown),
            News::Nothing => self.other = None,
            found @ News::Server(_) => return found,
            News::Looking => {}
        }
        self.nothing_yet()
    }

    /// Waits until there is something to tell.
    pub(crate) async fn next(&mut self) -> News {
        loop {
            let due = self.multicast.as_ref().map(|m| m.search.poll_timeout());
            tokio::select! {
                () = self.leases.changed() => return self.look(),
                () = self.network.changed() => self.network_changed(),
                () = deadline::reached(due) => {
                    let before = self.nothing_yet();
                    self.ask();
                    if self.nothing_yet() != before {
                        return self.nothing_yet();
                    }
                }
                named = heard(self.multicast.as_mut()) => return self.judge(&named),
            }
        }
    }

    fn judge(&mut self, named: &str) -> News {
        let source = Source::Multicast;
        match Verdict::of(named, &self.leases.names) {
            Verdict::Server(url) => News::Server(Found { url, source }),
            Verdict::Other(shown) => {
                info!("{source} names {shown}, which is no server for this phone");
                self.other = Some(shown);
                self.nothing_yet()
            }
        }
    }

    fn nothing_yet(&self) -> News {
        match (&self.other, &self.multicast) {
            (Some(shown), _) => News::Other(shown.clone()),
            (None, Some(multicast)) if !multicast.search.is_silent() => News::Looking,
            (None, Some(_) | None) => News::Nothing,
        }
    }

    fn network_changed(&mut self) {
        if let Some(multicast) = &mut self.multicast {
            multicast.search.network_changed(self.clock.now());
        }
    }

    fn ask(&mut self) {
        let now = self.clock.now();
        if let Some(multicast) = &mut self.multicast {
            multicast.ask(now);
        }
    }
}

impl Multicast {
    fn new(config: &Config, group: SocketAddrV4, now: Instant) -> Self {
        let caller = Caller {
            device: config.device.clone(),
            model: config.model.clone(),
            version: VERSION.to_owned(),
            user_agent: config.user_agent.clone(),
        };
        let mut seed = [0; SEED_BYTES];
        if let Err(error) = getrandom::fill(&mut seed) {
            debug!("no random numbers: {error}");
        }
        Self {
            search: Search::new(caller, group, seed, now),
            group,
            listen: config.sip_listen,
            socket: None,
            datagram: vec![0; DATAGRAM_BYTES_MAX].into(),
        }
    }

    /// Sends what is due. Our address may be another one each time, and there may be none yet.
    fn ask(&mut self, now: Instant) {
        let bound = self.bind();
        let local = match &bound {
            Ok(bound) => bound.local,
            Err(_) => SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0),
        };
        let question = self.search.handle_timeout(now, local);
        let (Some(question), Ok(bound)) = (question, bound.inspect_err(|why| debug!("{why}")))
        else {
            return;
        };
        if let Err(error) = bound.socket.try_send_to(&question, self.group.into()) {
            debug!("the question to {} is not sent: {error}", self.group);
        }
        self.socket = Some(bound);
    }

    /// The socket of the last question if our address is still the same, or a new one.
    fn bind(&mut self) -> io::Result<Bound> {
        let wanted = match self.listen.ip() {
            IpAddr::V4(ip) => ip,
            IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
        };
        let facing = facing(wanted.into(), self.group.into());
        let Some(IpAddr::V4(ip)) = facing else {
            return Err(io::Error::other(
                "there is no way to the multicast group yet",
            ));
        };
        if let Some(bound) = self.socket.take().filter(|bound| *bound.local.ip() == ip) {
            return Ok(bound);
        }
        let port = self.listen.port();
        // A phone's own port if nobody has it: answers to the port of SIP pass more firewalls.
        let socket = std::net::UdpSocket::bind((wanted, port))
            .or_else(|_| std::net::UdpSocket::bind((wanted, 0)))?;
        socket.set_nonblocking(true)?;
        socket.set_multicast_ttl_v4(HOPS)?;
        set_ip_multicast_if(&socket, &ip)?;
        let port = socket.local_addr()?.port();
        let socket = UdpSocket::from_std(socket)?;
        let local = SocketAddrV4::new(ip, port);
        Ok(Bound { socket, local })
    }
}

/// Waits until somebody names something.
async fn heard(multicast: Option<&mut Multicast>) -> String {
    let Some(multicast) = multicast else {
        return std::future::pending().await;
    };
    let Some(bound) = &multicast.socket else {
        return std::future::pending().await;
    };
    loop {
        let buffer = &mut multicast.datagram;
        let (length, source) = match bound.socket.recv_from(buffer).await {
            Ok(received) => received,
            Err(error) => {
                debug!("an earlier question was not delivered: {error}");
                tokio::task::yield_now().await;
                continue;
            }
        };
        let bytes = buffer.get(..length).unwrap_or_default();
        let heard = multicast.search.handle_datagram(source, bytes);
        if let Some(answer) = heard.answer {
            // Whoever misses it sends its NOTIFY again.
            let _ = bound.socket.try_send_to(&answer, source);
        }
        if let Some(named) = heard.named {
            return named;
        }
    }
}
