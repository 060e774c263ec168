//! Associations: opened, committed, extended, ended, and agreed upon after a start.

use serde::{Deserialize, Serialize};

use crate::{
    Account, AssociationId, AttemptId, DeviceId, Extension, GuestProfile, OfflineGrant, Pin,
};

/// Seconds after which the server voids an association that was opened and not committed: longer than the longest
/// switch (32 s, RFC 3261 timer F) and the time a person has to confirm a take-over.
pub const PENDING_SECONDS: u32 = 120;

/// `POST /v1/associations`: somebody typed an extension and a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequest {
    /// Names this attempt, so that it can be repeated.
    pub attempt: AttemptId,
    /// What was typed.
    pub extension: Extension,
    /// What was typed.
    pub pin: Pin,
}

/// The answer to [`OpenRequest`]: who the guest is. The association is pending until committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// Names the association from now on.
    pub association: AssociationId,
    /// The guest, with their account.
    pub guest: GuestProfile,
    /// Seconds until the association ends by itself; `None`: never.
    #[serde(default)]
    pub ends_in: Option<u32>,
    /// Which limit that is.
    #[serde(default)]
    pub ends_for: LimitKind,
    /// For the next time, should the server be away then; `None`: the policy forbids it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<OfflineGrant>,
}

/// Which of the limits that a server knows is the nearest. It is told so that the phone can say it; the phone's own idle limit
/// is not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// The site's hour for everybody to be signed out.
    TimeOfDay,
    /// The desk was booked until then.
    BookingEnd,
    /// So long after the log-in; also whatever only a newer server knows.
    #[default]
    #[serde(other)]
    Limit,
}

impl From<LimitKind> for EndReason {
    fn from(kind: LimitKind) -> Self {
        match kind {
            LimitKind::TimeOfDay => Self::TimeOfDay,
            LimitKind::BookingEnd => Self::BookingEnd,
            LimitKind::Limit => Self::Limit,
        }
    }
}

/// `POST /v1/associations/{id}/commit`: the registrar answered 200 to the guest's REGISTER. Under a name made from an
/// [`OfflineGrant`] it is an association that began while the server was away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitRequest {
    /// Milliseconds from Submit to the 200.
    pub switch_ms: u32,
    /// Seconds ago it happened: more than 0 when it is told late, after the network came back.
    #[serde(default)]
    pub seconds_ago: u32,
}

/// `POST /v1/associations/{id}/end`. Ending an ended association is not an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndRequest {
    /// Why.
    pub reason: EndReason,
    /// The guest's PIN where the policy asks for it; the server answers `wrong_pin` otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
    /// Seconds ago it happened: more than 0 when it is told late, after the network came back.
    #[serde(default)]
    pub seconds_ago: u32,
}

/// How long a person has to answer whether their sign-in may move to another phone, in seconds, where their phone's policy
/// ([`Policy::consent`](crate::Policy::consent)) says nothing else.
pub const CONSENT_SECONDS: u32 = 20;

/// `POST /v1/associations/{id}/consent`: whether the association may move to another phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentRequest {
    /// Which question, from the push.
    pub attempt: AttemptId,
    /// The answer.
    pub granted: bool,
}

/// `POST /v1/associations/{id}/pin`: the guest wants another PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinRequest {
    /// The PIN as it is.
    pub old: Pin,
    /// As it is to be.
    pub new: Pin,
}

/// The answer to `POST /v1/associations/{id}/elsewhere`: where else the guest was signed in and now is not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ElsewhereAnswer {
    /// Names of desks.
    pub desks: Vec<String>,
}

/// Why an association ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EndReason {
    /// The person logged out on this phone.
    LoggedOut,
    /// Another guest logged in on this phone.
    TakenOver {
        /// The name of who did.
        by: String,
    },
    /// The same guest logged in on another phone.
    Moved {
        /// The name of that desk.
        to: String,
    },
    /// An administrator ended it.
    Administrator {
        /// Their account name.
        by: String,
    },
    /// The guest ended it from elsewhere.
    Remote,
    /// The time limit was reached.
    Limit,
    /// The site's hour for everybody to be signed out had come.
    TimeOfDay,
    /// The booking of the desk was over.
    BookingEnd,
    /// Nobody touched the phone for the policy's time.
    Idle,
    /// The user was disabled or deleted.
    UserDisabled,
    /// The phone was withdrawn from hot desking.
    PhoneDisabled,
    /// It was opened and the switch failed or was cancelled.
    RolledBack,
    /// The registrar no longer accepts the guest on this phone.
    Displaced,
    /// The phone started anew, and its policy signs guests out then.
    Restarted,
    /// One that only a newer server knows. It ends the association all the same.
    #[serde(other)]
    Unknown,
}

/// The answer to an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtendAnswer {
    /// Seconds until the association ends now; `None`: never.
    pub ends_in: Option<u32>,
    /// Which limit that is.
    #[serde(default)]
    pub ends_for: LimitKind,
}

/// `POST /v1/sync`, after every start and every reconnection of the event stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRequest {
    /// The phone's MAC address, so that a token copied to another phone is noticed.
    pub device: DeviceId,
    /// Which association the phone holds (committed on its flash).
    #[serde(default)]
    pub holding: Option<AssociationId>,
    /// The grants that the phone keeps, at most [`OFFLINE_GRANTS_MAX`](crate::OFFLINE_GRANTS_MAX).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offline: Vec<AssociationId>,
    /// The agent's version.
    pub version: String,
}

/// What the server knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SyncAnswer {
    /// About the association the phone named; `None` if it named none.
    #[serde(default)]
    pub held: Option<Held>,
    /// Accounts of associations that were opened for this phone and never committed by it. They are void now, and their
    /// credentials work a little longer so that the phone can remove bindings it may have left behind.
    #[serde(default)]
    pub void: Vec<VoidAccount>,
    /// Which of the phone's grants are worth nothing any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forget: Vec<AssociationId>,
    /// `ETag` of the host profile.
    pub profile: String,
    /// The server's time, seconds since 1970.
    pub now: u64,
}

/// An association that was voided, and the account that may have been registered for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidAccount {
    /// Which association.
    pub association: AssociationId,
    /// Its account.
    pub account: Account,
}

/// What became of the association that a phone holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Held {
    /// It goes on.
    Active {
        /// Seconds until it ends; `None`: never.
        #[serde(default)]
        ends_in: Option<u32>,
        /// Which limit that is.
        #[serde(default)]
        ends_for: LimitKind,
    },
    /// It ended while the phone was away.
    Ended {
        /// Why.
        reason: EndReason,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_server_says_no_limit_and_a_newer_one_may_say_another() {
        let said = |text: &str| serde_json::from_str::<ExtendAnswer>(text).unwrap().ends_for;
        assert_eq!(said(r#"{"ends_in":60}"#), LimitKind::Limit);
        for (name, kind) in [
            ("limit", LimitKind::Limit),
            ("time_of_day", LimitKind::TimeOfDay),
            ("booking_end", LimitKind::BookingEnd),
            ("full_moon", LimitKind::Limit),
        ] {
            let text = format!(r#"{{"ends_in":60,"ends_for":"{name}"}}"#);
            assert_eq!(said(&text), kind, "{name}");
        }
        let text = serde_json::to_string(&LimitKind::Limit).unwrap();
        assert_eq!(text, r#""limit""#);
    }

    #[test]
    fn a_reason_that_only_a_newer_server_knows_still_ends_an_association() {
        let text = r#"{"state":"ended","reason":{"kind":"full_moon","phase":3}}"#;
        let reason = EndReason::Unknown;
        let held: Held = serde_json::from_str(text).unwrap();
        assert_eq!(held, Held::Ended { reason });
    }
}
