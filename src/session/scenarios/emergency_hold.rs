//! After an emergency call: nobody but the people at the phone signs the guest out for a while, and the desk can be called
//! back.

use std::time::Duration;

use hotdesk_provisioning::{DialString, EndReason, Push};

use super::sim_phone::SimPhone;
use crate::{Activity, CallEnd, CallState, Effect, Event, NewCall};

/// Minutes of the default policy, in seconds.
const HOLD: u64 = 900;

fn evict(phone: &mut SimPhone) {
    let association = phone.association();
    phone.tell(Event::Push(Push::Evicted {
        association,
        reason: EndReason::UserDisabled,
    }));
}

fn call(phone: &mut SimPhone, id: u32, number: &str, emergency: bool) {
    phone.tell(Event::CallStarted(NewCall {
        id,
        name: None,
        number: number.to_owned(),
        incoming: false,
        emergency,
    }));
}

fn hang_up(phone: &mut SimPhone, id: u32) {
    let state = CallState::Ended(CallEnd::HungUp);
    phone.tell(Event::CallChanged { id, state });
}

#[test]
fn the_desk_can_be_called_back_for_as_long_as_the_policy_says() {
    let mut phone = SimPhone::occupied();
    phone.expect_reachable(&["2000"]);
    phone.press("<off> 112");
    phone.expect_reachable(&["2000", "3001"]);
    phone.press("<on>");
    phone.advance(HOLD - 1);
    phone.expect_reachable(&["2000", "3001"]);
    phone.advance(1);
    phone.expect_reachable(&["2000"]);
    phone.expect_guest("Jane Doe");
}

#[test]
fn a_remote_log_out_waits_until_the_hold_is_over() {
    let mut phone = SimPhone::occupied();
    phone.press("<off> 112");
    call(&mut phone, 1, "112", true);
    phone.advance(3 * 3600);
    evict(&mut phone);
    phone.expect_guest("Jane Doe");
    hang_up(&mut phone, 1);
    phone.advance(HOLD - 1);
    phone.expect_guest("Jane Doe");
    phone.advance(1);
    phone.expect_evicted(&EndReason::UserDisabled);
    phone.expect_reachable(&["3001"]);
}

#[test]
fn a_limit_is_announced_anew_at_the_end_of_the_hold() {
    let mut phone = SimPhone::vacant_with(|policy| policy.idle_limit = Some(300));
    phone.server.ends_in = Some(600);
    let mut phone = phone.with_jane();
    phone.advance(200);
    phone.press("<off> 112 <on>");
    phone.advance(HOLD - 61);
    phone.expect("Home");
    phone.advance(1);
    phone.expect("Expiring");
    phone.advance(60);
    assert!(matches!(phone.view().activity, Activity::Evicted(_)));
}

#[test]
fn the_people_at_the_phone_may_leave_and_change_places() {
    let mut phone = SimPhone::occupied();
    phone.press("<off> 112 <on> *46");
    phone.expect_vacant();
    let mut phone = SimPhone::occupied();
    phone.press("<off> 112 <on>");
    phone.advance(11);
    phone.log_in("2001");
    phone.press("[Confirm]");
    phone.expect_guest("James Poe");
    phone.expect_reachable(&["2001", "3001"]);
}

#[test]
fn a_call_that_the_call_application_dialled_by_itself_counts_as_well() {
    for (number, emergency) in [("112", false), ("sip:sos@example.com", true)] {
        let mut phone = SimPhone::occupied();
        call(&mut phone, 7, number, emergency);
        phone.expect_reachable(&["2000", "3001"]);
        hang_up(&mut phone, 7);
        evict(&mut phone);
        phone.advance(HOLD - 1);
        phone.expect_guest("Jane Doe");
    }
    let mut phone = SimPhone::occupied();
    call(&mut phone, 7, "2001", false);
    hang_up(&mut phone, 7);
    evict(&mut phone);
    phone.expect_evicted(&EndReason::UserDisabled);
}

#[test]
fn a_call_application_that_only_counts_is_enough() {
    let mut phone = SimPhone::occupied();
    phone.press("<off> 112");
    phone.tell(Event::Calls { active: 1 });
    phone.advance(2 * HOLD);
    evict(&mut phone);
    phone.tell(Event::Calls { active: 0 });
    phone.advance(HOLD - 1);
    phone.expect_guest("Jane Doe");
    phone.advance(1);
    phone.expect_vacant();
}

#[test]
fn an_emergency_call_that_never_ends_is_taken_to_be_over_some_time() {
    let mut phone = SimPhone::occupied();
    phone.press("<off> 112");
    phone.tell(Event::Calls { active: 1 });
    evict(&mut phone);
    phone.advance(4 * 3600 - 1);
    phone.expect_guest("Jane Doe");
    phone.advance(1);
    phone.expect_vacant();
}

#[test]
fn the_hold_outlives_a_power_cut_and_no_policy_cuts_it_short() {
    use hotdesk_provisioning::AfterPowerLoss::{AskServer, LogOut};
    for after in [LogOut, AskServer] {
        let mut phone = SimPhone::occupied_with(|policy| policy.after_power_loss = after);
        phone.press("<off> 112");
        phone.advance(100);
        let mut phone = phone.cut_power();
        phone.expect_guest("Jane Doe");
        phone.expect_reachable(&["2000", "3001"]);
        phone.connect();
        evict(&mut phone);
        phone.advance(HOLD - 1);
        phone.expect_guest("Jane Doe");
        phone.advance(1);
        phone.expect_vacant();
        assert_eq!(phone.flash.emergency_hold, None);
    }
}

#[test]
fn a_policy_without_a_hold_keeps_nobody() {
    let mut phone = SimPhone::occupied_with(|policy| policy.emergency_hold = 0);
    phone.press("<off> 112");
    phone.advance(1);
    phone.expect_reachable(&["2000"]);
    evict(&mut phone);
    phone.expect_evicted(&EndReason::UserDisabled);
}

#[test]
fn nothing_comes_before_the_call_not_even_flash() {
    for script in ["<off> 11", "[LogIn] 11", "[LogIn] 2000 # 11"] {
        let mut phone = SimPhone::vacant();
        phone.press(script);
        let effects = phone.pressing("2 <call>");
        let number = DialString::parse("112").unwrap();
        let emergency = true;
        assert_eq!(effects[0], Effect::Dial { number, emergency }, "{script}");
        assert!(matches!(effects[1], Effect::Persist(_)), "{effects:?}");
    }
}

#[test]
fn the_screen_can_say_until_when() {
    let mut phone = SimPhone::occupied();
    assert_eq!(phone.view().held_until, None);
    phone.press("<off> 112 <on>");
    let until = phone.now + Duration::from_secs(HOLD);
    assert_eq!(phone.view().held_until, Some(until));
    phone.advance(HOLD);
    assert_eq!(phone.view().held_until, None);
}
