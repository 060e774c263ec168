//! Every map of the program is whole, and every mistake in one is named with its line.

use hotdesk_session::Digit;

use super::*;

fn digit(c: char) -> Option<Press> {
    Some(Press::Key(Key::Digit(Digit::new(c).unwrap())))
}

fn mistake(text: &str) -> String {
    format!("{:#}", Keymap::parse(text).unwrap_err())
}

#[test]
fn every_map_of_the_program_can_dial_everything() {
    for (name, _) in MAPS {
        let map = Keymap::load(name).unwrap();
        let all = (0..KEY_CODES).collect();
        assert_eq!(map.missing(&all), "", "{name}");
        assert!(map.knows(&all, &BTreeSet::new()), "{name}");
    }
}

#[test]
fn the_generic_map_knows_three_rows_of_digits() {
    let map = Keymap::load("generic").unwrap();
    assert_eq!(map.press(KeyCode::KEY_5.0, false), digit('5'));
    assert_eq!(map.press(KeyCode::KEY_KP5.0, false), digit('5'));
    assert_eq!(map.press(KeyCode::KEY_NUMERIC_5.0, false), digit('5'));
    assert_eq!(map.press(KeyCode::KEY_3.0, true), digit('#'));
    assert_eq!(map.press(KeyCode::KEY_PHONE.0, false), Some(Press::Speaker));
    assert_eq!(map.press(KeyCode::KEY_A.0, false), None);
}

#[test]
fn a_shift_that_is_stuck_keeps_nobody_from_dialling() {
    let map = Keymap::load("generic").unwrap();
    assert_eq!(map.press(KeyCode::KEY_1.0, true), digit('1'));
}

#[test]
fn what_cannot_be_typed_is_known() {
    let map = Keymap::load("generic").unwrap();
    let pad = |without: u16| {
        let from = KeyCode::KEY_NUMERIC_0.0;
        let to = KeyCode::KEY_NUMERIC_POUND.0;
        (from..=to)
            .filter(|code| *code != without)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(map.missing(&pad(0)), "");
    assert_eq!(map.missing(&pad(KeyCode::KEY_NUMERIC_7.0)), "7");
    let row: BTreeSet<u16> = (KeyCode::KEY_1.0..=KeyCode::KEY_0.0).collect();
    assert_eq!(map.missing(&row), "*#", "without a shift key");
    let shifted = row.into_iter().chain([KeyCode::KEY_LEFTSHIFT.0]).collect();
    assert_eq!(map.missing(&shifted), "");
    assert_eq!(map.missing(&BTreeSet::new()), "0123456789*#");
}

#[test]
fn a_hook_is_a_switch_or_a_key_of_either_polarity() {
    let map = Keymap::parse("keys = {}\nhook = { switch = 10, lifted = 0 }").unwrap();
    assert_eq!(map.hook(Sensor::Switch(10), false), Some(Press::Lift));
    assert_eq!(map.hook(Sensor::Switch(10), true), Some(Press::Lay));
    assert_eq!(map.hook(Sensor::Switch(9), true), None);
    assert!(map.knows(&BTreeSet::new(), &BTreeSet::from([10])));
    let map = Keymap::parse("keys = {}\nhook = { key = \"KEY_PHONE\" }").unwrap();
    let key = Sensor::Key(KeyCode::KEY_PHONE.0);
    assert_eq!(map.hook(key, true), Some(Press::Lift));
    assert_eq!(map.hook(key, false), Some(Press::Lay));
}

#[test]
fn every_mistake_names_its_line_and_says_what_to_do() {
    for (text, line, advice) in [
        (
            "[keys]\nKEY_1 = \"1\"\nKEY_99 = \"2\"\n",
            "line 3",
            "hotdeskd keys",
        ),
        ("[keys]\n\nKEY_1 = \"one\"\n", "line 3", "soft1"),
        ("[keys]\n768 = \"1\"\n", "line 2", "no such key code"),
        (
            "[keys]\n[long]\nKEY_1 = \"line1\"\n",
            "line 3",
            "short meaning",
        ),
        (
            "[keys]\n[hook]\nlifted = 1\n",
            "line 2",
            "one of switch and key",
        ),
        ("[keys]\n[hook]\nswitch = 99\n", "line 2", "no such switch"),
        (
            "[keys]\n[hook]\nswitch = 1\nlifted = 2\n",
            "line 2",
            "1 or 0",
        ),
        ("[keys]\n[colours]\n", "line 2", "colours"),
        ("[keys\n", "line 1", ""),
    ] {
        let said = mistake(text);
        assert!(
            said.contains(line) && said.contains(advice),
            "{text:?}: {said}"
        );
    }
}

#[test]
fn a_map_that_is_not_there_is_named() {
    let said = format!("{:#}", Keymap::load("nokia").unwrap_err());
    assert!(
        said.contains("nokia") && said.contains("dial-pad"),
        "{said}"
    );
    let said = format!("{:#}", Keymap::load("/nowhere/map.toml").unwrap_err());
    assert!(said.contains("/nowhere/map.toml: cannot be read"), "{said}");
}
