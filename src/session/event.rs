//! What can happen to a phone.

use hotdesk_provisioning::{
    Admission, AssociationId, AttemptId, DialString, ElsewhereAnswer, EndReason, ExtendAnswer,
    Extension, HostProfile, OfflineGuest, Pin, Push, Refusal, Secret, SyncAnswer,
};

use crate::{AccountSlot, CallState, Key, NewCall, OfflineFailure, Presence};

/// Everything that the shell tells the core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// The deadline of `poll_timeout` passed.
    Timeout,
    /// The server did not enrol us yet: show this code.
    EnrolPending {
        /// Six digits to read to the administrator.
        code: String,
    },
    /// The device token is there (or was there at the start).
    Enrolled,
    /// The host profile arrived or changed.
    Profile(Box<HostProfile>),
    /// The answer to [`Effect::OpenAssociation`](crate::Effect::OpenAssociation), or the shell's reason why there is none.
    Opened {
        /// Which attempt it answers; an answer to another attempt is ignored (and voided if it admitted somebody).
        attempt: AttemptId,
        /// Admission or refusal.
        answer: Result<Box<Admission>, Refusal>,
    },
    /// The answer to [`Effect::OpenOffline`](crate::Effect::OpenOffline).
    OfflineOpened {
        /// Which attempt it answers; an answer to another attempt is ignored.
        attempt: AttemptId,
        /// Who was sealed, if the PIN was right.
        answer: Result<Box<OfflineGuest>, OfflineFailure>,
    },
    /// The answer to [`Effect::SealOffline`](crate::Effect::SealOffline).
    OfflineSealed {
        /// Which grant.
        grant: AssociationId,
        /// What only the PIN opens; `None` when it could not be made.
        sealed: Option<Secret>,
    },
    /// The answer to [`Effect::Deliver`](crate::Effect::Deliver).
    Delivered {
        /// Which one.
        number: u64,
        /// `Err` only for a refusal that repeating cannot mend, or `ServerUnreachable`, after which it is tried again.
        answer: Result<(), Refusal>,
    },
    /// The answer to [`Effect::ExtendAssociation`](crate::Effect::ExtendAssociation).
    Extended {
        /// Which association.
        association: AssociationId,
        /// The new end.
        answer: Result<ExtendAnswer, Refusal>,
    },
    /// The answer to [`Effect::CheckLogout`](crate::Effect::CheckLogout): whether the PIN was right. The association is ended by it.
    LogoutChecked {
        /// Which association.
        association: AssociationId,
        /// `Ok`: right, or the server could not be asked (leaving must always work).
        answer: Result<(), Refusal>,
    },
    /// The answer to [`Effect::ChangePin`](crate::Effect::ChangePin).
    PinChanged {
        /// Whose, by their association.
        association: AssociationId,
        /// Whether it is changed.
        answer: Result<(), Refusal>,
    },
    /// The answer to [`Effect::EndElsewhere`](crate::Effect::EndElsewhere).
    EndedElsewhere {
        /// Whose, by the association that stays.
        association: AssociationId,
        /// Where they were signed in until now.
        answer: Result<ElsewhereAnswer, Refusal>,
    },
    /// The answer to [`Effect::Sync`](crate::Effect::Sync).
    Synced(Box<SyncAnswer>),
    /// Something from the event stream.
    Push(Push),
    /// News about an account's registration.
    Account {
        /// Whose.
        slot: AccountSlot,
        /// What.
        news: AccountNews,
    },
    /// The event stream to the server is up or down.
    ServerLink {
        /// Whether it is up.
        up: bool,
    },
    /// The network cable or Wi-Fi is up or down.
    NetworkLink {
        /// Whether it is up.
        up: bool,
    },
    /// A NOTIFY asked to fetch the profile again.
    CheckSync,
    /// A NOTIFY or the control socket asked to sign the guest out.
    LogOut {
        /// What to tell the server and, if it is not the person's own doing, the screen.
        reason: EndReason,
    },
    /// The control socket asked to sign somebody in.
    LogIn {
        /// Who.
        extension: Extension,
        /// Their PIN.
        pin: Pin,
    },
    /// How many calls are up; automatic and remote log-outs wait for 0.
    Calls {
        /// Count, emergency calls included.
        active: u8,
    },
    /// The call application has a new call.
    CallStarted(NewCall),
    /// A call is further than it was, or over.
    CallChanged {
        /// The call application's name for it.
        id: u32,
        /// How far it is.
        state: CallState,
    },
    /// What a watched number's phone is doing; `None`: not known any more.
    Watched {
        /// Which number.
        number: DialString,
        /// What.
        presence: Option<Presence>,
    },
    /// The answer to [`Effect::Wipe`](crate::Effect::Wipe).
    Wiped {
        /// Whose traces.
        association: AssociationId,
        /// Which stores.
        stores: Vec<String>,
    },
}

/// What the SIP side reports about one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountNews {
    /// The registrar answered 200 and lists our binding.
    Registered,
    /// The registrar refuses for good (403, 404, a second 401).
    Rejected {
        /// The SIP status code.
        status: u16,
    },
    /// No answer or a passing failure; it is tried again later.
    Failing,
    /// The binding is gone because we asked for it, or will expire.
    Unregistered,
    /// Somebody else holds the number now: do not fight for it.
    Displaced,
}
