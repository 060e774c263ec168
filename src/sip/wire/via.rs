//! One Via: where a message was sent from, and where its answer goes (RFC 3261 sections 18.2 and 20.42, RFC 3581).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::uri::read_host;
use super::{BRANCH_COOKIE, Params};
use crate::error::MessageError;

/// The port of SIP over UDP and TCP when none is named.
const DEFAULT_PORT: u16 = 5060;

/// One hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    transport: String,
    host: String,
    ip: Option<IpAddr>,
    port: Option<u16>,
    /// Parameters: branch, received, rport and others.
    pub params: Params,
}

impl Via {
    /// # Errors
    /// When it is not `SIP/2.0/transport host[:port];params`.
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        let malformed = MessageError::Malformed("Via");
        let (head, params) = match text.split_once(';') {
            Some((head, params)) => (head, Some(params)),
            None => (text, None),
        };
        let mut parts = head.splitn(3, '/').map(str::trim);
        let protocol = parts.next().ok_or(malformed)?;
        let version = parts.next().ok_or(malformed)?;
        let rest = parts.next().ok_or(malformed)?;
        let (transport, sent_by) = rest.split_once([' ', '\t']).ok_or(malformed)?;
        let is_sip = protocol.eq_ignore_ascii_case("SIP") && version == "2.0";
        if !is_sip || !super::is_token(transport) {
            return Err(malformed);
        }
        let host = read_host(sent_by.trim()).map_err(|_| malformed)?;
        let params = match params {
            Some(params) if params.trim().is_empty() => return Err(malformed),
            Some(params) => Params::parse(params, "Via")?,
            None => Params::default(),
        };
        Ok(Self {
            transport: transport.to_owned(),
            host: host.name,
            ip: host.ip,
            port: host.port,
            params,
        })
    }

    /// The branch, when it is one that identifies the transaction: the cookie and something behind it. A branch that is
    /// only the cookie, or lacks it, comes from an RFC 2543 implementation or a broken one.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        let branch = self.params.raw("branch")?;
        let cookie = branch.get(..BRANCH_COOKIE.len())?;
        let is_unique =
            cookie.eq_ignore_ascii_case(BRANCH_COOKIE) && branch.len() > BRANCH_COOKIE.len();
        is_unique.then_some(branch)
    }

    /// Host and port in one text that compares as RFC 3261 section 17.2.3 wants: lower case, the default port filled in.
    #[must_use]
    pub fn sent_by(&self) -> String {
        let port = self.port.unwrap_or(DEFAULT_PORT);
        format!("{}:{port}", self.host.to_ascii_lowercase())
    }

    /// Notes where the request really came from: `received` when it differs from what the sender wrote or when `rport`
    /// asks, and `rport` when asked (RFC 3261 section 18.2.1, RFC 3581 section 4).
    pub fn note_source(&mut self, source: SocketAddr) {
        let wants_port = self.params.has("rport");
        if wants_port {
            self.params.set("rport", &source.port().to_string());
        }
        if wants_port || self.ip != Some(source.ip()) {
            self.params.set("received", &source.ip().to_string());
        }
    }

    /// Where an answer over UDP goes: to the source address, and to the source port only if `rport` asked for it
    /// (RFC 3581 section 4). A `maddr` is not followed: it would let a request aim our answer at anybody.
    #[must_use]
    pub fn answer_to(&self, source: SocketAddr) -> SocketAddr {
        let port = if self.params.has("rport") {
            source.port()
        } else {
            self.port.unwrap_or(DEFAULT_PORT)
        };
        SocketAddr::new(source.ip(), port)
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_every_part_are_allowed() {
        let via = Via::parse("SIP  /   2.0 /UDP    192.0.2.2 ; branch = z9hG4bKx ;rport").unwrap();
        assert_eq!(
            via.to_string(),
            "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKx;rport"
        );
        assert_eq!(via.branch(), Some("z9hG4bKx"));
        let via = Via::parse("SIP/2.0/TLS [2001:db8::1]:5061;branch=1").unwrap();
        assert_eq!(
            (via.branch(), via.sent_by()),
            (None, "[2001:db8::1]:5061".into())
        );
        assert_eq!(
            Via::parse("SIP/2.0/UDP h;branch=z9hG4bK").unwrap().branch(),
            None
        );
        for bad in [
            "",
            "SIP/2.0/UDP",
            "SIP/2.0/UDP h;;a",
            "SIP/2.0/UDP h;",
            "SIP/7.0/UDP h",
            "X",
            "SIP/2.0/ h",
        ] {
            assert!(Via::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_answer_goes_to_the_source_and_to_its_port_only_when_asked() {
        let source: SocketAddr = "192.0.2.99:41000".parse().unwrap();
        let mut via =
            Via::parse("SIP/2.0/UDP 192.0.2.10:6060;branch=z9hG4bK1;maddr=203.0.113.1").unwrap();
        assert_eq!(via.answer_to(source).to_string(), "192.0.2.99:6060");
        via.note_source(source);
        assert_eq!(via.params.raw("received"), Some("192.0.2.99"));
        assert!(!via.params.has("rport"));

        let mut via = Via::parse("SIP/2.0/UDP 192.0.2.99;branch=z9hG4bK1;rport").unwrap();
        assert_eq!(via.answer_to(source), source);
        via.note_source(source);
        assert_eq!(
            via.to_string(),
            "SIP/2.0/UDP 192.0.2.99;branch=z9hG4bK1;rport=41000;received=192.0.2.99"
        );

        let mut via = Via::parse("SIP/2.0/UDP 192.0.2.99;branch=z9hG4bK1").unwrap();
        via.note_source(source);
        assert!(!via.params.has("received"));
        assert_eq!(via.answer_to(source).port(), 5060);
    }
}
