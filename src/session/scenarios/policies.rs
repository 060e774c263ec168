//! What a site may choose about a guest's time: how long a call keeps them, what a power loss means, how long a question
//! waits.

use hotdesk_provisioning::{
    AfterPowerLoss, AttemptId, EndReason, Held, LimitKind, Policy, Push, SyncAnswer, VacantCalls,
};

use super::sim_phone::SimPhone;
use super::sim_server::Mode;
use crate::{DialNotice, Event};

fn evict(phone: &mut SimPhone) {
    let association = phone.association();
    phone.tell(Event::Push(Push::Evicted {
        association,
        reason: EndReason::Remote,
    }));
}

#[test]
fn a_call_defers_a_log_out_as_long_as_the_policy_says() {
    for (seconds, effect) in [(60, 60), (0, 0), (u32::MAX, 86_400)] {
        let mut phone = SimPhone::occupied_with(|policy| policy.call_defers_max = seconds);
        phone.tell(Event::Calls { active: 1 });
        evict(&mut phone);
        if effect > 0 {
            phone.advance(effect - 1);
            phone.expect_guest("Jane Doe");
            phone.advance(1);
        }
        phone.expect_evicted(&EndReason::Remote);
    }
}

#[test]
fn a_question_about_moving_waits_as_long_as_the_policy_says() {
    for (seconds, effect) in [(45, 45), (0, 5), (100_000, 60)] {
        let mut phone = SimPhone::occupied_with(|policy| policy.consent = seconds);
        let association = phone.association();
        phone.tell(Event::Push(Push::ConsentWanted {
            association,
            attempt: AttemptId::from_random(9),
            desk: "Desk 7".to_owned(),
        }));
        phone.advance(effect - 1);
        phone.expect("Consent");
        phone.advance(1);
        phone.expect("Home");
    }
}

#[test]
fn a_foolish_countdown_is_as_long_as_one_may_be() {
    let mut phone = SimPhone::vacant_with(|policy| policy.countdown = u32::MAX);
    phone.server.ends_in = Some(7200);
    let mut phone = phone.with_jane();
    phone.advance(7200 - 601);
    phone.expect("Home");
    phone.advance(1);
    phone.expect("Expiring");
}

#[test]
fn a_policy_that_arrives_later_is_brought_into_range_as_well() {
    let mut phone = SimPhone::vacant();
    phone.server.profile.policy.consent = 0;
    phone.tell(Event::Push(Push::ProfileChanged));
    let profile = phone.flash.host.clone().unwrap();
    assert_eq!(profile.policy.consent, *Policy::CONSENT_SECONDS.start());
    let writes = phone.writes;
    phone.tell(Event::Push(Push::ProfileChanged));
    assert_eq!(phone.writes, writes, "the same profile is not news");
}

#[test]
fn a_power_loss_may_mean_a_log_out() {
    let phone = SimPhone::occupied_with(|policy| {
        policy.after_power_loss = AfterPowerLoss::LogOut;
    });
    let mut phone = phone.cut_power();
    phone.expect_evicted(&EndReason::Restarted);
    phone.expect_reachable(&["3001"]);
    phone.connect();
    assert_eq!(phone.ends_told(), [EndReason::Restarted]);
    assert_eq!(phone.flash.tenure, None);
}

/// Jane's phone comes back from a power loss, and nobody has been asked yet.
fn unasked() -> SimPhone {
    let mut phone = SimPhone::occupied_with(|policy| {
        policy.after_power_loss = AfterPowerLoss::AskServer;
        policy.vacant_calls = VacantCalls::EmergencyOnly;
    });
    phone.server.bindings.clear();
    phone.server.mode = Mode::Silent;
    phone.cut_power()
}

#[test]
fn a_power_loss_may_mean_that_the_server_is_asked_first() {
    let mut phone = unasked();
    phone.advance(3600);
    phone.expect_guest("Jane Doe");
    phone.expect_reachable(&["3001"]);
    phone.server.mode = Mode::Answers;
    phone.connect();
    phone.expect_guest("Jane Doe");
    phone.expect_reachable(&["2000"]);
    assert!(phone.view().status.registered);
}

#[test]
fn the_server_may_say_that_the_phone_is_not_theirs_any_more() {
    let mut phone = unasked();
    phone.server.mode = Mode::Answers;
    phone.server.sync_answer = Some(SyncAnswer {
        held: Some(Held::Ended {
            reason: EndReason::BookingEnd,
        }),
        ..SyncAnswer::default()
    });
    phone.connect();
    phone.expect_evicted(&EndReason::BookingEnd);
    phone.expect_reachable(&["3001"]);
}

#[test]
fn until_the_server_is_asked_the_phone_dials_as_a_vacant_one_and_112_always() {
    let mut phone = unasked();
    phone.press("<off> 3002");
    phone.advance(3);
    assert_eq!(phone.dialled(), Vec::<String>::new());
    let notice = phone.view().dialling.and_then(|d| d.notice.clone());
    assert_eq!(notice, Some(DialNotice::SignInToCall));
    phone.press("<on> <off> 112");
    assert_eq!(phone.dialled(), ["112!"]);
}

#[test]
fn nobody_has_to_wait_for_the_server_to_leave_or_to_log_in() {
    let mut phone = unasked();
    phone.press("*46");
    phone.expect_vacant();
    let mut phone = unasked();
    phone.server.mode = Mode::Answers;
    phone.log_in("2001");
    phone.press("[Confirm]");
    phone.expect_guest("James Poe");
    phone.expect_reachable(&["2001"]);
}

#[test]
fn the_limit_of_somebody_unconfirmed_runs_on() {
    let mut phone = SimPhone::vacant_with(|policy| {
        policy.after_power_loss = AfterPowerLoss::AskServer;
    });
    phone.server.ends_in = Some(600);
    phone.server.ends_for = LimitKind::TimeOfDay;
    let mut phone = phone.with_jane();
    phone.server.mode = Mode::Silent;
    let mut phone = phone.cut_power();
    phone.advance(600);
    phone.expect_evicted(&EndReason::TimeOfDay);
}
