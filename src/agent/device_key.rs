//! The device key and what is derived from it. Never reads or writes a file: `store.rs` does.

use std::fmt;
use std::fmt::Write as _;

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use hotdesk_provisioning::Secret;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of the device key.
pub const KEY_BYTES: usize = 32;

/// The block of SHA-256 (FIPS 180-4).
const HMAC_BLOCK_BYTES: usize = 64;

/// Random bytes that only this device knows. Whatever the phone must be able to say again after its state was lost is
/// derived from it: losing the state then costs a synchronisation, not a visit by the administrator.
#[derive(Clone)]
pub struct DeviceKey(Zeroizing<[u8; KEY_BYTES]>);

impl DeviceKey {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves, for the file they live in.
    pub(crate) fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// The key of the state file.
    pub(crate) fn sealing_key(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        self.derive("seal", "")
    }

    /// What proves to the server that a later enrolment comes from the same phone: 64 hexadecimal digits.
    pub(crate) fn claim(&self) -> Secret {
        Secret::new(hex(&*self.derive("claim", "")))
    }

    /// The user part of the Contact for one account: 16 hexadecimal digits that nobody can guess and that are the same
    /// in every life of this phone, so that a restarted phone can remove the binding its earlier life left.
    pub(crate) fn contact_token(&self, account: &str) -> String {
        let mut token = hex(&*self.derive("contact", account));
        token.truncate(16);
        token
    }

    /// What binds to this device what is sealed with a guest's PIN.
    pub(crate) fn offline_key(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        self.derive("offline", "")
    }

    /// HMAC-SHA-256 (RFC 2104) of purpose and name under the key.
    fn derive(&self, purpose: &str, name: &str) -> Zeroizing<[u8; KEY_BYTES]> {
        // HMAC fills a short key up to its block with zeros; doing that here leaves no length that could be wrong.
        let mut block = Zeroizing::new([0; HMAC_BLOCK_BYTES]);
        for (to, from) in block.iter_mut().zip(self.0.iter()) {
            *to = *from;
        }
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&(*block).into());
        mac.update(purpose.as_bytes());
        mac.update(b":");
        mac.update(name.as_bytes());
        Zeroizing::new(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey(***)")
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of such a text; `None` when it is none.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restarted_phone_says_the_same_and_another_phone_says_something_else() {
        let (key, again) = (DeviceKey::new([7; 32]), DeviceKey::new([7; 32]));
        assert_eq!(key.contact_token("host"), again.contact_token("host"));
        assert_eq!(key.claim(), again.claim());
        assert_ne!(key.contact_token("host"), key.contact_token("guest:a41"));
        let other = DeviceKey::new([8; 32]);
        assert_ne!(key.contact_token("host"), other.contact_token("host"));
        assert_ne!(key.claim(), other.claim());
    }

    #[test]
    fn what_is_written_in_hexadecimal_is_read_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&all)), Some(all));
        assert_eq!(unhex(""), Some(Vec::new()));
        for wrong in ["0", "0g", "+1", "é"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_derivation_is_hmac() {
        // RFC 4231 has no vector with a 32-byte key; this one was computed with another implementation.
        let token = DeviceKey::new([7; 32]).contact_token("host");
        assert_eq!(token, "43aa6a65f6482364");
    }

    #[test]
    fn what_is_said_aloud_does_not_hold_the_key_or_each_other() {
        let key = DeviceKey::new([7; 32]);
        let token = key.contact_token("host");
        assert_eq!(token.len(), 16);
        assert!(token.bytes().all(|b| b.is_ascii_hexdigit()));
        assert!(!key.claim().expose().contains(&token));
        assert_eq!(format!("{key:?}"), "DeviceKey(***)");
    }
}
