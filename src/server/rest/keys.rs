//! Keys of a phone, as the document shows them.

use hotdesk_provisioning::{DialString, LineKey, LineKeyKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::{Outcome, Problem};
use super::text::Label;

/// Most keys of a phone or a user.
const KEYS_MAX: usize = 120;

/// What a key does.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyKind {
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
    /// Stays blank.
    Empty,
}

/// A key.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    kind: KeyKind,
    /// What stands on it.
    #[serde(default)]
    label: Label,
    /// What it dials or watches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[0-9*#+]{1,32}$", example = "1571")]
    value: Option<DialString>,
}

impl From<Key> for LineKey {
    fn from(key: Key) -> Self {
        Self {
            kind: match key.kind {
                KeyKind::SpeedDial => LineKeyKind::SpeedDial,
                KeyKind::Blf => LineKeyKind::Blf,
                KeyKind::Voicemail => LineKeyKind::Voicemail,
                KeyKind::LogIn => LineKeyKind::LogIn,
                KeyKind::LogOut => LineKeyKind::LogOut,
                KeyKind::Empty => LineKeyKind::Empty,
            },
            label: key.label.as_str().to_owned(),
            value: key.value,
        }
    }
}

impl From<&LineKey> for Key {
    fn from(key: &LineKey) -> Self {
        Self {
            kind: match key.kind {
                LineKeyKind::SpeedDial => KeyKind::SpeedDial,
                LineKeyKind::Blf => KeyKind::Blf,
                LineKeyKind::Voicemail => KeyKind::Voicemail,
                LineKeyKind::LogIn => KeyKind::LogIn,
                LineKeyKind::LogOut => KeyKind::LogOut,
                LineKeyKind::Empty => KeyKind::Empty,
            },
            // A label that was longer once is shown as far as it may go.
            label: Label::try_from(key.label.chars().take(40).collect::<String>())
                .unwrap_or_default(),
            value: key.value.clone(),
        }
    }
}

/// Keys as the rules know them.
pub(crate) fn line_keys(keys: Vec<Key>) -> Outcome<Vec<LineKey>> {
    if keys.len() > KEYS_MAX {
        return Err(Problem::invalid("There are at most 120 keys."));
    }
    Ok(keys.into_iter().map(LineKey::from).collect())
}
