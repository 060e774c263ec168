//! Typing: how few presses a log-in takes, letters on a dial pad, the cursor, and taking things away.

use super::sim_phone::SimPhone;
use crate::{Action, Activity, Effect, Field, Letters};

/// Extension and PIN of the count.
const PRESSES_OF_DIGITS: usize = 4 + 4;

fn submitted(effects: &[Effect]) -> Option<(String, String)> {
    effects.iter().find_map(|effect| {
        let Effect::OpenAssociation { extension, pin, .. } = effect else {
            return None;
        };
        Some((extension.to_string(), pin.expose().to_owned()))
    })
}

fn expect_submitted(phone: &mut SimPhone, keys: &[&str]) {
    let (last, before) = keys.split_last().unwrap();
    for key in before {
        let effects = phone.pressing(key);
        assert_eq!(submitted(&effects), None, "earlier than expected");
    }
    let effects = phone.pressing(last);
    let expected = ("2019".to_owned(), "1234".to_owned());
    assert_eq!(submitted(&effects), Some(expected));
}

#[test]
fn a_log_in_by_one_field_takes_its_eight_digits_a_separator_and_one_key_to_submit() {
    let keys = ["2", "0", "1", "9", "#", "1", "2", "3", "4", "#"];
    expect_submitted(&mut SimPhone::vacant(), &keys);
    let by_soft_key = ["2", "0", "1", "9", "#", "1", "2", "3", "4", "[Submit]"];
    expect_submitted(&mut SimPhone::vacant(), &by_soft_key);
    // Nine with which everything is said, and the soft key. Fewer cannot tell extension and PIN apart or when they end.
    assert_eq!(by_soft_key.len() - 1, PRESSES_OF_DIGITS + 1);
}

#[test]
fn a_log_in_by_two_fields_takes_two_soft_keys_and_one_more_to_begin() {
    let keys = [
        "[LogIn]", "2", "0", "1", "9", "[Next]", "1", "2", "3", "4", "[Submit]",
    ];
    expect_submitted(&mut SimPhone::vacant(), &keys);
    assert_eq!(keys.len(), PRESSES_OF_DIGITS + 3);
}

#[test]
fn a_remembered_extension_is_not_typed_again_and_only_if_the_policy_says_so() {
    for remembers in [true, false] {
        let mut phone = SimPhone::occupied_with(|policy| policy.remember_extension = remembers);
        phone.press("*46 [LogIn]");
        let Activity::Entering(entering) = phone.view().activity else {
            panic!("not typing");
        };
        let expected = if remembers { "2000" } else { "" };
        assert_eq!(entering.extension.as_str(), expected);
    }
}

fn pin_field() -> SimPhone {
    let mut phone = SimPhone::vacant();
    phone.press("2019#");
    phone
}

fn pin(phone: &SimPhone) -> (String, Letters) {
    let Activity::Entering(entering) = phone.view().activity else {
        panic!("not typing: {:?}", phone.view().activity);
    };
    assert_eq!(entering.field, Field::Pin);
    (entering.pin.expose().to_owned(), entering.pin.letters())
}

#[test]
fn a_password_of_letters_digits_and_capitals_can_be_typed() {
    let mut phone = pin_field();
    phone.press("[SmallLetters] 22 <right> 2 * 3 * 45");
    assert_eq!(pin(&phone), ("baD45".to_owned(), Letters::Digits));
    phone.press("<down> 6");
    assert_eq!(pin(&phone), ("baD45m".to_owned(), Letters::Small));
    let effects = phone.pressing("[Submit]");
    let (_, password) = submitted(&effects).unwrap();
    assert_eq!(password, "baD45m");
}

#[test]
fn a_pause_ends_a_letter_without_anybody_waiting_for_it() {
    let mut phone = pin_field();
    phone.press("* 2");
    phone.advance(2);
    phone.press("2");
    assert_eq!(pin(&phone).0, "aa");
    phone.advance(1);
    let Activity::Entering(entering) = phone.view().activity else {
        panic!("not typing");
    };
    assert_eq!(entering.pin.readable(), None, "a dot after a second");
}

#[test]
fn the_key_beside_submit_changes_letters_while_there_is_nothing_to_delete() {
    let mut phone = pin_field();
    let second = |phone: &SimPhone| phone.view().soft_keys.slots[1];
    assert_eq!(second(&phone), Some(Action::SmallLetters));
    phone.press("[SmallLetters]");
    assert_eq!(second(&phone), Some(Action::CapitalLetters));
    phone.press("7");
    assert_eq!(second(&phone), Some(Action::Delete));
    phone.press("[Delete]");
    assert_eq!(second(&phone), Some(Action::CapitalLetters));
}

#[test]
fn an_emergency_number_is_one_whatever_the_keys_type() {
    for finish in ["<call>", "#"] {
        let mut phone = pin_field();
        phone.press("[SmallLetters] 112");
        phone.effects.clear();
        phone.press(finish);
        assert_eq!(phone.dialled(), ["112!"], "{finish}");
    }
}

#[test]
fn clear_takes_everything_away_and_the_cursor_says_where() {
    let mut phone = SimPhone::vacant();
    phone.press("[LogIn] 2019 <left> <left> <back> 5");
    let Activity::Entering(entering) = phone.view().activity else {
        panic!("not typing");
    };
    assert_eq!(entering.extension.as_str(), "2519");
    phone.press("<clear>");
    let Activity::Entering(entering) = phone.view().activity else {
        panic!("not typing");
    };
    assert!(entering.extension.is_empty());
    let mut phone = pin_field();
    phone.press("1234 <clear>");
    assert_eq!(pin(&phone).0, "");
    let mut phone = SimPhone::vacant();
    phone.press("20191 <clear>");
    assert!(phone.view().dialling.is_none());
}

#[test]
fn the_key_that_deletes_takes_all_away_when_it_is_held_and_no_other_key_does() {
    let mut phone = pin_field();
    phone.press("1234 [Delete] <hold1>");
    assert_eq!(pin(&phone).0, "123", "what is held is not what deletes");
    phone.press("<hold2>");
    assert_eq!(pin(&phone).0, "");
    // There is nothing to delete, so the key is another one.
    phone.press("<hold2> [SmallLetters] 22 <hold2>");
    assert_eq!(pin(&phone), (String::new(), Letters::Small));
}
