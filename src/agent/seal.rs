//! Seals the state file: XChaCha20-Poly1305 under a key derived from the device key. Pure: never reads a file and takes its
//! nonce from the caller.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// First bytes of every state file: what it is and in which version. They are authenticated with the rest.
const HEADER: &[u8; 16] = b"hotdesk-state 1\n";

/// Bytes of a nonce. So many that random ones never repeat (XChaCha20, draft-irtf-cfrg-xchacha).
pub(crate) const NONCE_BYTES: usize = 24;

/// Why bytes are not a state of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsealable {
    /// It is too short or begins as something else, perhaps another version.
    Foreign,
    /// It was changed, torn, or sealed under another device key.
    Broken,
}

/// `None` only when the text is larger than the cipher can take (256 GiB).
pub(crate) fn seal(key: &[u8; 32], nonce: [u8; NONCE_BYTES], plain: &[u8]) -> Option<Vec<u8>> {
    let payload = Payload {
        msg: plain,
        aad: HEADER,
    };
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
    Some([HEADER.as_slice(), &nonce, &sealed].concat())
}

/// # Errors
/// When it is not what [`seal`] made under the same key.
pub(crate) fn open(key: &[u8; 32], bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
    let rest = bytes
        .strip_prefix(HEADER.as_slice())
        .ok_or(Unsealable::Foreign)?;
    let (nonce, sealed) = rest
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or(Unsealable::Foreign)?;
    let payload = Payload {
        msg: sealed,
        aad: HEADER,
    };
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher
        .decrypt(&XNonce::from(*nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| Unsealable::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [9; 32];

    #[test]
    fn what_was_sealed_opens_again_and_is_not_there_in_clear() {
        let sealed = seal(&KEY, [1; 24], b"my-sip-secret").unwrap();
        assert_eq!(**open(&KEY, &sealed).unwrap(), *b"my-sip-secret");
        assert!(!sealed.windows(6).any(|w| w == b"my-sip"));
    }

    #[test]
    fn a_change_of_any_byte_is_noticed() {
        let sealed = seal(&KEY, [1; 24], b"state").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&KEY, &changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn another_device_cannot_open_it() {
        let sealed = seal(&KEY, [1; 24], b"state").unwrap();
        assert_eq!(open(&[8; 32], &sealed).unwrap_err(), Unsealable::Broken);
    }

    #[test]
    fn another_version_is_foreign() {
        let mut sealed = seal(&KEY, [1; 24], b"state").unwrap();
        sealed[14] = b'2';
        assert_eq!(open(&KEY, &sealed).unwrap_err(), Unsealable::Foreign);
        assert_eq!(open(&KEY, b"").unwrap_err(), Unsealable::Foreign);
    }
}
