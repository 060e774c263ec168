//! Letters from digits, and what can be seen of them.

use super::*;
use crate::scenarios::some_moment;

fn typed(letters: Letters, keys: &[(char, u64)]) -> Masked {
    let mut masked = Masked::default();
    while masked.letters() != letters {
        masked.change_letters();
    }
    let mut now = some_moment();
    for (key, pause) in keys {
        now += Duration::from_millis(*pause);
        masked.pass(now);
        masked.press(now, *key);
    }
    masked
}

#[test]
fn a_digit_takes_one_press() {
    let masked = typed(Letters::Digits, &[('2', 0), ('2', 10), ('0', 10)]);
    assert_eq!(masked.expose(), "220");
    assert_eq!(masked.candidates(), None);
}

#[test]
fn the_same_key_changes_the_letter_and_another_key_or_a_pause_ends_it() {
    let keys = [('2', 0), ('2', 300), ('3', 300), ('3', 1300), ('7', 300)];
    let masked = typed(Letters::Small, &keys);
    assert_eq!(masked.expose(), "bddp");
    let candidates = masked.candidates().unwrap();
    assert_eq!((candidates.letters, candidates.chosen), ("pqrs7", 0));
    let around = [('2', 0); 5];
    assert_eq!(typed(Letters::Capital, &around).expose(), "A");
}

#[test]
fn the_cursor_keys_end_a_letter_at_once() {
    let mut masked = typed(Letters::Small, &[('2', 0)]);
    masked.right();
    masked.press(some_moment(), '2');
    assert_eq!(masked.expose(), "aa");
}

#[test]
fn the_last_character_can_be_read_for_a_second() {
    let now = some_moment();
    let mut masked = Masked::default();
    masked.press(now, '7');
    assert_eq!(masked.readable(), Some('7'));
    assert_eq!(masked.deadline(), Some(now + READABLE));
    masked.pass(now + READABLE);
    assert_eq!((masked.readable(), masked.deadline()), (None, None));
}

#[test]
fn the_keys_are_kept_beside_the_letters() {
    let masked = typed(Letters::Small, &[('1', 0), ('1', 9), ('2', 9)]);
    assert_eq!(masked.keys(), "112");
    assert_ne!(masked.expose(), "112");
}

#[test]
fn every_printable_character_of_a_dial_pad_can_be_typed_and_nothing_is_printed() {
    for key in "1234567890".chars() {
        for letters in [Letters::Small, Letters::Capital] {
            assert!(letters.on_key(key).ends_with(key));
        }
    }
    let masked = typed(Letters::Small, &[('7', 0)]);
    let printed = format!("{masked:?} {:?}", masked.candidates());
    assert_eq!(printed, "Masked(***) Some(Candidates(***))");
}

#[test]
fn it_is_bounded() {
    let mut masked = Masked::default();
    for _ in 0..MASKED_MAX {
        assert!(masked.push('1'));
    }
    assert!(!masked.push('1') && !masked.press(some_moment(), '1'));
    assert_eq!(masked.len(), MASKED_MAX);
    masked.clear();
    assert!(masked.is_empty() && masked.keys().is_empty());
}
