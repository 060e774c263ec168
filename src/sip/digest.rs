//! Digest answers: MD5, SHA-256 and SHA-512-256, each with its `-sess` form (RFC 7616, RFC 8760). Pure arithmetic: knows no
//! headers and keeps nothing.

use std::fmt;

use hotdesk_provisioning::Secret;
use md5::{Digest, Md5};
use sha2::{Sha256, Sha512_256};

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Algorithm {
    hash: Hash,
    session: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hash {
    Md5,
    Sha256,
    Sha512Slash256,
}

const NAMES: [(&str, Algorithm); 6] = [
    ("MD5", Algorithm::new(Hash::Md5, false)),
    ("MD5-sess", Algorithm::new(Hash::Md5, true)),
    ("SHA-256", Algorithm::new(Hash::Sha256, false)),
    ("SHA-256-sess", Algorithm::new(Hash::Sha256, true)),
    ("SHA-512-256", Algorithm::new(Hash::Sha512Slash256, false)),
    (
        "SHA-512-256-sess",
        Algorithm::new(Hash::Sha512Slash256, true),
    ),
];

impl Algorithm {
    /// What a challenge that names no algorithm means (RFC 7616 section 3.3).
    pub const DEFAULT: Self = Self::new(Hash::Md5, false);
    /// The one that RFC 8760 wants first.
    pub const SHA_256: Self = Self::new(Hash::Sha256, false);

    const fn new(hash: Hash, session: bool) -> Self {
        Self { hash, session }
    }

    /// `None` for an algorithm that we do not have.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = NAMES
            .iter()
            .find(|(name, _)| text.eq_ignore_ascii_case(name));
        known.map(|(_, algorithm)| *algorithm)
    }

    fn hash(self, parts: &[&str]) -> String {
        let text = parts.join(":");
        match self.hash {
            Hash::Md5 => hex(&Md5::digest(text)),
            Hash::Sha256 => hex(&Sha256::digest(text)),
            Hash::Sha512Slash256 => hex(&Sha512_256::digest(text)),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = NAMES.iter().find(|(_, algorithm)| algorithm == self);
        f.write_str(known.map_or("", |(name, _)| name))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sixteen hexadecimal digits that are the same for the same parts and cannot be foreseen without all of them.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut digits = Algorithm::SHA_256.hash(parts);
    digits.truncate(16);
    digits
}

/// Everything a digest answer is computed from (RFC 7616 section 3.4). Realm and nonce stand as between their quotes on
/// the wire, escapes untouched.
pub struct Question<'a> {
    /// Which hash.
    pub algorithm: Algorithm,
    /// The protection space.
    pub realm: &'a str,
    /// The server's nonce.
    pub nonce: &'a str,
    /// The method of the request.
    pub method: &'a str,
    /// The Request-URI as sent, byte for byte.
    pub uri: &'a str,
    /// Our nonce; needed with [`Self::count`] and by the `-sess` forms.
    pub cnonce: &'a str,
    /// How often the nonce was used, this time included; `None` without qop (RFC 2069).
    pub count: Option<u32>,
}

impl Question<'_> {
    /// The answer of who knows the secret, in lower-case hexadecimal.
    #[must_use]
    pub fn answer(&self, user: &str, secret: &Secret) -> Secret {
        let hash = |parts: &[&str]| self.algorithm.hash(parts);
        let mut ha1 = hash(&[user, self.realm, secret.expose()]);
        if self.algorithm.session {
            ha1 = hash(&[&ha1, self.nonce, self.cnonce]);
        }
        let ha2 = hash(&[self.method, self.uri]);
        Secret::new(match self.count {
            Some(count) => {
                let count = format!("{count:08x}");
                hash(&[&ha1, self.nonce, &count, self.cnonce, "auth", &ha2])
            }
            None => hash(&[&ha1, self.nonce, &ha2]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(algorithm: &str, count: Option<u32>) -> String {
        let question = Question {
            algorithm: Algorithm::parse(algorithm).unwrap(),
            realm: "http-auth@example.org",
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            method: "GET",
            uri: "/dir/index.html",
            cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            count,
        };
        let secret = Secret::new("Circle of Life".into());
        question.answer("Mufasa", &secret).expose().to_owned()
    }

    #[test]
    fn the_examples_of_rfc_7616_come_out() {
        assert_eq!(answer("MD5", Some(1)), "8ca523f5e9506fed4657c9700eebdbec");
        assert_eq!(
            answer("sha-256", Some(1)),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
    }

    /// The RFC prints none of these; they were computed with another implementation.
    #[test]
    fn the_session_forms_and_sha_512_256_come_out() {
        assert_eq!(
            answer("MD5-sess", Some(1)),
            "e783283f46242139c486a698fec7211d"
        );
        assert_eq!(
            answer("SHA-256-sess", Some(1)),
            "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7"
        );
        assert_eq!(
            answer("SHA-512-256", Some(1)),
            "430d05014cecc49cab6fbe03176d41a1da86cbfe24a16580e22aaad928d960d0"
        );
        assert_eq!(
            answer("SHA-512-256-sess", Some(1)),
            "3f2a34f923c38b0fb26dce2fdfc2ce326c23cecf86fbb1444f3e51fbbc2cb92e"
        );
    }

    #[test]
    fn every_form_gives_another_answer() {
        let mut answers: Vec<String> = NAMES
            .iter()
            .flat_map(|(name, _)| {
                [
                    answer(name, None),
                    answer(name, Some(1)),
                    answer(name, Some(17)),
                ]
            })
            .collect();
        let total = answers.len();
        answers.sort();
        answers.dedup();
        assert_eq!(answers.len(), total);
    }

    #[test]
    fn names_are_read_in_any_case_and_unknown_ones_are_not() {
        for (name, algorithm) in NAMES {
            assert_eq!(Algorithm::parse(&name.to_lowercase()), Some(algorithm));
            assert_eq!(algorithm.to_string(), name);
        }
        assert_eq!(Algorithm::parse("SHA256"), None);
    }
}
