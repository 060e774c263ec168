//! What survives a power cut. The shell seals the secrets in it and knows how much time passed.
//!
//! Flash is written rarely. A log-in is one write, at the commit. A log-out is three: when the guest begins to leave, when
//! the phone is vacant, and when the registrar has confirmed that their binding, and with it their account's secret, need
//! not be remembered any more. Where guests may sign in while the server is away, a log-in is two, the second once that is
//! sealed, and one without the server is three: before the PIN is tried, after it was right, and at the commit. A new profile and a moved end are one each. What the server is owed rides along with these;
//! by itself it is written only when it could not be delivered for a while.

use hotdesk_provisioning::{
    AssociationId, EndReason, GuestProfile, HostProfile, Language, LimitKind, VoidAccount,
};
use serde::{Deserialize, Serialize};

use crate::{Owed, SavedGrant};

/// The phone's memory on flash.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Saved {
    /// The desk, so that the phone works before the server answers.
    #[serde(default)]
    pub host: Option<HostProfile>,
    /// The guest who is signed in.
    #[serde(default)]
    pub tenure: Option<SavedTenure>,
    /// What the server has yet to be told, oldest first.
    #[serde(default)]
    pub owed: Vec<Owed>,
    /// Guests who left and whose bindings the registrar has not yet confirmed to be gone: a phone that lost its power
    /// just then removes them at its next start. Emptied as soon as the confirmation is there.
    #[serde(default)]
    pub left_behind: Vec<VoidAccount>,
    /// Whom the phone lets in by itself while the server is away, the one who came longest ago first.
    #[serde(default)]
    pub offline: Vec<SavedGrant>,
    /// Seconds left of the hold after an emergency call, counted as `ends_in` of a tenure is.
    #[serde(default)]
    pub emergency_hold: Option<u32>,
    /// What somebody chose at this phone.
    #[serde(default, deserialize_with = "Language::known")]
    pub language: Option<Language>,
}

/// A guest on flash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedTenure {
    /// Which association.
    pub association: AssociationId,
    /// Who.
    pub guest: GuestProfile,
    /// Seconds until it ends, counted when this was saved; when it is read back the shell subtracts the time that passed
    /// since, running or not, or nothing if it has no clock. `None`: never.
    #[serde(default)]
    pub ends_in: Option<u32>,
    /// Which limit that is.
    #[serde(default)]
    pub ends_for: LimitKind,
    /// Set while leaving: the phone then finishes leaving instead of coming back as this guest.
    #[serde(default)]
    pub leaving: Option<EndReason>,
}
