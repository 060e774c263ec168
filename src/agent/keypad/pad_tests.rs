//! Scripts: at a time a device sends something, and the phone notices a key or nothing.

use hotdesk_session::Digit;

use super::*;

const MAP: &str = r##"
keys = { KEY_1 = "1", KEY_3 = "3", "shift+KEY_3" = "#", KEY_BACKSPACE = "back", KEY_ENTER = "ok", KEY_PHONE = "speaker", KEY_UP = "up", KEY_F2 = "soft2" }
long = { KEY_1 = "line1" }
hook = { switch = 10 }
"##;

/// A pad and the moment that its script starts.
struct Script {
    pad: Pad,
    start: Instant,
}

impl Script {
    #[expect(clippy::disallowed_methods, reason = "some moment to count from")]
    fn new() -> Self {
        Self {
            pad: Pad::new(Keymap::parse(MAP).unwrap(), Duration::from_millis(800)),
            start: Instant::now(),
        }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    fn key(&mut self, ms: u64, code: KeyCode, motion: Motion) -> Option<Key> {
        self.on(1, ms, Signal::Key(code.0, motion))
    }

    fn on(&mut self, device: u32, ms: u64, signal: Signal) -> Option<Key> {
        self.pad.handle(self.at(ms), device, signal)
    }
}

fn digit(c: char) -> Option<Key> {
    Some(Key::Digit(Digit::new(c).unwrap()))
}

use Motion::{Down, Repeat, Up};

#[test]
fn a_key_counts_when_it_goes_down() {
    let mut script = Script::new();
    assert_eq!(script.key(0, KeyCode::KEY_3, Down), digit('3'));
    assert_eq!(script.key(50, KeyCode::KEY_3, Up), None);
    assert_eq!(script.key(60, KeyCode::KEY_A, Down), None);
}

#[test]
fn shift_changes_a_key_until_both_shifts_are_up() {
    let mut script = Script::new();
    script.key(0, KeyCode::KEY_LEFTSHIFT, Down);
    script.key(1, KeyCode::KEY_RIGHTSHIFT, Down);
    assert_eq!(script.key(2, KeyCode::KEY_3, Down), digit('#'));
    script.key(3, KeyCode::KEY_LEFTSHIFT, Up);
    assert_eq!(script.key(4, KeyCode::KEY_3, Down), digit('#'));
    script.key(5, KeyCode::KEY_RIGHTSHIFT, Up);
    assert_eq!(script.key(6, KeyCode::KEY_3, Down), digit('3'));
}

#[test]
fn shift_on_one_keypad_is_none_on_another() {
    let mut script = Script::new();
    script.key(0, KeyCode::KEY_LEFTSHIFT, Down);
    let three = Signal::Key(KeyCode::KEY_3.0, Down);
    assert_eq!(script.on(2, 1, three), digit('3'));
}

#[test]
fn a_key_with_two_meanings_is_short_when_let_go_and_long_when_held() {
    let mut script = Script::new();
    assert_eq!(script.key(0, KeyCode::KEY_1, Down), None);
    assert_eq!(script.key(100, KeyCode::KEY_1, Up), digit('1'));
    assert_eq!(script.pad.poll_timeout(), None);
    assert_eq!(script.key(200, KeyCode::KEY_1, Down), None);
    assert_eq!(script.key(450, KeyCode::KEY_1, Repeat), None);
    assert_eq!(script.pad.poll_timeout(), Some(script.at(1000)));
    assert_eq!(script.pad.handle_timeout(script.at(999)), None);
    assert_eq!(
        script.pad.handle_timeout(script.at(1000)),
        Some(Key::Line(1))
    );
    assert_eq!(script.pad.handle_timeout(script.at(1000)), None);
    assert_eq!(script.pad.poll_timeout(), None);
    assert_eq!(
        script.key(1100, KeyCode::KEY_1, Up),
        None,
        "it was long already"
    );
}

#[test]
fn only_keys_that_one_holds_repeat() {
    let mut script = Script::new();
    assert_eq!(script.key(0, KeyCode::KEY_UP, Down), Some(Key::Up));
    assert_eq!(script.key(250, KeyCode::KEY_UP, Repeat), Some(Key::Up));
    assert_eq!(script.key(300, KeyCode::KEY_3, Repeat), None);
    assert_eq!(script.key(300, KeyCode::KEY_ENTER, Repeat), None);
}

#[test]
fn back_acts_at_once_and_takes_away_the_rest_when_it_is_held() {
    let mut script = Script::new();
    let back = KeyCode::KEY_BACKSPACE;
    assert_eq!(script.key(0, back, Down), Some(Key::Back));
    assert_eq!(script.key(250, back, Repeat), None);
    assert_eq!(script.pad.handle_timeout(script.at(799)), None);
    assert_eq!(script.pad.handle_timeout(script.at(800)), Some(Key::Clear));
    assert_eq!(script.key(900, back, Repeat), None);
    assert_eq!(script.key(950, back, Up), None);
    assert_eq!(script.key(1000, back, Down), Some(Key::Back));
    assert_eq!(script.key(1100, back, Up), None);
    assert_eq!(script.pad.poll_timeout(), None, "it was let go in time");
}

#[test]
fn a_soft_key_acts_at_once_and_says_that_it_is_still_held() {
    let mut script = Script::new();
    let delete = KeyCode::KEY_F2;
    assert_eq!(script.key(0, delete, Down), Some(Key::Soft(2)));
    assert_eq!(
        script.pad.handle_timeout(script.at(800)),
        Some(Key::Hold(2))
    );
    assert_eq!(script.key(900, delete, Up), None);
}

#[test]
fn the_hook_is_noticed_when_it_changes_and_at_the_start() {
    let mut script = Script::new();
    assert_eq!(
        script.on(3, 0, Signal::Switch(10, true)),
        Some(Key::HookOff)
    );
    // The same again, as after events were lost.
    assert_eq!(script.on(3, 10, Signal::Switch(10, true)), None);
    assert_eq!(
        script.on(3, 20, Signal::Switch(10, false)),
        Some(Key::HookOn)
    );
    assert_eq!(
        script.on(3, 30, Signal::Switch(2, true)),
        None,
        "some other switch"
    );
    assert_eq!(script.key(40, KeyCode::KEY_PHONE, Down), Some(Key::HookOff));
    assert_eq!(
        script.on(3, 50, Signal::Switch(10, true)),
        None,
        "taken up while the speaker is on"
    );
    assert_eq!(
        script.on(3, 60, Signal::Switch(10, false)),
        Some(Key::HookOn)
    );
}

#[test]
fn a_key_may_be_the_hook() {
    let map = Keymap::parse("keys = {}\nhook = { key = \"KEY_PHONE\" }").unwrap();
    let mut script = Script::new();
    script.pad = Pad::new(map, Duration::from_millis(800));
    let level = Signal::Level(KeyCode::KEY_PHONE.0, true);
    assert_eq!(script.on(1, 0, level), Some(Key::HookOff));
    assert_eq!(script.key(5, KeyCode::KEY_PHONE, Repeat), None);
    assert_eq!(script.key(9, KeyCode::KEY_PHONE, Up), Some(Key::HookOn));
}

#[test]
fn a_key_that_was_down_before_anything_moved_is_no_press() {
    let mut script = Script::new();
    assert_eq!(script.on(1, 0, Signal::Level(KeyCode::KEY_3.0, true)), None);
}

#[test]
fn what_was_held_on_a_device_that_went_means_nothing() {
    let mut script = Script::new();
    script.key(0, KeyCode::KEY_LEFTSHIFT, Down);
    script.key(1, KeyCode::KEY_1, Down);
    script.on(1, 2, Signal::Switch(10, true));
    script.pad.gone(1);
    assert_eq!(script.pad.poll_timeout(), None);
    assert_eq!(script.key(10, KeyCode::KEY_1, Up), None);
    assert_eq!(
        script.key(11, KeyCode::KEY_3, Down),
        digit('3'),
        "no shift is left"
    );
    assert_eq!(
        script.on(1, 12, Signal::Switch(10, false)),
        Some(Key::HookOn),
        "the hook was kept"
    );
}

#[test]
fn more_keys_than_fingers_count_at_once() {
    let keys: Vec<_> = (2..30).map(|code| format!("{code} = \"1\"\n")).collect();
    let long: Vec<_> = (2..30)
        .map(|code| format!("{code} = \"line1\"\n"))
        .collect();
    let text = format!("[keys]\n{}[long]\n{}", keys.concat(), long.concat());
    let mut script = Script::new();
    script.pad = Pad::new(Keymap::parse(&text).unwrap(), Duration::from_millis(800));
    let pressed = (2..30).filter_map(|code| script.on(1, 0, Signal::Key(code, Down)));
    assert_eq!(pressed.count(), 28 - HELD_MAX);
    let mut long = 0;
    while script.pad.handle_timeout(script.at(800)).is_some() {
        long += 1;
    }
    assert_eq!(long, HELD_MAX);
}
