//! The part before the body: finding its end, cutting it into lines, undoing folds. Linear in its input.

use super::{HEADER_BYTES_MAX, HEADERS_MAX, HeaderName, split_list};
use crate::error::MessageError;
use crate::message::Headers;

/// A message cut in two, line ends understood.
pub(super) struct Cut<'a> {
    /// The start line.
    pub(super) start: &'a [u8],
    /// The header lines, folds and all.
    lines: Vec<&'a [u8]>,
    /// What follows the blank line.
    pub(super) body: &'a [u8],
}

/// Cuts at the first blank line. Lines end with CRLF; only a message without any CR may use bare LF, as some
/// provisioning scripts do, so that no message reads differently to a peer that insists on CRLF.
pub(super) fn cut(bytes: &[u8]) -> Result<Cut<'_>, MessageError> {
    let (head, body, line_end) = match split_once(bytes, b"\r\n\r\n") {
        Some((head, body)) => (head, body, &b"\r\n"[..]),
        None if !bytes.contains(&b'\r') => match split_once(bytes, b"\n\n") {
            Some((head, body)) => (head, body, &b"\n"[..]),
            None => return Err(MessageError::HeadersNeverEnd),
        },
        None => return Err(MessageError::HeadersNeverEnd),
    };
    let mut rest = head;
    let mut lines = Vec::new();
    while let Some((line, after)) = split_once(rest, line_end) {
        lines.push(line);
        rest = after;
    }
    lines.push(rest);
    let start = lines.first().copied().unwrap_or_default();
    lines.drain(..1.min(lines.len()));
    Ok(Cut { start, lines, body })
}

fn split_once<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes
        .windows(separator.len())
        .position(|window| window == separator)?;
    let (before, after) = bytes.split_at_checked(at)?;
    Some((before, after.get(separator.len()..)?))
}

/// The headers that could be read, the lengths they announce, and the first thing that was wrong. Reading goes on behind a
/// bad line, so that the answer 400 can carry the good ones.
#[derive(Default)]
pub(super) struct Read {
    pub(super) headers: Headers,
    pub(super) content_length: Option<usize>,
    pub(super) problem: Option<MessageError>,
    seen_length: bool,
}

impl Read {
    pub(super) fn note(&mut self, problem: MessageError) {
        self.problem = self.problem.or(Some(problem));
    }
}

/// Reads all header lines of a cut message.
pub(super) fn read(cut: &Cut<'_>) -> Read {
    let mut read = Read::default();
    let mut pending: Option<Vec<u8>> = None;
    for line in &cut.lines {
        if line.iter().any(|b| matches!(b, b'\r' | b'\n' | 0)) {
            read.note(MessageError::HeaderLine);
            continue;
        }
        let is_fold = line.starts_with(b" ") || line.starts_with(b"\t");
        match (&mut pending, is_fold) {
            (Some(value), true) => unfold(value, line),
            (None, true) => read.note(MessageError::HeaderLine),
            (_, false) => {
                if let Some(done) = pending.replace(line.to_vec()) {
                    read_header(&mut read, &done);
                }
            }
        }
    }
    if let Some(done) = pending {
        read_header(&mut read, &done);
    }
    read
}

/// Joins a folded line with one blank (RFC 3261 section 7.3.1). Stops growing behind the bound; the length check of
/// [`read_header`] then refuses it.
fn unfold(value: &mut Vec<u8>, line: &[u8]) {
    if value.len() <= HEADER_BYTES_MAX.saturating_mul(2) {
        value.push(b' ');
        value.extend_from_slice(line.trim_ascii());
    }
}

fn read_header(read: &mut Read, line: &[u8]) {
    let Some((name, value)) = split_once(line, b":") else {
        return read.note(MessageError::HeaderLine);
    };
    let name = std::str::from_utf8(name.trim_ascii_end())
        .ok()
        .and_then(HeaderName::parse);
    let Some(name) = name else {
        return read.note(MessageError::HeaderLine);
    };
    let value = value.trim_ascii();
    if value.len() > HEADER_BYTES_MAX {
        return read.note(MessageError::TooLarge("a header"));
    }
    if name == HeaderName::ContentLength {
        return read_length(read, value);
    }
    if name.is_single() && read.headers.first(&name).is_some() {
        return read.note(MessageError::Repeated("a single header"));
    }
    if !name.is_split() {
        return push(read, name, value);
    }
    match split_list(value, "a list") {
        Ok(elements) => {
            for element in elements {
                push(read, name.clone(), element);
            }
        }
        Err(problem) => {
            read.note(problem);
            push(read, name, value);
        }
    }
}

fn push(read: &mut Read, name: HeaderName, value: &[u8]) {
    if read.headers.len() < HEADERS_MAX {
        read.headers.push(name, value);
    } else {
        read.note(MessageError::TooLarge("the headers"));
    }
}

fn read_length(read: &mut Read, value: &[u8]) {
    if read.seen_length {
        return read.note(MessageError::Repeated("Content-Length"));
    }
    read.seen_length = true;
    read.content_length = std::str::from_utf8(value)
        .ok()
        .and_then(crate::message::parse_number)
        .and_then(|n| usize::try_from(n).ok());
    if read.content_length.is_none() {
        read.note(MessageError::Malformed("Content-Length"));
    }
}
