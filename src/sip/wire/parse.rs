//! Bytes to messages: start line, then what RFC 3261 section 8.1.1 demands of every message. Never answers anything.

use super::head::{self, Read};
use super::{MESSAGE_BYTES_MAX, Method, Uri};
use crate::error::MessageError;
use crate::message::{Body, Headers, Message, Request, Response};
use crate::wire::HeaderName;

/// Bytes that are not a message we can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseFailure {
    /// Not a request, or one that cannot be answered: drop it.
    Drop(MessageError),
    /// A request that deserves an answer.
    Answer {
        /// 400 or 505.
        status: u16,
        /// What is wrong.
        error: MessageError,
        /// The headers that could be read; the answer repeats some of them.
        headers: Headers,
    },
}

/// Reads one datagram, or one message that a stream was cut into. CRLFs before the message are skipped; bytes behind
/// Content-Length are ignored (RFC 3261 section 18.3).
///
/// # Errors
/// When it is not a message, or not one that can be processed.
pub fn parse(bytes: &[u8]) -> Result<Message, ParseFailure> {
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(ParseFailure::Drop(MessageError::TooLarge("the message")));
    }
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n'));
    let bytes = start.and_then(|at| bytes.get(at..)).unwrap_or_default();
    let cut = head::cut(bytes).map_err(ParseFailure::Drop)?;
    let mut read = head::read(&cut);
    let body = body(&mut read, cut.body);
    if cut.start.starts_with(b"SIP/") {
        finish_response(cut.start, read, body).map_err(ParseFailure::Drop)
    } else {
        finish_request(cut.start, read, body)
    }
}

/// [`parse`] for those who only want a request.
///
/// # Errors
/// As [`parse`], and when it is a response.
pub fn parse_request(bytes: &[u8]) -> Result<Request, ParseFailure> {
    match parse(bytes)? {
        Message::Request(request) => Ok(request),
        Message::Response(_) => Err(ParseFailure::Drop(MessageError::StartLine)),
    }
}

/// [`parse`] for those who only want a response.
///
/// # Errors
/// As [`parse`], and when it is a request.
pub fn parse_response(bytes: &[u8]) -> Result<Response, ParseFailure> {
    match parse(bytes)? {
        Message::Response(response) => Ok(response),
        Message::Request(_) => Err(ParseFailure::Drop(MessageError::StartLine)),
    }
}

fn body(read: &mut Read, bytes: &[u8]) -> Body {
    let Some(length) = read.content_length else {
        return Body(bytes.to_vec());
    };
    match bytes.get(..length) {
        Some(body) => Body(body.to_vec()),
        None => {
            read.note(MessageError::Malformed("Content-Length"));
            Body::default()
        }
    }
}

fn finish_response(start: &[u8], read: Read, body: Body) -> Result<Message, MessageError> {
    let (status, reason) = status_line(start)?;
    if let Some(problem) = read.problem {
        return Err(problem);
    }
    check(&read.headers)?;
    Ok(Message::Response(Response {
        status,
        reason,
        headers: read.headers,
        body,
    }))
}

/// `SIP/2.0 200 OK`; the phrase may be empty and may lack the blank before it.
fn status_line(line: &[u8]) -> Result<(u16, String), MessageError> {
    let line = String::from_utf8_lossy(line);
    if line.contains(['\r', '\n', '\0']) {
        return Err(MessageError::StartLine);
    }
    let (version, rest) = line.split_once(' ').ok_or(MessageError::StartLine)?;
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err(MessageError::Version);
    }
    let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let is_code = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
    let status = code.parse().ok().filter(|c| (100..700).contains(c));
    match status {
        Some(status) if is_code => Ok((status, reason.to_owned())),
        Some(_) | None => Err(MessageError::StartLine),
    }
}

fn finish_request(start: &[u8], read: Read, body: Body) -> Result<Message, ParseFailure> {
    let line = std::str::from_utf8(start)
        .ok()
        .and_then(RequestLine::read)
        .ok_or(ParseFailure::Drop(MessageError::StartLine))?;
    let refuse = |status, error, headers| {
        Err(ParseFailure::Answer {
            status,
            error,
            headers,
        })
    };
    if line.method == Method::Ack && (read.problem.is_some() || line.uri.is_err()) {
        return Err(ParseFailure::Drop(MessageError::StartLine));
    }
    if !line.is_version_2 {
        return refuse(505, MessageError::Version, read.headers);
    }
    let uri = match line.uri {
        Ok(uri) => uri,
        Err(error) => return refuse(400, error, read.headers),
    };
    let problem = read.problem.or_else(|| check(&read.headers).err());
    let problem = problem.or_else(|| check_request(&line.method, &read.headers).err());
    match problem {
        None => Ok(Message::Request(Request {
            method: line.method,
            uri,
            headers: read.headers,
            body,
        })),
        Some(error) if line.method == Method::Ack => Err(ParseFailure::Drop(error)),
        Some(error) => refuse(400, error, read.headers),
    }
}

/// A first line that is a SIP request's, whatever is wrong with it otherwise.
struct RequestLine {
    method: Method,
    uri: Result<Uri, MessageError>,
    is_version_2: bool,
}

impl RequestLine {
    /// `None` when it does not begin with a method and end with `SIP/` and a version.
    fn read(line: &str) -> Option<Self> {
        let (method, rest) = line.split_once(' ')?;
        let method = Method::parse(method)?;
        let (uri, version) = rest.trim_end().rsplit_once(' ')?;
        let protocol = version.get(..4)?;
        if !protocol.eq_ignore_ascii_case("SIP/") {
            return None;
        }
        let is_trimmed = rest.trim_end() == rest;
        let uri = Uri::parse(uri).and_then(|uri| {
            if is_trimmed && !uri.has_headers() {
                Ok(uri)
            } else {
                Err(MessageError::Malformed("Request-URI"))
            }
        });
        Some(Self {
            method,
            uri,
            is_version_2: version.eq_ignore_ascii_case("SIP/2.0"),
        })
    }
}

/// What must be there and readable in every message.
fn check(headers: &Headers) -> Result<(), MessageError> {
    headers.via()?;
    headers.from()?;
    headers.to()?;
    headers.call_id()?;
    headers.cseq()?;
    Ok(())
}

/// What must be so in every request.
fn check_request(method: &Method, headers: &Headers) -> Result<(), MessageError> {
    if headers.cseq()?.method != *method {
        return Err(MessageError::MethodMismatch);
    }
    let has_hops = headers.first(&HeaderName::MaxForwards).is_some();
    let hops = headers.number(&HeaderName::MaxForwards);
    if has_hops && hops.is_none_or(|n| n > 255) {
        return Err(MessageError::Malformed("Max-Forwards"));
    }
    Ok(())
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
