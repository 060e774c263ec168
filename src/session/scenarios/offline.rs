//! The server is away, and the phone lets in whom it knows.

use hotdesk_provisioning::{AssociationId, EndReason, Held, Push, RefusalCode, Report, SyncAnswer};

use super::sim_phone::SimPhone;
use super::sim_server::{Mode, PIN};
use crate::{Activity, Effect, Event, Owed};

const HOURS: u32 = 8 * 3600;

/// Jane was here; now the server cannot be reached.
fn away() -> SimPhone {
    away_with(HOURS)
}

fn away_with(offline: u32) -> SimPhone {
    let mut phone = SimPhone::vacant_with(|policy| policy.offline = offline);
    phone.log_in("2000");
    phone.press("*46");
    phone.expect_vacant();
    cut_off(&mut phone);
    phone
}

fn cut_off(phone: &mut SimPhone) {
    phone.tell(Event::ServerLink { up: false });
    phone.server.mode = Mode::Fails(RefusalCode::ServerUnreachable);
    phone.effects.clear();
    phone.server.told.clear();
}

fn back(phone: &mut SimPhone) {
    phone.server.mode = Mode::Answers;
    phone.tell(Event::ServerLink { up: true });
}

fn type_pin(phone: &mut SimPhone, pin: &str) {
    phone.press(&format!("[LogIn] 2000 [Next] {pin} [Submit]"));
}

/// What the slow function says, which it has kept to itself so far.
fn late_opening(phone: &SimPhone) -> Event {
    let is_asked = |effect: &&Effect| matches!(effect, Effect::OpenOffline { .. });
    let asked = phone.effects.iter().find(is_asked);
    phone.server.unseal(asked.expect("a PIN is tried"))
}

fn grants(phone: &SimPhone) -> Vec<&str> {
    let saved = phone.flash.offline.iter();
    saved.map(|grant| grant.id.as_str()).collect()
}

#[test]
fn whoever_was_here_before_signs_in_and_the_server_hears_of_it_later() {
    let mut phone = away();
    phone.log_in("2000");
    phone.expect_guest("Jane Doe");
    phone.expect_reachable(&["2000"]);
    assert_eq!(phone.association().as_str(), "g1-1");
    phone.advance(3600);
    assert!(phone.server.told.is_empty());
    back(&mut phone);
    let Some(Owed::Commit {
        association,
        request,
    }) = phone.server.told.first()
    else {
        panic!("{:?}", phone.server.told);
    };
    assert_eq!((association.as_str(), request.seconds_ago), ("g1-1", 3600));
    let asked = Effect::Sync {
        holding: Some(phone.association()),
        offline: vec![AssociationId::parse("g1").unwrap()],
    };
    assert_eq!(phone.count(|e| *e == asked), 1);
    phone.expect_guest("Jane Doe");
}

#[test]
fn they_come_and_go_as_often_as_they_like_and_each_time_is_told_once() {
    let mut phone = away();
    for _ in 0..2 {
        phone.log_in("2000");
        phone.expect_guest("Jane Doe");
        phone.press("*46");
        phone.expect_vacant();
        phone.expect_reachable(&["3001"]);
        phone.advance(60);
    }
    back(&mut phone);
    let named = |owed: &Owed| match owed {
        Owed::Commit { association, .. } => Some(format!("{association} began")),
        Owed::End { association, .. } => Some(format!("{association} ended")),
        Owed::Report { .. } => None,
    };
    let told: Vec<_> = phone.server.told.iter().filter_map(named).collect();
    assert_eq!(
        told,
        ["g1-1 began", "g1-1 ended", "g1-2 began", "g1-2 ended"]
    );
}

#[test]
fn without_the_policy_without_a_grant_and_for_a_stranger_all_is_as_ever() {
    let mut phone = away_with(0);
    phone.log_in("2000");
    phone.expect_refused(RefusalCode::ServerUnreachable);
    assert!(grants(&phone).is_empty());
    let mut phone = away();
    phone.log_in("2001");
    phone.expect_refused(RefusalCode::ServerUnreachable);
    phone.expect_reachable(&["3001"]);
    assert_eq!(phone.count(|e| matches!(e, Effect::OpenOffline { .. })), 0);
}

#[test]
fn only_a_server_that_cannot_be_reached_is_done_without() {
    for code in [
        RefusalCode::Internal,
        RefusalCode::Busy,
        RefusalCode::ServerUntrusted,
        RefusalCode::UserDisabled,
        RefusalCode::NotAuthenticated,
    ] {
        let mut phone = away();
        phone.server.mode = Mode::Fails(code);
        phone.log_in("2000");
        phone.expect_refused(code);
    }
}

#[test]
fn a_silent_server_that_is_known_to_be_away_is_not_waited_for_long() {
    let mut phone = away();
    phone.server.mode = Mode::Silent;
    phone.log_in("2000");
    phone.advance(3);
    phone.expect("Admitting");
    phone.advance(1);
    phone.expect_guest("Jane Doe");
}

#[test]
fn the_fifth_wrong_pin_locks_and_a_power_cut_opens_nothing() {
    let mut phone = away();
    for left in (1..=4).rev() {
        type_pin(&mut phone, "1111");
        let Activity::Entering(entering) = phone.view().activity else {
            panic!("{:?}", phone.view().activity);
        };
        let refusal = entering.refusal.as_ref().unwrap();
        assert_eq!(refusal.code, RefusalCode::WrongPin);
        assert_eq!(refusal.attempts_left, Some(left));
        phone.press("<back> <back>");
        phone.press("[Cancel]");
    }
    type_pin(&mut phone, "1111");
    phone.expect_refused(RefusalCode::UserLocked);
    phone.advance(10);
    let mut phone = phone.cut_power();
    phone.server.mode = Mode::Fails(RefusalCode::ServerUnreachable);
    type_pin(&mut phone, PIN);
    phone.expect_refused(RefusalCode::UserLocked);
    phone.expect_vacant();
    phone.advance(30);
    type_pin(&mut phone, PIN);
    phone.expect_guest("Jane Doe");
    back(&mut phone);
    let wrong = |owed: &&Owed| {
        matches!(owed, Owed::Report { report: Report::Refused { code, .. } }
            if matches!(code, RefusalCode::WrongPin | RefusalCode::UserLocked))
    };
    assert_eq!(phone.server.told.iter().filter(wrong).count(), 5);
}

#[test]
fn whoever_cuts_the_power_while_a_pin_is_tried_has_no_try_more() {
    let mut phone = away();
    for _ in 0..5 {
        phone.server.unseals = false;
        type_pin(&mut phone, "1111");
        phone.expect("Admitting");
        phone = phone.cut_power();
        phone.server.mode = Mode::Fails(RefusalCode::ServerUnreachable);
    }
    phone.server.unseals = true;
    type_pin(&mut phone, PIN);
    phone.expect_refused(RefusalCode::UserLocked);
}

#[test]
fn after_a_power_cut_they_are_still_known() {
    let mut phone = away().cut_power();
    phone.server.mode = Mode::Fails(RefusalCode::ServerUnreachable);
    phone.log_in("2000");
    phone.expect_guest("Jane Doe");
    let phone = phone.cut_power();
    phone.expect_guest("Jane Doe");
    phone.expect_reachable(&["2000"]);
}

#[test]
fn it_is_erased_when_its_time_is_up() {
    let mut phone = away();
    phone.advance(u64::from(HOURS) - 1);
    assert_eq!(grants(&phone), ["g1"]);
    phone.advance(1);
    assert!(grants(&phone).is_empty());
    phone.log_in("2000");
    phone.expect_refused(RefusalCode::ServerUnreachable);
}

#[test]
fn nobody_stays_longer_than_what_they_came_with_is_good_for() {
    let mut phone = away();
    phone.advance(u64::from(HOURS) - 600);
    phone.log_in("2000");
    phone.advance(599);
    phone.expect_guest("Jane Doe");
    phone.advance(1);
    phone.expect_evicted(&EndReason::Limit);
    phone.expect_reachable(&["3001"]);
}

#[test]
fn while_the_pin_is_tried_112_can_be_dialled_and_the_log_in_is_cancelled_at_will() {
    let mut phone = away();
    phone.server.unseals = false;
    phone.log_in("2000");
    phone.press("<off> 112");
    assert_eq!(phone.dialled(), ["112!"]);
    let mut phone = away();
    phone.server.unseals = false;
    phone.log_in("2000");
    let late = late_opening(&phone);
    phone.press("[Cancel]");
    phone.tell(late);
    phone.expect_vacant();
    phone.expect_reachable(&["3001"]);
}

#[test]
fn a_slow_function_that_never_ends_is_given_up() {
    let mut phone = away();
    phone.server.unseals = false;
    phone.log_in("2000");
    phone.advance(15);
    phone.expect_refused(RefusalCode::ServerUnreachable);
    phone.expect_reachable(&["3001"]);
}

#[test]
fn a_server_that_comes_back_in_the_middle_has_the_last_word() {
    let mut phone = away();
    phone.server.unseals = false;
    phone.log_in("2000");
    let late = late_opening(&phone);
    let online = phone.late_admission("a7");
    phone.tell(online);
    phone.tell(late);
    phone.expect_guest("Jane Doe");
    assert_eq!(phone.association().as_str(), "a7");
    back(&mut phone);
    assert!(phone.ends_told().is_empty());
    // The other way round: the phone was faster, and what the server opened is given back.
    let mut phone = away();
    phone.log_in("2000");
    let online = phone.late_admission("a7");
    phone.tell(online);
    assert_eq!(phone.association().as_str(), "g1-1");
    back(&mut phone);
    assert_eq!(phone.ends_told(), [EndReason::RolledBack]);
}

#[test]
fn the_server_may_say_that_it_was_not_to_be() {
    let mut phone = away();
    phone.log_in("2000");
    phone.server.sync_answer = Some(SyncAnswer {
        held: Some(Held::Ended {
            reason: EndReason::UserDisabled,
        }),
        forget: vec![AssociationId::parse("g1").unwrap()],
        ..SyncAnswer::default()
    });
    back(&mut phone);
    phone.expect_evicted(&EndReason::UserDisabled);
    phone.expect_reachable(&["3001"]);
    assert!(grants(&phone).is_empty());
}

#[test]
fn what_is_taken_away_is_erased_at_once() {
    let gone: [fn(&mut SimPhone); 4] = [
        |phone| {
            let grants = vec![AssociationId::parse("g1").unwrap()];
            phone.tell(Event::Push(Push::ForgetOffline { grants }));
        },
        |phone| {
            phone.server.profile.policy.offline = 0;
            back(phone);
        },
        |phone| {
            phone.tell(Event::EnrolPending {
                code: "481920".to_owned(),
            });
        },
        |phone| phone.tell(Event::Enrolled),
    ];
    for (case, take_away) in gone.into_iter().enumerate() {
        let mut phone = away();
        assert_eq!(grants(&phone), ["g1"], "{case}");
        take_away(&mut phone);
        assert!(grants(&phone).is_empty(), "{case}");
    }
}

#[test]
fn a_newer_log_in_replaces_an_older_one_and_one_that_failed_replaces_nothing() {
    let mut phone = SimPhone::vacant_with(|policy| policy.offline = HOURS);
    for expected in ["g1", "g2"] {
        phone.log_in("2000");
        phone.press("*46");
        phone.advance(60);
        assert_eq!(grants(&phone), [expected]);
    }
    phone.server.registrar = super::sim_server::Registrar::Says(403);
    phone.log_in("2000");
    phone.expect_refused(RefusalCode::RegistrarRefused);
    assert_eq!(grants(&phone), ["g2"]);
}

#[test]
fn the_ninth_guest_takes_the_place_of_the_one_who_came_longest_ago() {
    let mut phone = SimPhone::vacant_with(|policy| policy.offline = HOURS);
    phone.log_in("2000");
    phone.press("*46");
    let jane = phone.flash.offline[0].clone();
    for number in 1..=7_u32 {
        let mut other = jane.clone();
        other.id = AssociationId::parse(&format!("x{number}")).unwrap();
        other.names =
            vec![hotdesk_provisioning::Extension::parse(&format!("900{number}")).unwrap()];
        phone.flash.offline.insert(0, other);
    }
    let mut phone = phone.cut_power();
    phone.connect();
    phone.log_in("2001");
    let kept = grants(&phone);
    assert_eq!(kept.len(), 8);
    assert_eq!((kept[0], kept[6], kept[7]), ("x6", "g1", "g2"));
}

#[test]
fn what_is_on_flash_names_nobody_and_nothing_without_the_pin() {
    let phone = away();
    let text = serde_json::to_string(&phone.flash.offline).unwrap();
    assert!(!text.contains(PIN) && !text.contains("Jane"), "{text}");
    assert_eq!(phone.flash.offline[0].expires_in, HOURS);
}
