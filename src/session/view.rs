//! What there is to see: everything that drawing and the control socket may know of a phone.

use std::time::Instant;

use hotdesk_provisioning::{HostProfile, Language};

use crate::{Activity, Call, Dialling, Holder, LineKeys, SoftKeys, Status, Watched};

/// A phone at one moment, borrowed.
#[derive(Debug, Clone)]
pub struct View<'a> {
    /// The desk, once known.
    pub profile: Option<&'a HostProfile>,
    /// Who has the phone.
    pub holder: &'a Holder,
    /// What is going on.
    pub activity: &'a Activity,
    /// A number being dialled; lies over the activity.
    pub dialling: Option<&'a Dialling>,
    /// Lamps and status bar.
    pub status: Status,
    /// Soft keys, already paged.
    pub soft_keys: SoftKeys,
    /// What the screen speaks.
    pub language: Language,
    /// What the language key changes to; `None` where there is but one language.
    pub next_language: Option<Language>,
    /// Line keys, already paged; their keys are those of whoever has the phone.
    pub line_keys: LineKeys,
    /// What is known about the numbers that keys watch.
    pub watched: &'a Watched,
    /// The call to show; lies over the activity, and a number being dialled lies over it.
    pub call: Option<&'a Call>,
    /// After an emergency call, until when the desk can be called back and nobody but the people here signs anybody out.
    pub held_until: Option<Instant>,
    /// The moment.
    pub now: Instant,
}
