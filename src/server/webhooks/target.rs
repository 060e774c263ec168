//! Where a webhook may send to: nowhere inside the network, unless the configuration says so. An administrator of a tenant is not
//! one of the network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Most characters of an address.
const LENGTH_MAX: usize = 500;

/// Says what is wrong with an address.
pub(crate) fn check(url: &str, is_private_allowed: bool) -> Result<(), &'static str> {
    let parsed = Url::parse(url)
        .map_err(|_| "A webhook has an address such as https://example.com/hook.")?;
    if url.len() > LENGTH_MAX {
        return Err("A webhook's address has at most 500 characters.");
    }
    // As the API's document says it; the parser itself forgives much.
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web || url.contains(char::is_whitespace) {
        return Err("A webhook's address begins with https:// or http://, and has no blank.");
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err("A webhook's address holds no name and no password.");
    }
    match literal(&parsed) {
        Some(address) if !is_private_allowed && !is_public(address) => {
            Err("A webhook sends to nowhere inside the network.")
        }
        Some(_) | None => Ok(()),
    }
}

/// The address, where the URL has no name but one.
pub(super) fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

/// Whether an address is one of the internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(
        (a, b, c),
        // This network, carriers' own (RFC 6598), protocol assignments, benchmarks (RFC 2544), multicast and reserved.
        (0, _, _) | (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _) | (224..=255, _, _)
    );
    !(is_special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, fourth, _, _, high, low] = address.segments();
    let inner = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (first, second) {
        // An IPv4 address in another dress: mapped, translated (RFC 6052), 6to4 (RFC 3056).
        (0, 0) if third == 0 && fourth == 0 => {
            address.to_ipv4_mapped().is_some() && inner(high, low)
        }
        (0x64, 0xff9b) => inner(high, low),
        (0x2002, second) => inner(second, third),
        (0x2001, 0xdb8) => false,
        (first, _) => (0x2000..0x4000).contains(&first),
    }
}

/// Resolves names, and hides what lies inside the network: what is connected to is what was looked at.
#[derive(Debug)]
pub(super) struct Resolver {
    pub(super) is_private_allowed: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let is_private_allowed = self.is_private_allowed;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found
                .filter(|address| is_private_allowed || is_public(address.ip()))
                .collect();
            if allowed.is_empty() {
                return Err("the name leads to nowhere outside the network".into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inside_the_network_is_public() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "::7f00:1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "8.8.8.8",
            "2a00:1450:4001::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_address_is_checked_however_it_is_written() {
        for url in [
            "http://127.1/",
            "http://0x7f000001/",
            "http://[::1]/",
            "ftp://example.com/",
            "https://a:b@example.com/",
            "nothing",
            "http://2130706433/",
            // What the parser forgives and the API's document does not know.
            "https:example.com/hook",
            "https:/example.com/hook",
            "HTTPS://example.com/hook",
            "https://example.com/a hook",
        ] {
            assert!(check(url, false).is_err(), "{url}");
        }
        assert!(check("https://example.com/hook", false).is_ok());
        assert!(check("http://127.0.0.1:9/", true).is_ok());
    }
}
