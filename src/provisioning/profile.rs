//! What the server sends about a desk and about a guest.

use serde::{Deserialize, Serialize};

use crate::{Account, DialString, Extension, Language, Policy};

/// The desk: what the phone is while nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostProfile {
    /// The desk's name in the status bar, "Desk 12".
    pub desk: String,
    /// The host's own extension.
    pub extension: Extension,
    /// The host's own account.
    pub account: Account,
    /// Keys of the desk.
    #[serde(default)]
    pub keys: Vec<LineKey>,
    /// What the site allows.
    #[serde(default)]
    pub policy: Policy,
    /// Minutes east of UTC for the clock on the screen.
    #[serde(default)]
    pub utc_offset_minutes: i16,
    /// Seconds over which the registrar takes the phones of a site after a power cut: a phone that starts registers at a moment
    /// of its own within them, unless somebody uses it. At most 300.
    #[serde(default)]
    pub register_within: u32,
}

/// A guest: what the phone becomes while they are signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestProfile {
    /// The guest's number.
    pub extension: Extension,
    /// The name on the screen and in From.
    pub display_name: String,
    /// The account, with a secret made for this association only.
    pub account: Account,
    /// The guest's keys, after the server's merge.
    #[serde(default)]
    pub keys: Vec<LineKey>,
    /// The guest's own language, while they are signed in; `None`: the phone's.
    #[serde(
        default,
        deserialize_with = "Language::known",
        skip_serializing_if = "Option::is_none"
    )]
    pub language: Option<Language>,
}

/// One key of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineKey {
    /// What it does.
    pub kind: LineKeyKind,
    /// What stands on it.
    #[serde(default)]
    pub label: String,
    /// What it dials or watches; none for log-in and log-out keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<DialString>,
}

/// What a key of a profile does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKeyKind {
    /// Dials a number.
    SpeedDial,
    /// Dials a number and shows its state.
    Blf,
    /// Calls voicemail.
    Voicemail,
    /// Begins a log-in.
    LogIn,
    /// Logs out.
    LogOut,
    /// A place that stays blank, so that the keys behind it stand where they should; also what only a newer phone can do.
    #[serde(other)]
    Empty,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_place_needs_no_label_and_what_a_newer_phone_can_do_is_one() {
        for text in [
            r#"{"kind":"empty"}"#,
            r#"{"kind":"teleport","label":"","value":null}"#,
        ] {
            let key: LineKey = serde_json::from_str(text).unwrap();
            assert_eq!((key.kind, key.label.as_str()), (LineKeyKind::Empty, ""));
        }
        let text = serde_json::to_string(&LineKeyKind::Empty).unwrap();
        assert_eq!(text, r#""empty""#);
    }
}
