//! Which options of a lease may name a server, in the order in which they count, and what they hold. Never judges whether
//! what they name can be used.

use std::fmt;
use std::net::Ipv4Addr;

use super::Lease;

/// Longest text that can name a server.
pub(super) const TEXT_BYTES_MAX: usize = 512;

/// Polycom's usual option for a provisioning URL.
const CUSTOM_URL: u8 = 160;
/// The other one, which some sites use for a second attempt.
const SECOND_URL: u8 = 159;
/// TFTP server name (RFC 2132 section 9.4), in practice a URL as well.
const TFTP_SERVER: u8 = 66;
/// Vendor specific information (RFC 2132 section 8.4): a plain URL, or sub-options.
const VENDOR: u8 = 43;
/// Addresses of TFTP servers (RFC 5859), four bytes each.
const TFTP_ADDRESSES: u8 = 150;

/// Sub-options of 43 that hold a URL, the usual one first.
const SUB_OPTIONS: [u8; 3] = [2, 1, 66];
/// Sub-options that are looked at.
const SUB_OPTIONS_MAX: usize = 32;

/// Who names a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The DHCP option of this number.
    Dhcp(u8),
    /// A server that answered our multicast.
    Multicast,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dhcp(code) => write!(f, "DHCP option {code}"),
            Self::Multicast => write!(f, "SIP plug and play"),
        }
    }
}

/// What a lease names, in the order in which it counts: options 160, 159, 66, 43, 150.
#[must_use]
pub fn offers(lease: &Lease) -> Vec<(Source, String)> {
    [CUSTOM_URL, SECOND_URL, TFTP_SERVER, VENDOR, TFTP_ADDRESSES]
        .into_iter()
        .filter_map(|code| {
            let value = lease.option(code)?;
            let text = match code {
                VENDOR => vendor(value),
                TFTP_ADDRESSES => address(value),
                _ => text(value).or_else(|| address(value)),
            };
            Some((Source::Dhcp(code), text?))
        })
        .collect()
}

/// Text that may name something: no control characters, not too long. Some servers count the end of a C string in.
fn text(value: &[u8]) -> Option<String> {
    if value.len() > TEXT_BYTES_MAX {
        return None;
    }
    let text = std::str::from_utf8(value).ok()?;
    let text = text.trim_end_matches('\0').trim();
    let is_text = !text.is_empty() && !text.contains(char::is_control);
    is_text.then(|| text.to_owned())
}

/// The first of a list of addresses.
fn address(value: &[u8]) -> Option<String> {
    if value.len() % 4 != 0 {
        return None;
    }
    let first: [u8; 4] = value.get(..4)?.try_into().ok()?;
    Some(Ipv4Addr::from(first).to_string())
}

/// A plain text, or the sub-option that names something.
fn vendor(value: &[u8]) -> Option<String> {
    let begins_as_text = value.first().is_some_and(u8::is_ascii_alphanumeric);
    if let Some(text) = text(value).filter(|_| begins_as_text) {
        return Some(text);
    }
    let parts = sub_options(value);
    let usual = SUB_OPTIONS
        .iter()
        .filter_map(|wanted| parts.iter().find(|(code, _)| code == wanted));
    let urls = parts
        .iter()
        .filter(|(_, value)| value.windows(3).any(|part| part == b"://"));
    usual.chain(urls).find_map(|(_, value)| text(value))
}

/// Code, length, data (RFC 2132 section 8.4). What is cut short is left out.
fn sub_options(mut rest: &[u8]) -> Vec<(u8, &[u8])> {
    let mut found = Vec::new();
    while found.len() < SUB_OPTIONS_MAX {
        match rest {
            // Padding.
            [0, after @ ..] => rest = after,
            [] | [255, ..] | [_] => break,
            [code, length, after @ ..] => {
                let Some((value, behind)) = after.split_at_checked(usize::from(*length)) else {
                    break;
                };
                found.push((*code, value));
                rest = behind;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(lease: &str) -> Vec<(u8, String)> {
        let code = |source| match source {
            Source::Dhcp(code) => code,
            Source::Multicast => panic!("a lease is no multicast"),
        };
        let offers = offers(&Lease::parse(lease)).into_iter();
        offers.map(|(source, text)| (code(source), text)).collect()
    }

    fn first(lease: &str) -> String {
        named(lease).remove(0).1
    }

    #[test]
    fn options_count_in_their_order_wherever_they_stand() {
        let lease = "option.150=hex:c0000205c0000206\noption.43=https://d\noption.66=https://c\n\
                     option.159=https://b\noption.160=https://a\n";
        let codes: Vec<_> = named(lease).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, [160, 159, 66, 43, 150]);
    }

    #[test]
    fn addresses_are_four_bytes_and_the_first_counts() {
        assert_eq!(first("option.150=hex:c0000205c0000206"), "192.0.2.5");
        assert_eq!(first("option.160=hex:c0000205"), "192.0.2.5");
        assert_eq!(named("option.150=hex:c00002"), []);
    }

    #[test]
    fn vendor_information_is_text_or_sub_options() {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let tlv = |bytes: &[u8]| first(&format!("option.43=hex:{}", hex(bytes)));
        assert_eq!(
            tlv(b"https://prov.example.net\0"),
            "https://prov.example.net"
        );
        assert_eq!(tlv(b"\x09\x01x\x02\x09https://a\xff"), "https://a");
        assert_eq!(
            tlv(b"\x00\x42\x09https://b\x01\x09https://a"),
            "https://a",
            "1 before 66"
        );
        assert_eq!(tlv(b"\x07\x02no\x63\x09https://c"), "https://c");
        assert_eq!(named("option.43=hex:0209687474"), [], "cut short");
    }

    #[test]
    fn what_is_no_text_names_nothing() {
        assert_eq!(named("option.66=hex:ff00ff"), []);
        assert_eq!(named("option.66=hex:610a620063"), []);
        assert_eq!(named("option.66=hex:0000000000"), []);
    }
}
