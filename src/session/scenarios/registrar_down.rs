//! The registrar refuses or is silent: whoever had the phone has it still.

use hotdesk_provisioning::{EndReason, RefusalCode};

use super::sim_phone::SimPhone;
use super::sim_server::{Mode, Registrar};
use crate::{AccountNews, AccountSlot, Effect, Event, Owed};

fn reported(phone: &SimPhone, code: RefusalCode) -> bool {
    let code = format!("{code:?}");
    let report =
        |owed: &Owed| matches!(owed, Owed::Report { .. }) && format!("{owed:?}").contains(&code);
    phone.server.told.iter().any(report)
}

#[test]
fn a_refused_guest_is_rolled_back_and_the_server_hears_why() {
    let mut phone = SimPhone::vacant();
    phone.server.registrar = Registrar::Says(403);
    phone.log_in("2000");
    phone.expect_refused(RefusalCode::RegistrarRefused);
    phone.expect_reachable(&["3001"]);
    assert_eq!(phone.ends_told(), [EndReason::RolledBack]);
    assert!(reported(&phone, RefusalCode::RegistrarRefused));
    assert_eq!(phone.writes, 0);
}

#[test]
fn a_silent_registrar_is_waited_for_eight_seconds() {
    let mut phone = SimPhone::vacant();
    phone.server.registrar = Registrar::Silent;
    phone.log_in("2000");
    phone.advance(7);
    phone.expect("Switching");
    phone.advance(1);
    phone.expect_refused(RefusalCode::RegistrarSilent);
    assert!(reported(&phone, RefusalCode::RegistrarSilent));
    // The registrar may have taken the binding without our hearing of it.
    assert_eq!(phone.count(|e| matches!(e, Effect::Unregister { .. })), 1);
}

#[test]
fn a_passing_failure_does_not_end_the_switch() {
    let mut phone = SimPhone::vacant();
    phone.server.registrar = Registrar::Silent;
    phone.log_in("2000");
    let association = hotdesk_provisioning::AssociationId::parse("a1").unwrap();
    let slot = AccountSlot::Guest(association);
    for news in [AccountNews::Failing, AccountNews::Registered] {
        let slot = slot.clone();
        phone.tell(Event::Account { slot, news });
    }
    phone.expect_guest("Jane Doe");
}

#[test]
fn a_switch_can_be_cancelled() {
    let mut phone = SimPhone::vacant();
    phone.server.registrar = Registrar::Silent;
    phone.log_in("2000");
    phone.press("[Cancel]");
    phone.expect("Home");
    phone.expect_vacant();
    assert_eq!(phone.ends_told(), [EndReason::RolledBack]);
}

#[test]
fn a_log_out_from_afar_also_ends_a_log_in_that_is_not_committed_yet() {
    let mut phone = SimPhone::vacant();
    phone.server.registrar = Registrar::Silent;
    phone.log_in("2000");
    let reason = EndReason::Remote;
    phone.tell(Event::LogOut { reason });
    phone.expect("Home");
    assert_eq!(phone.ends_told(), [EndReason::RolledBack]);
}

#[test]
fn a_yes_that_comes_after_the_end_changes_nothing() {
    let mut phone = SimPhone::vacant();
    phone.server.registrar = Registrar::Silent;
    phone.log_in("2000");
    phone.advance(8);
    let association = hotdesk_provisioning::AssociationId::parse("a1").unwrap();
    let slot = AccountSlot::Guest(association);
    let news = AccountNews::Registered;
    phone.tell(Event::Account { slot, news });
    phone.expect_vacant();
    phone.expect("Refused");
}

#[test]
fn without_a_server_to_tell_the_void_is_told_later() {
    let mut phone = SimPhone::vacant();
    phone.server.registrar = Registrar::Silent;
    phone.log_in("2000");
    phone.server.mode = Mode::Fails(RefusalCode::ServerUnreachable);
    phone.advance(100);
    assert!(phone.ends_told().is_empty());
    assert!(!phone.flash.owed.is_empty(), "it survives a power cut");
    phone.server.mode = Mode::Answers;
    phone.tell(Event::ServerLink { up: true });
    let told = format!("{:?}", phone.server.told);
    assert!(told.contains("seconds_ago: 92"), "{told}");
    assert!(phone.flash.owed.is_empty(), "and is not told twice");
}
