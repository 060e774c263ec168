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
    for (language, wording) in every_way() {
        let mut seen = BTreeMap::new();
        for code in RefusalCode::ALL {
            let said = language.refusal(code, wording);
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
    for (language, wording) in every_way() {
        let mut seen = BTreeMap::new();
        for reason in every_end_reason() {
            let [sentence, advice] = language.ending(&reason, wording);
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

fn every_way() -> impl Iterator<Item = (Language, Wording)> {
    let both = |language| Wording::ALL.map(|wording| (language, wording));
    Language::ALL.into_iter().flat_map(both)
}

#[test]
fn a_brief_form_is_briefer_and_fills_in_the_same() {
    let places = |text: &str| text.matches('{').count();
    for language in Language::ALL {
        for code in RefusalCode::ALL {
            let [full, brief] = Wording::ALL.map(|wording| language.refusal(code, wording));
            assert!(brief.sentence.len() <= full.sentence.len(), "{brief:?}");
            assert!(brief.advice.len() <= full.advice.len(), "{brief:?}");
            assert_eq!(places(brief.sentence), places(full.sentence), "{brief:?}");
        }
        for reason in every_end_reason() {
            let [full, brief] = Wording::ALL.map(|wording| language.ending(&reason, wording));
            assert!(brief[0].len() <= full[0].len(), "{brief:?}");
            assert!(brief[1].len() <= full[1].len(), "{brief:?}");
        }
    }
}
