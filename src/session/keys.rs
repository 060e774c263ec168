//! What each key and each soft key does, by what is going on. Chooses only; the work is in the other modules.

use std::time::Instant;

use hotdesk_provisioning::{DialString, LineKey, LineKeyKind};

use crate::desk::Desk;
use crate::{Action, Activity, Key, dial, entering, guest, leave, login, policy, switching};

/// A key other than a soft key or Ok, which have become actions before.
pub(crate) fn press(desk: &mut Desk, now: Instant, activity: Activity, key: Key) -> Activity {
    match key {
        Key::HookOff => {
            let entry = emergency_entry(desk, &activity);
            dial::lift(desk, now, entry);
            activity
        }
        Key::HookOn => {
            dial::lay(desk);
            activity
        }
        Key::Line(number) => line_key(desk, now, activity, number),
        Key::Digit(_)
        | Key::Soft(_)
        | Key::Up
        | Key::Down
        | Key::Left
        | Key::Right
        | Key::Ok
        | Key::Back
        | Key::Call => typed(desk, now, activity, key),
    }
}

/// The emergency number that stands in the field being typed into.
fn emergency_entry(desk: &Desk, activity: &Activity) -> Option<DialString> {
    if desk.dialling.is_some() {
        return None;
    }
    let text = if let Activity::Entering(entering) = activity {
        entering::text(entering)
    } else if let Activity::LogoutPin(logout) = activity {
        logout.pin.expose()
    } else {
        return None;
    };
    policy::emergency(desk.policy(), text)
}

/// Digits, navigation and the green key go to what lies on top.
fn typed(desk: &mut Desk, now: Instant, activity: Activity, key: Key) -> Activity {
    if desk.dialling.is_some() {
        return dial::press(desk, now, activity, key);
    }
    if let Activity::Entering(entering) = activity {
        entering::press(desk, now, entering, key)
    } else if let Activity::LogoutPin(logout) = activity {
        leave::press(desk, now, logout, key)
    } else if let Key::Digit(digit) = key {
        dial::open(desk, now, digit.char());
        activity
    } else if key == Key::Back {
        back(desk, now, activity)
    } else {
        activity
    }
}

/// A key beside the display: the guest's own keys, or the desk's while nobody is signed in.
fn line_key(desk: &mut Desk, now: Instant, activity: Activity, number: u8) -> Activity {
    let keys = match (desk.tenure(), &desk.profile) {
        (Some(tenure), _) => tenure.guest.keys.as_slice(),
        (None, Some(profile)) => profile.keys.as_slice(),
        (None, None) => &[],
    };
    let index = usize::from(number).checked_sub(1);
    let Some(LineKey { kind, value, .. }) = index.and_then(|i| keys.get(i)).cloned() else {
        return activity;
    };
    match kind {
        LineKeyKind::SpeedDial | LineKeyKind::Blf | LineKeyKind::Voicemail => {
            if let Some(number) = value {
                dial::place(desk, now, number);
            }
            activity
        }
        LineKeyKind::LogIn => login::begin(desk, now, activity, None, false),
        LineKeyKind::LogOut => leave::ask(desk, now, activity, true),
    }
}

/// A soft key, or Ok for the primary one.
pub(crate) fn act(desk: &mut Desk, now: Instant, activity: Activity, action: Action) -> Activity {
    if desk.dialling.is_some() {
        return act_on_number(desk, now, activity, action);
    }
    match action {
        Action::LogIn | Action::SwitchUser => login::begin(desk, now, activity, None, false),
        Action::LogOut => leave::ask(desk, now, activity, true),
        Action::Emergency => {
            dial::offer_emergency(desk, now);
            activity
        }
        Action::Info => Activity::Diagnostics,
        Action::Language => {
            desk.change_language();
            activity
        }
        Action::Next | Action::Submit => forward(desk, now, activity),
        Action::Delete => delete(desk, now, activity),
        Action::Cancel | Action::Dismiss => back(desk, now, activity),
        Action::Confirm => confirm(desk, now, activity),
        Action::Retry => retry(desk, now, activity),
        Action::Stay => guest::stay(desk, activity),
        Action::Call | Action::More => activity,
    }
}

fn act_on_number(desk: &mut Desk, now: Instant, activity: Activity, action: Action) -> Activity {
    match action {
        Action::Call => return dial::call(desk, now, activity),
        Action::Delete => dial::delete(desk, now),
        Action::Cancel | Action::Dismiss => dial::close(desk, now),
        Action::LogIn => {
            dial::lay(desk);
            return login::begin(desk, now, activity, None, false);
        }
        Action::LogOut
        | Action::SwitchUser
        | Action::Emergency
        | Action::Info
        | Action::Language
        | Action::Next
        | Action::Submit
        | Action::Confirm
        | Action::Retry
        | Action::Stay
        | Action::More => {}
    }
    activity
}

fn forward(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    if let Activity::Entering(entering) = activity {
        entering::advance(desk, now, entering)
    } else if let Activity::LogoutPin(logout) = activity {
        leave::submit(desk, now, logout)
    } else {
        activity
    }
}

fn delete(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    if let Activity::Entering(entering) = activity {
        entering::delete(desk, now, entering)
    } else if let Activity::LogoutPin(logout) = activity {
        leave::delete(desk, logout)
    } else {
        activity
    }
}

fn confirm(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    if let Activity::ConfirmTakeover(question) = activity {
        switching::confirmed(now, question)
    } else if let Activity::ConfirmLogout(_) = activity {
        leave::confirmed(desk, now)
    } else {
        activity
    }
}

fn retry(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    if let Activity::Refused(refused) = activity {
        login::retry(desk, now, refused)
    } else {
        activity
    }
}

/// Cancel, Dismiss, and Back where there is nothing to delete: back to the idle screen, undoing what was begun.
fn back(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    if let Some(admission) = switching::pending(&activity) {
        switching::cancel(desk, now, admission);
    }
    match activity {
        Activity::Entering(_)
        | Activity::Admitting(_)
        | Activity::ConfirmTakeover(_)
        | Activity::Switching(_)
        | Activity::Refused(_)
        | Activity::LockedOut(_)
        | Activity::ConfirmLogout(_)
        | Activity::Evicted(_)
        | Activity::Diagnostics => desk.rest(),
        Activity::LogoutPin(logout) if !logout.asking => desk.rest(),
        Activity::LogoutPin(_)
        | Activity::Enrolling(_)
        | Activity::Home
        | Activity::Leaving(_)
        | Activity::Expiring(_) => activity,
    }
}
