//! Typing extension and PIN. Never asks the server itself.

use std::time::Instant;

use hotdesk_provisioning::{Extension, Pin};

use crate::desk::Desk;
use crate::login::{self, Submission};
use crate::{Activity, Entering, Field, Key, Tone, deadline, dial, policy};

/// A key that is not a soft key, while somebody types.
pub(crate) fn press(desk: &mut Desk, now: Instant, mut entering: Entering, key: Key) -> Activity {
    entering.give_up_at = now + deadline::ENTRY;
    match key {
        Key::Digit(digit) if digit.char() == '#' => return advance(desk, now, entering),
        Key::Digit(digit) => {
            if !typed(&mut entering, digit.char()) {
                desk.tone(Tone::Refused);
            }
        }
        Key::Back => return delete(desk, now, entering),
        Key::Call => {
            if let Some(number) = policy::emergency_tail(desk.policy(), text(&entering)) {
                dial::emergency(desk, now, number);
                return desk.rest();
            }
        }
        Key::Up => entering.field = Field::Extension,
        Key::Down if !entering.extension.is_empty() => entering.field = Field::Pin,
        Key::Down
        | Key::Left
        | Key::Right
        | Key::Ok
        | Key::Soft(_)
        | Key::Line(_)
        | Key::HookOff
        | Key::HookOn => {}
    }
    Activity::Entering(entering)
}

/// What stands in the field with the cursor.
pub(crate) fn text(entering: &Entering) -> &str {
    match entering.field {
        Field::Extension => entering.extension.as_str(),
        Field::Pin => entering.pin.expose(),
    }
}

fn typed(entering: &mut Entering, c: char) -> bool {
    match entering.field {
        Field::Extension => {
            let room = entering.extension.as_str().len() < Extension::DIGITS_MAX;
            c != '*' && room && entering.extension.push(c)
        }
        Field::Pin => entering.pin.push(c),
    }
}

/// Deletes the last character; an empty PIN leads back to the extension, an empty extension out.
pub(crate) fn delete(desk: &Desk, now: Instant, mut entering: Entering) -> Activity {
    entering.give_up_at = now + deadline::ENTRY;
    let deleted = match entering.field {
        Field::Extension => entering.extension.pop(),
        Field::Pin => {
            if !entering.pin.pop() {
                entering.field = Field::Extension;
            }
            true
        }
    };
    if deleted {
        Activity::Entering(entering)
    } else {
        desk.rest()
    }
}

/// Next, Submit, `#` and Ok: on to the PIN, or to the server.
pub(crate) fn advance(desk: &mut Desk, now: Instant, mut entering: Entering) -> Activity {
    entering.give_up_at = now + deadline::ENTRY;
    if let Some(number) = policy::emergency(desk.policy(), text(&entering)) {
        dial::emergency(desk, now, number);
        return desk.rest();
    }
    let extension = Extension::parse(entering.extension.as_str());
    match (entering.field, extension) {
        (Field::Extension, Ok(_)) => {
            entering.field = Field::Pin;
            entering.refusal = None;
        }
        (Field::Pin, Ok(extension)) => {
            if let Ok(pin) = Pin::parse(entering.pin.expose()) {
                let submission = Submission::new(extension, pin, entering.one_field);
                return login::submit(desk, now, submission);
            }
            desk.tone(Tone::Refused);
        }
        (Field::Extension | Field::Pin, Err(_)) => {
            entering.field = Field::Extension;
            desk.tone(Tone::Refused);
        }
    }
    Activity::Entering(entering)
}
