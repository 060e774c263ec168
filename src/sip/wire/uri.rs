//! URIs. The text is kept byte for byte, because digest answers are computed over it; its parts are read beside it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use rsip::Param;
use rsip::param::{OtherParam, OtherParamValue};
use rsip::uri::{Auth, Domain, Host, HostWithPort, Scheme};

use super::{PARAMS_MAX, URI_BYTES_MAX};
use crate::error::MessageError;

/// A URI of any scheme. Escapes are never decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Uri {
    text: String,
    parts: rsip::Uri,
    has_headers: bool,
}

const MALFORMED: MessageError = MessageError::Malformed("URI");

impl Uri {
    /// Reads a URI. `host:port` without a scheme is read as well: servers send such Request-URIs.
    ///
    /// # Errors
    /// When it is empty, longer than [`URI_BYTES_MAX`], holds a blank, control character, quote or angle bracket, or when
    /// a SIP URI has no good host or port.
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        if text.len() > URI_BYTES_MAX {
            return Err(MessageError::TooLarge("URI"));
        }
        let is_clean = !text.is_empty()
            && text
                .bytes()
                .all(|b| b > b' ' && b != 0x7f && !b"<>\"".contains(&b));
        if !is_clean {
            return Err(MALFORMED);
        }
        let (scheme, rest) = split_scheme(text);
        let mut parts = rsip::Uri {
            scheme,
            ..rsip::Uri::default()
        };
        let mut has_headers = false;
        if !matches!(parts.scheme, Some(Scheme::Other(_))) {
            has_headers = read_sip(rest, &mut parts)?;
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
            has_headers,
        })
    }

    /// The URI as it stands.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is `sip:`, `sips:` or has no scheme: whether its parts were read.
    #[must_use]
    pub fn is_sip(&self) -> bool {
        !matches!(self.parts.scheme, Some(Scheme::Other(_)))
    }

    /// The user part, escapes as they stand.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.parts.auth.as_ref().map(|auth| auth.user.as_str())
    }

    /// The host in lower case, an IPv6 address in brackets; empty when the scheme is not SIP's.
    #[must_use]
    pub fn host(&self) -> String {
        match &self.parts.host_with_port.host {
            Host::Domain(domain) => domain.to_string().to_ascii_lowercase(),
            Host::IpAddr(IpAddr::V4(ip)) => ip.to_string(),
            Host::IpAddr(IpAddr::V6(ip)) => format!("[{ip}]"),
        }
    }

    /// The host, when it is an address.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        match &self.parts.host_with_port.host {
            Host::IpAddr(ip) => Some(*ip),
            Host::Domain(_) => None,
        }
    }

    /// The port, when one is named.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.parts.host_with_port.port.as_ref().map(|p| *p.value())
    }

    /// Whether there is anything behind a `?`.
    #[must_use]
    pub fn has_headers(&self) -> bool {
        self.has_headers
    }
}

impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uri({})", self.text)
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The scheme (RFC 3986 section 3.1) and what follows its colon. A text whose first part cannot be a scheme, or that is
/// plainly `host:port`, has none.
fn split_scheme(text: &str) -> (Option<Scheme>, &str) {
    let Some((scheme, rest)) = text.split_once(':') else {
        return (None, text);
    };
    let starts_well = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_scheme = starts_well
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let is_port = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    if scheme.eq_ignore_ascii_case("sip") {
        (Some(Scheme::Sip), rest)
    } else if scheme.eq_ignore_ascii_case("sips") {
        (Some(Scheme::Sips), rest)
    } else if is_scheme && !(is_port && scheme.contains('.')) {
        (Some(Scheme::Other(scheme.to_owned())), rest)
    } else {
        (None, text)
    }
}

/// Reads user, host, port and parameters (RFC 3261 section 19.1.1); true when there are headers behind a `?`.
///
/// Everything before the first `@` is the user, whatever it holds: hosts, parameters and headers escape theirs.
fn read_sip(text: &str, parts: &mut rsip::Uri) -> Result<bool, MessageError> {
    let (user, rest) = match text.split_once('@') {
        Some((user, rest)) => (Some(user), rest),
        None => (None, text),
    };
    if let Some(user) = user {
        let (user, password) = match user.split_once(':') {
            Some((user, password)) => (user, Some(password.to_owned())),
            None => (user, None),
        };
        if user.is_empty() {
            return Err(MALFORMED);
        }
        let user = user.to_owned();
        parts.auth = Some(Auth { user, password });
    }
    let (rest, headers) = match rest.split_once('?') {
        Some((rest, _)) => (rest, true),
        None => (rest, false),
    };
    let (host, params) = rest.split_once(';').unwrap_or((rest, ""));
    let host = read_host(host)?;
    parts.host_with_port = HostWithPort {
        host: match host.ip {
            Some(ip) => Host::IpAddr(ip),
            None => Host::Domain(Domain::from(host.name)),
        },
        port: host.port.map(rsip::uri::Port::from),
    };
    parts.params = read_params(params)?;
    Ok(headers)
}

fn read_params(text: &str) -> Result<Vec<Param>, MessageError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let params: Vec<Param> = text
        .split(';')
        .take(PARAMS_MAX.saturating_add(1))
        .map(|param| match param.split_once('=') {
            Some((name, value)) => Param::Other(
                OtherParam::from(name.to_owned()),
                Some(OtherParamValue::from(value.to_owned())),
            ),
            None => Param::Other(OtherParam::from(param.to_owned()), None),
        })
        .collect();
    if params.len() > PARAMS_MAX {
        return Err(MessageError::TooLarge("URI"));
    }
    Ok(params)
}

/// A host as it stands in a URI or a Via.
pub(super) struct HostPort {
    /// The name or address as written; an IPv6 address in brackets and in its shortest form.
    pub(super) name: String,
    /// The address, when it is one.
    pub(super) ip: Option<IpAddr>,
    /// The port, when one is named.
    pub(super) port: Option<u16>,
}

/// A host name or address with an optional port; an IPv6 address stands in brackets.
pub(super) fn read_host(text: &str) -> Result<HostPort, MessageError> {
    if let Some((inner, rest)) = text.strip_prefix('[').and_then(|t| t.split_once(']')) {
        let ip: Ipv6Addr = inner.parse().map_err(|_| MALFORMED)?;
        let port = match rest.trim() {
            "" => None,
            rest => Some(read_port(rest.strip_prefix(':').ok_or(MALFORMED)?)?),
        };
        return Ok(HostPort {
            name: format!("[{ip}]"),
            ip: Some(IpAddr::V6(ip)),
            port,
        });
    }
    let (name, port) = match text.split_once(':') {
        Some((name, port)) => (name.trim(), Some(read_port(port)?)),
        None => (text.trim(), None),
    };
    let is_host = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    if !is_host {
        return Err(MALFORMED);
    }
    Ok(HostPort {
        name: name.to_owned(),
        ip: name.parse().ok(),
        port,
    })
}

fn read_port(text: &str) -> Result<u16, MessageError> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number {
        return Err(MALFORMED);
    }
    text.parse().map_err(|_| MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<String>, String, Option<u16>) {
        let uri = Uri::parse(text).unwrap();
        assert_eq!(uri.as_str(), text);
        (uri.user().map(str::to_owned), uri.host(), uri.port())
    }

    #[test]
    fn users_may_hold_dots_semicolons_and_escapes() {
        let some = |s: &str| Some(s.to_owned());
        assert_eq!(
            parts("sip:j.doe@Example.COM"),
            (some("j.doe"), "example.com".into(), None)
        );
        assert_eq!(
            parts("sip:%23100@h:5070"),
            (some("%23100"), "h".into(), Some(5070))
        );
        assert_eq!(
            parts("sip:a;x=b%40c@h;lr"),
            (some("a;x=b%40c"), "h".into(), None)
        );
        assert_eq!(
            parts("sips:u:pw@[2001:db8::1]:5061;transport=tcp"),
            (some("u"), "[2001:db8::1]".into(), Some(5061))
        );
    }

    #[test]
    fn other_schemes_and_no_scheme_are_told_apart() {
        assert!(!Uri::parse("tel:+15551234").unwrap().is_sip());
        assert!(!Uri::parse("soap.beep://192.0.2.1:3002").unwrap().is_sip());
        assert!(!Uri::parse("urn:service:sos").unwrap().is_sip());
        assert_eq!(
            parts("192.0.2.21:5060"),
            (None, "192.0.2.21".into(), Some(5060))
        );
        assert_eq!(
            parts("pbx.example.net:5060"),
            (None, "pbx.example.net".into(), Some(5060))
        );
    }

    #[test]
    fn what_could_break_out_is_refused() {
        let long = format!("sip:{}@h", "a".repeat(URI_BYTES_MAX));
        for bad in [
            "",
            "sip:",
            "sip:@h",
            "sip:a@",
            "sip:a@h h",
            "sip:a\r\nX:y@h",
            "<sip:a@h>",
            "sip:a@h:99999",
            "sip:a@h:x",
            "sip:a@[::g]",
            "sip:a@[::1]x",
            "sip:a@b@c",
            &long,
        ] {
            assert!(Uri::parse(bad).is_err(), "{bad:?}");
        }
        assert!(
            Uri::parse("sip:a@h?Route=%3Csip:x%3E")
                .unwrap()
                .has_headers()
        );
    }
}
