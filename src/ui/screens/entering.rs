//! Extension and PIN being typed, and the PIN for a log-out. A PIN is only ever counted here, never read.

use hotdesk_provisioning::{Refusal, RefusalCode};
use hotdesk_session::{Entering, Field, LogoutPin};

use super::{Now, refused};
use crate::text::{Label, Message};
use crate::{Body, Form, FormField, Ink, Note};

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
    Body::Form(Form { fields, note })
}

fn two_fields(now: &Now<'_>, entering: &Entering) -> Vec<FormField> {
    let extension = FormField {
        label: now.label(Label::Extension).to_owned(),
        text: entering.extension.as_str().to_owned(),
        dots: 0,
        focused: entering.field == Field::Extension,
    };
    let pin = FormField {
        focused: entering.field == Field::Pin,
        ..pin_field(now, entering.pin.len())
    };
    vec![extension, pin]
}

/// `2019#••••`, as it is typed.
fn one_field(now: &Now<'_>, entering: &Entering) -> FormField {
    let separator = match entering.field {
        Field::Extension => "",
        Field::Pin => "#",
    };
    FormField {
        label: now.label(Label::Extension).to_owned(),
        text: format!("{}{separator}", entering.extension.as_str()),
        dots: entering.pin.len(),
        focused: true,
    }
}

fn pin_field(now: &Now<'_>, dots: usize) -> FormField {
    FormField {
        label: now.label(Label::Pin).to_owned(),
        text: String::new(),
        dots,
        focused: true,
    }
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
        fields: vec![FormField {
            focused: !pin.asking,
            ..pin_field(now, pin.pin.len())
        }],
        note: Some(note),
    })
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
