//! Message ids and the languages they are said in. A language that leaves a message out does not compile.
//!
//! A new language is one file beside `english.rs` with the same functions, one in a folder of its name with the brief
//! forms, and one arm in each `match` below.

mod english;

use hotdesk_provisioning::{EndReason, RefusalCode};
use hotdesk_session::Action;

use english::brief;

/// A language that screens can be shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
}

/// How much room there is for words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Wording {
    /// Whole sentences.
    #[default]
    Full,
    /// As few words as say the same: for panels with four short lines.
    Brief,
}

impl Wording {
    /// Both of them, for tests.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 2] = [Self::Full, Self::Brief];

    fn pick<T>(self, full: T, brief: Option<T>) -> T {
        match self {
            Self::Full => full,
            Self::Brief => brief.unwrap_or(full),
        }
    }
}

/// Everything a screen says that is neither a label, nor a refusal, nor the reason of a log-out.
///
/// The comment behind each says what stands for `{0}` and `{1}` in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Message {
    Seconds, // count
    Minutes, // count
    Hours,   // count
    Days,    // count
    NewPhone,
    NoNetwork,
    ServerOffline,
    NotRegistered,
    Registered,
    Connecting,
    ConnectingHint,
    CodeCaption,
    CodeHint,
    CheckCable,
    VacantTitle,
    VacantEmergencyOnly,
    VacantInternal,
    VacantAll,
    VacantNoNetwork,
    VacantUnregistered,
    OneFieldHint,
    SomebodySignedIn, // name
    OneAttemptLeft,
    AttemptsLeft, // count
    TryAgainIn,   // length of time
    SomebodyElse,
    AnotherPhone,
    SigningIn, // name or number
    StepAsking,
    StepAsked,
    StepRegister,
    StepRegistering, // name
    AskLogOut,       // name
    TakeoverLine,    // name who goes
    TakeoverNext,    // name who comes
    LogOutLine,
    LogOutPin,
    LoggingOut, // name
    StepBack,   // desk
    StepErasing,
    WasLoggedOut, // name
    ExpiringCaption,
    ExpiringLimit,
    ExpiringIdle,
    ExpiringAsking,
    LockedHint,
    SignsOutAt, // time of day
    SignsOutIn, // length of time
    Code,       // code
    Connected,
    NotConnected,
    Milliseconds, // count
    DialCaption,
    DialEmergency, // numbers
    CallingCaption,
    SignInToCall,
    EmergencyCaption,
    EmergencyCalling,
    EmergencyHow,
    EmergencyLifted,
    EmergencyWhere, // desk
}

/// Names of things: what stands before a value, beside a field, in the status bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Label {
    LogIn,
    LogOut,
    Information,
    Extension,
    Pin,
    Desk,
    Registration,
    Server,
    LastSwitch,
    Address,
    Device,
    Version,
}

/// A sentence, and what the person can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reason {
    /// What is the matter; `{0}` stands for whom or what it concerns.
    pub(crate) sentence: &'static str,
    /// What to do.
    pub(crate) advice: &'static str,
}

impl Language {
    /// Every language, for tests and menus.
    pub const ALL: [Self; 1] = [Self::English];

    /// Its code in ISO 639-1, as configuration files have it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }

    /// A message without anything to fill in.
    pub(crate) fn text(self, message: Message, wording: Wording) -> &'static str {
        match self {
            Self::English => wording.pick(english::message(message), brief::message(message)),
        }
    }

    /// A message with its `{0}`, `{1}` filled in.
    pub(crate) fn say(self, message: Message, wording: Wording, parts: &[&str]) -> String {
        fill(self.text(message, wording), parts)
    }

    /// The name of a thing.
    pub(crate) fn label(self, label: Label, wording: Wording) -> &'static str {
        match self {
            Self::English => wording.pick(english::label(label), brief::label(label)),
        }
    }

    /// What stands above a soft key.
    pub(crate) fn action(self, action: Action, wording: Wording) -> &'static str {
        match self {
            Self::English => wording.pick(english::action(action), brief::action(action)),
        }
    }

    /// Why not.
    pub(crate) fn refusal(self, code: RefusalCode, wording: Wording) -> Reason {
        match self {
            Self::English => wording.pick(english::refusal(code), brief::refusal(code)),
        }
    }

    /// Why somebody was signed out, with the name in it filled in, and what to do.
    pub(crate) fn ending(self, reason: &EndReason, wording: Wording) -> [String; 2] {
        let said = match self {
            Self::English => wording.pick(english::ending(reason), brief::ending(reason)),
        };
        let name = match reason {
            EndReason::TakenOver { by } | EndReason::Administrator { by } => by,
            EndReason::Moved { to } => to,
            EndReason::LoggedOut
            | EndReason::Remote
            | EndReason::Limit
            | EndReason::Idle
            | EndReason::UserDisabled
            | EndReason::PhoneDisabled
            | EndReason::RolledBack
            | EndReason::Displaced => "",
        };
        [fill(said.sentence, &[name]), said.advice.to_owned()]
    }
}

/// Puts the parts in the places of `{0}`, `{1}`. A part is never searched for places itself, so that a name with
/// braces in it stays a name.
pub(crate) fn fill(text: &str, parts: &[&str]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((place, behind)) => {
                let part = place.parse::<usize>().ok().and_then(|n| parts.get(n));
                out.push_str(part.copied().unwrap_or_default());
                rest = behind;
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
