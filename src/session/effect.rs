//! What should happen next: data for the shell to carry out.

use hotdesk_provisioning::{
    Account, AssociationId, AttemptId, CommitRequest, DialString, EndRequest, Extension,
    OfflineGuest, Pin, Report, Secret,
};

use crate::{CallOrder, Saved};

/// Everything that the core asks of the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Ask the server for the device token; answered by `EnrolPending` or `Enrolled`, repeated by the shell.
    Enrol,
    /// Fetch the host profile; answered by `Profile` when there is a new one.
    FetchProfile,
    /// Tell the server what we hold; answered by `Synced`. It replaces an earlier one: the answer to that must be dropped.
    Sync {
        /// The association on flash.
        holding: Option<AssociationId>,
        /// The grants that the phone keeps.
        offline: Vec<AssociationId>,
    },
    /// Somebody is typing: have a connection ready.
    WarmUp,
    /// Ask the server to admit a guest; answered by `Opened`.
    OpenAssociation {
        /// Names the attempt; a repetition carries the same.
        attempt: AttemptId,
        /// What was typed.
        extension: Extension,
        /// What was typed.
        pin: Pin,
    },
    /// Try a PIN on what was sealed, which is slow; answered by `OfflineOpened`.
    OpenOffline(Box<OpenOffline>),
    /// Seal who a guest is with their PIN, which is slow; answered by `OfflineSealed`.
    SealOffline(Box<SealOffline>),
    /// Ask for more time; answered by `Extended`.
    ExtendAssociation {
        /// Which.
        association: AssociationId,
    },
    /// Ask whether the PIN allows this log-out (and end the association if so); answered by `LogoutChecked`.
    CheckLogout {
        /// Which.
        association: AssociationId,
        /// What was typed.
        pin: Pin,
    },
    /// Ask for another PIN; answered by `PinChanged`.
    ChangePin {
        /// Whose, by their association.
        association: AssociationId,
        /// As it is.
        old: Pin,
        /// As it is to be.
        new: Pin,
    },
    /// Ask that the guest be signed out everywhere else; answered by `EndedElsewhere`.
    EndElsewhere {
        /// Whose, by the association that stays.
        association: AssociationId,
    },
    /// Tell the server whether the guest may move to another phone. Not repeated: no answer means yes.
    AnswerConsent {
        /// Which association would move.
        association: AssociationId,
        /// Names the question.
        attempt: AttemptId,
        /// The answer.
        granted: bool,
    },
    /// Tell the server something that must reach it, now or after the network is back; answered by `Delivered`.
    Deliver {
        /// Names it in the answer.
        number: u64,
        /// What to tell.
        owed: Owed,
    },
    /// Register an account and keep it registered.
    Register {
        /// Whose.
        slot: AccountSlot,
        /// The account.
        account: Box<Account>,
    },
    /// Remove our binding, never anybody else's; then forget the account.
    Unregister {
        /// Whose.
        slot: AccountSlot,
    },
    /// Stop refreshing and forget the account without telling the registrar: the number is somebody else's now.
    Abandon {
        /// Whose.
        slot: AccountSlot,
    },
    /// Remove a binding that an earlier life of this phone may have left.
    CleanUp {
        /// Of which association.
        association: AssociationId,
        /// Its account.
        account: Box<Account>,
    },
    /// Write this to flash, atomically, before anything that follows in the same list.
    Persist(Box<Saved>),
    /// Erase everything of a guest; answered by `Wiped`.
    Wipe {
        /// Whose traces.
        association: AssociationId,
    },
    /// Place a call.
    Dial {
        /// What to dial.
        number: DialString,
        /// Emergency calls wait for nothing.
        emergency: bool,
    },
    /// Have the call application do something with a call.
    Call {
        /// Its name for it.
        id: u32,
        /// What.
        order: CallOrder,
    },
    /// A short tone.
    Tone(Tone),
}

/// See [`Effect::OpenOffline`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOffline {
    /// Names the attempt.
    pub attempt: AttemptId,
    /// The guest's number in full.
    pub extension: Extension,
    /// What was typed.
    pub pin: Pin,
    /// As it came with `OfflineSealed`.
    pub sealed: Secret,
}

/// See [`Effect::SealOffline`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealOffline {
    /// Names it in the answer.
    pub grant: AssociationId,
    /// What was typed.
    pub pin: Pin,
    /// What to seal.
    pub guest: OfflineGuest,
}

/// Which of the phone's accounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountSlot {
    /// The desk's own.
    Host,
    /// The guest's of this association.
    Guest(AssociationId),
}

/// What the server has yet to be told.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "owed", rename_all = "snake_case")]
pub enum Owed {
    /// The registrar took the guest.
    Commit {
        /// Which association.
        association: AssociationId,
        /// How fast.
        request: CommitRequest,
    },
    /// An association ended here.
    End {
        /// Which association.
        association: AssociationId,
        /// Why and when; never holds a PIN.
        request: EndRequest,
    },
    /// Something that only the phone saw.
    Report {
        /// What.
        report: Report,
    },
}

/// Sounds of the phone itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Done,
    /// It was refused.
    Refused,
    /// Look at the screen: the time is nearly up.
    Attention,
}
