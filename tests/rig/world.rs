//! Everything that a phone needs to work, with a relay in front of each server.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};

use hotdesk_agent::Config;
use hotdesk_provisioning::Transport;

use crate::eventually;
use crate::kamailio::Kamailio;
use crate::phone::{Phone, phone_config};
use crate::provd::{DOMAIN, Provd};
use crate::relay::{TcpRelay, UdpRelay};

/// The three desks of the demonstration: MAC address and the desk's own number.
pub const DESKS: [(&str, &str); 3] = [
    ("02005e100011", "3001"),
    ("02005e100012", "3002"),
    ("02005e100013", "3003"),
];
/// Jane's number; she may type [`JANE_SHORT`] instead, and her PIN is [`JANE_PIN`].
pub const JANE: &str = "01132991000";
/// See [`JANE`].
pub const JANE_SHORT: &str = "2000";
/// See [`JANE`].
pub const JANE_PIN: &str = "1234";
/// James's number; his PIN is [`JAMES_PIN`].
pub const JAMES: &str = "01132991001";
/// See [`JAMES`].
pub const JAMES_PIN: &str = "2345";

/// How QEMU's user-mode network calls the machine that it runs on.
pub const HOST_OF_MACHINES: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 2);

/// Two requests with the same names would be one that was sent twice.
static NOTIFICATIONS: AtomicU32 = AtomicU32::new(0);

/// A provisioning server, a relay in front of it, and a relay for SIP that leads nowhere yet.
pub struct Site {
    /// The provisioning server.
    pub provd: Provd,
    /// What phones connect to instead of the server.
    pub https: TcpRelay,
    /// What phones register at instead of the registrar.
    pub sip: UdpRelay,
}

/// A [`Site`] whose registrar is Kamailio.
pub struct World {
    /// Servers and relays.
    pub site: Site,
    /// The registrar.
    pub kamailio: Kamailio,
}

impl Site {
    /// Starts one with the demonstration's people and `more`.
    pub async fn start(more: &str) -> Self {
        Self::start_as_seen_from(Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST, more).await
    }

    /// The same with relays at `here`, for phones that reach them under the address `host`.
    async fn start_as_seen_from(here: Ipv4Addr, host: Ipv4Addr, more: &str) -> Self {
        let sip = UdpRelay::start_at(here).await;
        let registrar = SocketAddr::from((host, sip.address().port()));
        let provd = Provd::start(registrar, Transport::Udp, more).await;
        let https = TcpRelay::start_at(here, provd.phones()).await;
        Self { provd, https, sip }
    }

    /// How the phone at one of the [`DESKS`] is configured.
    #[must_use]
    pub fn phone_config(&self, desk: usize) -> Config {
        let (mac, _) = DESKS[desk];
        phone_config(
            mac,
            self.https.address(),
            self.provd.ca_file(),
            self.provd.folder(),
        )
    }

    /// Switches the phone at one of the [`DESKS`] on and waits until it is the desk's own phone.
    pub async fn phone(&self, desk: usize) -> Phone {
        let phone = Phone::start(self.phone_config(desk)).await;
        phone.expect_vacant().await;
        phone.expect_server(true).await;
        phone
    }
}

impl World {
    /// Starts one.
    pub async fn start() -> Self {
        Self::start_with("", &[]).await
    }

    /// Starts one with more people, and Kamailio with these defines.
    pub async fn start_with(people: &str, defines: &[&str]) -> Self {
        Self::with_site(Site::start(people).await, defines).await
    }

    /// Starts one for virtual machines, which reach this machine as [`HOST_OF_MACHINES`].
    pub async fn start_for_machines(people: &str) -> Self {
        let site = Site::start_as_seen_from(Ipv4Addr::LOCALHOST, HOST_OF_MACHINES, people).await;
        Self::with_site(site, &[]).await
    }

    /// Starts one for a virtual machine at the end of a cable, which this process has the other end of.
    pub async fn start_on_cable() -> Self {
        let host = HOST_OF_MACHINES;
        let site = Site::start_as_seen_from(host, host, "").await;
        Self::with_site(site, &[]).await
    }

    async fn with_site(site: Site, defines: &[&str]) -> Self {
        let kamailio = Kamailio::start_with(&site.provd.database_path(), DOMAIN, defines).await;
        site.sip.forward_to(kamailio.address());
        Self { site, kamailio }
    }

    /// A NOTIFY outside any dialog for the phone that registered last, and the address that this phone gave.
    pub async fn notification(
        &self,
        from: SocketAddr,
        event: &str,
        body: &str,
    ) -> (String, SocketAddr) {
        let contact = self.kamailio.location_table().await.pop().unwrap().contact;
        let host = contact.split(['@', ';']).nth(1).unwrap().parse().unwrap();
        let number = NOTIFICATIONS.fetch_add(1, Ordering::Relaxed);
        let text = format!(
            "NOTIFY {contact} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK-notify-{number};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:pbx@{from}>;tag=pbx\r\nTo: <{contact}>\r\nCall-ID: notify-{number}@{from}\r\nCSeq: 1 NOTIFY\r\n\
             Contact: <sip:{from}>\r\nEvent: {event}\r\nSubscription-State: terminated\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        (text, host)
    }

    /// Waits until the registrar accepts no credential for a number any more.
    pub async fn expect_revoked(&self, number: &str) {
        eventually(&format!("no credential of {number} is left"), async || {
            let accepted = self.site.provd.accepted_for(number).await;
            if accepted.is_empty() {
                Ok(())
            } else {
                Err(format!("{accepted:?}"))
            }
        })
        .await;
    }

    /// Waits until the location table holds exactly these numbers, each at the SIP port beside it.
    pub async fn expect_bindings(&self, wanted: &[(&str, u16)]) {
        eventually(
            &format!("the location table holds exactly {wanted:?}"),
            async || {
                let table = self.kamailio.location_table().await;
                let as_wanted = table.len() == wanted.len()
                    && wanted.iter().all(|(user, port)| {
                        table
                            .iter()
                            .any(|b| b.user == *user && b.contact.contains(&format!(":{port}")))
                    });
                if as_wanted {
                    Ok(())
                } else {
                    Err(format!("{table:?}"))
                }
            },
        )
        .await;
    }
}
