//! The time limit, idleness, and the countdown before either.

use hotdesk_provisioning::{EndReason, ExtendAnswer, LimitKind, Push, Refusal, RefusalCode};

use super::sim_phone::SimPhone;
use super::sim_server::{Mode, PIN};
use crate::{Action, Activity, Effect, Event, Key, Tone};

/// Jane has an hour.
fn an_hour() -> SimPhone {
    let mut phone = SimPhone::vacant();
    phone.server.ends_in = Some(3600);
    phone.with_jane()
}

#[test]
fn the_limit_is_announced_and_then_signs_jane_out() {
    let mut phone = an_hour();
    phone.advance(3539);
    phone.expect("Home");
    phone.advance(1);
    phone.expect("Expiring");
    assert!(phone.heard(Tone::Attention));
    phone.advance(60);
    phone.expect_evicted(&EndReason::Limit);
    phone.expect_reachable(&["3001"]);
    assert_eq!(phone.ends_told(), [EndReason::Limit]);
}

/// Why the countdown on the screen runs.
fn announced(phone: &SimPhone) -> EndReason {
    let activity = phone.view().activity;
    let Activity::Expiring(expiring) = activity else {
        panic!("a countdown expected: {activity:?}");
    };
    expiring.reason.clone()
}

#[test]
fn the_hour_and_the_booking_are_told_by_their_names_even_after_a_power_cut() {
    for (kind, reason) in [
        (LimitKind::TimeOfDay, EndReason::TimeOfDay),
        (LimitKind::BookingEnd, EndReason::BookingEnd),
    ] {
        let mut phone = SimPhone::vacant();
        phone.server.ends_in = Some(3600);
        phone.server.ends_for = kind;
        let mut phone = phone.with_jane().cut_power();
        phone.advance(3540);
        assert_eq!(announced(&phone), reason);
        phone.advance(60);
        phone.expect_evicted(&reason);
        phone.connect();
        assert_eq!(phone.ends_told(), [reason]);
    }
}

#[test]
fn another_limit_may_become_the_nearest_and_is_remembered() {
    let mut phone = an_hour();
    let association = phone.association();
    phone.tell(Event::Push(Push::Extended {
        association,
        ends_in: Some(3590),
        ends_for: LimitKind::BookingEnd,
    }));
    assert_eq!(
        phone.flash.tenure.as_ref().unwrap().ends_for,
        LimitKind::BookingEnd
    );
    phone.advance(3560);
    assert_eq!(announced(&phone), EndReason::BookingEnd);
    phone.server.extends = Ok(ExtendAnswer {
        ends_in: Some(50),
        ends_for: LimitKind::TimeOfDay,
    });
    phone.press("[Stay]");
    assert_eq!(announced(&phone), EndReason::TimeOfDay);
}

#[test]
fn more_time_takes_the_hour_back_as_well() {
    let mut phone = SimPhone::vacant();
    phone.server.ends_in = Some(600);
    phone.server.ends_for = LimitKind::TimeOfDay;
    let mut phone = phone.with_jane();
    phone.tell(Event::Calls { active: 1 });
    phone.advance(700);
    let association = phone.association();
    phone.tell(Event::Push(Push::Extended {
        association,
        ends_in: Some(1000),
        ends_for: LimitKind::TimeOfDay,
    }));
    phone.tell(Event::Calls { active: 0 });
    phone.expect_guest("Jane Doe");
}

#[test]
fn a_reason_that_nobody_here_knows_signs_out_all_the_same() {
    let mut phone = SimPhone::occupied();
    let association = phone.association();
    phone.tell(Event::Push(Push::Evicted {
        association,
        reason: EndReason::Unknown,
    }));
    phone.expect_evicted(&EndReason::Unknown);
}

#[test]
fn stay_moves_the_end() {
    let mut phone = an_hour();
    phone.advance(3550);
    phone.press("[Stay]");
    phone.expect("Home");
    assert_eq!(phone.flash.tenure.as_ref().unwrap().ends_in, Some(3600));
    phone.advance(3500);
    phone.expect_guest("Jane Doe");
}

#[test]
fn a_refused_or_unheard_stay_lets_the_countdown_go_on() {
    for silent in [true, false] {
        let mut phone = an_hour();
        phone.advance(3550);
        phone.server.extends = Err(Refusal::new(RefusalCode::Internal));
        if silent {
            phone.server.mode = Mode::Silent;
        }
        phone.press("[Stay]");
        phone.expect("Expiring");
        phone.advance(50);
        phone.expect_evicted(&EndReason::Limit);
    }
}

#[test]
fn a_policy_may_offer_no_stay() {
    let mut phone = SimPhone::vacant_with(|policy| policy.stay = false);
    phone.server.ends_in = Some(3600);
    let mut phone = phone.with_jane();
    phone.advance(3540);
    let slots = phone.view().soft_keys.slots;
    assert!(!slots.contains(&Some(Action::Stay)), "{slots:?}");
    phone.press("<ok>");
    assert_eq!(
        phone.count(|e| matches!(e, Effect::ExtendAssociation { .. })),
        0
    );
}

#[test]
fn the_server_may_move_the_end_by_itself() {
    let mut phone = an_hour();
    phone.advance(3550);
    let association = phone.association();
    phone.tell(Event::Push(Push::Extended {
        association: association.clone(),
        ends_in: None,
        ends_for: LimitKind::Limit,
    }));
    phone.expect("Home");
    phone.advance(100_000);
    phone.expect_guest("Jane Doe");
    // An answer about an end that has moved again meanwhile still counts: it is the server's newest word.
    phone.tell(Event::Extended {
        association,
        answer: Ok(ExtendAnswer {
            ends_in: Some(30),
            ends_for: LimitKind::Limit,
        }),
    });
    phone.advance(30);
    phone.expect_vacant();
}

#[test]
fn a_call_outlives_the_limit_but_not_by_long_afterwards() {
    let mut phone = an_hour();
    phone.tell(Event::Calls { active: 1 });
    phone.advance(4000);
    phone.expect("Home");
    phone.expect_guest("Jane Doe");
    phone.tell(Event::Calls { active: 0 });
    phone.expect_evicted(&EndReason::Limit);
}

#[test]
fn more_time_during_the_call_takes_the_log_out_back() {
    let mut phone = an_hour();
    phone.tell(Event::Calls { active: 1 });
    phone.advance(4000);
    let association = phone.association();
    phone.tell(Event::Push(Push::Extended {
        association,
        ends_in: Some(1000),
        ends_for: LimitKind::Limit,
    }));
    phone.tell(Event::Calls { active: 0 });
    phone.expect_guest("Jane Doe");
    phone.advance(1000);
    phone.expect_vacant();
}

#[test]
fn idleness_is_announced_and_any_key_ends_it() {
    let mut phone = SimPhone::occupied_with(|policy| policy.idle_limit = Some(600));
    phone.advance(540);
    phone.expect("Expiring");
    phone.press("<up>");
    phone.expect("Home");
    phone.advance(540);
    phone.press("[Stay]");
    phone.expect("Home");
    assert_eq!(
        phone.count(|e| matches!(e, Effect::ExtendAssociation { .. })),
        0
    );
    phone.advance(600);
    phone.expect_evicted(&EndReason::Idle);
}

#[test]
fn nobody_is_idle_during_a_call() {
    let mut phone = SimPhone::occupied_with(|policy| policy.idle_limit = Some(600));
    phone.tell(Event::Calls { active: 1 });
    phone.advance(3000);
    phone.tell(Event::Calls { active: 0 });
    phone.advance(539);
    phone.expect("Home");
    phone.advance(61);
    phone.expect_evicted(&EndReason::Idle);
}

#[test]
fn a_foolish_idle_limit_does_not_make_the_phone_unusable() {
    let mut phone = SimPhone::occupied_with(|policy| policy.idle_limit = Some(0));
    phone.advance(14);
    phone.expect("Home");
    phone.advance(1);
    phone.expect("Expiring");
}

#[test]
fn somebody_typing_at_the_limit_goes_on_as_if_the_phone_were_vacant() {
    let mut phone = an_hour();
    phone.advance(3530);
    phone.press("[SwitchUser] 2001");
    phone.advance(29);
    phone.expect("Entering");
    phone.press("#");
    phone.advance(29);
    phone.press("7304");
    phone.advance(12);
    phone.expect("Entering");
    phone.expect_vacant();
    phone.expect_reachable(&["3001"]);
    phone.press("691582#");
    phone.expect_guest("James Poe");
    assert!(!matches!(
        phone.view().activity,
        Activity::ConfirmTakeover(_)
    ));
}

#[test]
fn a_question_whose_subject_left_answers_itself() {
    let mut phone = an_hour();
    phone.advance(3595);
    phone.press("[LogOut] <back>");
    phone.expect("Expiring");
    phone.press(&format!("*702001# {PIN} #"));
    phone.expect("ConfirmTakeover");
    phone.advance(5);
    phone.expect_guest("James Poe");
    phone.expect_reachable(&["2001"]);
    assert_eq!(phone.ends_told(), [EndReason::Limit]);
}

#[test]
fn a_soft_key_means_what_stood_above_it_when_it_was_pressed() {
    let mut phone = an_hour();
    phone.advance(3539);
    assert_eq!(phone.view().soft_keys.slots[1], Some(Action::SwitchUser));
    // The shell is late: the countdown should have been on the screen for a second.
    phone.now += std::time::Duration::from_secs(2);
    phone.tell(Event::Key(Key::Soft(2)));
    phone.expect("Expiring(Expiring");
    assert_eq!(
        phone.count(|e| matches!(e, Effect::ExtendAssociation { .. })),
        0
    );
}
