//! Calls on the screen: what rings, what is talked about, what is over; and lamps and pages of line keys.

use hotdesk_provisioning::{DialString, EndReason, LineKey, LineKeyKind};

use super::sim_phone::SimPhone;
use crate::{CallEnd, CallOrder, CallState, Effect, Event, LineSlot, NewCall, Presence, Settings};

fn begins(phone: &mut SimPhone, id: u32, incoming: bool) {
    phone.tell(Event::CallStarted(NewCall {
        id,
        name: Some("Henry Okafor".to_owned()),
        number: "2002".to_owned(),
        incoming,
        emergency: false,
    }));
}

fn becomes(phone: &mut SimPhone, id: u32, state: CallState) {
    phone.tell(Event::CallChanged { id, state });
}

fn orders(effects: &[Effect]) -> Vec<(u32, CallOrder)> {
    let order = |effect: &Effect| {
        let Effect::Call { id, order } = effect else {
            return None;
        };
        Some((*id, *order))
    };
    effects.iter().filter_map(order).collect()
}

fn state(phone: &SimPhone) -> Option<CallState> {
    phone.view().call.map(|call| call.state)
}

#[test]
fn a_call_that_rings_is_taken_talked_on_held_and_ended() {
    let mut phone = SimPhone::occupied();
    begins(&mut phone, 7, true);
    assert_eq!(
        orders(&phone.pressing("[Answer]")),
        [(7, CallOrder::Answer)]
    );
    becomes(&mut phone, 7, CallState::Active);
    assert_eq!(orders(&phone.pressing("[Hold]")), [(7, CallOrder::Hold)]);
    becomes(&mut phone, 7, CallState::Held);
    assert_eq!(orders(&phone.pressing("<ok>")), [(7, CallOrder::Resume)]);
    becomes(&mut phone, 7, CallState::Active);
    assert_eq!(
        orders(&phone.pressing("[HangUp]")),
        [(7, CallOrder::HangUp)]
    );
    becomes(&mut phone, 7, CallState::Ended(CallEnd::HungUp));
    assert!(phone.view().call.is_some());
    phone.advance(4);
    assert_eq!(state(&phone), None);
    phone.expect("Home");
}

#[test]
fn the_handset_answers_and_hangs_up() {
    let mut phone = SimPhone::vacant();
    begins(&mut phone, 1, true);
    assert_eq!(orders(&phone.pressing("<off>")), [(1, CallOrder::Answer)]);
    assert!(phone.view().dialling.is_none());
    becomes(&mut phone, 1, CallState::Active);
    assert_eq!(orders(&phone.pressing("<on>")), [(1, CallOrder::HangUp)]);
}

#[test]
fn back_says_no_and_leaves_a_conversation_alone() {
    let mut phone = SimPhone::occupied();
    begins(&mut phone, 1, true);
    assert_eq!(orders(&phone.pressing("<back>")), [(1, CallOrder::Reject)]);
    becomes(&mut phone, 1, CallState::Active);
    assert_eq!(orders(&phone.pressing("<back>")), []);
    becomes(&mut phone, 1, CallState::Ended(CallEnd::Busy));
    phone.press("<back>");
    assert_eq!(state(&phone), None);
}

#[test]
fn what_rings_comes_before_what_is_talked_about() {
    let mut phone = SimPhone::occupied();
    begins(&mut phone, 1, false);
    becomes(&mut phone, 1, CallState::Active);
    begins(&mut phone, 2, true);
    assert_eq!(state(&phone), Some(CallState::Incoming));
    becomes(&mut phone, 2, CallState::Ended(CallEnd::NoAnswer));
    assert_eq!(state(&phone), Some(CallState::Active));
}

#[test]
fn a_dialled_number_gives_its_screen_to_its_call_and_a_log_out_waits_for_it() {
    let mut phone = SimPhone::occupied();
    phone.press("2002 <call>");
    assert!(phone.view().dialling.is_some());
    begins(&mut phone, 3, false);
    assert!(phone.view().dialling.is_none());
    let association = phone.association();
    phone.tell(Event::Push(hotdesk_provisioning::Push::Evicted {
        association,
        reason: EndReason::UserDisabled,
    }));
    phone.expect_guest("Jane Doe");
    becomes(&mut phone, 3, CallState::Ended(CallEnd::HungUp));
    phone.expect_vacant();
}

#[test]
fn calls_are_bounded_and_what_nobody_named_changes_nothing() {
    let mut phone = SimPhone::occupied();
    for id in 0..100 {
        begins(&mut phone, id, true);
    }
    becomes(&mut phone, 77, CallState::Active);
    assert_eq!(state(&phone), Some(CallState::Incoming));
    for id in 0..4 {
        becomes(&mut phone, id, CallState::Ended(CallEnd::Failed));
    }
    phone.advance(4);
    assert_eq!(state(&phone), None);
}

#[test]
fn an_emergency_number_is_dialled_over_a_call() {
    for incoming in [true, false] {
        let mut phone = SimPhone::occupied();
        begins(&mut phone, 1, incoming);
        phone.effects.clear();
        phone.press("[Emergency] <call>");
        assert_eq!(phone.dialled(), ["112!"]);
        phone.press("<back> 999 <call>");
        assert_eq!(phone.dialled(), ["999!"]);
    }
}

#[test]
fn a_watched_number_has_its_state_until_it_is_forgotten() {
    let mut phone = SimPhone::occupied();
    let number = DialString::parse("2002").unwrap();
    for presence in [Some(Presence::Busy), None] {
        let number = number.clone();
        phone.tell(Event::Watched { number, presence });
        let known = DialString::parse("2002").unwrap();
        assert_eq!(phone.view().watched.of(&known), presence);
    }
}

#[test]
fn the_last_line_key_leafs_through_a_long_profile_and_every_key_dials_what_it_says() {
    let mut phone = SimPhone::vacant();
    phone.server.profile.keys = (0..9)
        .map(|n| LineKey {
            kind: LineKeyKind::SpeedDial,
            label: format!("Key {n}"),
            value: DialString::parse(&format!("200{n}")).ok(),
        })
        .collect();
    phone.tell(Event::CheckSync);
    let Settings { line_keys, .. } = super::sim_phone::four_keys(true);
    assert_eq!(line_keys, 4);
    let others = |phone: &SimPhone| phone.view().line_keys.slots[3];
    assert_eq!(others(&phone), LineSlot::More { others: 6 });
    phone.press("<line1>");
    assert_eq!(phone.dialled(), ["2000"]);
    phone.press("<on> <back> <line4> <line1>");
    assert_eq!(phone.dialled(), ["2003"]);
    // Dialling was another screen: the pages begin anew.
    phone.press("<back> <line4> <line4> <line3>");
    assert_eq!(phone.dialled(), ["2008"]);
}
