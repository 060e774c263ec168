//! What is done beside logging in and out: the menu and what it leads to, letters, other phones of the same person.

use hotdesk_provisioning::{AssociationId, AttemptId, Pin, RefusalCode};
use hotdesk_session::{
    Action, Activity, Admitting, ChangePin, Consent, Deed, Digits, Done, Elsewhere, EndElsewhere,
    Entering, Field, Masked, Menu, MenuItem, PinProblem,
};

use super::moments::masked;
use super::people::{extension, jane, refusal};
use super::{Sample, after, epoch};

pub(super) fn all() -> Vec<Sample> {
    [menus(), pins(), letters(), elsewhere()].concat()
}

fn menus() -> Vec<Sample> {
    let menu = |name, items: &[MenuItem], chosen| {
        let menu = Menu {
            items: items.to_vec(),
            chosen,
            give_up_at: after(30),
        };
        Sample::new(name, Activity::Menu(menu)).keys(&[Action::Select, Action::Cancel])
    };
    let all = [
        MenuItem::ChangePin,
        MenuItem::EndElsewhere,
        MenuItem::Language,
        MenuItem::Information,
    ];
    vec![
        menu("menu", &all, 1).held(jane()),
        menu("menu-vacant", &all[2..], 0),
    ]
}

/// One moment of changing a PIN.
fn change(name: &'static str, change: ChangePin) -> Sample {
    let sample = Sample::new(name, Activity::ChangePin(change.clone())).held(jane());
    match (change.asking, change.entry.is_empty()) {
        (true, _) => sample.keys_and_primary(&[Action::Cancel], None),
        (false, true) => sample.keys(&[Action::Next, Action::SmallLetters, Action::Cancel]),
        (false, false) => sample.keys(&[Action::Submit, Action::Delete, Action::Cancel]),
    }
}

fn pins() -> Vec<Sample> {
    let pin = || Pin::parse("8642").ok();
    let empty = || ChangePin {
        entry: Masked::default(),
        old: None,
        new: None,
        problem: None,
        asking: false,
        give_up_at: after(30),
    };
    let wrong = Some(PinProblem::Refused(refusal(RefusalCode::WrongPin)));
    let done = Activity::Done(Done {
        deed: Deed::PinChanged,
        give_up_at: after(15),
    });
    vec![
        change("pin-old", empty()),
        change(
            "pin-old-wrong",
            ChangePin {
                problem: wrong,
                ..empty()
            },
        ),
        change(
            "pin-new",
            ChangePin {
                old: pin(),
                ..empty()
            },
        ),
        change(
            "pin-too-short",
            ChangePin {
                old: pin(),
                problem: Some(PinProblem::TooShort),
                ..empty()
            },
        ),
        change(
            "pin-again",
            ChangePin {
                old: pin(),
                new: pin(),
                entry: masked(4),
                ..empty()
            },
        ),
        change(
            "pin-different",
            ChangePin {
                old: pin(),
                problem: Some(PinProblem::Different),
                ..empty()
            },
        ),
        change(
            "pin-asking",
            ChangePin {
                asking: true,
                ..empty()
            },
        ),
        Sample::new("pin-changed", done)
            .held(jane())
            .keys(&[Action::Dismiss]),
    ]
}

fn letters() -> Vec<Sample> {
    let entering = |name, pin: Masked| {
        let entering = Entering {
            extension: Digits::from("2019"),
            pin,
            field: Field::Pin,
            one_field: false,
            refusal: None,
            give_up_at: after(30),
        };
        Sample::new(name, Activity::Entering(entering)).keys(&[
            Action::Submit,
            Action::Delete,
            Action::Cancel,
        ])
    };
    let mut small = masked(2);
    small.change_letters();
    small.press(epoch(), '7');
    small.press(epoch(), '7');
    let mut capital = small.clone();
    capital.change_letters();
    capital.press(epoch(), '9');
    capital.press(epoch(), '1');
    let mut within = masked(5);
    within.left();
    within.left();
    let mut digits = masked(3);
    digits.press(epoch(), '5');
    vec![
        entering("login-letters", small),
        entering("login-capitals-and-signs", capital),
        entering("login-cursor-within", within),
        entering("login-digit-readable", digits),
    ]
}

fn elsewhere() -> Vec<Sample> {
    let question = |name, asking| {
        let give_up_at = after(20);
        let question = Activity::EndElsewhere(EndElsewhere { asking, give_up_at });
        Sample::new(name, question).held(jane())
    };
    let done = |name, desks: &[&str]| {
        let desks = desks.iter().map(|desk| (*desk).to_owned()).collect();
        let deed = Deed::EndedElsewhere { desks };
        let give_up_at = after(15);
        Sample::new(name, Activity::Done(Done { deed, give_up_at }))
            .held(jane())
            .keys(&[Action::Dismiss])
    };
    let consent = Activity::Consent(Consent {
        association: AssociationId::parse("a41").unwrap(),
        attempt: AttemptId::from_random(8),
        desk: "Desk 7".to_owned(),
        give_up_at: after(20),
    });
    let asked = Activity::Admitting(Admitting {
        attempt: AttemptId::from_random(7),
        extension: extension("2019"),
        pin: Pin::parse("8642").unwrap(),
        one_field: false,
        submitted_at: epoch(),
        elsewhere: Some(Elsewhere {
            desk: Some("Desk 7".to_owned()),
            ask_again_at: None,
        }),
        offline: None,
        give_up_at: after(30),
    });
    let yes = [Action::Confirm, Action::Cancel];
    let yes_or_no = [Action::Confirm, Action::Deny];
    let cancel = [Action::Cancel];
    vec![
        question("elsewhere", false).keys(&yes),
        question("elsewhere-asking", true).keys_and_primary(&cancel, None),
        done("elsewhere-done", &["Desk 7"]),
        done("elsewhere-nowhere", &[]),
        Sample::new("consent", consent)
            .held(jane())
            .keys(&yes_or_no),
        Sample::new("asking-elsewhere", asked).keys_and_primary(&cancel, None),
    ]
}
