//! The provisioning server is away, broken or not to be trusted.

use hotdesk_provisioning::{EndReason, RefusalCode};

use super::sim_phone::SimPhone;
use super::sim_server::Mode;
use crate::{Effect, Event};

#[test]
fn a_silent_server_is_waited_for_ten_seconds() {
    let mut phone = SimPhone::vacant();
    phone.server.mode = Mode::Silent;
    phone.log_in("2000");
    phone.advance(9);
    phone.expect("Admitting");
    phone.advance(1);
    phone.expect_refused(RefusalCode::ServerUnreachable);
    phone.expect_reachable(&["3001"]);
}

#[test]
fn what_the_phone_itself_sees_offers_retry_and_is_reported_later() {
    for code in [
        RefusalCode::ServerUnreachable,
        RefusalCode::ServerNonsense,
        RefusalCode::ClockWrong,
        RefusalCode::ServerUntrusted,
        RefusalCode::Busy,
        RefusalCode::Internal,
    ] {
        let mut phone = SimPhone::vacant();
        phone.server.mode = Mode::Fails(code);
        phone.log_in("2000");
        phone.expect_refused(code);
        phone.server.mode = Mode::Answers;
        phone.press("[Retry]");
        phone.expect_guest("Jane Doe");
        phone.expect_reachable(&["2000"]);
    }
}

#[test]
fn retry_repeats_the_attempt_so_that_a_lost_answer_makes_no_second_association() {
    let mut phone = SimPhone::vacant();
    phone.server.mode = Mode::Silent;
    phone.log_in("2000");
    phone.advance(10);
    phone.press("[Retry]");
    let mut attempts = Vec::new();
    for effect in &phone.effects {
        if let Effect::OpenAssociation { attempt, .. } = effect {
            attempts.push(attempt.clone());
        }
    }
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0], attempts[1]);
}

#[test]
fn an_admission_after_the_time_is_up_is_voided_and_retry_begins_anew() {
    let mut phone = SimPhone::vacant();
    phone.server.mode = Mode::Silent;
    phone.log_in("2000");
    phone.advance(10);
    phone.expect_refused(RefusalCode::ServerUnreachable);
    let late = phone.late_admission("a7");
    phone.server.mode = Mode::Answers;
    phone.tell(late);
    phone.expect("Refused");
    phone.advance(5);
    assert_eq!(phone.ends_told(), [EndReason::RolledBack]);
    phone.press("[Retry]");
    phone.expect_guest("Jane Doe");
    assert_ne!(phone.association().as_str(), "a7");
}

#[test]
fn an_admission_that_comes_twice_is_not_voided_the_second_time() {
    let mut phone = SimPhone::vacant();
    phone.log_in("2000");
    let again = phone.late_admission("a1");
    phone.tell(again);
    phone.advance(60);
    phone.expect_guest("Jane Doe");
    assert!(phone.ends_told().is_empty());
}

#[test]
fn an_occupied_phone_works_on_without_its_server_and_tells_it_later() {
    let mut phone = SimPhone::occupied();
    phone.tell(Event::ServerLink { up: false });
    phone.server.mode = Mode::Fails(RefusalCode::ServerUnreachable);
    phone.press("*46");
    phone.expect_vacant();
    phone.expect_reachable(&["3001"]);
    phone.advance(7200);
    assert!(phone.ends_told().is_empty());
    phone.server.mode = Mode::Answers;
    phone.tell(Event::ServerLink { up: true });
    assert_eq!(phone.ends_told(), [EndReason::LoggedOut]);
    let told = format!("{:?}", phone.server.told);
    assert!(told.contains("seconds_ago: 7200"), "{told}");
}

#[test]
fn the_server_is_told_before_it_is_asked() {
    let mut phone = SimPhone::occupied();
    phone.server.mode = Mode::Fails(RefusalCode::ServerUnreachable);
    phone.press("*46");
    phone.effects.clear();
    phone.tell(Event::ServerLink { up: true });
    assert_eq!(phone.count(|e| matches!(e, Effect::Sync { .. })), 0);
    phone.server.mode = Mode::Answers;
    phone.effects.clear();
    phone.tell(Event::ServerLink { up: true });
    let at = |wanted: fn(&Effect) -> bool| phone.effects.iter().position(wanted).unwrap();
    let told = at(|e| matches!(e, Effect::Deliver { .. }));
    let asked = at(|e| matches!(e, Effect::Sync { .. }));
    assert!(told < asked);
}

#[test]
fn the_server_is_not_asked_while_somebody_logs_in() {
    let mut phone = SimPhone::vacant();
    phone.tell(Event::ServerLink { up: false });
    phone.server.mode = Mode::Silent;
    phone.log_in("2000");
    phone.effects.clear();
    phone.tell(Event::ServerLink { up: true });
    assert_eq!(phone.count(|e| matches!(e, Effect::Sync { .. })), 0);
    phone.press("[Cancel]");
    assert_eq!(phone.count(|e| matches!(e, Effect::Sync { .. })), 1);
}

#[test]
fn a_commit_that_the_server_does_not_want_is_cleared_up_by_asking() {
    let mut phone = SimPhone::vacant();
    phone.server.mode = Mode::Answers;
    phone.effects.clear();
    phone.server.refuse_commits = Some(RefusalCode::UnknownAssociation);
    phone.log_in("2000");
    let association = phone.association();
    let holding = Some(association);
    assert_eq!(
        phone.count(|e| *e
            == Effect::Sync {
                holding: holding.clone(),
                offline: Vec::new(),
            }),
        1
    );
}
