//! First contact, and the desk's own phone.

use super::sim_phone::SimPhone;
use crate::{Action, Effect, Event, Tone};

#[test]
fn a_new_phone_shows_a_code_and_becomes_the_desks_phone() {
    let mut phone = SimPhone::new_from_factory();
    phone.expect("Enrolling");
    assert_eq!(phone.count(|e| *e == Effect::Enrol), 1);
    let code = "481920".to_owned();
    phone.tell(Event::EnrolPending { code });
    phone.expect("Enrolling(Enrolling { code: Some(\"481920\") })");
    phone.tell(Event::Enrolled);
    phone.expect("Home");
    phone.expect_reachable(&["3001"]);
    assert!(phone.flash.host.is_some());
    assert_eq!(phone.writes, 1);
}

#[test]
fn a_phone_that_is_not_enrolled_lets_nobody_in_but_dials_emergency_numbers() {
    let mut phone = SimPhone::new_from_factory();
    phone.press("*45");
    phone.expect("Enrolling");
    assert!(phone.heard(Tone::Refused));
    phone.press("3001 <call>");
    assert_eq!(phone.dialled(), Vec::<String>::new());
    phone.press("[Dismiss] [Emergency] [Call]");
    assert_eq!(phone.dialled(), ["112!"]);
}

#[test]
fn a_phone_with_a_profile_is_registered_before_any_server_answers() {
    let mut phone = SimPhone::vacant();
    phone.server.bindings.clear();
    phone.server.mode = super::sim_server::Mode::Silent;
    let phone = phone.cut_power();
    phone.expect("Home");
    phone.expect_reachable(&["3001"]);
    assert!(phone.view().status.registered);
    assert!(!phone.view().status.server);
}

#[test]
fn the_server_is_asked_again_after_every_reconnection() {
    let mut phone = SimPhone::vacant();
    phone.effects.clear();
    phone.tell(Event::ServerLink { up: false });
    phone.tell(Event::ServerLink { up: true });
    assert_eq!(phone.count(|e| matches!(e, Effect::Sync { .. })), 1);
    assert_eq!(phone.count(|e| *e == Effect::FetchProfile), 1);
}

#[test]
fn a_changed_desk_account_replaces_the_old_binding() {
    let mut phone = SimPhone::vacant();
    let mut account = phone.server.profile.account.clone();
    account.aor = hotdesk_provisioning::AddressOfRecord::parse("sip:3009@example.com").unwrap();
    phone.server.profile.account = account;
    phone.tell(Event::CheckSync);
    phone.expect_reachable(&["3009"]);
}

#[test]
fn log_in_is_always_on_the_first_key_of_the_first_page() {
    let mut phone = SimPhone::vacant();
    assert_eq!(phone.view().soft_keys.slots[0], Some(Action::LogIn));
    phone.press("[Menu] [Select]");
    phone.expect("Diagnostics");
    phone.press("<back> <back>");
    phone.log_in("2000");
    assert_eq!(phone.view().soft_keys.slots[0], Some(Action::LogOut));
}

#[test]
fn a_small_panel_has_pages_and_a_new_screen_begins_at_the_first() {
    let mut phone = SimPhone::vacant().with_soft_keys(2);
    let first = phone.view().soft_keys.slots;
    assert_eq!(first, [Some(Action::LogIn), Some(Action::More)]);
    phone.press("[More]");
    assert_ne!(phone.view().soft_keys.slots, first);
    phone.press("[Emergency]");
    let slots = phone.view().soft_keys.slots;
    assert_eq!(slots, [Some(Action::Call), Some(Action::More)]);
}
