//! Nonces are used again, counted, replaced and forgotten.

use super::*;
use crate::challenge::AuthParams;
use crate::tests_support::{account, start_of_time};

fn server(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 10], port))
}

fn place(port: u16) -> Place<'static> {
    Place {
        server: server(port),
        domain: "pbx.example.net",
    }
}

fn challenge(text: &str) -> (bool, Challenge) {
    (false, Challenge::parse(text).unwrap().unwrap())
}

struct Rig {
    now: Instant,
    random: Random,
    cache: NonceCache,
}

impl Rig {
    fn with(text: &str) -> Self {
        let mut rig = Self {
            now: start_of_time(),
            random: Random::new([3; 32]),
            cache: NonceCache::default(),
        };
        rig.learn(5060, text);
        rig
    }

    fn learn(&mut self, port: u16, text: &str) {
        self.cache
            .learn(self.now, place(port), challenge(text), &mut self.random);
    }

    fn params(&mut self, user: &str) -> AuthParams {
        let answers = self.cache.answer(
            self.now,
            place(5060),
            &account(user),
            ("REGISTER", "sip:pbx.example.net"),
        );
        assert_eq!(answers.len(), 1);
        AuthParams::parse_digest(&answers[0].value)
            .unwrap()
            .unwrap()
    }
}

#[test]
fn each_use_counts_in_eight_hexadecimal_digits_across_accounts() {
    let mut rig = Rig::with(r#"Digest realm="r", nonce="n", qop="auth""#);
    for n in 1..=17u32 {
        let params = rig.params(if n % 2 == 0 { "alice" } else { "bob" });
        assert_eq!(params.raw("nc").unwrap(), format!("{n:08x}"));
        assert_eq!(params.raw("qop"), Some("auth"));
    }
}

#[test]
fn without_qop_neither_count_nor_cnonce_is_sent() {
    let mut rig = Rig::with(r#"Digest realm="r", nonce="n", opaque="o\"1""#);
    let params = rig.params("alice");
    assert_eq!(
        (
            params.raw("nc"),
            params.raw("cnonce"),
            params.raw("algorithm")
        ),
        (None, None, None)
    );
    assert_eq!(params.raw("opaque"), Some(r#"o\"1"#));
}

#[test]
fn the_user_name_is_escaped_and_realm_and_nonce_are_echoed_raw() {
    let mut rig = Rig::with(r#"Digest realm="a\"b", nonce="c\\d""#);
    let params = rig.params(r#"o"hara"#);
    assert_eq!(params.value("username").as_deref(), Some(r#"u-o"hara"#));
    assert_eq!(
        (params.raw("realm"), params.raw("nonce")),
        (Some(r#"a\"b"#), Some(r"c\\d"))
    );
}

#[test]
fn a_newer_challenge_or_a_next_nonce_starts_the_count_again() {
    let mut rig = Rig::with(r#"Digest realm="r", nonce="n1", qop="auth""#);
    rig.params("alice");
    rig.learn(5060, r#"Digest realm="r", nonce="n2", qop="auth""#);
    let params = rig.params("alice");
    assert_eq!(
        (params.raw("nonce"), params.raw("nc")),
        (Some("n2"), Some("00000001"))
    );
    let used = UsedNonce {
        is_proxy: false,
        realm: "r".into(),
        nonce: "n2".into(),
    };
    rig.cache.replace(rig.now, &used, "n3");
    rig.cache.replace(rig.now, &used, "too late");
    let params = rig.params("alice");
    assert_eq!(
        (params.raw("nonce"), params.raw("nc")),
        (Some("n3"), Some("00000001"))
    );
}

#[test]
fn nonces_are_kept_apart_by_server_and_bounded_and_grow_old() {
    let mut rig = Rig::with(r#"Digest realm="r", nonce="n1""#);
    rig.learn(5070, r#"Digest realm="r", nonce="elsewhere""#);
    assert_eq!(rig.params("alice").raw("nonce"), Some("n1"));
    for port in 0..100 {
        rig.learn(6000 + port, r#"Digest realm="r", nonce="x""#);
    }
    assert_eq!(rig.cache.0.len(), NONCES_MAX);
    rig.learn(5060, r#"Digest realm="r", nonce="n1""#);
    rig.now += NONCE_AGE_MAX;
    let answers = rig.cache.answer(
        rig.now,
        place(5060),
        &account("alice"),
        ("REGISTER", "sip:h"),
    );
    assert!(answers.is_empty());
}
