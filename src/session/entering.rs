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
        Key::Back => return delete(desk, now, entering),
        Key::Call => {
            if let Some(number) = policy::emergency_tail(desk.policy(), text(&entering)) {
                dial::emergency(desk, now, number);
                return desk.rest();
            }
        }
        Key::Up => entering.field = Field::Extension,
        Key::Down if entering.field == Field::Extension => {
            if !entering.extension.is_empty() {
                entering.field = Field::Pin;
            }
        }
        Key::Digit(_)
        | Key::Clear
        | Key::Left
        | Key::Right
        | Key::Down
        | Key::Ok
        | Key::Soft(_)
        | Key::Hold(_)
        | Key::Line(_)
        | Key::HookOff
        | Key::HookOn => {
            if !edit(&mut entering, now, key) {
                desk.tone(Tone::Refused);
            }
        }
    }
    Activity::Entering(entering)
}

/// What was typed into the field with the cursor, key by key.
pub(crate) fn text(entering: &Entering) -> &str {
    match entering.field {
        Field::Extension => entering.extension.as_str(),
        Field::Pin => entering.pin.keys(),
    }
}

/// What the key does in the field with the cursor; `false` when there is no room for it.
fn edit(entering: &mut Entering, now: Instant, key: Key) -> bool {
    match (entering.field, key) {
        (Field::Pin, key) => return entering.pin.edit(now, key),
        (Field::Extension, Key::Digit(digit)) => {
            let room = entering.extension.as_str().len() < Extension::DIGITS_MAX;
            return digit.char() != '*' && room && entering.extension.push(digit.char());
        }
        (Field::Extension, Key::Left) => entering.extension.left(),
        (Field::Extension, Key::Right) => entering.extension.right(),
        (Field::Extension, Key::Clear) => entering.extension.clear(),
        (Field::Extension, _) => {}
    }
    true
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
