//! From, To, Contact and their like: `"Name" <uri>;params` or `uri;params` (RFC 3261 section 20.10).

use super::Params;
use super::split::{find_unquoted, quotes_match, unquote};
use super::uri::Uri;
use crate::error::MessageError;

/// An address with a display name and header parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// What stands before the `<`, without quotes.
    pub display: Option<String>,
    /// The address.
    pub uri: Uri,
    /// What stands after the `>`; without angle brackets, everything after the first `;` (section 20).
    pub params: Params,
}

impl NameAddr {
    /// # Errors
    /// When quotes or brackets do not match, the URI is bad or the parameters are.
    pub fn parse(text: &str, what: &'static str) -> Result<Self, MessageError> {
        let malformed = MessageError::Malformed(what);
        let text = text.trim();
        if !quotes_match(text) {
            return Err(malformed);
        }
        let (display, uri, rest) = match find_unquoted(text, b'<') {
            Some(at) => {
                let (display, rest) = text.split_at_checked(at).ok_or(malformed)?;
                let (uri, rest) = rest
                    .strip_prefix('<')
                    .and_then(|r| r.split_once('>'))
                    .ok_or(malformed)?;
                (display.trim(), uri.trim(), rest.trim())
            }
            None => {
                let at = text.find(';').unwrap_or(text.len());
                let (uri, rest) = text.split_at_checked(at).ok_or(malformed)?;
                ("", uri.trim(), rest)
            }
        };
        let params = match rest.strip_prefix(';') {
            Some(params) => Params::parse(params, what)?,
            None if rest.is_empty() => Params::default(),
            None => return Err(malformed),
        };
        Ok(Self {
            display: (!display.is_empty()).then(|| unquote(display)),
            uri: Uri::parse(uri)?,
            params,
        })
    }

    /// The tag of a From or To (RFC 3261 section 19.3).
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.params.raw("tag")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracket_inside_the_name_is_not_the_address() {
        let address = NameAddr::parse(r#""Al <x>" <sip:a@h>;tag=1"#, "From").unwrap();
        assert_eq!(address.uri.as_str(), "sip:a@h");
        assert_eq!(address.display.as_deref(), Some("Al <x>"));
        assert_eq!(address.tag(), Some("1"));
    }

    #[test]
    fn without_brackets_parameters_belong_to_the_header() {
        let address = NameAddr::parse("sip:a@h;tag=1", "From").unwrap();
        assert_eq!(
            (address.uri.as_str(), address.tag()),
            ("sip:a@h", Some("1"))
        );
        let address = NameAddr::parse("caller<sip:a@h;lr>", "From").unwrap();
        assert_eq!((address.uri.as_str(), address.tag()), ("sip:a@h;lr", None));
        assert!(NameAddr::parse("< sip:a@h >", "To").is_ok());
    }

    #[test]
    fn unbalanced_text_is_refused() {
        for bad in [
            "",
            "\"x <sip:a@h>",
            "<sip:a@h",
            "<sip:a@h>x",
            "<sip:a@h>;;a",
            "<>",
        ] {
            assert!(NameAddr::parse(bad, "To").is_err(), "{bad}");
        }
    }
}
