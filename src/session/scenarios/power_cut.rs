//! The power fails in the middle of everything. Afterwards exactly one of the two accounts works, and it is the right one.

use hotdesk_provisioning::{EndReason, RefusalCode, SyncAnswer, VoidAccount};

use super::sim_phone::SimPhone;
use super::sim_server::{Mode, Registrar, admission};
use crate::{AccountSlot, Effect};

#[test]
fn a_guest_is_back_without_asking_anybody() {
    let mut phone = SimPhone::vacant();
    phone.server.ends_in = Some(3600);
    let mut phone = phone.with_jane();
    phone.server.mode = Mode::Silent;
    let phone = phone.cut_power();
    phone.expect("Home");
    phone.expect_guest("Jane Doe");
    phone.expect_reachable(&["2000"]);
    assert!(phone.view().status.registered);
}

#[test]
fn the_limit_runs_on() {
    let mut phone = SimPhone::vacant();
    phone.server.ends_in = Some(3600);
    let mut phone = phone.with_jane();
    phone.flash.tenure.as_mut().unwrap().ends_in = Some(100);
    let mut phone = phone.cut_power();
    phone.advance(40);
    phone.expect("Expiring");
    phone.advance(60);
    phone.expect_evicted(&EndReason::Limit);
}

#[test]
fn while_typing_and_while_the_server_thinks_nothing_has_happened_yet() {
    for script in ["[LogIn] 20", "[LogIn] 2000 # 7304691582 #"] {
        let mut phone = SimPhone::vacant();
        phone.server.mode = Mode::Silent;
        phone.press(script);
        phone.server.bindings.clear();
        let phone = phone.cut_power();
        phone.expect_vacant();
        phone.expect_reachable(&["3001"]);
    }
}

#[test]
fn before_the_commit_the_desk_has_its_phone_and_the_guests_binding_is_removed() {
    let mut phone = SimPhone::vacant();
    phone.server.registrar = Registrar::Silent;
    phone.log_in("2000");
    phone.expect("Switching");
    // The registrar took it, but the answer came too late for this life of the phone.
    phone.server.bindings.insert("2000".to_owned());
    let admitted = admission("a1", "2000", "Jane Doe");
    phone.server.sync_answer = Some(SyncAnswer {
        void: vec![VoidAccount {
            association: admitted.association,
            account: admitted.guest.account,
        }],
        ..SyncAnswer::default()
    });
    let mut phone = phone.cut_power();
    phone.connect();
    phone.expect_vacant();
    phone.expect_reachable(&["3001"]);
}

#[test]
fn after_the_commit_the_guest_has_the_phone_and_the_desks_binding_is_removed() {
    let mut phone = SimPhone::occupied();
    // The un-registration of the desk and the commit never left the phone.
    phone.server.bindings.insert("3001".to_owned());
    let mut phone = phone.cut_power();
    phone.expect_guest("Jane Doe");
    phone.expect_reachable(&["2000"]);
    phone.connect();
    assert_eq!(phone.commits_told(), 1);
}

#[test]
fn a_desk_that_stays_registered_is_not_cleaned_up() {
    let phone = SimPhone::occupied_with(|policy| policy.keep_host_registered = true);
    phone.cut_power().expect_reachable(&["2000", "3001"]);
}

#[test]
fn after_a_take_over_the_predecessors_binding_is_removed() {
    let mut phone = SimPhone::occupied();
    let jane = phone.association();
    phone.log_in("2001");
    let effects = phone.pressing("[Confirm]");
    let mut written = Vec::new();
    for effect in effects {
        if let Effect::Persist(saved) = effect {
            written.push(*saved);
        }
    }
    phone.flash = written.swap_remove(0);
    assert_eq!(phone.flash.left_behind[0].association, jane);
    phone.server.bindings.insert("2000".to_owned());
    let phone = phone.cut_power();
    phone.expect_guest("James Poe");
    phone.expect_reachable(&["2001"]);
    assert!(phone.flash.left_behind.is_empty());
    assert_eq!(
        phone.count(|e| *e
            == Effect::Wipe {
                association: jane.clone()
            }),
        1
    );
}

#[test]
fn a_guest_who_was_leaving_does_not_come_back() {
    let mut phone = SimPhone::occupied();
    let jane = AccountSlot::Guest(phone.association());
    phone.server.host_registrar = Registrar::Silent;
    phone.press("*46");
    phone.expect("Leaving");
    phone.server.host_registrar = Registrar::Accepts;
    let mut phone = phone.cut_power();
    phone.expect_vacant();
    phone.expect_reachable(&["3001"]);
    let back = |e: &Effect| matches!(e, Effect::Register { slot, .. } if *slot == jane);
    assert_eq!(phone.count(back), 0);
    phone.connect();
    assert_eq!(phone.ends_told(), [EndReason::LoggedOut]);
}

#[test]
fn what_the_server_is_owed_survives() {
    let mut phone = SimPhone::occupied();
    phone.server.mode = Mode::Fails(RefusalCode::ServerUnreachable);
    phone.press("*46");
    let mut phone = phone.cut_power();
    phone.server.mode = Mode::Answers;
    phone.connect();
    assert_eq!(phone.ends_told(), [EndReason::LoggedOut]);
}

#[test]
fn an_unconfirmed_departure_is_remembered_and_then_forgotten() {
    let mut phone = SimPhone::occupied();
    phone.server.unregisters = false;
    phone.press("*46");
    phone.expect_vacant();
    assert_eq!(phone.flash.left_behind.len(), 1);
    let writes = phone.writes;
    phone.advance(30);
    assert!(phone.flash.left_behind.is_empty());
    assert_eq!(phone.writes, writes + 1);
}

#[test]
fn a_lock_out_and_a_countdown_are_not_worth_remembering() {
    let mut phone = SimPhone::vacant();
    phone.server.ends_in = Some(3600);
    let mut phone = phone.with_jane();
    phone.advance(3550);
    phone.expect("Expiring");
    let phone = phone.cut_power();
    phone.expect_guest("Jane Doe");
}
