//! What lets a guest in while the server is away, sealed with their PIN. Slow on purpose, so never called by the loop itself,
//! and pure: takes its random bytes from the caller.
//!
//! Four digits withstand nobody for long who can try them as fast as a computer can. What stands before that is the device key,
//! without which the text is worth nothing, the state file, which is sealed as a whole, and the short life of what is sealed.

use std::num::NonZeroU32;

use hotdesk_provisioning::{Extension, OfflineGuest, Pin, Secret};
use hotdesk_session::OfflineFailure;
use ring::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use zeroize::Zeroizing;

use crate::device_key::{KEY_BYTES, hex, unhex};
use crate::seal::{self, NONCE_BYTES, Unsealable};

/// Rounds of PBKDF2 (RFC 8018 section 5.2). One is two blocks of SHA-256 of 64 bytes; at an estimated twenty cycles for each byte
/// that is half a second at 1 GHz and a second at 500 MHz.
const ROUNDS: NonZeroU32 = NonZeroU32::new(200_000).unwrap();
/// Which way it was sealed; another number of rounds needs another mark.
const MARK: &str = "pbkdf2-200k:";
/// Bytes of the salt (RFC 8018 section 4.1 asks for 8).
const SALT_BYTES: usize = 16;

/// Random bytes for one sealing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Random {
    pub(crate) salt: [u8; SALT_BYTES],
    pub(crate) nonce: [u8; NONCE_BYTES],
}

impl Random {
    /// From the operating system; `None` when it has none.
    pub(crate) fn draw() -> Option<Self> {
        let mut random = Self {
            salt: [0; SALT_BYTES],
            nonce: [0; NONCE_BYTES],
        };
        getrandom::fill(&mut random.salt).ok()?;
        getrandom::fill(&mut random.nonce).ok()?;
        Some(random)
    }
}

/// What is needed to open something sealed.
#[derive(Debug)]
pub(crate) struct Opener {
    /// Derived from the device key.
    pub(crate) device: Zeroizing<[u8; KEY_BYTES]>,
    /// Who says to be there.
    pub(crate) extension: Extension,
    /// What they typed.
    pub(crate) pin: Pin,
}

impl Opener {
    /// A text that only the same device, number and PIN open. `None` for what cannot be written down.
    pub(crate) fn seal(&self, random: Random, guest: &OfflineGuest) -> Option<Secret> {
        let plain = Zeroizing::new(serde_json::to_vec(guest).ok()?);
        let sealed = seal::seal(&self.key(&random.salt), random.nonce, &plain)?;
        let bytes = [random.salt.as_slice(), &sealed].concat();
        Some(Secret::new(format!("{MARK}{}", hex(&bytes))))
    }

    /// # Errors
    /// When it was sealed with something else, or is no such text.
    pub(crate) fn open(&self, sealed: &Secret) -> Result<OfflineGuest, OfflineFailure> {
        let text = sealed.expose().strip_prefix(MARK);
        let bytes = text.and_then(unhex).ok_or(OfflineFailure::Unusable)?;
        let (salt, rest) = bytes
            .split_first_chunk::<SALT_BYTES>()
            .ok_or(OfflineFailure::Unusable)?;
        let plain = seal::open(&self.key(salt), rest).map_err(|why| match why {
            Unsealable::Broken => OfflineFailure::WrongPin,
            Unsealable::Foreign => OfflineFailure::Unusable,
        })?;
        serde_json::from_slice(&plain).map_err(|_| OfflineFailure::Unusable)
    }

    fn key(&self, salt: &[u8; SALT_BYTES]) -> Zeroizing<[u8; KEY_BYTES]> {
        let salt = Zeroizing::new([salt.as_slice(), self.device.as_slice()].concat());
        // An extension is digits, so that no other extension and PIN are the same text.
        let typed = Zeroizing::new(format!("{}:{}", self.extension, self.pin.expose()));
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        let way = PBKDF2_HMAC_SHA256;
        pbkdf2::derive(way, ROUNDS, &salt, typed.as_bytes(), key.as_mut_slice());
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opener(device: u8, extension: &str, pin: &str) -> Opener {
        Opener {
            device: Zeroizing::new([device; KEY_BYTES]),
            extension: Extension::parse(extension).unwrap(),
            pin: Pin::parse(pin).unwrap(),
        }
    }

    fn jane() -> OfflineGuest {
        serde_json::from_str(
            r#"{"guest":{"extension":"2000","display_name":"Jane Doe","account":{"aor":"sip:2000@example.com",
                "auth_user":"g-1","secret":"my-sip-secret","registrar":{"host":"192.0.2.10","port":5060,"transport":"udp"},
                "expires":300},"keys":[]},"limit":3600}"#,
        )
        .unwrap()
    }

    fn random(byte: u8) -> Random {
        Random {
            salt: [byte; SALT_BYTES],
            nonce: [byte; NONCE_BYTES],
        }
    }

    #[test]
    fn only_the_same_device_number_and_pin_open_it() {
        let sealed = opener(7, "2000", "1234").seal(random(1), &jane()).unwrap();
        assert_eq!(opener(7, "2000", "1234").open(&sealed), Ok(jane()));
        for (device, extension, pin) in [
            (8, "2000", "1234"),
            (7, "2001", "1234"),
            (7, "2000", "1235"),
        ] {
            let answer = opener(device, extension, pin).open(&sealed);
            assert_eq!(
                answer,
                Err(OfflineFailure::WrongPin),
                "{device} {extension} {pin}"
            );
        }
    }

    #[test]
    fn nothing_of_it_can_be_read_and_no_two_are_alike() {
        let one = opener(7, "2000", "1234").seal(random(1), &jane()).unwrap();
        let other = opener(7, "2000", "1234").seal(random(2), &jane()).unwrap();
        let bytes = unhex(one.expose().strip_prefix(MARK).unwrap()).unwrap();
        for secret in ["my-sip-secret", "Jane", "2000"] {
            assert!(
                !bytes.windows(secret.len()).any(|w| w == secret.as_bytes()),
                "{secret}"
            );
        }
        assert_ne!(one.expose(), other.expose());
    }

    #[test]
    fn the_function_is_pbkdf2_as_another_implementation_computes_it() {
        let key = opener(7, "2000", "1234").key(&[9; SALT_BYTES]);
        assert_eq!(
            hex(&*key),
            "761680bc42af6bf267edcabc1ceb87fe44863ad2b5429be9fd6474e2576f79b4"
        );
    }

    #[test]
    fn what_is_no_sealed_text_cannot_be_tried() {
        let opener = opener(7, "2000", "1234");
        for text in [
            "",
            "sealed",
            "pbkdf2-200k:",
            "pbkdf2-200k:0",
            "pbkdf2-200k:zz",
            "pbkdf2-1:00",
        ] {
            let answer = opener.open(&Secret::new(text.to_owned()));
            assert_eq!(answer, Err(OfflineFailure::Unusable), "{text:?}");
        }
    }
}
