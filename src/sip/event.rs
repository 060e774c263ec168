//! What the user agent tells the shell. Plain data; never a secret.

use std::time::Duration;

use crate::command::AccountId;
use crate::notify::CheckSyncKind;

/// Something the session should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserAgentEvent {
    /// The registrar holds our binding. Said after the first registration and after every one that followed a failure,
    /// a [`crate::Command::Rebind`] or a [`crate::Command::RefreshAll`]; ordinary refreshes are silent.
    Registered {
        /// Which account.
        id: AccountId,
        /// For how long.
        granted: Duration,
        /// Requests that it took: one with a known nonce, two with a challenge.
        round_trips: u32,
        /// From the first request to the answer.
        took: Duration,
    },
    /// The account is forgotten, with its binding or without.
    Unregistered {
        /// Which account.
        id: AccountId,
        /// What became of the binding.
        how: UnregisteredHow,
    },
    /// A first registration was refused for good; nothing more is tried until a command.
    Rejected {
        /// Which account.
        id: AccountId,
        /// The final status code; 0 when no server was asked.
        status: u16,
        /// Why.
        why: RejectedWhy,
    },
    /// A registration failed for now and is tried again.
    Failed {
        /// Which account.
        id: AccountId,
        /// Why.
        why: FailedWhy,
        /// When it is tried again, from now.
        retry_in: Duration,
    },
    /// A refresh was refused, or its answer no longer lists us: the binding is gone and nothing more is tried.
    Lost {
        /// Which account.
        id: AccountId,
        /// The status code that said so; 200 when our Contact was not listed.
        status: u16,
    },
    /// Before a refresh the registrar listed somebody else and not us; nothing more is tried.
    Displaced {
        /// Which account.
        id: AccountId,
    },
    /// A trusted server asks for something. It is answered already.
    CheckSync {
        /// What it asks for.
        kind: CheckSyncKind,
        /// The account it named, if it named a known one.
        account: Option<AccountId>,
    },
    /// The voicemail lamp of an account changes (RFC 3842).
    MessageWaiting {
        /// The account it named, if it named a known one.
        account: Option<AccountId>,
        /// Whether there are messages.
        waiting: bool,
    },
}

/// What became of a binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnregisteredHow {
    /// The registrar removed it.
    Removed,
    /// It is left to expire: removing it could have removed somebody else's, or the registrar did not say.
    LeftToExpire,
    /// There was none.
    NothingBound,
    /// The registrar refused to remove it, with this status code.
    Refused(u16),
    /// No answer within the budget.
    GaveUp,
}

/// Why a registration was refused for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectedWhy {
    /// The secret is wrong.
    WrongCredentials,
    /// The registrar forbids it (403).
    Forbidden,
    /// The registrar does not know the user (404, 604).
    UnknownUser,
    /// Every challenge wants an algorithm that we do not have.
    UnknownAlgorithm,
    /// Another permanent refusal.
    Refused,
    /// The account cannot be written as SIP, or there are too many accounts; nothing was sent.
    Unusable,
}

/// Why a registration failed for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailedWhy {
    /// No final answer in 64 times T1.
    Timeout,
    /// The transport says that the server cannot be reached.
    Transport,
    /// The server is in trouble, with this status code.
    Server(u16),
    /// The server said 200 and did not list our Contact.
    NotListed,
    /// The server sent us somewhere that is not an address.
    Redirected,
}
