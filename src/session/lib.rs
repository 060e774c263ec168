//! The hot-desking state machine of one phone: events in, effects out.
//!
//! This crate never opens a socket or file, never reads a clock or the environment, and does not know that SIP exists.
//! The contract with the shell:
//!
//! 1. [`Phone::new`] once, with what was on flash; carry out the effects in order.
//! 2. Wait for the first of: a key, an answer, news of an account, [`Phone::poll_timeout`].
//! 3. [`Phone::handle`] with the moment and the event; carry out the effects in order; draw [`Phone::view`] if it changed.
//!
//! What always holds, whatever the order of events:
//!
//! * A guest's account is never registered before the server admitted them, and never two guests' at once beyond the
//!   moment of a take-over.
//! * The desk's account comes back on every way out.
//! * An emergency number can be dialled in every state, and nothing comes before the call: not even flash.

mod accounts;
mod admitting;
mod by_itself;
mod call;
mod deadline;
mod desk;
mod dial;
mod effect;
mod elsewhere;
mod emergency;
mod entering;
mod entry;
mod event;
mod guest;
mod key;
mod keys;
mod language;
mod leave;
mod left_behind;
mod line_keys;
mod login;
mod masked;
mod menu;
mod offline;
mod outbox;
mod phone;
mod pin_change;
mod pin_keys;
mod places;
mod policy;
mod registrar;
mod restore;
mod saved;
mod server;
mod settings;
mod soft_key;
mod soft_keys;
mod state;
mod switching;
mod timeout;
mod turn;
mod view;
mod wanted;
mod watched;

pub use call::{Call, CallEnd, CallOrder, CallState, NewCall};
pub use effect::{AccountSlot, Effect, OpenOffline, Owed, SealOffline, Tone};
pub use entry::Digits;
pub use event::{AccountNews, Event};
pub use key::{Digit, Key};
pub use line_keys::{LineKeys, LineSlot};
pub use masked::{Candidates, Letters, Masked};
pub use offline::{OfflineFailure, SavedGrant};
pub use phone::Phone;
pub use saved::{Saved, SavedTenure};
pub use settings::Settings;
pub use soft_key::{Action, MenuItem, SoftKeys};
pub use state::{
    Activity, Admitting, ChangePin, ConfirmLogout, ConfirmTakeover, Consent, Deed, DialNotice,
    Dialling, Done, Elsewhere, EndElsewhere, Enrolling, Entering, Evicted, Expiring, Field, Holder,
    Leaving, LockedOut, LogoutPin, Menu, PinProblem, Refused, Status, Switching, Tenure,
};
pub use view::View;
pub use watched::{Presence, Watched};

#[cfg(test)]
mod scenarios;
