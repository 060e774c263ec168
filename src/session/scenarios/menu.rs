//! The menu, another PIN, and the guest's other phones.

use hotdesk_provisioning::{AttemptId, Push, Refusal, RefusalCode};

use super::sim_phone::SimPhone;
use super::sim_server::{Mode, PIN};
use crate::{Activity, Deed, Effect, Event, PinProblem, Tone};

#[test]
fn the_menu_offers_what_there_is_to_do_and_goes_round() {
    let mut phone = SimPhone::vacant();
    phone.press("[Menu] [Select]");
    phone.expect("Diagnostics");
    phone.press("<back>");
    phone.expect("Menu");
    phone.press("<back>");
    phone.expect("Home");
    let mut phone = SimPhone::occupied();
    phone.press("[Menu] <up> <ok>");
    phone.expect("Diagnostics");
    phone.press("<back> <down> <down> <down> <ok>");
    phone.expect("ChangePin");
}

#[test]
fn a_forgotten_menu_goes_away() {
    let mut phone = SimPhone::occupied();
    phone.press("[Menu]");
    phone.advance(30);
    phone.expect("Home");
}

fn asked_for_a_pin(effects: &[Effect]) -> Option<(String, String)> {
    effects.iter().find_map(|effect| {
        let Effect::ChangePin { old, new, .. } = effect else {
            return None;
        };
        Some((old.expose().to_owned(), new.expose().to_owned()))
    })
}

#[test]
fn a_new_pin_is_typed_twice_after_the_old_one() {
    let mut phone = SimPhone::occupied();
    phone.press("[Menu] [Select]");
    let effects = phone.pressing(&format!("{PIN} [Next] 8888 # 8888 [Submit]"));
    let (old, new) = asked_for_a_pin(&effects).unwrap();
    assert_eq!((old.as_str(), new.as_str()), (PIN, "8888"));
    let Activity::Done(done) = phone.view().activity else {
        panic!("not done: {:?}", phone.view().activity);
    };
    assert_eq!(done.deed, Deed::PinChanged);
    phone.press("<ok>");
    phone.expect("Home");
    phone.expect_guest("Jane Doe");
}

#[test]
fn two_different_new_pins_and_a_short_one_never_reach_the_server() {
    let mut phone = SimPhone::occupied();
    phone.press("[Menu] [Select]");
    let effects = phone.pressing(&format!("{PIN}# 777# 8888# 8889#"));
    assert_eq!(asked_for_a_pin(&effects), None);
    let Activity::ChangePin(change) = phone.view().activity else {
        panic!("asked no more");
    };
    assert_eq!(change.problem, Some(PinProblem::Different));
    assert!(change.old.is_some() && change.new.is_none() && change.entry.is_empty());
    assert!(effects.contains(&Effect::Tone(Tone::Refused)));
}

#[test]
fn a_wrong_old_pin_is_asked_for_again_and_a_silent_server_is_told() {
    let mut phone = SimPhone::occupied();
    phone.press("[Menu] [Select] 9999# 8888# 8888#");
    let Activity::ChangePin(change) = phone.view().activity else {
        panic!("asked no more");
    };
    assert!(matches!(
        &change.problem,
        Some(PinProblem::Refused(refusal)) if refusal.code == RefusalCode::WrongPin
    ));
    phone.server.mode = Mode::Silent;
    phone.press(&format!("{PIN}# 8888# 8888#"));
    phone.advance(10);
    phone.expect_refused(RefusalCode::ServerUnreachable);
    phone.press("<back>");
    phone.expect("Home");
}

#[test]
fn back_leads_from_field_to_field_and_out() {
    let mut phone = SimPhone::occupied();
    phone.press(&format!("[Menu] [Select] {PIN}# 8888# 1"));
    phone.press("<back> <back> <back>");
    phone.expect("ChangePin");
    phone.press("<back>");
    phone.expect("Home");
}

#[test]
fn jane_signs_out_on_her_other_phones_after_a_question() {
    let mut phone = SimPhone::occupied();
    phone.press("[Menu] <down> <ok>");
    phone.expect("EndElsewhere");
    assert_eq!(phone.count(|e| matches!(e, Effect::EndElsewhere { .. })), 0);
    phone.press("[Confirm]");
    let Activity::Done(done) = phone.view().activity else {
        panic!("not done: {:?}", phone.view().activity);
    };
    let desks = vec!["Desk 7".to_owned()];
    assert_eq!(done.deed, Deed::EndedElsewhere { desks });
    phone.advance(15);
    phone.expect("Home");
    phone.expect_guest("Jane Doe");
}

fn consent_wanted(phone: &SimPhone) -> Event {
    Event::Push(Push::ConsentWanted {
        association: phone.association(),
        attempt: AttemptId::from_random(5),
        desk: "Desk 7".to_owned(),
    })
}

fn answered(phone: &SimPhone) -> Vec<bool> {
    let answer = |effect: &Effect| {
        let Effect::AnswerConsent { granted, .. } = effect else {
            return None;
        };
        Some(*granted)
    };
    phone.effects.iter().filter_map(answer).collect()
}

#[test]
fn somebody_at_the_old_phone_says_yes_no_or_nothing() {
    for (keys, expected) in [
        ("[Confirm]", vec![true]),
        ("[Deny]", vec![false]),
        ("<back>", vec![]),
        ("", vec![]),
    ] {
        let mut phone = SimPhone::occupied();
        phone.tell(consent_wanted(&phone));
        phone.expect("Consent");
        phone.press(keys);
        phone.advance(20);
        phone.expect("Home");
        assert_eq!(answered(&phone), expected, "{keys}");
    }
}

#[test]
fn nobody_is_asked_about_somebody_else_or_while_they_type() {
    let mut phone = SimPhone::occupied();
    phone.tell(Event::Push(Push::ConsentWanted {
        association: hotdesk_provisioning::AssociationId::parse("another").unwrap(),
        attempt: AttemptId::from_random(5),
        desk: "Desk 7".to_owned(),
    }));
    phone.expect("Home");
    phone.press("[SwitchUser] 20");
    phone.tell(consent_wanted(&phone));
    phone.expect("Entering");
}

#[test]
fn a_log_in_waits_for_the_other_phone_and_asks_again_with_the_same_attempt() {
    let mut phone = SimPhone::vacant();
    let asking = Refusal {
        subject: Some("Desk 7".to_owned()),
        retry_after: Some(2),
        ..Refusal::new(RefusalCode::AskingElsewhere)
    };
    phone.server.refuse = Some(asking.clone());
    phone.log_in("2000");
    phone.expect("Admitting");
    phone.server.refuse = Some(asking);
    phone.advance(2);
    phone.expect("Admitting");
    phone.advance(2);
    phone.expect_guest("Jane Doe");
    let mut attempts: Vec<_> = phone
        .effects
        .iter()
        .filter_map(|effect| {
            let Effect::OpenAssociation { attempt, .. } = effect else {
                return None;
            };
            Some(attempt.clone())
        })
        .collect();
    assert_eq!(attempts.len(), 3);
    attempts.dedup();
    assert_eq!(attempts.len(), 1);
}

#[test]
fn a_server_that_only_ever_asks_does_not_keep_anybody_waiting() {
    let mut phone = SimPhone::vacant();
    phone.server.mode = Mode::Fails(RefusalCode::AskingElsewhere);
    phone.log_in("2000");
    phone.advance(69);
    phone.expect("Admitting");
    phone.advance(1);
    phone.expect_refused(RefusalCode::ServerUnreachable);
    phone.server.mode = Mode::Answers;
    let mut phone = SimPhone::vacant();
    phone.server.mode = Mode::Fails(RefusalCode::AskingElsewhere);
    phone.log_in("2000");
    phone.press("[Cancel]");
    phone.expect("Home");
    // A yes that comes now comes too late.
    let late = phone.late_admission("late");
    phone.tell(late);
    phone.expect_vacant();
}
