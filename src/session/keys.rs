//! What each key and each soft key does, by what is going on. Chooses only; the work is in the other modules.

use std::time::Instant;

use hotdesk_provisioning::{DialString, LineKey, LineKeyKind};

use crate::desk::Desk;
use crate::{
    Action, Activity, Key, Masked, call, dial, elsewhere, entering, guest, leave, login, menu,
    pin_change, policy, switching,
};

/// A key other than a soft key or Ok, which have become actions before.
pub(crate) fn press(desk: &mut Desk, now: Instant, activity: Activity, key: Key) -> Activity {
    match key {
        Key::HookOff if desk.dialling.is_none() && call::lifted(desk) => {
            desk.off_hook = true;
            activity
        }
        Key::HookOff => {
            desk.off_hook = true;
            let entry = emergency_entry(desk, &activity);
            dial::lift(desk, now, entry);
            activity
        }
        Key::HookOn => {
            desk.off_hook = false;
            call::laid(desk);
            dial::lay(desk);
            activity
        }
        Key::Digit(_)
        | Key::Soft(_)
        | Key::Hold(_)
        | Key::Line(_)
        | Key::Up
        | Key::Down
        | Key::Left
        | Key::Right
        | Key::Ok
        | Key::Back
        | Key::Clear
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
        logout.pin.keys()
    } else if let Activity::ChangePin(change) = activity {
        change.entry.keys()
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
    if desk.call_list.foremost().is_some() {
        if let Key::Digit(digit) = key {
            dial::open(desk, now, digit.char());
        } else if key == Key::Back {
            call::back(desk);
        }
        return activity;
    }
    if waits_for_the_server(&activity) {
        beside(desk, now, activity, key)
    } else if let Activity::Entering(entering) = activity {
        entering::press(desk, now, entering, key)
    } else if let Activity::LogoutPin(logout) = activity {
        leave::press(desk, now, logout, key)
    } else if let Activity::ChangePin(change) = activity {
        pin_change::press(desk, now, change, key)
    } else {
        beside(desk, now, activity, key)
    }
}

/// Whether a PIN was typed and is being checked, so that digits are for a number to dial.
fn waits_for_the_server(activity: &Activity) -> bool {
    matches!(activity, Activity::LogoutPin(logout) if logout.asking)
        || matches!(activity, Activity::ChangePin(change) if change.asking)
}

/// A key where nothing is typed.
fn beside(desk: &mut Desk, now: Instant, activity: Activity, key: Key) -> Activity {
    if let Key::Digit(digit) = key {
        dial::open(desk, now, digit.char());
        activity
    } else if key == Key::Back {
        back(desk, now, activity)
    } else if let Activity::Menu(menu) = activity {
        menu::press(now, menu, key)
    } else {
        activity
    }
}

/// A key beside the display: the guest's own keys, or the desk's while nobody is signed in.
pub(crate) fn line_key(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    index: usize,
) -> Activity {
    let Some(LineKey { kind, value, .. }) = desk.keys().get(index).cloned() else {
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
        LineKeyKind::Empty => activity,
    }
}

/// A soft key, or Ok for the primary one.
pub(crate) fn act(desk: &mut Desk, now: Instant, activity: Activity, action: Action) -> Activity {
    if desk.dialling.is_some() {
        return act_on_number(desk, now, activity, action);
    }
    if desk.call_list.foremost().is_some() && call::act(desk, action) {
        return activity;
    }
    match action {
        Action::LogIn | Action::SwitchUser => login::begin(desk, now, activity, None, false),
        Action::LogOut => leave::ask(desk, now, activity, true),
        Action::Emergency => {
            dial::offer_emergency(desk, now);
            activity
        }
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
        Action::Menu => menu::open(desk, now),
        Action::Select => select(desk, now, activity),
        Action::SmallLetters | Action::CapitalLetters | Action::Digits => change_letters(activity),
        Action::Deny => deny(desk, activity),
        Action::Call
        | Action::Answer
        | Action::Reject
        | Action::HangUp
        | Action::Hold
        | Action::Resume
        | Action::More => activity,
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
        | Action::Language
        | Action::Next
        | Action::Submit
        | Action::Confirm
        | Action::Retry
        | Action::Stay
        | Action::Menu
        | Action::Select
        | Action::SmallLetters
        | Action::CapitalLetters
        | Action::Digits
        | Action::Deny
        | Action::Answer
        | Action::Reject
        | Action::HangUp
        | Action::Hold
        | Action::Resume
        | Action::More => {}
    }
    activity
}

fn select(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    if let Activity::Menu(menu) = activity {
        menu::select(desk, now, menu)
    } else {
        activity
    }
}

fn change_letters(mut activity: Activity) -> Activity {
    if let Some(pin) = masked(&mut activity) {
        pin.change_letters();
    }
    activity
}

/// The PIN or password that is being typed.
pub(crate) fn masked(activity: &mut Activity) -> Option<&mut Masked> {
    if let Activity::Entering(entering) = activity {
        Some(&mut entering.pin)
    } else if let Activity::LogoutPin(logout) = activity {
        Some(&mut logout.pin)
    } else if let Activity::ChangePin(change) = activity {
        Some(&mut change.entry)
    } else {
        None
    }
}

fn deny(desk: &mut Desk, activity: Activity) -> Activity {
    if let Activity::Consent(consent) = activity {
        elsewhere::consent(desk, consent, false)
    } else {
        activity
    }
}

fn forward(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    if let Activity::Entering(entering) = activity {
        entering::advance(desk, now, entering)
    } else if let Activity::LogoutPin(logout) = activity {
        leave::submit(desk, now, logout)
    } else if let Activity::ChangePin(change) = activity {
        pin_change::submit(desk, now, change)
    } else {
        activity
    }
}

fn delete(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    if let Activity::Entering(entering) = activity {
        entering::delete(desk, now, entering)
    } else if let Activity::LogoutPin(logout) = activity {
        leave::delete(desk, logout)
    } else if let Activity::ChangePin(change) = activity {
        pin_change::delete(desk, change)
    } else {
        activity
    }
}

fn confirm(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    if let Activity::ConfirmTakeover(question) = activity {
        switching::confirmed(now, question)
    } else if let Activity::ConfirmLogout(_) = activity {
        leave::confirmed(desk, now)
    } else if let Activity::EndElsewhere(_) = activity {
        elsewhere::confirmed(desk, now)
    } else if let Activity::Consent(consent) = activity {
        elsewhere::consent(desk, consent, true)
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
        | Activity::Menu(_)
        | Activity::ChangePin(_)
        | Activity::EndElsewhere(_)
        | Activity::Consent(_)
        | Activity::Done(_) => desk.rest(),
        // One step back: it was opened from there.
        Activity::Diagnostics => menu::open(desk, now),
        Activity::LogoutPin(logout) if !logout.asking => desk.rest(),
        Activity::LogoutPin(_)
        | Activity::Enrolling(_)
        | Activity::Home
        | Activity::Leaving(_)
        | Activity::Expiring(_) => activity,
    }
}
