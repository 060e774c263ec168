//! What a screen needs to know beside the session's view: the time of day, the language, facts about the phone.

use std::time::Duration;

use hotdesk_provisioning::DeviceId;

use crate::{Language, Trouble, Wording};

/// The surroundings of a screen, given by the shell.
#[derive(Debug, Clone)]
pub struct Scene<'a> {
    /// Time since 1970-01-01 00:00 UTC, taken at the same moment as the view's `now`; `None` while the phone has no
    /// trustworthy clock: no clock is shown then, and limits are shown as time left.
    pub wall: Option<Duration>,
    /// The language of all texts.
    pub language: Language,
    /// How much the panel has room to say: its [`Panel::wording`](crate::Panel::wording).
    pub wording: Wording,
    /// For the diagnostics screen.
    pub facts: &'a Facts,
}

/// What an administrator asks for first when a phone misbehaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The phone's own IP address, as text; `None` while it has none.
    pub address: Option<String>,
    /// Its MAC address.
    pub device: Option<DeviceId>,
    /// The agent's version.
    pub version: String,
    /// What does not work on the phone itself, the worst first.
    pub troubles: Vec<Trouble>,
}
