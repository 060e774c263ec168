//! What the core asks of the shell: plain data. Never carried out here.

use hotdesk_provisioning::{AssociationId, AttemptId, DialString, Extension, Pin, ServerAddress};
use hotdesk_session::{CallOrder, OpenOffline, Owed, Saved, SealOffline, Tone};

/// Something to do outside. Carried out in order, and before anything that [`crate::PhoneCore::poll_transmit`] yields
/// afterwards: what must be on flash before a message leaves is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Ask the provisioning server; the answer comes back as an event.
    Ask(Question),
    /// Write this to flash, atomically, before the next errand.
    Persist(Box<Saved>),
    /// Try a PIN on what was sealed, beside the loop; answered by `Event::OfflineOpened`.
    OpenOffline(Box<OpenOffline>),
    /// Seal who a guest is with their PIN, beside the loop; answered by `Event::OfflineSealed`.
    SealOffline(Box<SealOffline>),
    /// Erase everything of a guest; answered by `Event::Wiped`.
    Wipe {
        /// Whose traces.
        association: AssociationId,
    },
    /// Have a call placed.
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
    /// Have a tone sounded.
    Tone(Tone),
    /// Find out where a server is and which of our addresses faces it; answered by
    /// [`crate::PhoneCore::handle_resolved`].
    Resolve(ServerAddress),
}

/// Something that the provisioning server knows or must know, in the words of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Get the device token, asking again until it is there.
    Enrol,
    /// Get the desk's profile if it changed, asking again until there is an answer.
    Profile,
    /// Agree about who is signed in, asking again until there is an answer.
    Sync {
        /// The association on flash.
        holding: Option<AssociationId>,
        /// The grants for a log-in without the server.
        offline: Vec<AssociationId>,
    },
    /// Have a warm connection.
    WarmUp,
    /// Ask once; whatever comes of it is the answer.
    Once(Request),
}

/// A question that is asked once, because a person or the session waits for what comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Admit somebody.
    Open {
        /// Names the attempt.
        attempt: AttemptId,
        /// What was typed.
        extension: Extension,
        /// What was typed.
        pin: Pin,
    },
    /// More time.
    Extend {
        /// Which association.
        association: AssociationId,
    },
    /// End an association if the PIN is right.
    CheckLogout {
        /// Which association.
        association: AssociationId,
        /// What was typed.
        pin: Pin,
    },
    /// Another PIN for the guest.
    ChangePin {
        /// Whose, by their association.
        association: AssociationId,
        /// As it is.
        old: Pin,
        /// As it is to be.
        new: Pin,
    },
    /// Sign the guest out everywhere else.
    EndElsewhere {
        /// Whose, by the association that stays.
        association: AssociationId,
    },
    /// Say whether the guest may move to another phone; nothing comes of it here.
    Consent {
        /// Which association would move.
        association: AssociationId,
        /// Names the question.
        attempt: AttemptId,
        /// The answer.
        granted: bool,
    },
    /// Tell something that the server must know.
    Deliver {
        /// Names it in the answer.
        number: u64,
        /// What to tell.
        owed: Owed,
    },
}
