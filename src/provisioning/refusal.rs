//! Why not: one code for each sentence that a person reads.

use serde::{Deserialize, Serialize};

/// The body of every answer that refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Which reason; the phone shows its own translated sentence for it.
    pub code: RefusalCode,
    /// The same in plain English, for logs, scripts and administrators.
    pub message: String,
    /// Seconds after which to try again, where waiting helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// PIN attempts left before the lock-out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts_left: Option<u32>,
    /// Whom or what it concerns: the desk where the guest is signed in, or the guest who holds this phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

impl Refusal {
    /// A refusal with the code's own sentence and nothing more to say.
    #[must_use]
    pub fn new(code: RefusalCode) -> Self {
        Self {
            code,
            message: code.sentence().to_owned(),
            retry_after: None,
            attempts_left: None,
            subject: None,
        }
    }
}

/// Reasons to refuse, each with a short code that screen, server log, audit and portal all show.
///
/// `L` codes come from the server's rules, `P` codes are seen by the phone itself and reported afterwards, `S` codes are
/// about the request rather than the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The PIN does not match.
    WrongPin,
    /// No user has this extension.
    UnknownUser,
    /// The user exists and may not use hot desking.
    UserNotEnabled,
    /// The user is disabled.
    UserDisabled,
    /// The number is a phone's own: it hosts guests and cannot be one.
    NumberIsHost,
    /// Too many wrong PINs for this user; `retry_after` says how long.
    UserLocked,
    /// Too many wrong attempts on this phone; `retry_after` says how long.
    PhoneLocked,
    /// The phone is not enabled for hot desking.
    PhoneNotEnabled,
    /// The phone has no emergency address yet.
    PhoneWithoutAddress,
    /// The guest is signed in on another phone and the policy says one at a time.
    InUseElsewhere,
    /// Another guest holds this phone and the policy forbids taking over.
    TakeoverForbidden,
    /// The user has no PIN yet.
    PinNotSet,
    /// The guest is signed in on another phone, and whoever is there is being asked; ask again after `retry_after`.
    AskingElsewhere,
    /// The guest is signed in on another phone, and whoever is there said no.
    ConsentDenied,
    /// The server cannot be reached.
    ServerUnreachable,
    /// The server answered something that cannot be understood.
    ServerNonsense,
    /// The phone's clock is wrong, so the server's certificate cannot be checked.
    ClockWrong,
    /// The server's certificate is not trusted.
    ServerUntrusted,
    /// The registrar refused the guest's account.
    RegistrarRefused,
    /// The registrar did not answer.
    RegistrarSilent,
    /// The device token is missing or wrong.
    NotAuthenticated,
    /// No such association on this phone.
    UnknownAssociation,
    /// The request was malformed.
    Malformed,
    /// Too many requests; `retry_after` says how long to wait.
    Busy,
    /// The server failed.
    Internal,
}

impl RefusalCode {
    /// Every code, for tables and tests.
    pub const ALL: [Self; 25] = [
        Self::WrongPin,
        Self::UnknownUser,
        Self::UserNotEnabled,
        Self::UserDisabled,
        Self::NumberIsHost,
        Self::UserLocked,
        Self::PhoneLocked,
        Self::PhoneNotEnabled,
        Self::PhoneWithoutAddress,
        Self::InUseElsewhere,
        Self::TakeoverForbidden,
        Self::PinNotSet,
        Self::AskingElsewhere,
        Self::ConsentDenied,
        Self::ServerUnreachable,
        Self::ServerNonsense,
        Self::ClockWrong,
        Self::ServerUntrusted,
        Self::RegistrarRefused,
        Self::RegistrarSilent,
        Self::NotAuthenticated,
        Self::UnknownAssociation,
        Self::Malformed,
        Self::Busy,
        Self::Internal,
    ];

    /// The code a person reads out to the help desk.
    #[must_use]
    pub const fn short(self) -> &'static str {
        self.row().0
    }

    /// The reason in plain English.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        self.row().1
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::WrongPin => ("L01", "Wrong PIN."),
            Self::UnknownUser => ("L02", "No user has this extension."),
            Self::UserNotEnabled => ("L03", "This user may not sign in on shared phones."),
            Self::UserDisabled => ("L04", "This user is disabled."),
            Self::NumberIsHost => ("L05", "This number belongs to a phone, not to a person."),
            Self::UserLocked => (
                "L06",
                "Too many wrong PINs: this user is locked for a while.",
            ),
            Self::PhoneLocked => (
                "L07",
                "Too many wrong attempts: this phone is locked for a while.",
            ),
            Self::PhoneNotEnabled => ("L08", "This phone is not enabled for signing in."),
            Self::PhoneWithoutAddress => ("L09", "This phone has no emergency address yet."),
            Self::InUseElsewhere => ("L10", "This user is signed in on another phone."),
            Self::TakeoverForbidden => ("L11", "Somebody else is signed in on this phone."),
            Self::PinNotSet => ("L12", "This user has no PIN yet."),
            Self::AskingElsewhere => (
                "L13",
                "The phone where this user is signed in is being asked.",
            ),
            Self::ConsentDenied => ("L14", "The phone where this user is signed in said no."),
            Self::ServerUnreachable => ("P01", "The server cannot be reached."),
            Self::ServerNonsense => ("P02", "The server gave an answer that makes no sense."),
            Self::ClockWrong => ("P03", "The clock of this phone is wrong."),
            Self::ServerUntrusted => ("P04", "The server's certificate is not trusted."),
            Self::RegistrarRefused => ("P05", "The telephone system refused this user."),
            Self::RegistrarSilent => ("P06", "The telephone system does not answer."),
            Self::NotAuthenticated => ("S01", "The phone is not enrolled."),
            Self::UnknownAssociation => ("S02", "There is no such association."),
            Self::Malformed => ("S03", "The request was malformed."),
            Self::Busy => ("S04", "The server is busy."),
            Self::Internal => ("S05", "The server failed."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_different() {
        let mut codes: Vec<_> = RefusalCode::ALL.iter().map(|c| c.short()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), RefusalCode::ALL.len());
    }
}
