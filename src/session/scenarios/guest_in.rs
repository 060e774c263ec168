//! Logging in, by every way there is.

use hotdesk_provisioning::{EndReason, Extension, LineKey, LineKeyKind, Pin, RefusalCode};

use super::sim_phone::SimPhone;
use super::sim_server::{Mode, PIN};
use crate::{Activity, Effect, Event, Field, Owed, Tone};

#[test]
fn jane_logs_in_with_two_fields() {
    let mut phone = SimPhone::vacant();
    phone.press("[LogIn]");
    assert_eq!(phone.count(|e| *e == Effect::WarmUp), 1);
    phone.press(&format!("2000 [Next] {PIN} [Submit]"));
    phone.expect_guest("Jane Doe");
    phone.expect("Home");
    phone.expect_reachable(&["2000"]);
    assert!(phone.heard(Tone::Done));
    assert!(phone.view().status.registered);
    assert!(phone.view().status.last_switch_ms.is_some());
}

#[test]
fn the_desk_is_unregistered_only_after_flash_knows_the_guest() {
    let mut phone = SimPhone::vacant();
    phone.effects.clear();
    phone.log_in("2000");
    let at = |wanted: fn(&Effect) -> bool| phone.effects.iter().position(wanted).unwrap();
    let registered = at(|e| matches!(e, Effect::Register { .. }));
    let written = at(|e| matches!(e, Effect::Persist(_)));
    let unregistered = at(|e| matches!(e, Effect::Unregister { .. }));
    let told = at(|e| {
        matches!(
            e,
            Effect::Deliver {
                owed: Owed::Commit { .. },
                ..
            }
        )
    });
    assert!(registered < written && written < unregistered && unregistered < told);
}

#[test]
fn a_log_in_is_one_write_to_flash() {
    let mut phone = SimPhone::vacant();
    phone.log_in("2000");
    phone.advance(3600);
    assert_eq!(phone.writes, 1);
}

#[test]
fn one_field_on_the_dial_pad_takes_as_many_presses_as_it_has_characters() {
    let mut phone = SimPhone::vacant();
    phone.press("2000#");
    let Activity::Entering(entering) = phone.view().activity else {
        panic!("not entering");
    };
    assert!(entering.one_field && entering.field == Field::Pin);
    phone.press(&format!("{PIN}#"));
    phone.expect_guest("Jane Doe");
}

#[test]
fn dialled_codes_begin_a_log_in() {
    for code in ["*45", "*90", "*45<call>", "<off> *90"] {
        let mut phone = SimPhone::vacant();
        phone.press(&code.replace('<', " <"));
        phone.expect("Entering");
        assert!(phone.view().dialling.is_none(), "{code}");
    }
    let mut phone = SimPhone::vacant();
    phone.press("*70");
    phone.expect("Home");
    phone.advance(3);
    phone.expect("Entering");
}

#[test]
fn a_code_may_carry_the_extension() {
    for end in ["#", "<call>", "<ok>"] {
        let mut phone = SimPhone::vacant();
        phone.press(&format!("*702000 {end} {PIN} <ok>"));
        phone.expect_guest("Jane Doe");
    }
    let mut phone = SimPhone::vacant();
    phone.press("*702000");
    phone.advance(3);
    phone.press(&format!("{PIN}#"));
    phone.expect_guest("Jane Doe");
}

#[test]
fn a_log_in_key_of_the_profile_begins_one_too() {
    let mut phone = SimPhone::vacant();
    phone.server.profile.keys = vec![LineKey {
        kind: LineKeyKind::LogIn,
        label: "Log In".to_owned(),
        value: None,
    }];
    phone.tell(Event::CheckSync);
    phone.press("<line1>");
    phone.expect("Entering");
}

#[test]
fn a_vendors_application_signs_somebody_in() {
    let mut phone = SimPhone::vacant();
    phone.tell(Event::LogIn {
        extension: Extension::parse("2000").unwrap(),
        pin: Pin::parse(PIN).unwrap(),
    });
    phone.expect_guest("Jane Doe");
}

#[test]
fn back_deletes_then_returns_then_leaves() {
    let mut phone = SimPhone::vacant();
    phone.press("[LogIn] 20 [Next] 7 <back> <back>");
    let Activity::Entering(entering) = phone.view().activity else {
        panic!("not entering");
    };
    assert_eq!(entering.field, Field::Extension);
    assert_eq!(entering.extension.as_str(), "20");
    phone.press("[Delete] [Delete] <back>");
    phone.expect("Home");
}

#[test]
fn a_half_typed_log_in_is_forgotten() {
    let mut phone = SimPhone::vacant();
    phone.press("[LogIn] 2000");
    phone.advance(29);
    phone.expect("Entering");
    phone.press("<down> 73046");
    phone.advance(30);
    phone.expect("Home");
}

#[test]
fn a_wrong_pin_keeps_the_extension_and_says_how_many_attempts_are_left() {
    let mut phone = SimPhone::vacant();
    phone.press("[LogIn] 2000 # 9999 #");
    let Activity::Entering(entering) = phone.view().activity else {
        panic!("not entering");
    };
    assert_eq!(entering.extension.as_str(), "2000");
    assert!(entering.pin.is_empty());
    let refusal = entering.refusal.as_ref().unwrap();
    assert_eq!(refusal.code, RefusalCode::WrongPin);
    assert_eq!(refusal.attempts_left, Some(2));
    phone.press(&format!("{PIN}#"));
    phone.expect_guest("Jane Doe");
}

#[test]
fn an_unknown_extension_is_refused_and_the_desk_stays_reachable() {
    let mut phone = SimPhone::vacant();
    phone.press(&format!("[LogIn] 4444 # {PIN} #"));
    phone.expect_refused(RefusalCode::UnknownUser);
    phone.expect_reachable(&["3001"]);
    phone.advance(15);
    phone.expect("Home");
}

#[test]
fn a_pin_that_is_too_short_is_not_sent() {
    let mut phone = SimPhone::vacant();
    phone.press("[LogIn] 2000 # 730 #");
    phone.expect("Entering");
    assert_eq!(
        phone.count(|e| matches!(e, Effect::OpenAssociation { .. })),
        0
    );
}

#[test]
fn cancelling_while_the_server_thinks_voids_a_late_admission() {
    let mut phone = SimPhone::vacant();
    phone.server.mode = Mode::Silent;
    phone.log_in("2000");
    phone.expect("Admitting");
    phone.press("[Cancel]");
    phone.expect("Home");
    let late = phone.late_admission("a9");
    phone.server.mode = Mode::Answers;
    phone.tell(late);
    phone.expect_vacant();
    phone.expect_reachable(&["3001"]);
    assert_eq!(phone.ends_told(), [EndReason::RolledBack]);
}

#[test]
fn an_answer_to_an_earlier_attempt_is_not_taken_for_the_answer_to_this_one() {
    let mut phone = SimPhone::vacant();
    phone.server.mode = Mode::Silent;
    phone.log_in("2000");
    let late = phone.late_admission("a9");
    phone.press("[Cancel]");
    phone.log_in("2001");
    phone.server.mode = Mode::Answers;
    phone.tell(late);
    phone.expect("Admitting");
    phone.expect_vacant();
    assert_eq!(phone.ends_told(), [EndReason::RolledBack]);
}

#[test]
fn the_last_extension_is_offered_where_the_policy_says_so() {
    let mut phone = SimPhone::occupied_with(|policy| policy.remember_extension = true);
    phone.press("[LogOut] [Confirm] [LogIn]");
    let Activity::Entering(entering) = phone.view().activity else {
        panic!("not entering");
    };
    assert_eq!(entering.extension.as_str(), "2000");
}

#[test]
fn a_policy_may_keep_the_desk_registered_beside_the_guest() {
    let phone = SimPhone::occupied_with(|policy| policy.keep_host_registered = true);
    phone.expect_reachable(&["2000", "3001"]);
}
