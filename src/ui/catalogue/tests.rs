//! A catalogue with a mistake in it is refused, with file, key and reason.

use super::{Source, generate};

const ENGLISH: &str = r#"
[count]
days = { one = "1 day", other = "{count} days" }
[message]
signing_in = "Signing in {who} at {desk}"
[label]
pin = "PIN"
[action]
[refusal]
busy = { sentence = "Busy.", advice = "Later." }
[brief.message]
signing_in = "In {who}"
"#;

const POLISH: &str = r#"
[count]
days = { one = "1 dzień", few = "{count} dni", many = "{count} dni" }
[message]
signing_in = "W {desk}: {who}"
[label]
pin = "PIN"
[refusal]
busy = { sentence = "Zajęty.", advice = "Później." }
"#;

fn with(polish: &str) -> Result<String, Vec<String>> {
    let source = |code: &str, text: &str| Source {
        file: format!("{code}.toml"),
        code: code.to_owned(),
        text: text.to_owned(),
    };
    generate(&[source("en", ENGLISH), source("pl", polish)])
}

/// The one fault after a change in the Polish file.
#[track_caller]
fn fault(from: &str, to: &str) -> String {
    assert!(POLISH.contains(from));
    let faults = with(&POLISH.replace(from, to)).expect_err("nothing was found wrong");
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.concat()
}

#[test]
fn what_is_whole_becomes_rust_with_names_as_numbers_in_the_order_of_the_english_text() {
    let rust = with(POLISH).unwrap();
    for part in [
        "SigningIn = 0,",
        "Days = 1,",
        "Pin = 4,",
        "Said::Busy { .. } => 5",
    ] {
        assert!(rust.contains(part), "{part} is not in\n{rust}");
    }
    for text in ["Signing in {0} at {1}", "W {1}: {0}", "{0} dni", "1 day"] {
        assert!(rust.contains(text), "{text} is not in\n{rust}");
    }
}

#[test]
fn a_missing_text_is_named() {
    let said = fault("pin = \"PIN\"", "");
    assert_eq!(said, "pl.toml: label.pin: is missing");
    let said = fault(", many = \"{count} dni\"", "");
    assert_eq!(said, "pl.toml: count.days.many: is missing");
    let said = fault(", advice = \"Później.\"", "");
    assert_eq!(said, "pl.toml: refusal.busy.advice: is missing");
}

#[test]
fn a_text_that_nobody_asks_for_is_named() {
    let said = fault("pin = \"PIN\"", "pin = \"PIN\"\npini = \"PIN\"");
    assert_eq!(
        said,
        "pl.toml: label.pini: is not a text that the phone says in English"
    );
    let said = fault("many =", "other = \"{count} dni\", many =");
    assert_eq!(
        said,
        "pl.toml: count.days.other: is not a part of this text in this language"
    );
    let said = fault("[label]", "[lable]\n[label]");
    assert_eq!(said, "pl.toml: lable: there is no such section");
}

#[test]
fn a_placeholder_at_the_wrong_place_is_named() {
    let said = fault("{who}", "{whom}");
    assert_eq!(
        said,
        "pl.toml: message.signing_in: nothing is filled in for {whom}"
    );
    let said = fault(": {who}", "");
    assert_eq!(said, "pl.toml: message.signing_in: does not say {who}");
    let said = fault("few = \"{count} dni\"", "few = \"dni\"");
    assert_eq!(said, "pl.toml: count.days.few: does not say {count}");
    let said = fault("{who}", "{who");
    assert_eq!(said, "pl.toml: message.signing_in: has a { without a }");
    let said = fault("pin = \"PIN\"", "pin = \"PIN{0}\"");
    assert_eq!(said, "pl.toml: label.pin: {0} is not a place for a name");
}

#[test]
fn a_brief_form_comes_whole_and_belongs_to_something() {
    let brief = |text: &str| {
        let faults = with(&format!("{POLISH}\n{text}")).expect_err("nothing was found wrong");
        faults.join("\n")
    };
    assert_eq!(
        brief("[brief.refusal]\nbusy = { sentence = \"Nie.\" }"),
        "pl.toml: brief.refusal.busy.advice: is missing beside the other parts"
    );
    assert_eq!(
        brief("[brief.label]\npan = \"PAN\""),
        "pl.toml: brief.label.pan: is not a text that the phone says in English"
    );
    assert_eq!(
        brief("[brief.label]\npin = \"\""),
        "pl.toml: brief.label.pin: pin says nothing"
    );
}

#[test]
fn what_is_no_text_at_all_is_named() {
    let said = fault("pin = \"PIN\"", "pin = 5");
    assert_eq!(said, "pl.toml: label.pin: is not a text");
    let said = fault("\"PIN\"", "\" PIN\"");
    assert_eq!(said, "pl.toml: label.pin: has a space too many");
    let said = fault("[label]", "[label");
    assert!(
        said.starts_with("pl.toml: TOML parse error at line 6"),
        "{said}"
    );
}
