//! Extension and PIN being typed, and the PIN for a log-out. A PIN is only ever counted here, never read.

use hotdesk_provisioning::{Refusal, RefusalCode};
use hotdesk_session::{ChangePin, Entering, Field, Letters, LogoutPin, Masked, PinProblem};

use super::{Now, refused};
use crate::text::{Label, Message};
use crate::{Body, Candidates, Form, FormField, Ink, Note, Readable};

pub(super) fn body(now: &Now<'_>, entering: &Entering) -> Body {
    let fields = if entering.one_field {
        vec![one_field(now, entering)]
    } else {
        two_fields(now, entering)
    };
    let note = match &entering.refusal {
        Some(refusal) => Some(refusal_note(now, refusal)),
        None => hint(now, entering),
    };
    Body::Form(Form {
        fields,
        note,
        candidates: candidates(&entering.pin),
    })
}

fn two_fields(now: &Now<'_>, entering: &Entering) -> Vec<FormField> {
    let extension = FormField {
        label: now.label(Label::Extension).to_owned(),
        text: entering.extension.as_str().to_owned(),
        dots: 0,
        readable: None,
        behind_cursor: entering.extension.behind_cursor(),
        letters: None,
        focused: entering.field == Field::Extension,
    };
    let pin = pin_field(now, Label::Pin, &entering.pin, entering.field == Field::Pin);
    vec![extension, pin]
}

/// `2019#••••`, as it is typed.
fn one_field(now: &Now<'_>, entering: &Entering) -> FormField {
    let (separator, behind_cursor) = match entering.field {
        Field::Extension => ("", entering.extension.behind_cursor()),
        Field::Pin => ("#", entering.pin.behind_cursor()),
    };
    FormField {
        text: format!("{}{separator}", entering.extension.as_str()),
        behind_cursor,
        ..pin_field(now, Label::Extension, &entering.pin, true)
    }
}

fn pin_field(now: &Now<'_>, label: Label, pin: &Masked, focused: bool) -> FormField {
    FormField {
        label: now.label(label).to_owned(),
        text: String::new(),
        dots: pin.len(),
        readable: pin.readable().filter(|_| focused).map(Readable),
        behind_cursor: pin.behind_cursor(),
        letters: match pin.letters() {
            Letters::Digits => None,
            Letters::Small => Some("abc".into()),
            Letters::Capital => Some("ABC".into()),
        },
        focused,
    }
}

/// "a [b] c 2": which letter another press of the same key leads to.
fn candidates(pin: &Masked) -> Option<Candidates> {
    let candidates = pin.candidates()?;
    let letter = |(index, c): (usize, char)| {
        let c = if c == ' ' { '␣' } else { c };
        if index == candidates.chosen {
            format!("[{c}]")
        } else {
            c.to_string()
        }
    };
    let letters: Vec<String> = candidates.letters.chars().enumerate().map(letter).collect();
    Some(Candidates(letters.join(" ")))
}

/// Who still has the phone; else how one field is filled.
fn hint(now: &Now<'_>, entering: &Entering) -> Option<Note> {
    let text = match now.tenure() {
        Some(tenure) => now.say(Message::SomebodySignedIn, &[&tenure.guest.display_name]),
        None if entering.one_field && entering.field == Field::Pin => {
            now.text(Message::OneFieldHint).to_owned()
        }
        None => return None,
    };
    Some(quiet(text))
}

pub(super) fn log_out_pin(now: &Now<'_>, pin: &LogoutPin) -> Body {
    let note = match &pin.refusal {
        _ if pin.asking => quiet(now.text(Message::StepAsking).to_owned()),
        Some(refusal) => refusal_note(now, refusal),
        None => quiet(now.text(Message::LogOutPin).to_owned()),
    };
    Body::Form(Form {
        fields: vec![pin_field(now, Label::Pin, &pin.pin, !pin.asking)],
        note: Some(note),
        candidates: candidates(&pin.pin),
    })
}

/// The PIN as it is, as it is to be, and that again.
pub(super) fn change_pin(now: &Now<'_>, change: &ChangePin) -> Body {
    let label = match (&change.old, &change.new) {
        (None, _) => Label::Pin,
        (Some(_), None) => Label::NewPin,
        (Some(_), Some(_)) => Label::NewPinAgain,
    };
    let note = match &change.problem {
        _ if change.asking => Some(quiet(now.text(Message::StepAsking).to_owned())),
        Some(PinProblem::Refused(refusal)) => Some(refusal_note(now, refusal)),
        Some(PinProblem::Different) => Some(refusing(now, Message::PinsDiffer)),
        Some(PinProblem::TooShort) => Some(refusing(now, Message::PinTooShort)),
        None => None,
    };
    Body::Form(Form {
        fields: vec![pin_field(now, label, &change.entry, !change.asking)],
        note,
        candidates: candidates(&change.entry),
    })
}

fn refusing(now: &Now<'_>, message: Message) -> Note {
    Note {
        ink: Ink::Refusal,
        ..quiet(now.text(message).to_owned())
    }
}

fn quiet(text: String) -> Note {
    Note {
        text,
        ink: Ink::Quiet,
        code: None,
    }
}

/// "Wrong PIN. 2 attempts left."; what else a person could do is plain from the fields above.
fn refusal_note(now: &Now<'_>, refusal: &Refusal) -> Note {
    let sentence = refused::sentence(now, refusal);
    let more = match (refusal.code, refused::attempts_left(now, refusal)) {
        (_, Some(left)) => left,
        (RefusalCode::WrongPin, None) => String::new(),
        (_, None) => refused::advice(now, refusal),
    };
    Note {
        text: format!("{sentence} {more}").trim_end().to_owned(),
        ink: Ink::Refusal,
        code: Some(refused::code(now, refusal.code)),
    }
}
