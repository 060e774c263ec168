//! English for panels with four short lines. A message that has no brief form says so: its full form is brief enough.
//! A name stands last where it can: then it is the name that is shortened when it is long, and not what is said about it.

use hotdesk_provisioning::{EndReason, RefusalCode};
use hotdesk_session::Action;

use super::reason;
use crate::text::{Label, Message, Reason};

pub(in crate::text) fn message(message: Message) -> Option<&'static str> {
    Some(match message {
        Message::ConnectingHint => "Asking the server.",
        Message::CodeCaption => "Tell your administrator",
        // The MAC takes the line.
        Message::CodeHint => "",
        Message::CheckCable => "Check the network cable.",
        Message::VacantTitle => "Sign in",
        Message::VacantEmergencyOnly => "Emergency calls only",
        Message::VacantInternal => "Internal and SOS calls only",
        Message::VacantAll => "All calls work",
        Message::VacantNoNetwork => "No calls: check the cable",
        Message::VacantUnregistered => "Calls may fail now",
        Message::OneFieldHint => "Type your PIN, then #",
        Message::SomebodySignedIn => "Signed in: {0}",
        Message::OneAttemptLeft => "1 left.",
        Message::AttemptsLeft => "{0} left.",
        Message::TryAgainIn => "Try again in {0}.",
        Message::StepRegister => "Register number",
        Message::TakeoverLine => "Still signed in here.",
        Message::TakeoverNext => "Yes signs in {0}.",
        Message::LogOutLine => "Your calls, keys and contacts are erased.",
        Message::LogOutPin => "Type your PIN to log out.",
        Message::StepBack => "Back to {0}…",
        Message::StepErasing => "Erase your data",
        Message::WasLoggedOut => "Logged out: {0}",
        Message::ExpiringCaption => "Signing out in",
        Message::ExpiringLimit => "Your time is over soon.",
        Message::ExpiringIdle => "Phone is not in use.",
        Message::ExpiringAsking => "Asking for more time…",
        Message::LockedHint => "Emergency calls work.",
        Message::SignsOutAt => "until {0}",
        Message::SignsOutIn => "{0} left",
        Message::Code => "{0}",
        Message::Connected => "online",
        Message::NotConnected => "Offline",
        Message::DialEmergency => "SOS: {0}",
        Message::SignInToCall => "Log in to call this.",
        Message::EmergencyHow => "Call, or lift handset",
        Message::EmergencyWhere => "At {0}.",
        Message::Seconds
        | Message::Minutes
        | Message::Hours
        | Message::Days
        | Message::NewPhone
        | Message::NoNetwork
        | Message::ServerOffline
        | Message::NotRegistered
        | Message::Registered
        | Message::Connecting
        | Message::SomebodyElse
        | Message::AnotherPhone
        | Message::SigningIn
        | Message::StepAsking
        | Message::StepAsked
        | Message::StepRegistering
        | Message::AskLogOut
        | Message::LoggingOut
        | Message::Milliseconds
        | Message::DialCaption
        | Message::CallingCaption
        | Message::EmergencyCaption
        | Message::EmergencyCalling
        | Message::EmergencyLifted => return None,
    })
}

pub(in crate::text) fn label(label: Label) -> Option<&'static str> {
    Some(match label {
        Label::Extension => "Ext.",
        Label::Registration => "State",
        Label::Address => "IP",
        Label::LogIn
        | Label::LogOut
        | Label::Information
        | Label::Pin
        | Label::Desk
        | Label::Server
        | Label::LastSwitch
        | Label::Device
        | Label::Version => return None,
    })
}

/// Room for five or six letters.
pub(in crate::text) fn action(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::LogOut => "Logout",
        Action::SwitchUser => "User",
        Action::Emergency => "SOS",
        Action::Submit => "Enter",
        Action::Cancel => "Back",
        Action::LogIn
        | Action::Info
        | Action::Next
        | Action::Delete
        | Action::Confirm
        | Action::Retry
        | Action::Stay
        | Action::Call
        | Action::Dismiss
        | Action::More => return None,
    })
}

pub(in crate::text) fn refusal(code: RefusalCode) -> Option<Reason> {
    const ASK: &str = "Ask your administrator.";
    const TELL: &str = "Tell your administrator.";
    const AGAIN: &str = "Try again in a moment.";
    Some(match code {
        RefusalCode::WrongPin => reason("Wrong PIN.", "Type it again."),
        RefusalCode::UnknownUser => reason("No such extension.", "Check the number."),
        RefusalCode::UserNotEnabled => reason("Not allowed on shared phones.", ASK),
        RefusalCode::UserDisabled => reason("Extension switched off.", ASK),
        RefusalCode::NumberIsHost => reason("That number is a phone's.", "Type your own."),
        RefusalCode::UserLocked => reason("Extension locked: wrong PINs.", "Try again later."),
        RefusalCode::PhoneLocked => reason("Too many wrong PINs.", "Wait a while."),
        RefusalCode::PhoneNotEnabled => reason("Not for signing in.", "Use another phone."),
        RefusalCode::PhoneWithoutAddress => {
            reason("No emergency address here yet.", "Use another phone.")
        }
        RefusalCode::InUseElsewhere => reason("You are signed in on {0}.", "Log out there first."),
        RefusalCode::TakeoverForbidden => reason("{0} is signed in here.", "Use another phone."),
        RefusalCode::PinNotSet => reason("You have no PIN yet.", ASK),
        RefusalCode::ServerUnreachable => reason("Server not reached.", "Try again."),
        RefusalCode::ServerNonsense => reason("Server makes no sense.", TELL),
        RefusalCode::ClockWrong => reason("The phone's clock is wrong.", TELL),
        RefusalCode::ServerUntrusted => reason("Wrong server. PIN not sent.", TELL),
        RefusalCode::RegistrarRefused => reason("Your number was not accepted.", TELL),
        RefusalCode::RegistrarSilent => reason("The exchange does not answer.", AGAIN),
        RefusalCode::NotAuthenticated => reason("Server lacks this phone.", TELL),
        RefusalCode::UnknownAssociation => reason("No longer signed in.", "Log in again."),
        RefusalCode::Malformed => reason("Phone not understood.", TELL),
        RefusalCode::Busy => reason("Server is busy.", AGAIN),
        RefusalCode::Internal => reason("Server failed.", AGAIN),
    })
}

pub(in crate::text) fn ending(why: &EndReason) -> Option<Reason> {
    const AGAIN: &str = "You can log in again.";
    const ASK: &str = "Ask your administrator.";
    Some(match why {
        EndReason::LoggedOut => reason("On this phone.", AGAIN),
        EndReason::TakenOver { .. } => reason("Now here: {0}.", "Use any other phone."),
        EndReason::Moved { .. } => reason("Now at {0}.", "Your calls ring there."),
        EndReason::Administrator { .. } => reason("By {0}.", ASK),
        EndReason::Remote => reason("Asked from elsewhere.", AGAIN),
        EndReason::Limit => reason("The time was over.", AGAIN),
        EndReason::Idle => reason("Phone was not used.", AGAIN),
        EndReason::UserDisabled => reason("Extension is off.", ASK),
        EndReason::PhoneDisabled => reason("No sign-in here now.", "Use another phone."),
        EndReason::RolledBack => reason("Not finished.", "Please try again."),
        EndReason::Displaced => reason("Number is elsewhere.", "Not you? Report it."),
    })
}
