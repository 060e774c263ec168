//! Signed out by somebody or something else.

use hotdesk_provisioning::{EndReason, Held, Push, SyncAnswer};

use super::sim_phone::SimPhone;
use crate::{AccountNews, AccountSlot, Effect, Event};

fn moved() -> EndReason {
    EndReason::Moved {
        to: "Desk 14".to_owned(),
    }
}

fn evict(phone: &mut SimPhone, reason: EndReason) {
    let association = phone.association();
    phone.tell(Event::Push(Push::Evicted {
        association,
        reason,
    }));
}

#[test]
fn jane_logs_in_elsewhere_and_this_phone_says_so() {
    let mut phone = SimPhone::occupied();
    evict(&mut phone, moved());
    phone.expect_vacant();
    phone.expect_evicted(&moved());
    phone.expect_reachable(&["3001"]);
    // Said back, so that the server revokes the account at once.
    assert_eq!(phone.ends_told(), [moved()]);
    phone.advance(60);
    phone.expect("Home");
}

#[test]
fn every_reason_has_its_notice_until_a_key_is_pressed() {
    let by = || "admin".to_owned();
    let reasons = [
        EndReason::Administrator { by: by() },
        EndReason::Remote,
        EndReason::UserDisabled,
        EndReason::PhoneDisabled,
        EndReason::TakenOver { by: by() },
    ];
    for reason in reasons {
        let mut phone = SimPhone::occupied();
        evict(&mut phone, reason.clone());
        phone.expect_evicted(&reason);
        phone.press("<ok>");
        phone.expect("Home");
    }
}

#[test]
fn an_eviction_of_somebody_else_changes_nothing() {
    let mut phone = SimPhone::occupied();
    let association = hotdesk_provisioning::AssociationId::parse("other").unwrap();
    phone.tell(Event::Push(Push::Evicted {
        association,
        reason: moved(),
    }));
    phone.expect_guest("Jane Doe");
}

#[test]
fn an_eviction_while_the_phone_was_away_is_learned_at_the_next_sync() {
    let mut phone = SimPhone::occupied();
    phone.tell(Event::ServerLink { up: false });
    phone.server.sync_answer = Some(SyncAnswer {
        held: Some(Held::Ended { reason: moved() }),
        ..SyncAnswer::default()
    });
    phone.tell(Event::ServerLink { up: true });
    phone.expect_evicted(&moved());
    phone.expect_reachable(&["3001"]);
}

#[test]
fn an_answer_about_somebody_who_left_meanwhile_does_not_hurt_their_successor() {
    let mut phone = SimPhone::occupied();
    phone.server.mode = super::sim_server::Mode::Silent;
    phone.tell(Event::ServerLink { up: true });
    phone.server.mode = super::sim_server::Mode::Answers;
    phone.log_in("2001");
    phone.press("[Confirm]");
    phone.expect_guest("James Poe");
    phone.tell(Event::Synced(Box::new(SyncAnswer {
        held: Some(Held::Ended { reason: moved() }),
        ..SyncAnswer::default()
    })));
    phone.expect_guest("James Poe");
}

#[test]
fn a_displaced_account_is_abandoned_because_the_number_is_not_ours_any_more() {
    for news in [
        AccountNews::Displaced,
        AccountNews::Rejected { status: 403 },
    ] {
        let mut phone = SimPhone::occupied();
        let slot = AccountSlot::Guest(phone.association());
        phone.tell(Event::Account {
            slot: slot.clone(),
            news,
        });
        phone.expect_evicted(&EndReason::Displaced);
        assert_eq!(
            phone.count(|e| *e == Effect::Abandon { slot: slot.clone() }),
            1
        );
        assert_eq!(phone.count(|e| matches!(e, Effect::Unregister { .. })), 0);
    }
}

#[test]
fn the_servers_reason_is_better_than_the_registrars() {
    let mut phone = SimPhone::occupied();
    phone.server.host_registrar = super::sim_server::Registrar::Silent;
    let slot = AccountSlot::Guest(phone.association());
    let news = AccountNews::Displaced;
    phone.tell(Event::Account { slot, news });
    phone.expect("Leaving");
    evict(&mut phone, moved());
    phone.advance(4);
    phone.expect_evicted(&moved());
}

#[test]
fn a_call_defers_an_eviction_to_its_end() {
    let mut phone = SimPhone::occupied();
    phone.tell(Event::Calls { active: 1 });
    evict(&mut phone, moved());
    phone.advance(1800);
    phone.expect_guest("Jane Doe");
    phone.tell(Event::Calls { active: 0 });
    phone.expect_evicted(&moved());
}

#[test]
fn no_call_defers_an_eviction_for_ever() {
    let mut phone = SimPhone::occupied();
    phone.tell(Event::Calls { active: 1 });
    evict(&mut phone, moved());
    phone.advance(2 * 3600 - 1);
    phone.expect_guest("Jane Doe");
    phone.advance(1);
    phone.expect_evicted(&moved());
}

#[test]
fn a_person_may_log_out_during_a_call() {
    let mut phone = SimPhone::occupied();
    phone.tell(Event::Calls { active: 1 });
    phone.press("*46");
    phone.expect_vacant();
    phone.expect("Home");
}

#[test]
fn somebody_typing_is_not_disturbed_when_the_other_is_evicted() {
    let mut phone = SimPhone::occupied();
    phone.press("[SwitchUser] 20");
    evict(&mut phone, moved());
    phone.expect_vacant();
    phone.expect("Entering");
    phone.expect_reachable(&["3001"]);
    phone.press(&format!("01 # {} #", super::sim_server::PIN));
    phone.expect_guest("James Poe");
    phone.expect_reachable(&["2001"]);
}

#[test]
fn a_log_in_that_the_server_ends_before_it_is_committed_rolls_back() {
    let mut phone = SimPhone::vacant();
    phone.server.registrar = super::sim_server::Registrar::Silent;
    phone.log_in("2000");
    phone.expect("Switching");
    let association = hotdesk_provisioning::AssociationId::parse("a1").unwrap();
    phone.tell(Event::Push(Push::Evicted {
        association,
        reason: EndReason::UserDisabled,
    }));
    phone.expect_evicted(&EndReason::UserDisabled);
    phone.expect_reachable(&["3001"]);
}
