//! What the device's configuration says, before any server was asked.

use hotdesk_provisioning::Language;

/// Facts about the phone that never change while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How many soft keys the panel has: 2 to 5.
    pub soft_keys: u8,
    /// How many line keys the panel has beside its display: 0 to 16.
    pub line_keys: u8,
    /// Whether the phone already holds a device token.
    pub enrolled: bool,
    /// What its screens can speak; the first is what it speaks when nobody says otherwise.
    pub languages: Vec<Language>,
}
