//! The NOTIFY that names a server, in every shape that the servers of the field give it, and our answer. Never decides whose
//! NOTIFY counts.

use std::borrow::Cow;

use hotdesk_sip::message::{Message, Request, Response};
use hotdesk_sip::wire::{HeaderName, Params, parse, write_response};

use super::offers::TEXT_BYTES_MAX;
use super::verdict::tidied;

/// The event package (RFC 6080).
const EVENT: &str = "ua-profile";

/// What an answer repeats (RFC 3261 section 8.2.6.2).
const REPEATED: [HeaderName; 5] = [
    HeaderName::Via,
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
];

/// Reads a datagram. Some servers address a NOTIFY to a host and a port without a scheme.
pub(super) fn read(bytes: &[u8]) -> Option<Message> {
    parse(bytes).ok().or_else(|| parse(&repaired(bytes)?).ok())
}

/// The same message to a SIP URI.
fn repaired(bytes: &[u8]) -> Option<Vec<u8>> {
    let target = bytes.strip_prefix(b"NOTIFY ")?;
    let mut repaired = b"NOTIFY sip:".to_vec();
    repaired.extend_from_slice(target.trim_ascii_start());
    Some(repaired)
}

/// Whether it is about where a phone's server is: only the event says so, whatever the type of the content.
pub(super) fn is_about_profiles(request: &Request) -> bool {
    let event = request.headers.text(&HeaderName::Event).unwrap_or_default();
    let package = event.split(';').next().unwrap_or_default();
    package.trim().eq_ignore_ascii_case(EVENT)
}

/// What it names: the parameter of an external body, or the first line of the body, or a header that one server writes.
pub(super) fn named(request: &Request) -> Option<String> {
    let body = String::from_utf8_lossy(&request.body.0);
    let found = [
        external_body(request),
        Some(body),
        request
            .headers
            .text(&HeaderName::Other("MessageBody".to_owned())),
    ];
    found
        .into_iter()
        .flatten()
        .map(|text| tidied(&text).to_owned())
        .find(|text| (1..=TEXT_BYTES_MAX).contains(&text.len()))
}

/// RFC 4483: the content is where the parameter `URL` says.
fn external_body(request: &Request) -> Option<Cow<'_, str>> {
    let content = request.headers.text(&HeaderName::ContentType)?;
    let (media, params) = content.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("message/external-body") {
        return None;
    }
    let params = Params::parse(params, "Content-Type").ok()?;
    params.value("URL").map(Cow::Owned)
}

/// An answer with this status; `tag` names us where the request does not.
pub(super) fn answer(request: &Request, status: u16, tag: &str) -> Option<Vec<u8>> {
    let mut response = Response::new(status);
    let has_tag = request.headers.to().is_ok_and(|to| to.tag().is_some());
    for (name, value) in request.headers.iter() {
        if *name == HeaderName::To && !has_tag {
            let tagged = [value, b";tag=", tag.as_bytes()].concat();
            response.headers.push(HeaderName::To, tagged);
        } else if REPEATED.contains(name) {
            response.headers.push(name.clone(), value);
        }
    }
    write_response(&response).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(head: &str, body: &str) -> Option<Request> {
        let text = format!(
            "{head}\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;rport\r\nFrom: <sip:p@h>;tag=s\r\nTo: <sip:p@h>\r\n\
             Call-ID: c\r\nCSeq: 2 NOTIFY\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        match read(text.as_bytes()) {
            Some(Message::Request(request)) => Some(request),
            Some(Message::Response(_)) | None => None,
        }
    }

    #[test]
    fn a_target_without_a_scheme_is_understood() {
        assert!(request("NOTIFY 192.0.2.21:5060 SIP/2.0", "").is_some());
        assert!(request("NOTIFY sip:192.0.2.21:5060 SIP/2.0", "").is_some());
        assert!(request("NOTIFY 192.0.2.21:5060 HTTP/1.1", "").is_none());
    }

    #[test]
    fn the_url_is_wherever_it_is_written() {
        let of = |head: &str, body: &str| {
            let head = format!("NOTIFY sip:p@h SIP/2.0\r\n{head}");
            named(&request(&head, body).unwrap())
        };
        let external =
            "Content-Type: message/external-body; access-type=\"URL\"; URL=\"https://a\"";
        assert_eq!(of(external, "\r\nx").as_deref(), Some("https://a"));
        assert_eq!(
            of("X: y", "\r\n https://b \r\nmore").as_deref(),
            Some("https://b")
        );
        assert_eq!(
            of("messagebody: https://c", "").as_deref(),
            Some("https://c")
        );
        assert_eq!(
            of("MessageBody: https://c", "https://b").as_deref(),
            Some("https://b")
        );
        assert_eq!(of("X: y", ""), None);
        assert_eq!(of("X: y", &"x".repeat(TEXT_BYTES_MAX + 1)), None);
    }

    #[test]
    fn the_answer_names_us_once_and_repeats_the_way_back() {
        let request = request("NOTIFY sip:p@h SIP/2.0", "https://b").unwrap();
        let bytes = answer(&request, 200, "us").unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            text.starts_with("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;rport\r\n"),
            "{text}"
        );
        assert_eq!(text.matches(";tag=us").count(), 1, "{text}");
    }
}
