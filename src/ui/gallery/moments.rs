//! The moments, in the order in which a person could meet them.

use hotdesk_provisioning::{
    AssociationId, AttemptId, EndReason, LineKeyKind, Pin, RefusalCode, VacantCalls,
};
use hotdesk_session::{
    Action, Activity, Admitting, ConfirmLogout, ConfirmTakeover, DialNotice, Dialling, Digits,
    Enrolling, Entering, Field, Leaving, LogoutPin, Masked, Status, Switching,
};
use hotdesk_ui::Trouble;

use super::people::{
    HENRY, JANE, LONG_NAME, admission, extension, guest, jane, key, refusal, tenure, unconfirmed,
};
use super::{Sample, after, beside, calls, epoch, outcomes};

/// Every sample.
#[must_use]
pub(crate) fn all() -> Vec<Sample> {
    [
        first_contact(),
        idle(),
        typing(),
        waiting_and_asking(),
        outcomes::refusals(),
        outcomes::endings(),
        dialled(),
        information(),
        beside::all(),
        calls::all(),
        troubles(),
    ]
    .concat()
}

fn enrolling(code: Option<&str>) -> Activity {
    Activity::Enrolling(Enrolling {
        code: code.map(str::to_owned),
    })
}

fn first_contact() -> Vec<Sample> {
    let new_phone = |sample: &mut Sample| {
        sample.profile = None;
        sample.wall = None;
        sample.status.server = false;
        sample.status.registered = false;
    };
    let keys = [Action::Emergency, Action::Menu, Action::Language];
    vec![
        Sample::new("enrolling-connecting", enrolling(None))
            .with(new_phone)
            .keys_and_primary(&keys, None),
        Sample::new("enrolling-code", enrolling(Some("482913")))
            .with(new_phone)
            .keys_and_primary(&keys, None),
        Sample::new("enrolling-no-network", enrolling(None))
            .with(new_phone)
            .with(|s| s.status = Status::default())
            .keys_and_primary(&keys, None),
    ]
}

fn idle() -> Vec<Sample> {
    let vacant = |name| {
        Sample::new(name, Activity::Home).keys(&[
            Action::LogIn,
            Action::Language,
            Action::Emergency,
            Action::Menu,
        ])
    };
    let occupied = |name| {
        let keys = [Action::LogOut, Action::SwitchUser, Action::Menu];
        Sample::new(name, Activity::Home)
            .held(jane())
            .keys_and_primary(&keys, None)
    };
    vec![
        vacant("vacant"),
        vacant("vacant-emergency-only").with(|s| vacant_calls(s, VacantCalls::EmergencyOnly)),
        vacant("vacant-all-calls").with(|s| vacant_calls(s, VacantCalls::All)),
        vacant("vacant-with-line-keys").with(|s| {
            if let Some(profile) = &mut s.profile {
                profile.keys = vec![
                    key(LineKeyKind::LogIn, "Log In"),
                    key(LineKeyKind::SpeedDial, "Reception"),
                ];
            }
        }),
        vacant("vacant-server-offline").with(|s| s.status.server = false),
        vacant("vacant-no-network").with(|s| s.status = Status::default()),
        vacant("vacant-long-desk").with(|s| {
            if let Some(profile) = &mut s.profile {
                profile.desk = "Great North Meeting Room by the Panorama Windows".to_owned();
            }
            s.status.server = false;
        }),
        occupied("occupied"),
        occupied("occupied-not-registered").with(|s| s.status.registered = false),
        occupied("occupied-unconfirmed")
            .held(unconfirmed())
            .with(|s| s.status.registered = false),
        occupied("occupied-call-back").with(|s| s.held_until = Some(after(900))),
        occupied("occupied-server-offline").with(|s| s.status.server = false),
        occupied("occupied-no-clock").with(|s| s.wall = None),
        occupied("occupied-many-keys").held(with_many_keys()),
        occupied("occupied-blank-places").held(with_blank_places()),
        occupied("occupied-no-keys").held(without_keys_or_end()),
        occupied("occupied-long-name").held(tenure(guest(LONG_NAME, "00441132991000123456"))),
        occupied("occupied-accents").held(tenure(guest("Žofie Łukaszewicz-Þórsdóttir", "2020"))),
        occupied("occupied-greek").held(tenure(guest("Ελένη Παπαδοπούλου", "2021"))),
        occupied("occupied-cyrillic").held(tenure(guest("Катерина Шевченко", "2022"))),
        occupied("occupied-unknown-letters").held(tenure(guest("山田 Tarō 🙂", "2023"))),
    ]
}

fn vacant_calls(sample: &mut Sample, calls: VacantCalls) {
    if let Some(profile) = &mut sample.profile {
        profile.policy.vacant_calls = calls;
    }
}

fn with_many_keys() -> hotdesk_session::Tenure {
    let mut tenure = jane();
    for label in ["Reception of the Headquarters", "Ana", "Support"] {
        let key = key(LineKeyKind::SpeedDial, label);
        tenure.guest.keys.insert(0, key);
    }
    tenure
}

fn with_blank_places() -> hotdesk_session::Tenure {
    let mut tenure = jane();
    let empty = || key(LineKeyKind::Empty, "");
    let keys = std::mem::take(&mut tenure.guest.keys);
    let spread = keys.into_iter().take(2).flat_map(|key| [key, empty()]);
    tenure.guest.keys = spread.collect();
    tenure
}

fn without_keys_or_end() -> hotdesk_session::Tenure {
    let mut tenure = jane();
    tenure.guest.keys.clear();
    tenure.ends_at = None;
    tenure
}

pub(super) fn masked(length: usize) -> Masked {
    let mut masked = Masked::default();
    for _ in 0..length {
        masked.push('8');
    }
    masked
}

fn entering(extension: &str, pin: usize, one_field: bool) -> Entering {
    Entering {
        extension: Digits::from(extension),
        pin: masked(pin),
        field: if pin > 0 || one_field {
            Field::Pin
        } else {
            Field::Extension
        },
        one_field,
        refusal: None,
        give_up_at: after(30),
    }
}

fn typing() -> Vec<Sample> {
    let form = |name, entering: Entering| {
        let forward = match entering.field {
            Field::Extension => Action::Next,
            Field::Pin => Action::Submit,
        };
        Sample::new(name, Activity::Entering(entering)).keys(&[
            forward,
            Action::Delete,
            Action::Cancel,
        ])
    };
    let refused = |code| Entering {
        field: Field::Pin,
        refusal: Some(refusal(code)),
        ..entering("2019", 0, false)
    };
    vec![
        form("login-empty", entering("", 0, false)),
        form("login-extension", entering("2019", 0, false)),
        form("login-pin", entering("2019", 4, false)),
        form("login-wrong-pin", refused(RefusalCode::WrongPin)),
        form("login-one-field", entering("2019", 4, true)),
        form("login-over-somebody", entering("2020", 0, false)).held(jane()),
        form("login-longest", entering(&"98765".repeat(7), 64, false)),
        form(
            "login-one-field-longest",
            entering(&"98765".repeat(7), 64, true),
        ),
        form("login-no-network", entering("2019", 2, false)).with(|s| s.status.network = false),
    ]
}

fn waiting_and_asking() -> Vec<Sample> {
    let attempt = || AttemptId::from_random(7);
    let give_up_at = after(20);
    let admitting = Admitting {
        attempt: attempt(),
        extension: extension("2019"),
        pin: Pin::parse("8642").unwrap(),
        one_field: false,
        submitted_at: epoch(),
        elsewhere: None,
        offline: None,
        give_up_at,
    };
    let here = Activity::Admitting(Admitting {
        offline: AssociationId::parse("g41").ok(),
        ..admitting.clone()
    });
    let typed = || (extension("2019"), Pin::parse("8642").unwrap());
    let switching = Activity::Switching(Switching {
        admission: admission(guest(JANE, "01132991000")),
        attempt: attempt(),
        typed: typed(),
        submitted_at: epoch(),
        give_up_at,
    });
    let takeover = |name| {
        Activity::ConfirmTakeover(ConfirmTakeover {
            admission: admission(guest(name, "2020")),
            attempt: attempt(),
            typed: typed(),
            give_up_at,
        })
    };
    let yes_or_no = [Action::Confirm, Action::Cancel];
    let cancel = [Action::Cancel];
    vec![
        Sample::new("asking-server", Activity::Admitting(admitting))
            .keys_and_primary(&cancel, None),
        Sample::new("checking-here", here)
            .with(|s| s.status.server = false)
            .keys_and_primary(&cancel, None),
        Sample::new("registering", switching).keys_and_primary(&cancel, None),
        Sample::new("takeover", takeover(HENRY))
            .held(jane())
            .keys(&yes_or_no),
        Sample::new("takeover-long-names", takeover(LONG_NAME))
            .held(tenure(guest(LONG_NAME, "2019")))
            .keys(&yes_or_no),
        Sample::new(
            "logout-confirm",
            Activity::ConfirmLogout(ConfirmLogout { give_up_at }),
        )
        .held(jane())
        .keys(&yes_or_no),
        logout_pin("logout-pin", 2, None, false),
        logout_pin("logout-pin-wrong", 0, Some(RefusalCode::WrongPin), false),
        logout_pin("logout-pin-asking", 4, None, true),
        Sample::new(
            "leaving",
            Activity::Leaving(Leaving {
                reason: EndReason::LoggedOut,
                give_up_at,
            }),
        )
        .held(jane())
        .keys_and_primary(&[], None),
    ]
}

fn logout_pin(name: &'static str, typed: usize, code: Option<RefusalCode>, asking: bool) -> Sample {
    let activity = Activity::LogoutPin(LogoutPin {
        pin: masked(typed),
        refusal: code.map(refusal),
        asking,
        give_up_at: after(30),
    });
    let keys: &[Action] = if asking {
        &[]
    } else {
        &[Action::Submit, Action::Delete, Action::Cancel]
    };
    Sample::new(name, activity).held(jane()).keys(keys)
}

fn dialled() -> Vec<Sample> {
    let dial = |name, digits: &str, notice, keys: &[Action]| {
        Sample::new(name, Activity::Home).keys(keys).with(|s| {
            s.dialling = Some(Dialling {
                digits: Digits::from(digits),
                lifted: false,
                notice,
                filled_in: false,
                complete_at: after(3),
            });
        })
    };
    let calling = |number: &str, emergency| {
        let number = number.to_owned();
        Some(DialNotice::Calling { number, emergency })
    };
    let typing = [Action::Call, Action::Delete, Action::Cancel];
    let long = "0049301234567890123456789012345";
    vec![
        dial("dial-empty", "", None, &typing),
        dial("dial-typing", "01132991001", None, &typing),
        dial("dial-longest", long, None, &typing),
        dial("dial-emergency-number", "112", None, &typing),
        dial(
            "dial-calling",
            "",
            calling("2001", false),
            &[Action::Dismiss],
        ),
        dial(
            "dial-emergency-call",
            "",
            calling("112", true),
            &[Action::Dismiss],
        ),
        dial(
            "dial-sign-in-first",
            "0113299",
            Some(DialNotice::SignInToCall),
            &[Action::LogIn, Action::Dismiss],
        ),
    ]
}

fn information() -> Vec<Sample> {
    let sample = |name| Sample::new(name, Activity::Diagnostics).keys(&[Action::Dismiss]);
    vec![
        sample("information").with(|s| s.status.last_switch_ms = Some(184)),
        sample("information-new-phone").with(|s| {
            s.profile = None;
            s.wall = None;
            s.status = Status::default();
            s.facts.address = None;
        }),
    ]
}

fn troubles() -> Vec<Sample> {
    let mistake =
        "/etc/hotdesk/agent.toml: line 3: unknown field `ca`, expected `url` or `ca_file`";
    let cannot_start = Trouble::CannotStart(mistake.to_owned());
    let with = |troubles: &[Trouble]| {
        let troubles = troubles.to_vec();
        move |sample: &mut Sample| sample.facts.troubles = troubles
    };
    let information = |name, troubles: &[Trouble]| {
        Sample::new(name, Activity::Diagnostics)
            .keys(&[Action::Dismiss])
            .with(with(troubles))
    };
    let missing = Trouble::KeysMissing("7#".to_owned());
    let no_server = |name, trouble: Trouble| {
        Sample::new(name, enrolling(None))
            .with(|s| {
                s.profile = None;
                s.wall = None;
                s.status = Status {
                    network: true,
                    ..Status::default()
                };
            })
            .with(with(&[trouble]))
            .keys_and_primary(&[Action::Emergency, Action::Menu], None)
    };
    let named = "http://192.0.2.10/prov/".to_owned();
    vec![
        Sample::new("trouble-cannot-start", enrolling(None))
            .with(|s| {
                s.profile = None;
                s.wall = None;
                s.status = Status::default();
                s.facts.address = None;
            })
            .with(with(&[cannot_start]))
            .keys_and_primary(&[Action::Emergency, Action::Menu, Action::Language], None),
        no_server("trouble-no-server", Trouble::NoServer),
        no_server("trouble-other-server", Trouble::OtherServer(named)),
        Sample::new("trouble-vacant", Activity::Home)
            .keys(&[
                Action::LogIn,
                Action::Language,
                Action::Emergency,
                Action::Menu,
            ])
            .with(with(&[Trouble::CannotStore])),
        information("trouble-cannot-save", &[Trouble::CannotStore]),
        information(
            "trouble-all",
            &[Trouble::ClockWrong, Trouble::CannotStore, missing],
        ),
    ]
}
