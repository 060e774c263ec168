//! Cutting a TCP stream into messages (RFC 3261 section 18.3) and keep-alives (RFC 5626 section 3.5.1). Holds at most one
//! message; never looks at more of it than the length.

use crate::message::parse_number;
use crate::wire::MESSAGE_BYTES_MAX;

/// Why a stream cannot be cut any further. Nobody can tell where the next message begins: close the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// A message, or its headers alone, exceeds [`MESSAGE_BYTES_MAX`].
    #[error("a message on the stream is too large")]
    TooLarge,
    /// The length is missing, no number, or named twice.
    #[error("a message on the stream has no usable Content-Length")]
    NoLength,
}

/// The receiving end of one connection.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// How much of the buffer is known not to hold the end of the headers, so that slow arrival costs no repeated search.
    searched: usize,
}

impl Framer {
    /// An empty stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what was read from the connection.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message, or the double CRLF of a keep-alive; `Ok(None)` when more bytes are needed. Call until then
    /// after each [`Self::push`] of at most a few kilobytes: what is not taken out is kept.
    ///
    /// # Errors
    /// When the stream cannot be cut any further.
    pub fn next_frame(&mut self) -> Result<Option<Vec<u8>>, FramingError> {
        if let Some(keep_alive) = self.skip_line_ends() {
            return Ok(Some(keep_alive));
        }
        let Some(head_end) = self.find_head_end() else {
            return if self.buffer.len() > MESSAGE_BYTES_MAX {
                Err(FramingError::TooLarge)
            } else {
                Ok(None)
            };
        };
        let head = self.buffer.get(..head_end).unwrap_or_default();
        let length = content_length(head).ok_or(FramingError::NoLength)?;
        let end = head_end
            .checked_add(length)
            .filter(|end| *end <= MESSAGE_BYTES_MAX)
            .ok_or(FramingError::TooLarge)?;
        if self.buffer.len() < end {
            return Ok(None);
        }
        Ok(Some(self.take(end)))
    }

    /// Skips line ends before a message; a double CRLF is a frame of its own.
    fn skip_line_ends(&mut self) -> Option<Vec<u8>> {
        loop {
            if self.buffer.starts_with(b"\r\n\r\n") {
                return Some(self.take(4));
            }
            let waits = self.buffer == b"\r\n" || self.buffer == b"\r\n\r";
            if !self.buffer.starts_with(b"\r\n") || waits {
                return None;
            }
            self.take(2);
        }
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        self.searched = 0;
        let rest = self.buffer.split_off(length.min(self.buffer.len()));
        std::mem::replace(&mut self.buffer, rest)
    }

    fn find_head_end(&mut self) -> Option<usize> {
        const BLANK_LINE: &[u8] = b"\r\n\r\n";
        let unsearched = self.buffer.get(self.searched..)?;
        let found = unsearched
            .windows(BLANK_LINE.len())
            .position(|window| window == BLANK_LINE);
        match found {
            Some(at) => self.searched.checked_add(at)?.checked_add(BLANK_LINE.len()),
            None => {
                let kept = BLANK_LINE.len().saturating_sub(1);
                self.searched = self.buffer.len().saturating_sub(kept);
                None
            }
        }
    }
}

/// The one Content-Length of a head; a stream has no other way to tell where the body ends.
fn content_length(head: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(head);
    let mut lengths = text.split("\r\n").filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim_end();
        let is_length =
            name.eq_ignore_ascii_case("Content-Length") || name.eq_ignore_ascii_case("l");
        is_length.then(|| parse_number(value))
    });
    let length = lengths.next()??;
    match lengths.next() {
        Some(_) => None,
        None => usize::try_from(length).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"OPTIONS sip:h SIP/2.0\r\nX: y\r\nContent-Length: 4\r\n\r\nbody";

    fn frames(framer: &mut Framer, bytes: &[u8]) -> Vec<Vec<u8>> {
        framer.push(bytes);
        std::iter::from_fn(|| framer.next_frame().unwrap()).collect()
    }

    #[test]
    fn messages_come_out_whole_however_they_arrive() {
        let mut stream = b"\r\n".to_vec();
        for _ in 0..3 {
            stream.extend_from_slice(MESSAGE);
        }
        for size in [1, 2, 3, 7, 50, stream.len()] {
            let mut framer = Framer::new();
            let cut: Vec<Vec<u8>> = stream
                .chunks(size)
                .flat_map(|c| frames(&mut framer, c))
                .collect();
            assert_eq!(cut, vec![MESSAGE.to_vec(); 3], "in chunks of {size}");
        }
    }

    #[test]
    fn a_double_line_end_is_a_keep_alive_and_a_single_one_is_not() {
        let mut framer = Framer::new();
        assert_eq!(frames(&mut framer, b"\r\n\r"), Vec::<Vec<u8>>::new());
        assert_eq!(frames(&mut framer, b"\n"), [b"\r\n\r\n"]);
        let mut both = b"\r\n\r\n".to_vec();
        both.extend_from_slice(MESSAGE);
        assert_eq!(frames(&mut framer, &both), [b"\r\n\r\n", MESSAGE]);
    }

    #[test]
    fn what_cannot_be_cut_is_an_error_and_never_overflows() {
        for (head, error) in [
            ("X: y", FramingError::NoLength),
            ("Content-Length: -1", FramingError::NoLength),
            (
                "Content-Length: 18446744073709551600",
                FramingError::NoLength,
            ),
            ("Content-Length: 4294967295", FramingError::TooLarge),
            ("Content-Length: 16384", FramingError::TooLarge),
            ("Content-Length: 1\r\nl: 1", FramingError::NoLength),
        ] {
            let mut framer = Framer::new();
            framer.push(format!("A b SIP/2.0\r\n{head}\r\n\r\n").as_bytes());
            assert_eq!(framer.next_frame(), Err(error), "{head}");
        }
        let mut framer = Framer::new();
        framer.push(&[b'x'; MESSAGE_BYTES_MAX + 1]);
        assert_eq!(framer.next_frame(), Err(FramingError::TooLarge));
    }

    #[test]
    fn a_framed_message_that_cannot_be_parsed_leaves_the_next_one_alone() {
        let mut framer = Framer::new();
        let mut stream = b"!!! not sip\r\nl: 2\r\n\r\nxx".to_vec();
        stream.extend_from_slice(MESSAGE);
        let cut = frames(&mut framer, &stream);
        assert!(crate::wire::parse(&cut[0]).is_err());
        assert_eq!(cut[1], MESSAGE);
    }
}
