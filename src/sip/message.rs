//! Messages as we understand them: start line, headers, body, each header read when it is asked for. Never parses a start
//! line and never writes bytes: that is [`crate::wire`].

use std::borrow::Cow;
use std::fmt;

use crate::error::MessageError;
use crate::wire::{
    CALL_ID_BYTES_MAX, CSEQ_END, HeaderName, Method, NameAddr, Uri, Via, split_list,
};

/// A request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Somebody wants something.
    Request(Request),
    /// Somebody answers.
    Response(Response),
}

/// RFC 3261 section 7.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is wanted.
    pub method: Method,
    /// Of whom.
    pub uri: Uri,
    /// In order; Content-Length is not among them, the body knows its length.
    pub headers: Headers,
    /// Any bytes.
    pub body: Body,
}

/// RFC 3261 section 7.2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// 100 to 699.
    pub status: u16,
    /// Whatever the sender wrote.
    pub reason: String,
    /// As in [`Request::headers`].
    pub headers: Headers,
    /// Any bytes.
    pub body: Body,
}

impl Response {
    /// A response with the usual reason phrase and no headers.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self {
            status,
            reason: reason_phrase(status).to_owned(),
            headers: Headers::default(),
            body: Body::default(),
        }
    }
}

/// What follows the headers. Debug shows its length only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body(pub Vec<u8>);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}

/// CSeq: a number that grows with each request, and the method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CSeq {
    /// Below 2^31.
    pub number: u32,
    /// The method of the request, also in its answers.
    pub method: Method,
}

/// Headers in order. Values are bytes, because a peer may send any; list headers of hops and addresses hold one element
/// each.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(HeaderName, Vec<u8>)>);

impl Headers {
    /// Adds a header at the end.
    pub fn push(&mut self, name: HeaderName, value: impl Into<Vec<u8>>) {
        self.0.push((name, value.into()));
    }

    /// Every header.
    pub fn iter(&self) -> impl Iterator<Item = (&HeaderName, &[u8])> {
        self.0.iter().map(|(name, value)| (name, value.as_slice()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every value of this name, in order.
    pub fn all<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a [u8]> {
        self.iter().filter(move |(n, _)| *n == name).map(|(_, v)| v)
    }

    /// The first value of this name as bytes.
    #[must_use]
    pub fn first(&self, name: &HeaderName) -> Option<&[u8]> {
        self.iter().find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    /// The first value of this name as text; bytes that are not UTF-8 become replacement characters.
    #[must_use]
    pub fn text(&self, name: &HeaderName) -> Option<Cow<'_, str>> {
        self.first(name).map(String::from_utf8_lossy)
    }

    /// Elements of a list of tokens over all headers of this name, as Supported, Require or Unsupported have them.
    #[must_use]
    pub fn tokens(&self, name: &HeaderName) -> Vec<String> {
        self.all(name)
            .flat_map(|value| split_list(value, "list").unwrap_or_default())
            .map(|token| String::from_utf8_lossy(token).into_owned())
            .collect()
    }

    /// A value that is a number of seconds or hops; parameters and comments behind it are ignored.
    #[must_use]
    pub fn number(&self, name: &HeaderName) -> Option<u32> {
        let text = self.text(name)?;
        let digits = text.split([';', '(', ' ', '\t']).next()?;
        parse_number(digits)
    }

    /// The topmost Via.
    ///
    /// # Errors
    /// When it is missing or malformed.
    pub fn via(&self) -> Result<Via, MessageError> {
        Via::parse(
            &self
                .text(&HeaderName::Via)
                .ok_or(MessageError::Missing("Via"))?,
        )
    }

    /// Who sends.
    ///
    /// # Errors
    /// When it is missing or malformed.
    pub fn from(&self) -> Result<NameAddr, MessageError> {
        self.address(&HeaderName::From, "From")
    }

    /// To whom.
    ///
    /// # Errors
    /// When it is missing or malformed.
    pub fn to(&self) -> Result<NameAddr, MessageError> {
        self.address(&HeaderName::To, "To")
    }

    fn address(&self, name: &HeaderName, what: &'static str) -> Result<NameAddr, MessageError> {
        NameAddr::parse(&self.text(name).ok_or(MessageError::Missing(what))?, what)
    }

    /// The Call-ID.
    ///
    /// # Errors
    /// When it is missing, empty or longer than [`CALL_ID_BYTES_MAX`].
    pub fn call_id(&self) -> Result<Cow<'_, str>, MessageError> {
        let text = self
            .text(&HeaderName::CallId)
            .ok_or(MessageError::Missing("Call-ID"))?;
        if text.is_empty() {
            Err(MessageError::Malformed("Call-ID"))
        } else if text.len() > CALL_ID_BYTES_MAX {
            Err(MessageError::TooLarge("Call-ID"))
        } else {
            Ok(text)
        }
    }

    /// The CSeq.
    ///
    /// # Errors
    /// When it is missing, malformed, or not below 2^31.
    pub fn cseq(&self) -> Result<CSeq, MessageError> {
        let malformed = MessageError::Malformed("CSeq");
        let text = self
            .text(&HeaderName::CSeq)
            .ok_or(MessageError::Missing("CSeq"))?;
        let (number, method) = text.split_once([' ', '\t']).ok_or(malformed)?;
        let number = parse_number(number).filter(|n| *n < CSEQ_END);
        Ok(CSeq {
            number: number.ok_or(malformed)?,
            method: Method::parse(method.trim()).ok_or(malformed)?,
        })
    }

    /// Every Contact that can be read; `*` and nonsense are left out.
    #[must_use]
    pub fn contacts(&self) -> Vec<NameAddr> {
        self.all(&HeaderName::Contact)
            .filter_map(|value| NameAddr::parse(&String::from_utf8_lossy(value), "Contact").ok())
            .collect()
    }
}

impl fmt::Debug for Headers {
    /// Shows every header but the values of those that belong to authentication.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.iter() {
            let shown = if name.is_secret() {
                Cow::Borrowed("***")
            } else {
                String::from_utf8_lossy(value)
            };
            map.entry(&name.as_str(), &shown);
        }
        map.finish()
    }
}

/// Decimal digits only; anything that does not fit is no number rather than another one.
pub(crate) fn parse_number(text: &str) -> Option<u32> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// The phrase that stands behind a status code (RFC 3261 section 21); "Unknown" for codes that this crate never sends.
#[must_use]
pub fn reason_phrase(status: u16) -> &'static str {
    const PHRASES: &[(u16, &str)] = &[
        (100, "Trying"),
        (180, "Ringing"),
        (200, "OK"),
        (400, "Bad Request"),
        (401, "Unauthorized"),
        (403, "Forbidden"),
        (404, "Not Found"),
        (405, "Method Not Allowed"),
        (406, "Not Acceptable"),
        (408, "Request Timeout"),
        (415, "Unsupported Media Type"),
        (416, "Unsupported URI Scheme"),
        (420, "Bad Extension"),
        (480, "Temporarily Unavailable"),
        (481, "Call/Transaction Does Not Exist"),
        (486, "Busy Here"),
        (487, "Request Terminated"),
        (489, "Bad Event"),
        (500, "Server Internal Error"),
        (503, "Service Unavailable"),
        (505, "Version Not Supported"),
    ];
    let known = PHRASES.iter().find(|(code, _)| *code == status);
    known.map_or("Unknown", |(_, phrase)| phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(HeaderName, &str)]) -> Headers {
        let mut headers = Headers::default();
        for (name, value) in list {
            headers.push(name.clone(), *value);
        }
        headers
    }

    #[test]
    fn numbers_never_wrap() {
        assert_eq!(parse_number("0068"), Some(68));
        for bad in ["", "-1", "4294967296", "1e3", "+1"] {
            assert_eq!(parse_number(bad), None, "{bad}");
        }
        let cseq = |text| headers(&[(HeaderName::CSeq, text)]).cseq();
        assert_eq!(cseq("2147483647 NOTIFY").unwrap().number, 2_147_483_647);
        assert!(cseq("2147483648 NOTIFY").is_err());
        assert!(cseq("1").is_err());
        let after = headers(&[(HeaderName::RetryAfter, "18 (lunch);duration=3600")]);
        assert_eq!(after.number(&HeaderName::RetryAfter), Some(18));
    }

    #[test]
    fn debug_hides_what_proves_a_secret() {
        let headers = headers(&[
            (HeaderName::Authorization, "Digest response=\"abc123\""),
            (HeaderName::Subject, "hello"),
        ]);
        let shown = format!("{headers:?} {:?}", Body(b"v=0 abc123".to_vec()));
        assert!(
            shown.contains("hello") && !shown.contains("abc123"),
            "{shown}"
        );
    }

    #[test]
    fn token_lists_span_headers() {
        let headers = headers(&[(HeaderName::Require, "a, b"), (HeaderName::Require, " c ")]);
        assert_eq!(headers.tokens(&HeaderName::Require), ["a", "b", "c"]);
    }
}
