//! Challenges and credentials as they stand in headers (RFC 7616 section 3.3). Never computes an answer.

use crate::digest::Algorithm;
use crate::error::MessageError;
use crate::wire::{AUTH_PARAMS_MAX, is_token, split_auth, unquote};

const MALFORMED: MessageError = MessageError::Malformed("authentication");

/// The `name=value` list of a challenge, of credentials or of Authentication-Info.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthParams(Vec<(String, String)>);

impl AuthParams {
    /// Reads a list without a scheme.
    ///
    /// # Errors
    /// When a part is not `name=token` or `name="text"`, or there are more than [`AUTH_PARAMS_MAX`].
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        let mut params = Vec::new();
        for part in split_auth(text, AUTH_PARAMS_MAX)? {
            let (name, value) = part.split_once('=').ok_or(MALFORMED)?;
            let (name, value) = (name.trim(), value.trim());
            let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
            // A backslash would escape the closing quote when the value is echoed between quotes.
            let is_plain = !value.is_empty() && !value.contains(['"', '\\', ' ', '\t']);
            if !is_token(name) || (inner.is_none() && !is_plain) {
                return Err(MALFORMED);
            }
            params.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        Ok(Self(params))
    }

    /// Reads `Digest` and a list. `Ok(None)` for another scheme.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_digest(text: &str) -> Result<Option<Self>, MessageError> {
        let text = text.trim();
        let (scheme, rest) = text.split_once([' ', '\t']).unwrap_or((text, ""));
        if scheme.eq_ignore_ascii_case("Digest") {
            Self::parse(rest).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The text between the quotes exactly as it stands, escapes untouched; a token as it is.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)?;
        let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
        Some(inner.unwrap_or(value))
    }

    /// The value with escapes resolved.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        let value = self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)?;
        Some(unquote(value))
    }
}

impl std::fmt::Debug for AuthParams {
    /// Shows which parameters there are, never their values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(n, _)| n))
            .finish()
    }
}

/// A digest challenge that we can answer. Quoted texts are kept as between their quotes, because they are echoed so.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The protection space.
    pub realm: String,
    /// The server's nonce.
    pub nonce: String,
    /// To be echoed.
    pub opaque: Option<String>,
    /// Which hash.
    pub algorithm: Algorithm,
    /// Whether the challenge named it; an answer names it only then.
    pub names_algorithm: bool,
    /// Whether qop `auth` was offered; otherwise the form of RFC 2069 is used.
    pub has_qop: bool,
    /// Whether the nonce was merely too old: the credentials may be right.
    pub stale: bool,
}

impl Challenge {
    /// Reads one `WWW-Authenticate` or `Proxy-Authenticate` value. `Ok(None)` when it is a scheme, an algorithm or a qop
    /// that we do not have.
    ///
    /// # Errors
    /// When it is malformed or lacks realm or nonce.
    pub fn parse(text: &str) -> Result<Option<Self>, MessageError> {
        let Some(params) = AuthParams::parse_digest(text)? else {
            return Ok(None);
        };
        let named = params.value("algorithm");
        let algorithm = match &named {
            Some(name) => Algorithm::parse(name),
            None => Some(Algorithm::DEFAULT),
        };
        let qop = params.value("qop");
        let offers_auth = qop.as_ref().is_none_or(|list| {
            list.split(',')
                .any(|q| q.trim().eq_ignore_ascii_case("auth"))
        });
        let realm = params.raw("realm").ok_or(MALFORMED)?;
        let nonce = params.raw("nonce").ok_or(MALFORMED)?;
        let (Some(algorithm), true) = (algorithm, offers_auth) else {
            return Ok(None);
        };
        let stale = params.value("stale");
        Ok(Some(Self {
            realm: realm.to_owned(),
            nonce: nonce.to_owned(),
            opaque: params.raw("opaque").map(str::to_owned),
            algorithm,
            names_algorithm: named.is_some(),
            has_qop: qop.is_some(),
            stale: stale.is_some_and(|s| s.eq_ignore_ascii_case("true")),
        }))
    }
}

impl std::fmt::Debug for Challenge {
    /// Shows everything but nonce and opaque.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenge")
            .field("realm", &self.realm)
            .field("algorithm", &self.algorithm)
            .field("has_qop", &self.has_qop)
            .field("stale", &self.stale)
            .finish_non_exhaustive()
    }
}

/// The topmost challenge of each realm that we can answer (RFC 8760 section 2.4), in the order of the headers. Malformed
/// challenges are passed over.
#[must_use]
pub fn answerable<'a>(values: impl Iterator<Item = &'a [u8]>) -> Vec<Challenge> {
    let mut chosen: Vec<Challenge> = Vec::new();
    for value in values {
        let parsed = Challenge::parse(&String::from_utf8_lossy(value));
        if let Ok(Some(challenge)) = parsed {
            if !chosen.iter().any(|c| c.realm == challenge.realm) {
                chosen.push(challenge);
            }
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Challenge> {
        Challenge::parse(text).unwrap()
    }

    #[test]
    fn spacing_quoting_and_case_do_not_matter() {
        let a = parse(
            r#"Digest realm="h", nonce="n1", algorithm=SHA-256, qop="auth,auth-int", stale=TRUE"#,
        );
        let b = parse(
            r#"digest  Realm = "h" ,nonce=n1,  algorithm="sha-256" , qop=auth ,stale="true","#,
        );
        assert_eq!(a, b);
        let a = a.unwrap();
        assert!(a.has_qop && a.stale && a.names_algorithm);
        let c = parse(r#"Digest realm="h",nonce="n""#).unwrap();
        assert_eq!(
            (c.algorithm, c.has_qop, c.names_algorithm),
            (Algorithm::DEFAULT, false, false)
        );
    }

    #[test]
    fn escapes_are_kept_as_they_stand() {
        let challenge = parse(r#"Digest realm="a \"b\", c", nonce="x\\y""#).unwrap();
        assert_eq!(
            (challenge.realm.as_str(), challenge.nonce.as_str()),
            (r#"a \"b\", c"#, r"x\\y")
        );
    }

    #[test]
    fn what_we_cannot_answer_is_passed_over() {
        for other in [
            r#"Basic realm="h""#,
            r#"Digest realm="h", nonce="n", algorithm=SHA-999"#,
            r#"Digest realm="h", nonce="n", qop="auth-int""#,
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
        for bad in [
            r#"Digest realm="h"#,
            r#"Digest realm="h""#,
            r#"Digest nonce="n""#,
            "Digest a",
            r#"Digest realm="a"b, nonce="c""#,
        ] {
            assert!(Challenge::parse(bad).is_err(), "{bad}");
        }
        let many = "a=b,".repeat(AUTH_PARAMS_MAX + 1);
        assert!(AuthParams::parse(&many).is_err());
    }

    #[test]
    fn the_topmost_answerable_challenge_of_each_realm_is_taken() {
        let values: Vec<&[u8]> = vec![
            br#"Digest realm="a", nonce="0", algorithm=SHA-999"#,
            br#"Digest realm="a", nonce="1", algorithm=SHA-256"#,
            br#"Digest realm="a", nonce="2""#,
            br#"Digest realm="b", nonce="3""#,
        ];
        let chosen = answerable(values.into_iter());
        let nonces: Vec<&str> = chosen.iter().map(|c| c.nonce.as_str()).collect();
        assert_eq!(nonces, ["1", "3"]);
    }

    #[test]
    fn debug_shows_no_nonce_and_no_response() {
        let challenge = parse(r#"Digest realm="a", nonce="hush""#);
        let params = AuthParams::parse(r#"response="hush""#);
        assert!(!format!("{challenge:?} {params:?}").contains("hush"));
    }
}
