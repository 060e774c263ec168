//! Cutting text at separators that are not inside quotes or angle brackets, and parameters. Linear in its input.

use super::{LIST_MAX, PARAMS_MAX};
use crate::error::MessageError;

/// Whether the text is a token of RFC 3261 section 25.1.
#[must_use]
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// The text between double quotes with backslash escapes resolved; text without quotes as it is.
#[must_use]
pub fn unquote(text: &str) -> String {
    let Some(inner) = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return text.to_owned();
    };
    let mut plain = String::with_capacity(inner.len());
    let mut escaped = false;
    for c in inner.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            plain.push(c);
            escaped = false;
        }
    }
    plain
}

/// The text between double quotes, with what must be escaped escaped.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len().saturating_add(2));
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// Where in a text a byte is: the state of a scan that knows quotes and angle brackets.
#[derive(Default)]
struct Scan {
    quoted: bool,
    escaped: bool,
    angled: bool,
}

impl Scan {
    /// Takes one byte; true when it stands outside quotes and brackets.
    fn is_outside(&mut self, byte: u8) -> bool {
        if self.quoted {
            if self.escaped {
                self.escaped = false;
            } else if byte == b'\\' {
                self.escaped = true;
            } else if byte == b'"' {
                self.quoted = false;
            }
            return false;
        }
        match byte {
            b'"' if !self.angled => self.quoted = true,
            b'<' => self.angled = true,
            b'>' => self.angled = false,
            _ => return !self.angled,
        }
        false
    }

    fn is_complete(&self) -> bool {
        !self.quoted && !self.angled
    }
}

/// Cuts at every `separator` outside quotes and brackets, trims each piece, keeps empty ones.
pub(super) fn split<'a>(
    text: &'a [u8],
    separator: u8,
    max: usize,
    what: &'static str,
) -> Result<Vec<&'a [u8]>, MessageError> {
    let mut pieces = Vec::new();
    let mut scan = Scan::default();
    let mut start = 0;
    for (at, byte) in text.iter().enumerate() {
        if scan.is_outside(*byte) && *byte == separator {
            pieces.push(text.get(start..at).unwrap_or_default().trim_ascii());
            if pieces.len() >= max {
                return Err(MessageError::TooLarge(what));
            }
            start = at.saturating_add(1);
        }
    }
    if !scan.is_complete() {
        return Err(MessageError::Malformed(what));
    }
    pieces.push(text.get(start..).unwrap_or_default().trim_ascii());
    Ok(pieces)
}

/// The elements of a comma-separated list, empty ones left out.
pub(crate) fn split_list<'a>(
    text: &'a [u8],
    what: &'static str,
) -> Result<Vec<&'a [u8]>, MessageError> {
    let mut pieces = split(text, b',', LIST_MAX, what)?;
    pieces.retain(|piece| !piece.is_empty());
    Ok(pieces)
}

/// The parts of a comma-separated authentication list, empty ones left out. Angle brackets mean nothing there.
pub(crate) fn split_auth(text: &str, max: usize) -> Result<Vec<&str>, MessageError> {
    let too_many = MessageError::TooLarge("authentication");
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = find_unquoted(rest, b',') {
        let (part, after) = rest.split_at_checked(at).ok_or(too_many)?;
        parts.push(part.trim());
        rest = after.strip_prefix(',').unwrap_or_default();
        if parts.len() > max {
            return Err(too_many);
        }
    }
    parts.push(rest.trim());
    parts.retain(|part| !part.is_empty());
    if parts.len() > max {
        return Err(too_many);
    }
    if quotes_match(rest) {
        Ok(parts)
    } else {
        Err(MessageError::Malformed("authentication"))
    }
}

/// Where the first `wanted` byte outside quotes is. Brackets are not looked at.
pub(super) fn find_unquoted(text: &str, wanted: u8) -> Option<usize> {
    let mut scan = Scan::default();
    text.bytes().position(|byte| {
        scan.angled = false;
        let was_quoted = scan.quoted;
        scan.is_outside(byte);
        !was_quoted && byte == wanted
    })
}

/// Whether every quote ends. Brackets are not looked at.
pub(super) fn quotes_match(text: &str) -> bool {
    let mut scan = Scan::default();
    for byte in text.bytes() {
        scan.angled = false;
        scan.is_outside(byte);
    }
    !scan.quoted
}

/// `;name=value` parameters of a header or URI, in order, values exactly as they stand (quotes included).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, Option<String>)>);

impl Params {
    /// Reads what follows the first `;`. An empty text has no parameters.
    ///
    /// # Errors
    /// When a parameter has no name, a quote does not end, or there are more than [`PARAMS_MAX`].
    pub fn parse(text: &str, what: &'static str) -> Result<Self, MessageError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let pieces = split(text.as_bytes(), b';', PARAMS_MAX, what)?;
        let params = pieces.into_iter().map(|piece| {
            let piece = std::str::from_utf8(piece).map_err(|_| MessageError::Malformed(what))?;
            let (name, value) = match piece.split_once('=') {
                Some((name, value)) => (name.trim(), Some(value.trim())),
                None => (piece, None),
            };
            let is_value = value.is_none_or(|v| !v.is_empty());
            if !is_token(name) || !is_value {
                return Err(MessageError::Malformed(what));
            }
            Ok((name.to_owned(), value.map(str::to_owned)))
        });
        Ok(Self(params.collect::<Result<_, _>>()?))
    }

    /// Whether there is a parameter of this name, with or without a value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
    }

    /// The value as it stands; `None` when there is no such parameter or it has no value.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| value.as_deref())
    }

    /// The value without quotes.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        self.raw(name).map(unquote)
    }

    /// Sets a parameter, in its old place if it has one.
    pub fn set(&mut self, name: &str, value: &str) {
        let found = self
            .0
            .iter_mut()
            .find(|(n, _)| n.eq_ignore_ascii_case(name));
        match found {
            Some((_, old)) => *old = Some(value.to_owned()),
            None => self.0.push((name.to_owned(), Some(value.to_owned()))),
        }
    }
}

impl std::fmt::Display for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, value) in &self.0 {
            match value {
                Some(value) => write!(f, ";{name}={value}")?,
                None => write!(f, ";{name}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_inside_quotes_and_brackets_do_not_split() {
        let list = split_list(br#""a, \"b" <sip:x,y@h>;p="1,2", , <sip:z@h>"#, "Contact").unwrap();
        assert_eq!(
            list,
            [&br#""a, \"b" <sip:x,y@h>;p="1,2""#[..], b"<sip:z@h>"]
        );
        assert!(split_list(br#""open"#, "Contact").is_err());
        assert!(split_list(b"<sip:open", "Contact").is_err());
        let long = ["a"; LIST_MAX + 1].join(",");
        assert!(split_list(long.as_bytes(), "Via").is_err());
        assert_eq!(
            split_list(&long.as_bytes()[2..], "Via").unwrap().len(),
            LIST_MAX
        );
    }

    #[test]
    fn parameters_keep_their_text() {
        let params = Params::parse(r#"tag = a1 ;x;+sip.instance="<urn:uuid:1>"; q="a;b""#, "To");
        let params = params.unwrap();
        assert_eq!(params.raw("TAG"), Some("a1"));
        assert!(params.has("x") && params.raw("x").is_none());
        assert_eq!(
            params.value("+sip.instance").as_deref(),
            Some("<urn:uuid:1>")
        );
        assert_eq!(
            params.to_string(),
            r#";tag=a1;x;+sip.instance="<urn:uuid:1>";q="a;b""#
        );
        for bad in [";", "a;;b", "=x", "a=", "a b=c", r#"a="x"#] {
            assert!(Params::parse(bad, "To").is_err(), "{bad}");
        }
        let many = ["p"; PARAMS_MAX + 1].join(";");
        assert!(Params::parse(&many, "To").is_err());
        assert!(Params::parse(&many[2..], "To").is_ok());
    }

    #[test]
    fn quoting_and_unquoting_are_inverse() {
        for text in ["", "plain", r#"a"b\c"#] {
            assert_eq!(unquote(&quote(text)), text);
        }
        assert_eq!(unquote("bare"), "bare");
    }
}
