//! English. Plain and polite; says what happened and what the person can do.

pub(super) mod brief;

use hotdesk_provisioning::{EndReason, RefusalCode};
use hotdesk_session::Action;

use super::{Label, Message, Reason};

pub(super) fn message(message: Message) -> &'static str {
    match message {
        Message::Seconds => "{0} s",
        Message::Minutes => "{0} min",
        Message::Hours => "{0} h",
        Message::Days => "{0} days",
        Message::NewPhone => "New phone",
        Message::NoNetwork => "No network",
        Message::ServerOffline => "Server offline",
        Message::NotRegistered => "Not registered",
        Message::Registered => "Registered",
        Message::Connecting => "Connecting…",
        Message::ConnectingHint => "This phone is asking its server what to be.",
        Message::CodeCaption => "Please tell your administrator this code",
        Message::CodeHint => "The phone goes on by itself once the code is entered.",
        Message::CheckCable => "Please check the network cable of this phone.",
        Message::VacantTitle => "Sign in to use this phone",
        Message::VacantEmergencyOnly => "Emergency calls work without signing in",
        Message::VacantInternal => "Emergency and internal calls work without signing in",
        Message::VacantAll => "Calls work without signing in, too",
        Message::VacantNoNetwork => "No calls without a network: please check the cable.",
        Message::VacantUnregistered => "The telephone system does not answer: calls may fail.",
        Message::OneFieldHint => "Type your PIN, then #",
        Message::SomebodySignedIn => "{0} is signed in on this phone.",
        Message::OneAttemptLeft => "1 attempt left.",
        Message::AttemptsLeft => "{0} attempts left.",
        Message::TryAgainIn => "Please try again in {0}.",
        Message::SomebodyElse => "Somebody else",
        Message::AnotherPhone => "another phone",
        Message::SigningIn => "Signing in {0}",
        Message::StepAsking => "Asking the server…",
        Message::StepAsked => "PIN accepted",
        Message::StepRegister => "Register the number here",
        Message::StepRegistering => "Registering {0}…",
        Message::AskLogOut => "Log out {0}?",
        Message::TakeoverLine => "{0} is still signed in on this phone.",
        Message::TakeoverNext => "Yes logs them out and signs you in, {0}.",
        Message::LogOutLine => "Your calls, keys and contacts are erased from this phone.",
        Message::LogOutPin => "Please type your PIN to log out.",
        Message::LoggingOut => "Logging out {0}",
        Message::StepBack => "Bringing back {0}…",
        Message::StepErasing => "Erase calls, keys and contacts",
        Message::WasLoggedOut => "{0} was logged out",
        Message::ExpiringCaption => "You will be signed out in",
        Message::ExpiringLimit => "The time for this phone is nearly over.",
        Message::ExpiringIdle => "Nobody has touched this phone for a while.",
        Message::ExpiringAsking => "Asking the server for more time…",
        Message::LockedHint => "Emergency calls still work. So do other phones.",
        Message::SignsOutAt => "signs out at {0}",
        Message::SignsOutIn => "signs out in {0}",
        Message::Code => "Code {0}",
        Message::Connected => "Connected",
        Message::NotConnected => "Not connected",
        Message::Milliseconds => "{0} ms",
        Message::DialCaption => "Number to call",
        Message::DialEmergency => "Emergency: {0}",
        Message::CallingCaption => "Calling…",
        Message::SignInToCall => "Please log in to call this number.",
        Message::EmergencyCaption => "Emergency number",
        Message::EmergencyCalling => "Emergency call",
        Message::EmergencyHow => "Press Call or lift the handset.",
        Message::EmergencyLifted => "Press Call.",
        Message::EmergencyWhere => "You are at {0}.",
    }
}

pub(super) fn label(label: Label) -> &'static str {
    match label {
        Label::LogIn => "Log In",
        Label::LogOut => "Log Out",
        Label::Information => "About this phone",
        Label::Extension => "Extension",
        Label::Pin => "PIN",
        Label::Desk => "Desk",
        Label::Registration => "Registration",
        Label::Server => "Server",
        Label::LastSwitch => "Last sign-in took",
        Label::Address => "Address",
        Label::Device => "MAC",
        Label::Version => "Version",
    }
}

pub(super) fn action(action: Action) -> &'static str {
    match action {
        Action::LogIn => "Log In",
        Action::LogOut => "Log Out",
        Action::SwitchUser => "Switch User",
        Action::Emergency => "Emergency",
        Action::Info => "Info",
        Action::Next => "Next",
        Action::Submit => "Submit",
        Action::Delete => "Delete",
        Action::Cancel => "Cancel",
        Action::Confirm => "Yes",
        Action::Retry => "Retry",
        Action::Stay => "Stay",
        Action::Call => "Call",
        Action::Dismiss => "OK",
        Action::More => "More",
    }
}

pub(super) fn refusal(code: RefusalCode) -> Reason {
    reason(refusal_sentence(code), refusal_advice(code))
}

fn refusal_sentence(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::WrongPin => "Wrong PIN.",
        RefusalCode::UnknownUser => "Nobody has this extension.",
        RefusalCode::UserNotEnabled => "This extension may not use shared phones.",
        RefusalCode::UserDisabled => "This extension is switched off.",
        RefusalCode::NumberIsHost => "This number belongs to a phone, not to a person.",
        RefusalCode::UserLocked => "Too many wrong PINs for this extension.",
        RefusalCode::PhoneLocked => "Too many wrong PINs on this phone.",
        RefusalCode::PhoneNotEnabled => "This phone is not for signing in.",
        RefusalCode::PhoneWithoutAddress => "This phone has no emergency address yet.",
        RefusalCode::InUseElsewhere => "You are signed in on {0}.",
        RefusalCode::TakeoverForbidden => "{0} is signed in on this phone.",
        RefusalCode::PinNotSet => "This extension has no PIN yet.",
        RefusalCode::ServerUnreachable => "The server cannot be reached.",
        RefusalCode::ServerNonsense => "The server's answer makes no sense.",
        RefusalCode::ClockWrong => "The clock of this phone is wrong.",
        RefusalCode::ServerUntrusted => "The server could not prove who it is.",
        RefusalCode::RegistrarRefused => "The telephone system does not accept your number.",
        RefusalCode::RegistrarSilent => "The telephone system does not answer.",
        RefusalCode::NotAuthenticated => "The server does not know this phone.",
        RefusalCode::UnknownAssociation => "You are no longer signed in here.",
        RefusalCode::Malformed => "The server did not understand this phone.",
        RefusalCode::Busy => "The server is busy.",
        RefusalCode::Internal => "Something went wrong in the server.",
    }
}

fn refusal_advice(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::WrongPin => "Please type it again.",
        RefusalCode::UnknownUser => "Please check the number and try again.",
        RefusalCode::UserNotEnabled => "Please ask your administrator to allow it.",
        RefusalCode::UserDisabled => "Please ask your administrator about it.",
        RefusalCode::NumberIsHost => "Please type your own extension.",
        RefusalCode::UserLocked => "Please try again later, or ask your administrator.",
        RefusalCode::PhoneLocked => "Please wait, or use another phone.",
        RefusalCode::PhoneNotEnabled => "Please use another phone.",
        RefusalCode::PhoneWithoutAddress => "Please use another phone and tell your administrator.",
        RefusalCode::InUseElsewhere => "Please log out there first.",
        RefusalCode::TakeoverForbidden => "Please ask them to log out, or use another phone.",
        RefusalCode::PinNotSet => "Please ask your administrator for one.",
        RefusalCode::ServerUnreachable => "Please try again. Your extension is kept.",
        RefusalCode::ServerNonsense => "Please try again. If it stays so, tell your administrator.",
        RefusalCode::ClockWrong => {
            "Please tell your administrator: signing in needs the right time."
        }
        RefusalCode::ServerUntrusted => "Your PIN was not sent. Please tell your administrator.",
        RefusalCode::RegistrarRefused => "Please tell your administrator.",
        RefusalCode::RegistrarSilent => "Please try again in a moment.",
        RefusalCode::NotAuthenticated => "Please tell your administrator to add it.",
        RefusalCode::UnknownAssociation => "Please log in again.",
        RefusalCode::Malformed => "Please tell your administrator: it may need an update.",
        RefusalCode::Busy => "Please try again in a moment.",
        RefusalCode::Internal => "Please try again, or tell your administrator.",
    }
}

pub(super) fn ending(why: &EndReason) -> Reason {
    const AGAIN: &str = "You can log in again at any time.";
    const ASK: &str = "Please ask your administrator about it.";
    match why {
        EndReason::LoggedOut => reason("Logged out on this phone.", AGAIN),
        EndReason::TakenOver { .. } => reason(
            "{0} has signed in on this phone.",
            "You can log in on any other phone.",
        ),
        EndReason::Moved { .. } => reason("Now signed in at {0}.", "Your calls ring there."),
        EndReason::Administrator { .. } => reason("The administrator {0} did this.", ASK),
        EndReason::Remote => reason("The log-out was asked for from elsewhere.", AGAIN),
        EndReason::Limit => reason("The time for this phone was over.", AGAIN),
        EndReason::Idle => reason("Nobody had touched this phone for a while.", AGAIN),
        EndReason::UserDisabled => reason("The extension was switched off.", ASK),
        EndReason::PhoneDisabled => reason(
            "This phone is no longer for signing in.",
            "Please use another phone.",
        ),
        EndReason::RolledBack => reason("Signing in could not be finished.", "Please try again."),
        EndReason::Displaced => reason(
            "Another phone now has the number.",
            "If that was not you, tell your administrator.",
        ),
    }
}

const fn reason(sentence: &'static str, advice: &'static str) -> Reason {
    Reason { sentence, advice }
}
