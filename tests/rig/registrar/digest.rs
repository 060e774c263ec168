//! Digest authentication as a server sees it (RFC 7616): challenges with SHA-256 and MD5, and checks the answer.

use md5::{Digest, Md5};
use sha2::Sha256;

use super::credentials::Account;

/// The parameters of an Authorization header.
#[derive(Debug)]
pub(super) struct Answer(Vec<(String, String)>);

impl Answer {
    /// `None` for another scheme.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let rest = value.strip_prefix("Digest ")?;
        let mut parameters = Vec::new();
        for part in split_outside_quotes(rest) {
            let (name, value) = part.split_once('=')?;
            parameters.push((
                name.trim().to_ascii_lowercase(),
                value.trim().trim_matches('"').to_owned(),
            ));
        }
        Some(Self(parameters))
    }

    fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v)
    }

    pub(super) fn username(&self) -> &str {
        self.get("username")
    }

    pub(super) fn nonce(&self) -> &str {
        self.get("nonce")
    }

    /// Whether the response is right for this account, request and Request-URI.
    pub(super) fn is_right(&self, account: &Account, method: &str, uri: &str) -> bool {
        let sha256 = self.get("algorithm").eq_ignore_ascii_case("SHA-256");
        let hash = if sha256 { sha256_hex } else { md5_hex };
        let ha1 = if sha256 {
            &account.ha1_sha256
        } else {
            &account.ha1
        };
        let ha2 = hash(&format!("{method}:{uri}"));
        let (nonce, nc, cnonce, qop) = (
            self.nonce(),
            self.get("nc"),
            self.get("cnonce"),
            self.get("qop"),
        );
        let expected = hash(&format!("{ha1}:{nonce}:{nc}:{cnonce}:{qop}:{ha2}"));
        self.get("uri") == uri && qop == "auth" && nc.len() == 8 && self.get("response") == expected
    }
}

/// One challenge for each algorithm, the better one first (RFC 8760 section 2.4).
pub(super) fn challenges(realm: &str, nonce: &str, stale: bool) -> Vec<String> {
    let stale = if stale { ", stale=true" } else { "" };
    ["SHA-256", "MD5"]
        .iter()
        .map(|algorithm| {
            format!("WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"{stale}")
        })
        .collect()
}

fn split_outside_quotes(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
    .collect()
}

fn md5_hex(text: &str) -> String {
    hex(&Md5::digest(text))
}

fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7616 section 3.9.1.
    #[test]
    fn the_published_answers_are_right_and_others_are_not() {
        let account = Account {
            ha1: md5_hex("Mufasa:http-auth@example.org:Circle of Life"),
            ha1_sha256: sha256_hex("Mufasa:http-auth@example.org:Circle of Life"),
            aor_user: String::new(),
        };
        let answer = |algorithm: &str, response: &str| {
            Answer::parse(&format!(
                "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm={algorithm}, \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
                 cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"{response}\""
            ))
            .unwrap()
        };
        let md5 = "8ca523f5e9506fed4657c9700eebdbec";
        let sha256 = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
        assert!(answer("MD5", md5).is_right(&account, "GET", "/dir/index.html"));
        assert!(answer("SHA-256", sha256).is_right(&account, "GET", "/dir/index.html"));
        assert!(!answer("MD5", sha256).is_right(&account, "GET", "/dir/index.html"));
        assert!(!answer("MD5", md5).is_right(&account, "PUT", "/dir/index.html"));
    }
}
