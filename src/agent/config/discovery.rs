//! `[discovery]`: where a phone looks for its server if the file does not name it. Never looks.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};

use anyhow::ensure;
use serde::Deserialize;

/// Where the DHCP client of our firmware, or any client's hook, writes the lease.
const LEASE_FILE: &str = "/run/hotdesk.lease";
/// sip.mcast.net (RFC 3261 section 10.2.6), where servers of the field listen.
const PNP_GROUP: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(224, 0, 1, 75), 5060);

/// Where a phone looks for its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveryConfig {
    /// What the system's DHCP client writes down of its lease.
    pub lease_file: PathBuf,
    /// The multicast group and port of SIP plug and play; `None`: nobody is asked.
    pub pnp: Option<SocketAddrV4>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct DiscoveryTable {
    lease_file: Option<PathBuf>,
    pnp: Option<String>,
}

impl DiscoveryTable {
    pub(super) fn checked(self, folder: &Path) -> anyhow::Result<DiscoveryConfig> {
        let pnp = match self.pnp.as_deref() {
            None => Some(PNP_GROUP),
            Some("off") => None,
            Some(text) => {
                let advice =
                    "write \"off\", or a multicast address and a port, as in \"224.0.1.75:5060\"";
                let group: SocketAddrV4 = super::parsed("discovery.pnp", text, advice)?;
                ensure!(
                    group.ip().is_multicast() && group.port() != 0,
                    "discovery.pnp: {text:?} is no multicast address with a port; {advice}"
                );
                Some(group)
            }
        };
        let file = self.lease_file.unwrap_or_else(|| LEASE_FILE.into());
        Ok(DiscoveryConfig {
            lease_file: folder.join(file),
            pnp,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> anyhow::Result<DiscoveryConfig> {
        let table: DiscoveryTable = super::super::understand(text)?;
        table.checked(Path::new("/etc/hotdesk"))
    }

    #[test]
    fn a_phone_looks_everywhere_unless_it_is_told_not_to() {
        let usual = checked("").unwrap();
        assert_eq!(usual.lease_file, Path::new("/run/hotdesk.lease"));
        assert_eq!(usual.pnp, Some(PNP_GROUP));
        let other = checked("lease_file = \"lease\"\npnp = \"off\"").unwrap();
        assert_eq!(other.lease_file, Path::new("/etc/hotdesk/lease"));
        assert_eq!(other.pnp, None);
        assert!(checked("pnp = \"239.1.2.3:5070\"").unwrap().pnp.is_some());
    }

    #[test]
    fn only_a_group_can_be_asked() {
        for pnp in ["192.0.2.1:5060", "224.0.1.75", "224.0.1.75:0", "on"] {
            let why = checked(&format!("pnp = \"{pnp}\"")).unwrap_err();
            assert!(format!("{why:#}").starts_with("discovery.pnp"), "{why:#}");
        }
    }
}
