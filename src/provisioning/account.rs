//! A SIP account: who to be, and where to register.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identity::text_type;
use crate::{Invalid, Secret};

/// `sip:user@domain`, whom others call (RFC 3261 section 6, address-of-record). Lower-case domain, user as given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AddressOfRecord(String);

impl AddressOfRecord {
    /// # Errors
    /// When it is not `sip:user@domain` with characters that need no escaping, or is longer than 255 bytes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bad = |why| Invalid::new("address-of-record", why);
        let rest = text
            .strip_prefix("sip:")
            .ok_or_else(|| bad("it must begin with sip:"))?;
        let (user, domain) = rest
            .split_once('@')
            .ok_or_else(|| bad("it must be sip:user@domain"))?;
        if text.len() > 255 {
            return Err(bad("at most 255 bytes are allowed"));
        }
        if user.is_empty()
            || !user
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,%".contains(&b))
        {
            return Err(bad(
                "the user part is empty or holds a character that must be escaped",
            ));
        }
        if !is_host(domain) {
            return Err(bad("the domain is not a host name or address"));
        }
        Ok(Self(format!("sip:{user}@{}", domain.to_ascii_lowercase())))
    }

    /// The part before `@`.
    #[must_use]
    pub fn user(&self) -> &str {
        self.parts().0
    }

    /// The part after `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        self.0
            .strip_prefix("sip:")
            .and_then(|rest| rest.split_once('@'))
            .unwrap_or_default()
    }
}
text_type!(AddressOfRecord);

/// A host name, an IPv4 address or an IPv6 address in brackets.
fn is_host(text: &str) -> bool {
    if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        return inner.parse::<std::net::Ipv6Addr>().is_ok();
    }
    !text.is_empty()
        && text.len() <= 253
        && text.split('.').all(|l| {
            !l.is_empty()
                && l.len() <= 63
                && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}

/// How SIP travels to a server.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// RFC 3261 section 18, datagrams.
    #[default]
    Udp,
    /// RFC 3261 section 18, a stream.
    Tcp,
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
        })
    }
}

/// Where to send SIP: a host name or address, port and transport.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "ServerAddressFields")]
pub struct ServerAddress {
    host: String,
    port: u16,
    transport: Transport,
}

#[derive(Deserialize)]
struct ServerAddressFields {
    host: String,
    #[serde(default = "default_port")]
    port: u16,
    #[serde(default)]
    transport: Transport,
}

const fn default_port() -> u16 {
    5060
}

impl TryFrom<ServerAddressFields> for ServerAddress {
    type Error = Invalid;
    fn try_from(f: ServerAddressFields) -> Result<Self, Invalid> {
        Self::new(&f.host, f.port, f.transport)
    }
}

impl ServerAddress {
    /// `host` is a name, an IPv4 address, or an IPv6 address in brackets.
    ///
    /// # Errors
    /// When the host is none of these or the port is 0.
    pub fn new(host: &str, port: u16, transport: Transport) -> Result<Self, Invalid> {
        if !is_host(host) {
            return Err(Invalid::new(
                "server",
                "the host is not a name, an IPv4 address or an IPv6 address in brackets",
            ));
        }
        if port == 0 {
            return Err(Invalid::new("server", "port 0 is not a port"));
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            port,
            transport,
        })
    }

    /// Host name or address; IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Port, never 0.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How to get there.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.transport
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{};transport={}",
            self.host, self.port, self.transport
        )
    }
}

/// What un-registering does at this registrar, so that it never removes somebody else's binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unregister {
    /// The registrar removes the Contact we name and no other (RFC 3261 section 10.2.2): always safe.
    Contact,
    /// The registrar may remove every binding of the address-of-record (some do): ask first with a REGISTER without
    /// Contact, and un-register only if ours is the only one; otherwise let ours expire.
    #[default]
    Guarded,
}

/// Everything needed to register as somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Whom others call.
    pub aor: AddressOfRecord,
    /// User name in digest answers; often not the user of the address-of-record.
    pub auth_user: String,
    /// Secret in digest answers.
    pub secret: Secret,
    /// Where to register.
    pub registrar: ServerAddress,
    /// Where to send instead, if anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbound_proxy: Option<ServerAddress>,
    /// Seconds to ask for; the registrar may grant others.
    #[serde(default = "default_expires")]
    pub expires: u32,
    /// How this registrar un-registers.
    #[serde(default)]
    pub unregister: Unregister,
}

const fn default_expires() -> u32 {
    300
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aor_has_a_user_and_a_domain() {
        let aor = AddressOfRecord::parse("sip:j.doe@Example.COM").unwrap();
        assert_eq!((aor.user(), aor.domain()), ("j.doe", "example.com"));
        for bad in [
            "2019@example.com",
            "sip:example.com",
            "sip:@example.com",
            "sip:a b@example.com",
            "sip:a@",
            "sip:a@x y",
            "sip:a@h\r\nX: y",
        ] {
            assert!(AddressOfRecord::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn servers_may_be_ipv6() {
        assert!(ServerAddress::new("[2001:db8::1]", 5060, Transport::Tcp).is_ok());
        assert!(ServerAddress::new("2001:db8::1", 5060, Transport::Tcp).is_err());
        assert!(ServerAddress::new("pbx.example.net", 0, Transport::Udp).is_err());
    }

    #[test]
    fn a_server_address_is_udp_5060_unless_told() {
        let address: ServerAddress = serde_json::from_str(r#"{"host":"PBX.example.net"}"#).unwrap();
        assert_eq!(address.to_string(), "pbx.example.net:5060;transport=udp");
    }
}
