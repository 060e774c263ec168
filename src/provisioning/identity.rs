//! Names of things, parsed once at the edge and valid ever after.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Secret;

/// Why a text is not one of the types of this crate. The sentence is for a log or an administrator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub struct Invalid {
    /// The type that was wanted.
    pub what: &'static str,
    /// What is wrong with the text, without repeating it: it may be secret.
    pub why: &'static str,
}

impl Invalid {
    pub(crate) const fn new(what: &'static str, why: &'static str) -> Self {
        Self { what, why }
    }
}

/// Gives a validated text type its string conversions, so that JSON can never hold an invalid one.
macro_rules! text_type {
    ($name:ident) => {
        impl $name {
            /// The text in its normal form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use text_type;

/// The phone itself: its MAC address, twelve lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceId(String);

impl DeviceId {
    /// Accepts the usual ways of writing a MAC: `00:11:22:aa:bb:cc`, `00-11-22-AA-BB-CC`, `0011.22aa.bbcc`, `001122aabbcc`.
    ///
    /// # Errors
    /// When it is not twelve hexadecimal digits once `:`, `-` and `.` are taken out.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let hex: String = text
            .chars()
            .filter(|c| !matches!(c, ':' | '-' | '.'))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if hex.len() == 12 && hex.chars().all(|c| c.is_ascii_hexdigit()) {
            Ok(Self(hex))
        } else {
            Err(Invalid::new(
                "MAC address",
                "twelve hexadecimal digits are needed",
            ))
        }
    }
}
text_type!(DeviceId);

/// What a guest types to say who they are, and what others dial to reach them: 1 to 20 digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Extension(String);

impl Extension {
    /// Longest extension: an E.164 number has 15 digits, a trunk prefix and an exit code fit beside it.
    pub const DIGITS_MAX: usize = 20;

    /// # Errors
    /// When it is empty, longer than [`Self::DIGITS_MAX`] or holds anything but digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || text.len() > Self::DIGITS_MAX {
            Err(Invalid::new("extension", "1 to 20 digits are needed"))
        } else if text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("extension", "only digits are allowed"))
        }
    }
}
text_type!(Extension);

/// What can be dialled: 1 to 32 of `0-9 * # +`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DialString(String);

impl DialString {
    /// Longest number that can be dialled.
    pub const LENGTH_MAX: usize = 32;

    /// # Errors
    /// When it is empty, too long or holds another character.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || text.len() > Self::LENGTH_MAX {
            Err(Invalid::new("number", "1 to 32 characters are needed"))
        } else if text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'*' | b'#' | b'+'))
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "number",
                "only digits, *, # and + are allowed",
            ))
        }
    }
}
text_type!(DialString);

/// A guest's PIN or password: 4 to 64 printable characters, never shown.
///
/// Four at least, so that no PIN can be mistaken for an emergency number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Secret", into = "Secret")]
pub struct Pin(Secret);

impl Pin {
    /// Fewest characters.
    pub const LENGTH_MIN: usize = 4;
    /// Most characters.
    pub const LENGTH_MAX: usize = 64;

    /// # Errors
    /// When the length is wrong or a control character is in it. The error never repeats the text.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let length = text.chars().count();
        if !(Self::LENGTH_MIN..=Self::LENGTH_MAX).contains(&length) {
            Err(Invalid::new("PIN", "4 to 64 characters are needed"))
        } else if text.chars().any(char::is_control) {
            Err(Invalid::new("PIN", "control characters are not allowed"))
        } else {
            Ok(Self(Secret::new(text.to_owned())))
        }
    }

    /// The text itself, for hashing.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(***)")
    }
}

impl TryFrom<Secret> for Pin {
    type Error = Invalid;
    fn try_from(secret: Secret) -> Result<Self, Invalid> {
        Self::parse(secret.expose())
    }
}

impl From<Pin> for Secret {
    fn from(pin: Pin) -> Secret {
        pin.0
    }
}

/// One attempt to log in, named by the phone: 32 hexadecimal digits from 128 random bits. The server answers a repeated
/// attempt as it answered the first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AttemptId(String);

impl AttemptId {
    /// Names an attempt from 128 random bits.
    #[must_use]
    pub fn from_random(bits: u128) -> Self {
        Self(format!("{bits:032x}"))
    }

    /// # Errors
    /// When it is not 32 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(Invalid::new("attempt", "32 hexadecimal digits are needed"))
        }
    }
}
text_type!(AttemptId);

/// One association, named by the server: 1 to 36 of `A-Z a-z 0-9 -`. Not a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AssociationId(String);

impl AssociationId {
    /// # Errors
    /// When it is empty, too long or holds another character.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || text.len() > 36 {
            Err(Invalid::new("association", "1 to 36 characters are needed"))
        } else if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "association",
                "only letters, digits and - are allowed",
            ))
        }
    }
}
text_type!(AssociationId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_is_read_in_every_common_notation() {
        for text in [
            "00:11:22:AA:bb:cc",
            "00-11-22-aa-bb-cc",
            "0011.22aa.bbcc",
            "001122AABBCC",
        ] {
            assert_eq!(DeviceId::parse(text).unwrap().as_str(), "001122aabbcc");
        }
        assert!(DeviceId::parse("00:11:22:aa:bb").is_err());
        assert!(DeviceId::parse("00:11:22:aa:bb:gg").is_err());
    }

    #[test]
    fn extensions_are_bounded_digits() {
        assert!(Extension::parse("").is_err());
        assert!(Extension::parse("2019").is_ok());
        assert!(Extension::parse("20a9").is_err());
        assert!(Extension::parse("٢٠١٩").is_err());
        assert!(Extension::parse(&"9".repeat(20)).is_ok());
        assert!(Extension::parse(&"9".repeat(21)).is_err());
    }

    #[test]
    fn a_pin_is_never_printed_and_never_three_digits() {
        assert!(Pin::parse("112").is_err());
        assert!(Pin::parse("12\n45").is_err());
        let pin = Pin::parse("4711").unwrap();
        assert_eq!(format!("{pin:?}"), "Pin(***)");
        assert!(!Pin::parse("112").unwrap_err().to_string().contains("112"));
    }

    #[test]
    fn json_cannot_make_an_invalid_value() {
        assert!(serde_json::from_str::<Extension>("\"12x\"").is_err());
        assert!(serde_json::from_str::<AttemptId>("\"12\"").is_err());
        assert!(serde_json::from_str::<AssociationId>("\"../x\"").is_err());
        assert!(serde_json::from_str::<DialString>("\"tel:1\"").is_err());
        assert!(serde_json::from_str::<Pin>("\"1\"").is_err());
    }

    #[test]
    fn an_attempt_is_32_digits() {
        assert_eq!(
            AttemptId::from_random(255).as_str(),
            "000000000000000000000000000000ff"
        );
        assert_eq!(
            AttemptId::parse(&AttemptId::from_random(7).to_string()).unwrap(),
            AttemptId::from_random(7)
        );
    }
}
