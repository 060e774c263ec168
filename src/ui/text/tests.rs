//! Every reason has words of its own, and no internal word reaches a person.

use std::collections::BTreeMap;

use hotdesk_provisioning::{EndReason, RefusalCode};

use super::*;
use crate::gallery::every_end_reason;

#[test]
fn parts_are_filled_in_once() {
    assert_eq!(fill("{0} of {1}", &["1", "2"]), "1 of 2");
    assert_eq!(fill("{1}, {0}!", &["{1}", "b"]), "b, {1}!");
    assert_eq!(fill("a {7} b", &["x"]), "a  b");
    assert_eq!(fill("a { b", &["x"]), "a  b");
}

#[test]
fn every_refusal_has_a_sentence_of_its_own_and_says_what_to_do() {
    for words in every_way() {
        let mut seen = BTreeMap::new();
        for code in RefusalCode::ALL {
            let said = words.refusal(code);
            assert!(said.sentence.ends_with('.'), "{code:?}: {said:?}");
            assert!(said.advice.ends_with('.'), "{code:?}: {said:?}");
            if let Some(other) = seen.insert(said.sentence, code) {
                panic!("{code:?} and {other:?} say the same: {}", said.sentence);
            }
        }
    }
}

#[test]
fn every_end_reason_has_a_sentence_of_its_own_and_names_who_did_it() {
    for words in every_way() {
        let mut seen = BTreeMap::new();
        for reason in every_end_reason() {
            let [sentence, advice] = words.ending(&reason);
            assert!(sentence.ends_with('.') && advice.ends_with('.'));
            if let EndReason::TakenOver { by: name }
            | EndReason::Administrator { by: name }
            | EndReason::Moved { to: name } = &reason
            {
                assert!(sentence.contains(name.as_str()), "{sentence}");
            }
            if let Some(other) = seen.insert(sentence.clone(), reason.clone()) {
                panic!("{reason:?} and {other:?} say the same: {sentence}");
            }
        }
    }
}

fn every_way() -> impl Iterator<Item = Words> {
    let both = |language| Wording::ALL.map(|wording| Words::new(language, wording));
    languages().into_iter().flat_map(both)
}

#[test]
fn a_number_takes_the_form_that_the_language_has_for_it() {
    let left =
        |language, count| Words::new(language, Wording::Full).count(Count::AttemptsLeft, count);
    for (count, polish) in [
        (1, "Pozostała 1 próba."),
        (2, "Pozostały 2 próby."),
        (5, "Pozostało 5 prób."),
        (12, "Pozostało 12 prób."),
        (22, "Pozostały 22 próby."),
    ] {
        assert_eq!(left(Language::Polish, count), polish);
    }
    assert_eq!(left(Language::French, 0), "Encore 1 essai.");
    assert_eq!(left(Language::English, 0), "0 attempts left.");
    assert_eq!(left(Language::German, 2), "Noch 2 Versuche.");
}

#[test]
fn every_language_says_something_of_its_own() {
    for language in languages() {
        let title = |language| Words::new(language, Wording::Full).text(Message::VacantTitle);
        assert_eq!(
            title(language) == title(Language::English),
            language == Language::English
        );
    }
}

#[test]
fn a_brief_form_is_briefer_and_fills_in_the_same() {
    let places = |text: &str| text.matches('{').count();
    for language in languages() {
        for code in RefusalCode::ALL {
            let [full, brief] =
                Wording::ALL.map(|wording| Words::new(language, wording).refusal(code));
            assert!(brief.sentence.len() <= full.sentence.len(), "{brief:?}");
            assert!(brief.advice.len() <= full.advice.len(), "{brief:?}");
            assert_eq!(places(brief.sentence), places(full.sentence), "{brief:?}");
        }
        for reason in every_end_reason() {
            let [full, brief] =
                Wording::ALL.map(|wording| Words::new(language, wording).ending(&reason));
            assert!(brief[0].len() <= full[0].len(), "{brief:?}");
            assert!(brief[1].len() <= full[1].len(), "{brief:?}");
        }
    }
}
