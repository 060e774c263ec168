//! Whether what the network names is a server that this phone can talk to. Never connects to it: who it is, is for TLS to
//! prove.

use super::Names;
use super::offers::TEXT_BYTES_MAX;
use crate::config::server_url;

/// How much of an address goes on a screen or into a log.
const SHOWN_CHARS_MAX: usize = 64;

/// What to think of something that the network names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The provisioning server, `https://host[:port]`.
    Server(String),
    /// Something else: another protocol, a path for another maker's phones. As it may be shown: without user, password
    /// and query.
    Other(String),
}

impl Verdict {
    /// Judges a text that names a server. Macros are replaced first.
    #[must_use]
    pub fn of(text: &str, names: &Names) -> Self {
        let url = names.expand(tidied(text));
        match server_url(&url) {
            Ok(url) if url.len() <= TEXT_BYTES_MAX => Self::Server(url),
            Ok(_) | Err(_) => Self::Other(shown(&url)),
        }
    }
}

/// The first line that says something, without what scripts and people put around it.
pub(super) fn tidied(text: &str) -> &str {
    let mut lines = text.lines().map(str::trim);
    let line = lines.find(|line| !line.is_empty()).unwrap_or_default();
    let inner = |open: char, close: char| line.strip_prefix(open)?.strip_suffix(close);
    inner('<', '>')
        .or_else(|| inner('"', '"'))
        .unwrap_or(line)
        .trim()
}

/// What is left without user, password, query and what no screen can show. In a text that is no URL a password may be
/// anywhere before an `@`.
fn shown(url: &str) -> String {
    let url: String = url.chars().filter(|c| !c.is_control()).collect();
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    let behind_user = |text: &str| text.rsplit('@').next().unwrap_or_default().to_owned();
    let shown = match bare.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
            format!("{}://{}{path}", behind_user(scheme), behind_user(authority))
        }
        None => behind_user(bare),
    };
    shown.chars().take(SHOWN_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use hotdesk_provisioning::DeviceId;

    use super::*;

    fn judge(text: &str) -> Verdict {
        let device = DeviceId::parse("02:00:5e:10:00:2a").unwrap();
        Verdict::of(text, &Names::new(&device, "HD-1", "1"))
    }

    #[test]
    fn https_with_a_host_and_nothing_behind_it_is_our_server() {
        for text in [
            "https://prov.example.net:8443",
            "\r\n <https://prov.example.net:8443/> \r\nmore",
            "\"https://prov.example.net:8443\"",
        ] {
            let server = "https://prov.example.net:8443".to_owned();
            assert_eq!(judge(text), Verdict::Server(server), "{text}");
        }
        let server = "https://02005e10002a.example.net".to_owned();
        assert_eq!(judge("https://$MAC.example.net/"), Verdict::Server(server));
    }

    #[test]
    fn everything_else_is_named_without_what_is_secret_in_it() {
        for (text, shown) in [
            ("http://192.0.2.10/prov/", "http://192.0.2.10/prov/"),
            ("http://user:pw@192.0.2.10/zero/", "http://192.0.2.10/zero/"),
            (
                "https://u@prov.example.net/a@b?token=x",
                "https://prov.example.net/a@b",
            ),
            (
                "https://prov.example.net/p/$MAC.cfg",
                "https://prov.example.net/p/02005e10002a.cfg",
            ),
            ("tftp://192.0.2.5", "tftp://192.0.2.5"),
            ("192.0.2.5", "192.0.2.5"),
            ("user:pw@prov.example.net", "prov.example.net"),
            ("http:/user:pw@prov.example.net", "prov.example.net"),
            ("http:\0//user:pw@192.0.2.10/", "http://192.0.2.10/"),
            ("", ""),
        ] {
            assert_eq!(judge(text), Verdict::Other(shown.to_owned()), "{text}");
        }
        let Verdict::Other(shown) = judge(&format!("http://h/\u{7}{}", "x".repeat(400))) else {
            panic!("no server")
        };
        assert_eq!(shown.len(), SHOWN_CHARS_MAX);
    }
}
