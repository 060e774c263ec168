//! The server hears of every emergency call: at once, or when it can be reached again.

use hotdesk_provisioning::{AssociationId, AttemptId, Report};

use super::sim_phone::SimPhone;
use super::sim_server::Mode;
use crate::{CallEnd, CallState, Effect, Event, NewCall, Owed};

/// What the server was told of emergency calls: which, its number, whether it is over, how long ago.
fn told(phone: &SimPhone) -> Vec<(AttemptId, String, bool, u32)> {
    let mut calls = Vec::new();
    for owed in &phone.server.told {
        let Owed::Report { report } = owed else {
            continue;
        };
        if let Report::EmergencyCall {
            call,
            number,
            ended,
            seconds_ago,
        } = report
        {
            calls.push((call.clone(), number.clone(), *ended, *seconds_ago));
        }
    }
    calls
}

fn started(id: u32, number: &str) -> Event {
    Event::CallStarted(NewCall {
        id,
        name: None,
        number: number.to_owned(),
        incoming: false,
        emergency: true,
    })
}

fn ended(id: u32) -> Event {
    let state = CallState::Ended(CallEnd::HungUp);
    Event::CallChanged { id, state }
}

#[test]
fn a_call_is_told_when_it_is_dialled_and_when_it_is_over() {
    let mut phone = SimPhone::vacant();
    phone.press("<off> 112");
    assert_eq!(told(&phone).len(), 1);
    phone.tell(started(4, "112"));
    phone.advance(95);
    phone.tell(ended(4));
    phone.tell(ended(4));
    phone.tell(Event::Calls { active: 0 });
    let told = told(&phone);
    let [(first, number, false, 0), (last, _, true, 0)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!((first, number.as_str()), (last, "112"));
}

#[test]
fn each_call_has_a_name_of_its_own() {
    let mut phone = SimPhone::vacant();
    for _ in 0..2 {
        phone.press("<off> 112");
        phone.tell(Event::Calls { active: 1 });
        phone.tell(Event::Calls { active: 0 });
        phone.press("<on>");
    }
    let told = told(&phone);
    assert_eq!(told.len(), 4);
    assert_eq!(told[0].0, told[1].0);
    assert_ne!(told[1].0, told[2].0);
}

#[test]
fn a_call_that_the_call_application_dialled_by_itself_is_told_with_a_bounded_number() {
    let mut phone = SimPhone::occupied();
    phone.tell(started(1, &"9".repeat(500)));
    assert_eq!(told(&phone)[0].1.len(), 64);
}

#[test]
fn the_server_hears_of_it_when_it_is_back_even_after_a_power_cut() {
    let mut phone = SimPhone::vacant();
    phone.server.mode = Mode::Silent;
    phone.press("<off> 112");
    phone.tell(Event::Calls { active: 1 });
    phone.advance(30);
    phone.tell(Event::Calls { active: 0 });
    assert_eq!(told(&phone), []);
    let mut phone = phone.cut_power();
    phone.server.mode = Mode::Answers;
    phone.connect();
    phone.advance(1);
    let told = told(&phone);
    let [(first, _, false, 30), (last, _, true, 0)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(first, last);
}

#[test]
fn other_reports_make_room_for_those_of_emergency_calls() {
    let mut phone = SimPhone::vacant();
    phone.server.mode = Mode::Silent;
    for number in 0..100 {
        if number == 1 {
            // Not the first, which is on its way and safe anyway.
            phone.press("<off> 112");
        }
        phone.tell(Event::Wiped {
            association: AssociationId::parse(&format!("a{number}")).unwrap(),
            stores: Vec::new(),
        });
    }
    phone.server.mode = Mode::Answers;
    phone.tell(Event::ServerLink { up: true });
    phone.advance(600);
    assert_eq!(told(&phone).len(), 1);
    assert!(phone.server.told.len() <= 32);
}

#[test]
fn telling_comes_after_calling() {
    let mut phone = SimPhone::vacant();
    phone.press("<off> 11");
    let effects = phone.pressing("2");
    let place = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).unwrap();
    let called = place(|e| matches!(e, Effect::Dial { .. }));
    assert!(called < place(|e| matches!(e, Effect::Deliver { .. })));
}
