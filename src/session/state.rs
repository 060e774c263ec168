//! What a phone is doing: one struct for each activity, holding exactly what that activity needs, its deadline included.
//!
//! Two questions are kept apart. **Who has the phone** is the [`Holder`]: nobody, or one guest with a limit. **What is
//! going on** is the [`Activity`]: typing, asking, switching. A second person can so type their extension while the
//! first is still signed in, and the first one's limit keeps running. A number being dialled lies over both.

use std::time::Instant;

use hotdesk_provisioning::{
    Admission, AssociationId, AttemptId, EndReason, Extension, GuestProfile, LimitKind, Pin,
    Refusal,
};

use crate::{Digits, Masked, MenuItem};

/// Who has the phone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Holder {
    /// Nobody: it is the desk's own phone.
    #[default]
    Nobody,
    /// A guest.
    Guest(Box<Tenure>),
}

/// A guest's time on this phone, from commit to the last moment of leaving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenure {
    /// The server's name for it.
    pub association: AssociationId,
    /// Who.
    pub guest: GuestProfile,
    /// When it ends by itself; `None`: never.
    pub ends_at: Option<Instant>,
    /// Which limit that is.
    pub ends_for: LimitKind,
    /// The last key press.
    pub touched_at: Instant,
    /// Whether the phone is theirs for certain. Not so after a start before which the policy wants the server asked: then
    /// the desk's account is registered and theirs is not.
    pub confirmed: bool,
}

/// What is going on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activity {
    /// The server does not know the phone yet, or the desk's profile has not come.
    Enrolling(Enrolling),
    /// The idle screen, vacant or occupied.
    Home,
    /// Somebody types extension and PIN.
    Entering(Entering),
    /// The server was asked.
    Admitting(Admitting),
    /// Admitted, and another guest is signed in: sign them out?
    ConfirmTakeover(ConfirmTakeover),
    /// Admitted; the registrar was asked.
    Switching(Switching),
    /// The log-in failed; whoever had the phone still has it.
    Refused(Refused),
    /// Too many wrong PINs on this phone.
    LockedOut(LockedOut),
    /// "Log out?"
    ConfirmLogout(ConfirmLogout),
    /// The policy wants the PIN for a log-out.
    LogoutPin(LogoutPin),
    /// The desk's account is coming back, the guest's is going.
    Leaving(Leaving),
    /// The guest was signed out by something else than their own key: by whom and why.
    Evicted(Evicted),
    /// The limit is near: Stay or be signed out.
    Expiring(Expiring),
    /// Addresses, versions, registration, last switch.
    Diagnostics,
    /// What can be done beside calling.
    Menu(Menu),
    /// The guest types their PIN and another one.
    ChangePin(ChangePin),
    /// "Log out on all other phones?"
    EndElsewhere(EndElsewhere),
    /// The guest signs in on another phone: may they?
    Consent(Consent),
    /// It worked: something that shows nowhere else.
    Done(Done),
}

/// See [`Activity::Enrolling`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enrolling {
    /// The code to read to the administrator, once the server made one.
    pub code: Option<String>,
}

/// Which field the digits go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Who.
    Extension,
    /// Proof.
    Pin,
}

/// See [`Activity::Entering`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entering {
    /// Typed so far.
    pub extension: Digits,
    /// Typed so far, masked.
    pub pin: Masked,
    /// Where the cursor is.
    pub field: Field,
    /// Begun on the dial pad, `2019#1234#`: shown as one field.
    pub one_field: bool,
    /// Why the last attempt with this extension failed, shown under the fields.
    pub refusal: Option<Refusal>,
    /// Forgotten after this long without a key.
    pub give_up_at: Instant,
}

/// See [`Activity::Admitting`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitting {
    /// Which attempt.
    pub attempt: AttemptId,
    /// Who.
    pub extension: Extension,
    /// Kept so that Retry need not ask again.
    pub pin: Pin,
    /// Begun as one field.
    pub one_field: bool,
    /// When Submit was pressed.
    pub submitted_at: Instant,
    /// Set while somebody at another phone is asked whether the guest may move here.
    pub elsewhere: Option<Elsewhere>,
    /// Set while the PIN is tried on what this phone keeps, because the server cannot be reached: on which grant.
    pub offline: Option<AssociationId>,
    /// When to stop waiting for the server.
    pub give_up_at: Instant,
}

/// Somebody at another phone is being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The name of that desk, if the server said it.
    pub desk: Option<String>,
    /// When the server is asked again; `None`: it is being asked.
    pub ask_again_at: Option<Instant>,
}

/// See [`Activity::ConfirmTakeover`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmTakeover {
    /// Who comes.
    pub admission: Box<Admission>,
    /// Which attempt.
    pub attempt: AttemptId,
    /// As in [`Switching`].
    pub typed: (Extension, Pin),
    /// When Submit was pressed; the switch is measured from the confirmation.
    pub give_up_at: Instant,
}

/// See [`Activity::Menu`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// From the top.
    pub items: Vec<MenuItem>,
    /// Which of them Select opens, counted from 0.
    pub chosen: usize,
    /// Back home by itself.
    pub give_up_at: Instant,
}

/// See [`Activity::ChangePin`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePin {
    /// What is being typed.
    pub entry: Masked,
    /// The PIN as it is, once typed.
    pub old: Option<Pin>,
    /// The PIN as it is to be, once typed the first time.
    pub new: Option<Pin>,
    /// Why it is asked for again.
    pub problem: Option<PinProblem>,
    /// The server is being asked.
    pub asking: bool,
    /// Back home by itself.
    pub give_up_at: Instant,
}

/// Why a PIN is asked for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PinProblem {
    /// The server says no.
    Refused(Refusal),
    /// The new PIN was not typed the same twice.
    Different,
    /// It is shorter than any PIN may be.
    TooShort,
}

/// See [`Activity::EndElsewhere`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndElsewhere {
    /// The server is being asked.
    pub asking: bool,
    /// Back home by itself.
    pub give_up_at: Instant,
}

/// See [`Activity::Consent`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Which association would move.
    pub association: AssociationId,
    /// Names the question in the answer.
    pub attempt: AttemptId,
    /// The name of the other desk.
    pub desk: String,
    /// No answer by then means yes.
    pub give_up_at: Instant,
}

/// See [`Activity::Done`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What worked.
    pub deed: Deed,
    /// Back home by itself.
    pub give_up_at: Instant,
}

/// What worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// The PIN is another now.
    PinChanged,
    /// The guest is signed in nowhere else now.
    EndedElsewhere {
        /// Where they were, by the names of the desks.
        desks: Vec<String>,
    },
}

/// See [`Activity::Switching`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switching {
    /// Who comes.
    pub admission: Box<Admission>,
    /// Which attempt.
    pub attempt: AttemptId,
    /// What was typed: once the guest is there, what they need for a log-in without the server is sealed with it.
    pub typed: (Extension, Pin),
    /// When Submit (or the confirmation) was pressed.
    pub submitted_at: Instant,
    /// When to roll back.
    pub give_up_at: Instant,
}

/// See [`Activity::Refused`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// What was typed, kept for Retry; `None` when it was refused before anybody typed one.
    pub extension: Option<Extension>,
    /// What Retry repeats, where repeating the same helps (the server could not be reached).
    pub retry: Option<(AttemptId, Pin)>,
    /// Back home by itself.
    pub give_up_at: Instant,
}

/// See [`Activity::LockedOut`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedOut {
    /// Why, with the code.
    pub refusal: Refusal,
    /// When logging in is possible again.
    pub until: Instant,
}

/// See [`Activity::ConfirmLogout`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmLogout {
    /// Back home by itself.
    pub give_up_at: Instant,
}

/// See [`Activity::LogoutPin`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutPin {
    /// Typed so far.
    pub pin: Masked,
    /// Why the last one was refused.
    pub refusal: Option<Refusal>,
    /// The server is being asked.
    pub asking: bool,
    /// Back home by itself; while asking, leave anyway.
    pub give_up_at: Instant,
}

/// See [`Activity::Leaving`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// Why.
    pub reason: EndReason,
    /// Leave even if the desk's account does not come back.
    pub give_up_at: Instant,
}

/// See [`Activity::Evicted`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evicted {
    /// Who was signed out.
    pub display_name: String,
    /// Why.
    pub reason: EndReason,
    /// Back home by itself.
    pub give_up_at: Instant,
}

/// See [`Activity::Expiring`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiring {
    /// When the guest is signed out.
    pub at: Instant,
    /// Which limit it is, or idleness.
    pub reason: EndReason,
    /// Whether more time was asked for and the answer is awaited.
    pub asking: bool,
}

/// A number being dialled, over whatever else goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialling {
    /// Typed so far.
    pub digits: Digits,
    /// Whether the handset is lifted.
    pub lifted: bool,
    /// What happened to the last number.
    pub notice: Option<DialNotice>,
    /// Put there by the Emergency key rather than typed: never dialled by the mere passing of time.
    pub filled_in: bool,
    /// Taken as complete (or given up when empty) after this.
    pub complete_at: Instant,
}

/// What the dialling screen says about a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialNotice {
    /// Handed to the call application.
    Calling {
        /// Which number.
        number: String,
        /// Whether it is an emergency call.
        emergency: bool,
    },
    /// A vacant phone may not dial this.
    SignInToCall,
}

/// Facts beside the activity, for the status bar and the lamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Status {
    /// The network is up.
    pub network: bool,
    /// The server's event stream is up.
    pub server: bool,
    /// The account that should be registered is.
    pub registered: bool,
    /// Milliseconds of the last switch, Submit to 200 OK.
    pub last_switch_ms: Option<u32>,
    /// Messages wait for whoever has the phone; only who hears of them can say.
    pub messages: bool,
}
