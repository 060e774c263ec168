//! Reads the few things of a SIP request that a registrar needs, and writes its answers. Never guesses: what it cannot
//! read it drops.

use std::net::SocketAddr;

use super::digest::Answer;

/// One request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) uri: String,
    headers: Vec<(String, String)>,
}

/// What one REGISTER says about one Contact.
#[derive(Debug)]
pub(super) struct Contact {
    /// Without the angle brackets.
    pub(super) uri: String,
    /// `expires` of the Contact itself.
    pub(super) expires: Option<u32>,
}

impl Request {
    /// `None` for a response, a keep-alive, or anything that is not a request with its headers complete.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (head, _body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.trim_start_matches("\r\n").split("\r\n");
        let mut first = lines.next()?.split(' ');
        let (method, uri, version) = (first.next()?, first.next()?, first.next()?);
        if version != "SIP/2.0" || first.next().is_some() {
            return None;
        }
        let headers = lines
            .map(|line| {
                line.split_once(':')
                    .map(|(n, v)| (n.trim().to_ascii_lowercase(), v.trim().to_owned()))
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            method: method.to_owned(),
            uri: uri.to_owned(),
            headers,
        })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// The user part of To: the number that is registered.
    pub(super) fn to_user(&self) -> Option<&str> {
        let to = self.header("to")?;
        let (_, rest) = to.split_once("sip:")?;
        rest.split_once('@').map(|(user, _)| user)
    }

    pub(super) fn authorization(&self) -> Option<Answer> {
        self.header("authorization").and_then(Answer::parse)
    }

    /// The Contact, if there is one. One per request is all that a phone sends.
    pub(super) fn contact(&self) -> Option<Contact> {
        let value = self.header("contact")?;
        let (_, rest) = value.split_once('<')?;
        let (uri, parameters) = rest.split_once('>')?;
        let expires = parameters
            .split(';')
            .find_map(|p| p.trim().strip_prefix("expires=")?.parse().ok());
        Some(Contact {
            uri: uri.to_owned(),
            expires,
        })
    }

    pub(super) fn expires(&self) -> Option<u32> {
        self.header("expires")?.parse().ok()
    }

    /// An answer with the headers that every answer repeats (RFC 3261 section 8.2.6.2), and `more`.
    pub(super) fn answer(&self, source: SocketAddr, status: u16, more: &[String]) -> String {
        let reason = match status {
            200 => "OK",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            423 => "Interval Too Brief",
            503 => "Service Unavailable",
            _ => "Answer",
        };
        let mut text = format!("SIP/2.0 {status} {reason}\r\n");
        let mut topmost = true;
        for (name, value) in &self.headers {
            match name.as_str() {
                "via" if topmost => {
                    topmost = false;
                    // RFC 3581 section 4: say where the request came from.
                    let filled = value.replace(
                        ";rport",
                        &format!(";rport={};received={}", source.port(), source.ip()),
                    );
                    text.push_str(&format!("Via: {filled}\r\n"));
                }
                "to" if !value.contains(";tag=") => {
                    text.push_str(&format!("To: {value};tag=registrar\r\n"))
                }
                "via" | "from" | "to" | "call-id" | "cseq" => {
                    text.push_str(&format!("{name}: {value}\r\n"))
                }
                _ => {}
            }
        }
        for line in more {
            text.push_str(line);
            text.push_str("\r\n");
        }
        text.push_str("Content-Length: 0\r\n\r\n");
        text
    }
}

/// How many bytes the first message on a stream has, once all of them are there. Keep-alives count as messages.
pub(super) fn frame(held: &[u8]) -> Option<usize> {
    if held.starts_with(b"\r\n") {
        return Some(2);
    }
    let head = held.windows(4).position(|w| w == b"\r\n\r\n")?;
    let length = std::str::from_utf8(&held[..head])
        .ok()?
        .split("\r\n")
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim()
                .eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>().ok())?
        })
        .unwrap_or(0);
    let whole = head.checked_add(4)?.checked_add(length)?;
    (held.len() >= whole).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTER: &str = "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx;rport\r\n\
        From: <sip:2000@example.com>;tag=a\r\nTo: <sip:2000@example.com>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\
        Contact: <sip:t0ken@192.0.2.1:5062>;reg-id=1;expires=60\r\nContent-Length: 0\r\n\r\n";

    #[test]
    fn a_register_is_read() {
        let request = Request::parse(REGISTER.as_bytes()).unwrap();
        assert_eq!(request.to_user(), Some("2000"));
        let contact = request.contact().unwrap();
        assert_eq!(
            (contact.uri.as_str(), contact.expires),
            ("sip:t0ken@192.0.2.1:5062", Some(60))
        );
    }

    #[test]
    fn an_answer_repeats_what_it_must_and_tells_the_source() {
        let request = Request::parse(REGISTER.as_bytes()).unwrap();
        let answer = request.answer("192.0.2.9:7".parse().unwrap(), 200, &["X: y".to_owned()]);
        assert!(answer.starts_with("SIP/2.0 200 OK\r\n"));
        for line in [
            ";rport=7;received=192.0.2.9",
            "To: <sip:2000@example.com>;tag=registrar",
            "cseq: 1 REGISTER",
            "\r\nX: y\r\n",
        ] {
            assert!(answer.contains(line), "{line:?} is not in {answer}");
        }
    }

    #[test]
    fn a_stream_is_cut_into_messages() {
        let two = format!("{REGISTER}{REGISTER}");
        assert_eq!(frame(two.as_bytes()), Some(REGISTER.len()));
        assert_eq!(frame(&REGISTER.as_bytes()[..REGISTER.len() - 1]), None);
        assert_eq!(frame(b"\r\n\r\n"), Some(2));
    }

    #[test]
    fn what_is_not_a_request_is_dropped() {
        assert!(Request::parse(b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n").is_none());
        assert!(Request::parse(b"\r\n\r\n").is_none());
        assert!(Request::parse(b"REGISTER sip:x SIP/2.0\r\nno colon\r\n\r\n").is_none());
    }
}
