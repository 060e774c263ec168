//! The provisioning protocol on one page: what a phone and its provisioning server say to each other.
//!
//! HTTPS and JSON. The phone always asks; what the server wants to say first travels on one server-sent-event stream.
//! Every request but `POST /v1/enrol` carries `Authorization: Bearer <device token>`. Every answer that refuses is a
//! [`Refusal`]: a code, a plain sentence and, where there is one, a time after which to try again. Requests that change
//! something carry an [`AttemptId`] made by the phone (or name an [`AssociationId`]), so a request repeated after a
//! lost answer has the effect of one.
//!
//! | request | body → answer | meaning |
//! | --- | --- | --- |
//! | `POST /v1/enrol` | [`EnrolRequest`] → [`EnrolAnswer`] | first contact: a token, or a code to read to the administrator |
//! | `GET /v1/profile` | → [`HostProfile`], with `ETag`; `304` when unchanged | the desk's own account, keys and policy |
//! | `POST /v1/sync` | [`SyncRequest`] → [`SyncAnswer`] | after every start and reconnect: who is right about who is signed in |
//! | `POST /v1/associations` | [`OpenRequest`] → `201` [`Admission`] | extension and PIN are right: here is the guest's account. *Pending* until committed; void after [`PENDING_SECONDS`] |
//! | `POST /v1/associations/{id}/commit` | [`CommitRequest`] → `204` | the registrar took the guest: the association is *active*; whoever had this phone, or this guest's other phone, is ended now |
//! | `POST /v1/associations/{id}/end` | [`EndRequest`] → `204` | logged out, limit reached, or rolled back |
//! | `POST /v1/associations/{id}/extend` | → [`ExtendAnswer`] | the person pressed Stay |
//! | `POST /v1/associations/{id}/pin` | [`PinRequest`] → `204` | the guest's PIN is another from now on |
//! | `POST /v1/associations/{id}/elsewhere` | → [`ElsewhereAnswer`] | the guest is signed out on every other phone |
//! | `POST /v1/associations/{id}/consent` | [`ConsentRequest`] → `204` | whether the guest may move to the phone that asks |
//! | `POST /v1/reports` | [`Report`] → `204` | what the phone saw that the server could not |
//! | `GET /v1/events` | → stream of [`Push`] | evicted, extended, consent wanted, profile changed, screen wanted, grants to forget |
//! | `GET /v1/ping` | → `204` | opens a connection early, while the person is still typing |
//!
//! Where the policy allows it, guests sign in while the server is away: with each admission the phone gets an [`OfflineGrant`],
//! which it keeps sealed with the guest's PIN. What came of it is told afterwards with the same `commit` and `end`, under
//! names made from the grant's; whether it is still good, the phone learns at each sync.
//!
//! A log-in, whole (`POST /v1/associations`, then commit):
//!
//! ```
//! # use hotdesk_provisioning::*;
//! let request: OpenRequest = serde_json::from_str(r#"{
//!     "attempt": "7f1b0c5e9a3d42f68b1c0e5d7a9f3b21",
//!     "extension": "01132991000",
//!     "pin": "1234"
//! }"#).unwrap();
//! assert_eq!(request.extension.as_str(), "01132991000");
//! assert_eq!(format!("{:?}", request.pin), "Pin(***)");
//!
//! let admission: Admission = serde_json::from_str(r#"{
//!     "association": "a41",
//!     "guest": {
//!         "extension": "01132991000",
//!         "display_name": "Jane Doe",
//!         "account": {
//!             "aor": "sip:01132991000@example.com",
//!             "auth_user": "g-a41",
//!             "secret": "an-invented-secret-for-this-association",
//!             "registrar": { "host": "192.0.2.10", "port": 5060, "transport": "udp" },
//!             "expires": 300
//!         },
//!         "keys": [ { "kind": "speed_dial", "label": "James", "value": "01132991001" } ]
//!     },
//!     "ends_in": 43200
//! }"#).unwrap();
//! assert_eq!(admission.guest.account.registrar.to_string(), "192.0.2.10:5060;transport=udp");
//!
//! let refusal: Refusal = serde_json::from_str(r#"{
//!     "code": "wrong_pin", "message": "Wrong PIN.", "attempts_left": 2
//! }"#).unwrap();
//! assert_eq!(refusal.code.short(), "L01");
//! ```

mod account;
mod enrol;
mod identity;
mod language;
mod login;
mod offline;
mod policy;
mod profile;
mod push;
mod refusal;
mod secret;

pub use account::{Account, AddressOfRecord, ServerAddress, Transport, Unregister};
pub use enrol::{EnrolAnswer, EnrolRequest};
pub use identity::{AssociationId, AttemptId, DeviceId, DialString, Extension, Invalid, Pin};
pub use language::Language;
pub use login::{
    Admission, CONSENT_SECONDS, CommitRequest, ConsentRequest, ElsewhereAnswer, EndReason,
    EndRequest, ExtendAnswer, Held, LimitKind, OpenRequest, PENDING_SECONDS, PinRequest,
    SyncAnswer, SyncRequest, VoidAccount,
};
pub use offline::{OFFLINE_GRANTS_MAX, OfflineGrant, OfflineGuest};
pub use policy::{AfterPowerLoss, Codes, Policy, SoftKeyName, SoftKeyOrder, Takeover, VacantCalls};
pub use profile::{GuestProfile, HostProfile, LineKey, LineKeyKind};
pub use push::{EMERGENCY_NUMBER_MAX, Push, Report, SCREEN_BYTES_MAX, SCREEN_SECONDS_MAX};
pub use refusal::{Refusal, RefusalCode};
pub use secret::Secret;
