//! Whether a language says all that English says, no more, and with the same things filled in.

use std::collections::BTreeSet;

use super::Kind;
use super::read::{Catalogue, Key, shown};

/// What is wrong, each with file, key and reason.
pub(super) fn check(catalogue: &Catalogue, english: &Catalogue) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |key: String, reason: &str| {
        faults.push(format!("{}: {key}: {reason}", catalogue.file));
    };
    let wanted = wanted(english, &catalogue.code);
    for key in wanted
        .iter()
        .filter(|key| !catalogue.full.contains_key(*key))
    {
        fault(shown(key), "is missing");
    }
    for (key, text) in &catalogue.full {
        if !wanted.contains(key) {
            fault(shown(key), unknown(key, english));
        } else if let Err(reason) = sound(key, text, english, Brevity::Full) {
            fault(shown(key), &reason);
        }
    }
    for (key, text) in &catalogue.brief {
        let shown = format!("brief.{}", shown(key));
        if !wanted.contains(key) {
            fault(shown, unknown(key, english));
        } else if let Err(reason) = sound(key, text, english, Brevity::Brief) {
            fault(shown, &reason);
        }
    }
    for key in half_said(catalogue, &wanted) {
        fault(
            format!("brief.{}", shown(&key)),
            "is missing beside the other parts",
        );
    }
    faults
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Brevity {
    Full,
    Brief,
}

/// Every key that a language must have.
fn wanted(english: &Catalogue, code: &str) -> BTreeSet<Key> {
    let names = english.full.keys();
    let keys = names.flat_map(|(kind, name, _)| {
        let parts = kind.parts(code).iter();
        parts.map(|part| (*kind, name.clone(), (*part).to_owned()))
    });
    keys.collect()
}

fn unknown((kind, name, _): &Key, english: &Catalogue) -> &'static str {
    let mut names = english.full.keys();
    if names.any(|(other, known, _)| other == kind && known == name) {
        "is not a part of this text in this language"
    } else {
        "is not a text that the phone says in English"
    }
}

/// A brief form comes whole or not at all: a brief sentence with long advice fits nowhere.
fn half_said(catalogue: &Catalogue, wanted: &BTreeSet<Key>) -> Vec<Key> {
    let begun = |key: &&Key| {
        let mut brief = catalogue.brief.keys();
        brief.any(|(kind, name, _)| (kind, name) == (&key.0, &key.1))
    };
    let lacking = wanted.iter().filter(begun);
    let lacking = lacking.filter(|key| !catalogue.brief.contains_key(*key));
    lacking.cloned().collect()
}

fn sound(key: &Key, text: &str, english: &Catalogue, brevity: Brevity) -> Result<(), String> {
    let (kind, name, part) = key;
    if text.trim() != text || text.contains("  ") || text.contains(char::is_control) {
        return Err("has a space too many".to_owned());
    }
    let found = placeholders(text)?;
    let original = original(key, english);
    let known = match kind {
        Kind::Count => vec!["count"],
        Kind::Message | Kind::Label | Kind::Action | Kind::Refusal | Kind::Ending => {
            placeholders(original)?
        }
    };
    if let Some(strange) = found.iter().find(|place| !known.contains(place)) {
        return Err(format!("nothing is filled in for {{{strange}}}"));
    }
    // "1 day" needs no number filled in, and a brief form may leave a name out.
    let may_leave_out = brevity == Brevity::Brief || part == "one";
    match known.iter().find(|place| !found.contains(place)) {
        Some(missing) if !may_leave_out => return Err(format!("does not say {{{missing}}}")),
        Some(_) | None => {}
    }
    let silent = brevity == Brevity::Brief && *kind == Kind::Message;
    if text.is_empty() && !silent {
        return Err(format!("{name} says nothing"));
    }
    Ok(())
}

fn original<'a>(key: &Key, english: &'a Catalogue) -> &'a str {
    english.full.get(key).map_or("", String::as_str)
}

/// The names in braces, in their order.
pub(super) fn placeholders(text: &str) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or("has a { without a }")?;
        let letters = |c: char| c.is_ascii_lowercase() || c == '_';
        if before.contains('}') || name.is_empty() || !name.chars().all(letters) {
            return Err(format!("{{{name}}} is not a place for a name"));
        }
        names.push(name);
        rest = behind;
    }
    if rest.contains('}') {
        return Err("has a } without a {".to_owned());
    }
    Ok(names)
}
