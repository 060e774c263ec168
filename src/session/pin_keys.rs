//! Keys that are not soft keys while a PIN is typed, whatever it is for. Sends nothing but an emergency call.

use std::time::Instant;

use crate::desk::Desk;
use crate::{Key, Masked, Tone, dial, policy};

/// What a key means to the screen that the PIN is typed on.
pub(crate) enum Pressed {
    /// The PIN is whole.
    Submit,
    /// The last character goes, or the screen if there is none.
    Delete,
    /// What was typed ends in an emergency number, and the call goes out.
    Emergency,
    /// The entry took it, or refused it with a tone.
    Typed,
}

/// Takes a key.
pub(crate) fn press(desk: &mut Desk, now: Instant, pin: &mut Masked, key: Key) -> Pressed {
    match key {
        Key::Digit(digit) if digit.char() == '#' => Pressed::Submit,
        Key::Back => Pressed::Delete,
        Key::Call => match policy::emergency_tail(desk.policy(), pin.keys()) {
            Some(number) => {
                dial::emergency(desk, now, number);
                Pressed::Emergency
            }
            None => Pressed::Typed,
        },
        Key::Digit(_)
        | Key::Clear
        | Key::Soft(_)
        | Key::Hold(_)
        | Key::Line(_)
        | Key::Up
        | Key::Down
        | Key::Left
        | Key::Right
        | Key::Ok
        | Key::HookOff
        | Key::HookOn => {
            if !pin.edit(now, key) {
                desk.tone(Tone::Refused);
            }
            Pressed::Typed
        }
    }
}
