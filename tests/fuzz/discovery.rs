//! The bodies of the fuzz targets for what tells a phone where its server is: any bytes in, no panic, and what must always
//! hold asserted. Shared with the ordinary test that replays the corpus.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hotdesk_agent::discovery::{Caller, Lease, Names, SEED_BYTES, Search, Verdict, offers};
use hotdesk_provisioning::DeviceId;
use hotdesk_sip::wire::{parse_request, parse_response};

/// Longest text that may name a server.
const TEXT_MAX: usize = 512;
/// Longest text that is shown.
const SHOWN_MAX: usize = 64;

fn device() -> DeviceId {
    DeviceId::parse("02005e10002a").expect("an address")
}

/// A server is HTTPS and nothing else; what is not one is short and says no password.
fn judge(text: &str) {
    match Verdict::of(text, &Names::new(&device(), "HD-1", "1.4.0")) {
        Verdict::Server(url) => {
            assert!(
                url.starts_with("https://") && url.len() <= TEXT_MAX,
                "{url}"
            );
            let host = &url["https://".len()..];
            assert!(
                !host.is_empty() && !host.contains(['/', '@', '?', '#']),
                "{url}"
            );
        }
        Verdict::Other(shown) => {
            assert!(shown.chars().count() <= SHOWN_MAX && !shown.contains(char::is_control));
            let host = shown
                .split_once("://")
                .map_or(shown.as_str(), |(_, rest)| rest);
            let authority = host.split('/').next().unwrap_or_default();
            assert!(!authority.contains('@'), "{shown}");
        }
    }
}

/// A lease: what it names is text of a known length, and few things.
pub fn lease(data: &[u8]) {
    let offers = offers(&Lease::parse(&String::from_utf8_lossy(data)));
    assert!(offers.len() <= 5);
    for (_, text) in offers {
        assert!((1..=TEXT_MAX).contains(&text.len()) && !text.contains(char::is_control));
        judge(&text);
    }
    judge(&String::from_utf8_lossy(data));
}

/// An answer to the multicast question: it gets at most one answer, which is one; and the search goes on.
pub fn plug_and_play(start: Instant, data: &[u8]) {
    let caller = Caller {
        device: device(),
        model: "HD-1".to_owned(),
        version: "1.4.0".to_owned(),
        user_agent: "hotdesk".to_owned(),
    };
    let group = "224.0.1.75:5060".parse().expect("a group");
    let local = "192.0.2.21:5060".parse().expect("an address");
    let source: SocketAddr = "192.0.2.10:5060".parse().expect("an address");
    let mut search = Search::new(caller, group, [7; SEED_BYTES], start);
    let question = search.handle_timeout(start, local).expect("a question");
    assert!(parse_request(&question).is_ok());
    // Twice: whoever promised an answer may send it in a dialog of its own.
    for _ in 0..2 {
        let heard = search.handle_datagram(source, data);
        let is_accepted = heard.answer.as_deref().is_some_and(|answer| {
            let answer = parse_response(answer).expect("an answer is a message");
            answer.status == 200
        });
        assert!(is_accepted || heard.named.is_none());
        if let Some(named) = heard.named {
            assert!((1..=TEXT_MAX).contains(&named.len()));
            judge(&named);
        }
    }
    assert!(search.poll_timeout() <= start + Duration::from_secs(5));
}
