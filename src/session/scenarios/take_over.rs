//! Somebody logs in while another is signed in.

use hotdesk_provisioning::{EndReason, RefusalCode, Takeover};

use super::sim_phone::SimPhone;
use super::sim_server::{PIN, Registrar};
use crate::{Action, Activity, Effect};

#[test]
fn james_takes_over_from_jane_after_a_question() {
    let mut phone = SimPhone::occupied();
    let jane = phone.association();
    phone.log_in("2001");
    phone.expect("ConfirmTakeover");
    phone.expect_guest("Jane Doe");
    phone.expect_reachable(&["2000"]);
    phone.press("[Confirm]");
    phone.expect_guest("James Poe");
    phone.expect_reachable(&["2001"]);
    assert_eq!(phone.commits_told(), 1);
    assert!(
        phone.ends_told().is_empty(),
        "the commit ends Jane's association"
    );
    assert_eq!(
        phone.count(|e| *e
            == Effect::Wipe {
                association: jane.clone()
            }),
        1
    );
}

#[test]
fn no_answer_to_the_question_means_no() {
    let mut phone = SimPhone::occupied();
    phone.log_in("2001");
    phone.advance(20);
    phone.expect("Home");
    phone.expect_guest("Jane Doe");
    phone.expect_reachable(&["2000"]);
    assert_eq!(phone.ends_told(), [EndReason::RolledBack]);
}

#[test]
fn a_policy_may_skip_the_question() {
    let mut phone = SimPhone::occupied_with(|policy| policy.takeover = Takeover::Allow);
    phone.log_in("2001");
    phone.expect_guest("James Poe");
}

#[test]
fn a_policy_may_forbid_it_and_the_server_is_not_even_asked() {
    let mut phone = SimPhone::occupied_with(|policy| policy.takeover = Takeover::Forbid);
    assert!(
        !phone
            .view()
            .soft_keys
            .slots
            .contains(&Some(Action::SwitchUser))
    );
    for code in ["*45", "*702001#"] {
        phone.press(code);
        phone.expect_refused(RefusalCode::TakeoverForbidden);
        let Activity::Refused(refused) = phone.view().activity else {
            panic!("not refused");
        };
        assert_eq!(refused.refusal.subject.as_deref(), Some("Jane Doe"));
        phone.press("<ok>");
    }
    assert_eq!(
        phone.count(|e| matches!(e, Effect::OpenAssociation { .. })),
        0
    );
}

#[test]
fn the_same_codes_work_while_somebody_is_signed_in() {
    let mut phone = SimPhone::occupied();
    phone.press(&format!("*702001# {PIN}# <ok>"));
    phone.expect_guest("James Poe");
}

#[test]
fn jane_again_on_the_same_phone_is_not_asked_whether_to_sign_jane_out() {
    let mut phone = SimPhone::occupied();
    let before = phone.association();
    phone.log_in("2000");
    phone.expect("Home");
    phone.expect_guest("Jane Doe");
    phone.expect_reachable(&["2000"]);
    assert_ne!(phone.association(), before);
}

#[test]
fn a_refused_successor_leaves_jane_where_she_was() {
    let mut phone = SimPhone::occupied();
    phone.server.registrar = Registrar::Says(403);
    phone.log_in("2001");
    phone.press("[Confirm]");
    phone.expect_refused(RefusalCode::RegistrarRefused);
    phone.expect_guest("Jane Doe");
    phone.expect_reachable(&["2000"]);
    assert_eq!(phone.ends_told(), [EndReason::RolledBack]);
}

#[test]
fn the_wrong_pin_of_a_successor_does_not_disturb_jane() {
    let mut phone = SimPhone::occupied();
    phone.press("[SwitchUser] 2001 # 9999 #");
    phone.expect("Entering");
    phone.expect_guest("Jane Doe");
    phone.press("[Cancel]");
    phone.expect("Home");
    phone.expect_reachable(&["2000"]);
}
