//! Server-sent events as text arrives, in pieces of any size (WHATWG HTML, section 9.2.6). Pure.

use std::time::Duration;

use hotdesk_provisioning::Push;
use tracing::debug;

/// Longest event: the largest push has a tenth of it.
const EVENT_BYTES_MAX: usize = 16 * 1024;

/// The stream sent an event that is too long to be one; it is better begun anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Puts lines and events together.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    line: Vec<u8>,
    after_cr: bool,
    data: Vec<u8>,
    retry: Option<Duration>,
}

impl Parser {
    /// What the server last asked phones to wait before they connect again, however much that is.
    pub(crate) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Takes the next piece and answers the pushes that it completes. An event that is no push of this version is left
    /// out: a newer server may send more.
    ///
    /// # Errors
    /// When an event or a line grows beyond its bound.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<Vec<Push>, TooLong> {
        let mut pushes = Vec::new();
        for &byte in piece {
            let second_of_crlf =
                std::mem::replace(&mut self.after_cr, byte == b'\r') && byte == b'\n';
            match byte {
                b'\n' if second_of_crlf => {}
                b'\r' | b'\n' => pushes.extend(self.line_ended()),
                _ if self.line.len() + self.data.len() >= EVENT_BYTES_MAX => return Err(TooLong),
                _ => self.line.push(byte),
            }
        }
        Ok(pushes)
    }

    fn line_ended(&mut self) -> Option<Push> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return self.event_ended();
        }
        // Comments keep the connection open; the type is in the data as well.
        if let Some(value) = line.strip_prefix(b"data:") {
            if !self.data.is_empty() {
                self.data.push(b'\n');
            }
            let value = value.strip_prefix(b" ").unwrap_or(value);
            self.data.extend_from_slice(value);
        } else if let Some(value) = line.strip_prefix(b"retry:") {
            let text = std::str::from_utf8(value).unwrap_or_default();
            let wait = text.trim().parse().map(Duration::from_millis);
            self.retry = wait.ok().or(self.retry);
        }
        None
    }

    fn event_ended(&mut self) -> Option<Push> {
        let data = std::mem::take(&mut self.data);
        if data.is_empty() {
            return None;
        }
        let push = serde_json::from_slice(&data);
        if push.is_err() {
            debug!(
                bytes = data.len(),
                "an event that this version does not know"
            );
        }
        push.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGED: &str = "event: profile_changed\ndata: {\"type\":\"profile_changed\"}\n\n";

    #[test]
    fn events_are_found_however_the_stream_is_cut() {
        let text = format!(": keep-alive\n\n{CHANGED}{CHANGED}");
        for size in 1..text.len() {
            let mut parser = Parser::default();
            let pieces = text.as_bytes().chunks(size);
            let pushes: Vec<_> = pieces.flat_map(|p| parser.push(p).unwrap()).collect();
            assert_eq!(
                pushes,
                [Push::ProfileChanged, Push::ProfileChanged],
                "{size}"
            );
        }
    }

    #[test]
    fn every_line_end_is_one() {
        for end in ["\n", "\r", "\r\n"] {
            let text = CHANGED.replace('\n', end);
            let pushes = Parser::default().push(text.as_bytes()).unwrap();
            assert_eq!(pushes, [Push::ProfileChanged], "{end:?}");
        }
    }

    #[test]
    fn data_over_several_lines_is_one_event() {
        let text = "data: {\"type\":\ndata:\"profile_changed\"}\n\n";
        for end in ["\n", "\r", "\r\n"] {
            let text = text.replace('\n', end);
            let pushes = Parser::default().push(text.as_bytes()).unwrap();
            assert_eq!(pushes, [Push::ProfileChanged], "{end:?}");
        }
    }

    #[test]
    fn how_long_to_wait_before_the_next_stream_is_taken_down() {
        let mut parser = Parser::default();
        assert_eq!(parser.retry(), None);
        let text = b"retry: 2500\n\nretry: soon\nretry:-1\nretry: 99999999999999999999999\n";
        assert!(parser.push(text).unwrap().is_empty());
        assert_eq!(parser.retry(), Some(Duration::from_millis(2500)));
    }

    #[test]
    fn what_a_newer_server_says_is_passed_over() {
        let text = format!("data: {{\"type\":\"consent_wanted\"}}\n\ndata: junk\n\n{CHANGED}");
        assert_eq!(
            Parser::default().push(text.as_bytes()).unwrap(),
            [Push::ProfileChanged]
        );
    }

    #[test]
    fn an_endless_line_and_an_endless_event_are_ended() {
        let line = vec![b'x'; EVENT_BYTES_MAX + 1];
        assert_eq!(Parser::default().push(&line), Err(TooLong));
        let event = b"data: xxxxxxxxxxxxxxxx\n".repeat(EVENT_BYTES_MAX / 16);
        assert_eq!(Parser::default().push(&event), Err(TooLong));
    }
}
