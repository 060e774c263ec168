//! Logging out, and what is left: nothing.

use hotdesk_provisioning::{EndReason, RefusalCode};

use super::sim_phone::SimPhone;
use super::sim_server::{Mode, PIN, Registrar};
use crate::{Activity, Effect, Event};

fn expect_gone(phone: &SimPhone) {
    phone.expect_vacant();
    phone.expect("Home");
    phone.expect_reachable(&["3001"]);
    assert_eq!(phone.ends_told(), [EndReason::LoggedOut]);
    assert_eq!(phone.count(|e| matches!(e, Effect::Wipe { .. })), 1);
    assert_eq!(phone.flash.tenure, None);
    assert!(phone.flash.left_behind.is_empty());
}

#[test]
fn jane_logs_out_by_soft_key_after_a_question() {
    let mut phone = SimPhone::occupied();
    phone.press("[LogOut]");
    phone.expect("ConfirmLogout");
    phone.press("<ok>");
    expect_gone(&phone);
    assert_eq!(phone.writes, 3);
}

#[test]
fn the_question_is_answered_with_no_by_waiting() {
    let mut phone = SimPhone::occupied();
    phone.press("[LogOut]");
    phone.advance(20);
    phone.expect("Home");
    phone.expect_guest("Jane Doe");
}

#[test]
fn dialled_codes_log_out_without_a_question() {
    for code in ["*46", "*91", "*71"] {
        let mut phone = SimPhone::occupied();
        phone.press(code);
        expect_gone(&phone);
    }
}

#[test]
fn a_log_out_code_on_a_vacant_phone_does_nothing() {
    let mut phone = SimPhone::vacant();
    phone.press("*46");
    phone.expect("Home");
    assert!(phone.ends_told().is_empty());
}

#[test]
fn the_desk_comes_back_before_the_guest_goes() {
    let mut phone = SimPhone::occupied();
    phone.press("[LogOut] [Confirm]");
    let at = |wanted: fn(&Effect) -> bool| phone.effects.iter().position(wanted).unwrap();
    let registered = at(|e| matches!(e, Effect::Register { .. }));
    let unregistered = at(|e| matches!(e, Effect::Unregister { .. }));
    let erased = at(|e| matches!(e, Effect::Wipe { .. }));
    assert!(registered < unregistered && unregistered < erased);
}

#[test]
fn a_silent_registrar_cannot_keep_jane_signed_in() {
    let mut phone = SimPhone::occupied();
    phone.server.host_registrar = Registrar::Silent;
    phone.press("[LogOut] [Confirm]");
    phone.expect("Leaving");
    phone.expect_guest("Jane Doe");
    phone.advance(4);
    phone.expect_vacant();
    phone.expect_reachable(&[]);
    assert!(!phone.view().status.registered);
}

#[test]
fn a_desk_account_that_is_refused_is_not_waited_for() {
    let mut phone = SimPhone::occupied();
    phone.server.host_registrar = Registrar::Says(403);
    phone.press("[LogOut] [Confirm]");
    phone.expect_vacant();
}

#[test]
fn a_policy_may_ask_for_the_pin() {
    let mut phone = SimPhone::occupied_with(|policy| policy.logout_pin = true);
    phone.press("*46");
    phone.expect("LogoutPin");
    phone.press("9999 #");
    let Activity::LogoutPin(logout) = phone.view().activity else {
        panic!("not asked again");
    };
    assert!(logout.pin.is_empty() && !logout.asking);
    let refusal = logout.refusal.as_ref().unwrap();
    assert_eq!(refusal.code, RefusalCode::WrongPin);
    phone.press(&format!("{PIN} [Submit]"));
    expect_gone(&phone);
}

#[test]
fn without_the_server_the_pin_is_not_needed() {
    for mode in [Mode::Silent, Mode::Fails(RefusalCode::ServerUnreachable)] {
        let mut phone = SimPhone::occupied_with(|policy| policy.logout_pin = true);
        phone.server.mode = mode;
        phone.press("[LogOut] [Confirm] 9999 #");
        phone.advance(10);
        phone.expect_vacant();
        phone.expect_reachable(&["3001"]);
        phone.server.mode = Mode::Answers;
        phone.advance(400);
        assert_eq!(phone.ends_told(), [EndReason::LoggedOut], "{mode:?}");
    }
}

#[test]
fn nobody_types_the_pin_and_jane_stays() {
    let mut phone = SimPhone::occupied_with(|policy| policy.logout_pin = true);
    phone.press("[LogOut] [Confirm] 73");
    phone.advance(30);
    phone.expect("Home");
    phone.expect_guest("Jane Doe");
}

#[test]
fn the_kept_desk_account_needs_no_waiting() {
    let mut phone = SimPhone::occupied_with(|policy| policy.keep_host_registered = true);
    phone.press("[LogOut] [Confirm]");
    expect_gone(&phone);
    assert_eq!(phone.count(|e| matches!(e, Effect::Register { .. })), 0);
    assert_eq!(phone.writes, 2);
}

#[test]
fn a_log_out_by_the_control_socket_is_the_persons_own() {
    let mut phone = SimPhone::occupied();
    let reason = EndReason::LoggedOut;
    phone.tell(Event::LogOut { reason });
    expect_gone(&phone);
}

#[test]
fn what_was_erased_is_reported() {
    let mut phone = SimPhone::occupied();
    phone.press("*46");
    let wiped = |owed: &&crate::Owed| format!("{owed:?}").contains("call log");
    assert_eq!(phone.server.told.iter().filter(wiped).count(), 1);
}

#[test]
fn a_log_out_that_is_told_is_not_taken_for_one_that_is_asked_for_without_a_pin() {
    let mut phone = SimPhone::occupied_with(|policy| policy.logout_pin = true);
    phone.server.mode = Mode::Silent;
    phone.press("*46 9999 #");
    phone.server.mode = Mode::Answers;
    phone.advance(10);
    phone.expect_vacant();
    let told = format!("{:?}", phone.server.told);
    assert!(
        told.contains("reason: LoggedOut, pin: None, seconds_ago: 1"),
        "{told}"
    );
}
