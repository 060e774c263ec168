//! No screen stands between a person and an emergency call. That 112 can be dialled after every single event of every
//! story, this folder's rules check anyway; here are the ways in which people do it.

use hotdesk_provisioning::{DialString, VacantCalls};

use super::sim_phone::SimPhone;
use super::sim_server::Mode;
use crate::{DialNotice, Tone};

#[test]
fn a_lifted_handset_dials_at_the_last_digit() {
    let mut phone = SimPhone::vacant();
    phone.press("<off> 112");
    assert_eq!(phone.dialled(), ["112!"]);
}

#[test]
fn a_lying_handset_dials_by_every_key_that_may_mean_it_and_by_waiting() {
    for end in ["<call>", "<ok>", "#", "[Call]", "<off>"] {
        let mut phone = SimPhone::vacant();
        phone.press(&format!("999 {end}"));
        assert_eq!(phone.dialled(), ["999!"], "{end}");
    }
    let mut phone = SimPhone::vacant();
    phone.press("911");
    phone.advance(3);
    assert_eq!(phone.dialled(), ["911!"]);
}

#[test]
fn in_the_extension_field_it_is_not_an_extension() {
    for end in ["#", "[Next]", "<ok>", "<call>", "<off>"] {
        let mut phone = SimPhone::vacant();
        phone.press(&format!("[LogIn] 112 {end}"));
        assert_eq!(phone.dialled(), ["112!"], "{end}");
    }
}

#[test]
fn in_the_pin_field_it_is_not_a_pin() {
    for end in ["#", "[Submit]", "<ok>", "<call>", "<off>"] {
        let mut phone = SimPhone::vacant();
        phone.press(&format!("[LogIn] 2000 # 112 {end}"));
        assert_eq!(phone.dialled(), ["112!"], "{end}");
    }
}

#[test]
fn in_the_pin_field_of_a_log_out_it_is_not_a_pin_either() {
    for end in ["#", "<call>", "<off>"] {
        let mut phone = SimPhone::occupied_with(|policy| policy.logout_pin = true);
        phone.press(&format!("*46 112 {end}"));
        assert_eq!(phone.dialled(), ["112!"], "{end}");
        phone.expect_guest("Jane Doe");
    }
}

#[test]
fn the_green_key_dials_what_was_typed_last_in_the_wrong_field() {
    let mut phone = SimPhone::vacant();
    phone.press("[LogIn] 2000 # 7304112 <call>");
    assert_eq!(phone.dialled(), ["112!"]);
}

#[test]
fn while_the_server_is_asked_the_digits_still_count() {
    let mut phone = SimPhone::vacant();
    phone.server.mode = Mode::Silent;
    phone.log_in("2000");
    phone.press("112 <call>");
    assert_eq!(phone.dialled(), ["112!"]);
    phone.expect("Admitting");
}

#[test]
fn dialling_neither_ends_nor_delays_what_lies_below() {
    let mut phone = SimPhone::vacant();
    phone.press("[LogIn] 20 <off>");
    phone.press("3002");
    phone.advance(3);
    assert_eq!(phone.dialled(), ["3002"]);
    phone.press("<on> 00 #");
    phone.expect("Entering");
    phone.press("<off>");
    phone.advance(31);
    phone.expect("Home");
}

#[test]
fn the_emergency_key_fills_the_number_in_and_leaves_the_decision() {
    let mut phone = SimPhone::vacant();
    phone.press("[Emergency]");
    phone.advance(60);
    assert_eq!(phone.dialled(), Vec::<String>::new());
    assert!(phone.view().dialling.is_none());
    phone.press("[Emergency] <ok>");
    assert_eq!(phone.dialled(), ["112!"]);
}

#[test]
fn a_number_that_a_longer_emergency_number_begins_with_waits_for_the_pause() {
    let mut phone = SimPhone::vacant_with(|policy| {
        let number = DialString::parse("9992").unwrap();
        policy.emergency_numbers.push(number);
    });
    phone.press("<off> 9992");
    assert_eq!(phone.dialled(), ["9992!"]);
    phone.press("<on> <off> 999");
    assert_eq!(phone.dialled(), Vec::<String>::new());
    phone.advance(3);
    assert_eq!(phone.dialled(), ["999!"]);
}

#[test]
fn other_numbers_follow_the_policy_of_a_vacant_phone() {
    let mut phone = SimPhone::vacant();
    phone.press("<off> 01132991001");
    phone.advance(3);
    assert_eq!(phone.dialled(), Vec::<String>::new());
    let notice = phone.view().dialling.and_then(|d| d.notice.clone());
    assert_eq!(notice, Some(DialNotice::SignInToCall));
    phone.press("[LogIn]");
    phone.expect("Entering");
    let mut phone =
        SimPhone::vacant_with(|policy| policy.vacant_calls = VacantCalls::EmergencyOnly);
    phone.press("3002 <call>");
    assert!(phone.heard(Tone::Refused));
    assert_eq!(phone.dialled(), Vec::<String>::new());
    phone.press("112 <call>");
    assert_eq!(phone.dialled(), ["112!"]);
}

#[test]
fn a_guest_dials_everything_and_by_line_key() {
    let mut phone = SimPhone::occupied();
    phone.press("<line1>");
    assert_eq!(phone.dialled(), ["01132991001"]);
    phone.press("00441132991002#");
    assert_eq!(phone.dialled(), ["00441132991002"]);
    phone.press("*21*2001# <call>");
    assert_eq!(phone.dialled(), ["*21*2001#"]);
}

#[test]
fn a_number_on_a_lying_handset_is_not_dialled_by_waiting() {
    let mut phone = SimPhone::vacant();
    phone.press("2000");
    phone.advance(10);
    assert_eq!(phone.dialled(), Vec::<String>::new());
    phone.press("#");
    phone.expect("Entering");
    phone.press("<back> <back> <back> <back> <back> <back> 2000");
    phone.advance(60);
    assert_eq!(phone.dialled(), Vec::<String>::new());
    assert!(phone.view().dialling.is_none());
}
