//! Numbers being dialled, over whatever else goes on. Nothing here waits for a server, a registrar or a question: no
//! screen stands between a person and an emergency call.

use std::time::{Duration, Instant};

use hotdesk_provisioning::{DialString, Extension};

use crate::desk::Desk;
use crate::policy::{self, Dialled};
use crate::{
    Activity, DialNotice, Dialling, Digits, Effect, Holder, Key, Tone, deadline, emergency, leave,
    login,
};

/// The handset was lifted. A number typed before is dialled; a half-typed code is dropped, because lifting is for calling.
pub(crate) fn lift(desk: &mut Desk, now: Instant, entry: Option<DialString>) {
    let typed = desk.dialling.take();
    desk.dialling = Some(fresh(now, true));
    if let Some(number) = entry {
        emergency(desk, now, number);
        return;
    }
    let Some(typed) = typed else {
        return;
    };
    if typed.notice.is_some() {
        desk.dialling = Some(Dialling {
            lifted: true,
            ..typed
        });
        return;
    }
    match policy::dialled(desk.policy(), typed.digits.as_str()) {
        Dialled::Emergency(number) => emergency(desk, now, number),
        Dialled::Number(number) => place(desk, now, number),
        Dialled::LogIn | Dialled::LogInAs(_) | Dialled::LogOut | Dialled::Nothing => {}
    }
}

/// The handset was put back.
pub(crate) fn lay(desk: &mut Desk) {
    desk.dialling = None;
}

/// Cancel: the number goes; a lifted handset keeps its dialling screen.
pub(crate) fn close(desk: &mut Desk, now: Instant) {
    desk.dialling = desk
        .dialling
        .take()
        .filter(|dialling| dialling.lifted && dialling.notice.is_none())
        .filter(|dialling| !dialling.digits.is_empty())
        .map(|_| fresh(now, true));
}

/// The first digit on a screen that wants none.
pub(crate) fn open(desk: &mut Desk, now: Instant, digit: char) {
    desk.dialling = Some(fresh(
        now,
        desk.off_hook && desk.call_list.foremost().is_some(),
    ));
    push(desk, now, digit);
}

/// The Emergency key: the first emergency number, one key away from being dialled.
pub(crate) fn offer_emergency(desk: &mut Desk, now: Instant) {
    let first = desk.policy().emergency_numbers.first();
    let digits = first.map_or_else(Digits::default, |n| Digits::from(n.as_str()));
    desk.dialling = Some(Dialling {
        digits,
        filled_in: true,
        ..fresh(now, false)
    });
}

fn fresh(now: Instant, lifted: bool) -> Dialling {
    Dialling {
        digits: Digits::default(),
        lifted,
        notice: None,
        filled_in: false,
        complete_at: now + deadline::ENTRY,
    }
}

/// A key that is not a soft key, while a number is on the screen.
pub(crate) fn press(desk: &mut Desk, now: Instant, activity: Activity, key: Key) -> Activity {
    match key {
        Key::Digit(digit) => return digit_pressed(desk, now, activity, digit.char()),
        Key::Call => return call(desk, now, activity),
        Key::Back => delete(desk, now),
        Key::Clear => clear(desk, now),
        Key::Ok
        | Key::Soft(_)
        | Key::Hold(_)
        | Key::Line(_)
        | Key::Up
        | Key::Down
        | Key::Left
        | Key::Right
        | Key::HookOff
        | Key::HookOn => {}
    }
    activity
}

fn digit_pressed(desk: &mut Desk, now: Instant, activity: Activity, c: char) -> Activity {
    let Some(dialling) = &desk.dialling else {
        return activity;
    };
    let text = dialling.digits.as_str();
    let meaning = policy::dialled(desk.policy(), text);
    // In the middle of a service code such as *21*2001# the hash is a digit like any other.
    let ends_here = match &meaning {
        Dialled::Nothing => false,
        Dialled::Number(_) => !text.starts_with(['*', '#']),
        Dialled::Emergency(_) | Dialled::LogIn | Dialled::LogInAs(_) | Dialled::LogOut => true,
    };
    if c == '#' && ends_here && dialling.notice.is_none() {
        if let Some(extension) = one_field(desk, text) {
            desk.dialling = None;
            return login::begin(desk, now, activity, Some(extension), true);
        }
        return complete(desk, now, activity);
    }
    push(desk, now, c);
    at_once(desk, now, activity)
}

/// `2019#` on a vacant phone whose handset lies is the first half of a log-in.
fn one_field(desk: &Desk, text: &str) -> Option<Extension> {
    let lies = desk.dialling.as_ref().is_some_and(|d| !d.lifted);
    let vacant = desk.holder == Holder::Nobody && desk.profile.is_some();
    let emergency = policy::emergency(desk.policy(), text).is_some();
    Extension::parse(text)
        .ok()
        .filter(|_| lies && vacant && !emergency)
}

/// Adds a digit; after a notice a new number begins.
fn push(desk: &mut Desk, now: Instant, c: char) {
    let Some(mut dialling) = desk.dialling.take() else {
        return;
    };
    if dialling.notice.is_some() {
        dialling = fresh(now, dialling.lifted);
    }
    dialling.digits.push(c);
    dialling.filled_in = false;
    dialling.complete_at = now + patience(desk, &dialling);
    desk.dialling = Some(dialling);
}

/// A lifted handset dials after a pause, as every phone does. With the handset down only what cannot be the beginning of a
/// log-in is taken as complete by a pause: emergency numbers and codes.
fn patience(desk: &Desk, dialling: &Dialling) -> Duration {
    let complete = match policy::dialled(desk.policy(), dialling.digits.as_str()) {
        Dialled::Emergency(_) | Dialled::LogIn | Dialled::LogInAs(_) | Dialled::LogOut => true,
        Dialled::Number(_) => dialling.lifted,
        Dialled::Nothing => false,
    };
    if complete {
        deadline::DIGIT
    } else {
        deadline::ENTRY
    }
}

/// Some texts need no pause: an emergency number with the handset lifted, and a code that no longer one begins with.
fn at_once(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    let Some(dialling) = &desk.dialling else {
        return activity;
    };
    let text = dialling.digits.as_str();
    let policy = desk.policy();
    let ready = match policy::dialled(policy, text) {
        Dialled::Emergency(_) => dialling.lifted && !policy::emergency_may_follow(policy, text),
        Dialled::LogIn | Dialled::LogOut => !policy::code_may_follow(policy, text),
        Dialled::LogInAs(_) | Dialled::Number(_) | Dialled::Nothing => false,
    };
    if ready {
        complete(desk, now, activity)
    } else {
        activity
    }
}

/// Deletes the last character; an empty number goes away.
pub(crate) fn delete(desk: &mut Desk, now: Instant) {
    let Some(mut dialling) = desk.dialling.take() else {
        return;
    };
    if dialling.notice.is_none() && dialling.digits.pop() {
        dialling.filled_in = false;
        dialling.complete_at = now + patience(desk, &dialling);
        desk.dialling = Some(dialling);
    }
}

/// Takes all digits away; a number that was told about goes away itself.
fn clear(desk: &mut Desk, now: Instant) {
    let Some(dialling) = &mut desk.dialling else {
        return;
    };
    dialling.digits.clear();
    close(desk, now);
}

/// The green key, Ok, or the Call soft key.
pub(crate) fn call(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    match &desk.dialling {
        Some(dialling) if dialling.notice.is_none() => complete(desk, now, activity),
        Some(_) | None => {
            desk.dialling = None;
            activity
        }
    }
}

/// The number is complete: dial it, or do what the code says.
fn complete(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    let Some(dialling) = desk.dialling.take() else {
        return activity;
    };
    let meaning = policy::dialled(desk.policy(), dialling.digits.as_str());
    match meaning {
        Dialled::LogIn => return login::begin(desk, now, activity, None, false),
        Dialled::LogInAs(extension) => {
            return login::begin(desk, now, activity, Some(extension), false);
        }
        Dialled::LogOut => return leave::ask(desk, now, activity, false),
        Dialled::Nothing => {}
        Dialled::Emergency(number) => {
            desk.dialling = Some(dialling);
            emergency(desk, now, number);
        }
        Dialled::Number(number) => {
            desk.dialling = Some(dialling);
            place(desk, now, number);
        }
    }
    activity
}

/// Time passed.
pub(crate) fn pass(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    let Some(dialling) = desk.dialling.as_ref().filter(|d| d.complete_at <= now) else {
        return activity;
    };
    let told = dialling.notice.is_some() || dialling.filled_in;
    let dialled = policy::dialled(desk.policy(), dialling.digits.as_str());
    let forgotten = match dialled {
        Dialled::Nothing => true,
        Dialled::Number(_) => !dialling.lifted,
        Dialled::Emergency(_) | Dialled::LogIn | Dialled::LogInAs(_) | Dialled::LogOut => false,
    };
    if told || forgotten {
        desk.dialling = None;
        return activity;
    }
    complete(desk, now, activity)
}

/// Dials an emergency number, whoever has the phone and whatever it is doing.
pub(crate) fn emergency(desk: &mut Desk, now: Instant, number: DialString) {
    let dialled = number.as_str().to_owned();
    dial(desk, now, number, true);
    emergency::dialled(desk, now, dialled);
}

/// Dials a number if the phone may: a guest's phone may, a vacant one as its policy says.
pub(crate) fn place(desk: &mut Desk, now: Instant, number: DialString) {
    if policy::emergency(desk.policy(), number.as_str()).is_some() {
        return emergency(desk, now, number);
    }
    let allowed = match (&desk.holder, &desk.profile) {
        (Holder::Guest(tenure), _) if tenure.confirmed => true,
        (_, Some(profile)) => policy::vacant_may_dial(&profile.policy, &number),
        (_, None) => false,
    };
    if allowed {
        return dial(desk, now, number, false);
    }
    desk.tone(Tone::Refused);
    notice(desk, now, &number, DialNotice::SignInToCall);
}

fn dial(desk: &mut Desk, now: Instant, number: DialString, emergency: bool) {
    let calling = DialNotice::Calling {
        number: number.as_str().to_owned(),
        emergency,
    };
    notice(desk, now, &number, calling);
    desk.emit(Effect::Dial { number, emergency });
}

fn notice(desk: &mut Desk, now: Instant, number: &DialString, notice: DialNotice) {
    let lifted = desk.dialling.as_ref().is_some_and(|d| d.lifted);
    desk.dialling = Some(Dialling {
        digits: Digits::from(number.as_str()),
        lifted,
        notice: Some(notice),
        filled_in: false,
        complete_at: now + deadline::DIAL_NOTICE,
    });
}
