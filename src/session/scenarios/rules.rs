//! What holds on every screen: one key moves forward, the same action is on the same key, Back works, nothing is a dead
//! end, and an emergency number can be dialled.

use std::collections::BTreeMap;

use hotdesk_provisioning::{AttemptId, EndReason, Language, Push, Refusal, RefusalCode};

use super::sim_phone::SimPhone;
use super::sim_server::{Mode, Registrar};
use crate::{Action, Activity, CallEnd, CallState, Event, Holder, Key, NewCall};

/// Back is pressed so often at most to come home: once for each character and field that may have been typed.
const BACKS_MAX: usize = 24;

fn silent(mut phone: SimPhone) -> SimPhone {
    phone.server.mode = Mode::Silent;
    phone
}

fn refused_with(code: RefusalCode) -> SimPhone {
    let mut phone = SimPhone::vacant();
    phone.server.refuse = Some(Refusal::new(code));
    phone
}

/// A phone before a state, and the keys that lead into it.
fn ways() -> Vec<(SimPhone, &'static str)> {
    let logout_pin = || SimPhone::occupied_with(|policy| policy.logout_pin = true);
    let mut slow = SimPhone::vacant();
    slow.server.registrar = Registrar::Silent;
    let mut leaving = SimPhone::occupied();
    leaving.server.host_registrar = Registrar::Silent;
    vec![
        (SimPhone::new_from_factory(), ""),
        (SimPhone::vacant(), ""),
        (SimPhone::vacant().speaking(&Language::ALL), ""),
        (SimPhone::vacant().speaking(&Language::ALL), "[Menu]"),
        (SimPhone::vacant(), "[LogIn]"),
        (SimPhone::vacant(), "[LogIn] 2000"),
        (SimPhone::vacant(), "[LogIn] 2000 [Next]"),
        (SimPhone::vacant(), "2000# 73"),
        (SimPhone::vacant(), "[Menu]"),
        (SimPhone::vacant(), "[Menu] [Select]"),
        (SimPhone::vacant(), "3002"),
        (SimPhone::vacant(), "3002 <call>"),
        (SimPhone::vacant(), "0113299 <call>"),
        (SimPhone::vacant(), "[Emergency]"),
        (SimPhone::vacant(), "<off>"),
        (silent(SimPhone::vacant()), "2000# 7304#"),
        (slow, "2000# 7304691582#"),
        (refused_with(RefusalCode::WrongPin), "2000# 7304#"),
        (refused_with(RefusalCode::UnknownUser), "2000# 7304#"),
        (refused_with(RefusalCode::Busy), "2000# 7304#"),
        (refused_with(RefusalCode::PhoneLocked), "2000# 7304#"),
        (refused_with(RefusalCode::AskingElsewhere), "2000# 7304#"),
        (SimPhone::occupied(), ""),
        (SimPhone::occupied(), "[LogOut]"),
        (logout_pin(), "[LogOut] [Confirm]"),
        (logout_pin(), "[LogOut] [Confirm] 73"),
        (silent(logout_pin()), "[LogOut] [Confirm] 7304#"),
        (leaving, "[LogOut] [Confirm]"),
        (SimPhone::occupied(), "[SwitchUser] 2001# 7304691582#"),
        (SimPhone::occupied(), "[Menu]"),
        (SimPhone::occupied(), "[Menu] [Select]"),
        (SimPhone::occupied(), "[Menu] [Select] 7304# 8888"),
        (
            silent(SimPhone::occupied()),
            "[Menu] [Select] 7304# 8888# 8888#",
        ),
        (
            SimPhone::occupied(),
            "[Menu] [Select] 7304691582# 8888# 8888#",
        ),
        (SimPhone::occupied(), "[Menu] <down> <ok>"),
        (silent(SimPhone::occupied()), "[Menu] <down> <ok> [Confirm]"),
        (SimPhone::occupied(), "[Menu] <down> <ok> [Confirm]"),
    ]
}

/// What comes from elsewhere.
fn told() -> Vec<SimPhone> {
    let mut evicted = SimPhone::occupied();
    let association = evicted.association();
    evicted.tell(Event::Push(Push::Evicted {
        association,
        reason: EndReason::UserDisabled,
    }));
    let mut consent = SimPhone::occupied();
    let association = consent.association();
    consent.tell(Event::Push(Push::ConsentWanted {
        association,
        attempt: AttemptId::from_random(5),
        desk: "Desk 7".to_owned(),
    }));
    let mut expiring = SimPhone::vacant();
    expiring.server.ends_in = Some(100);
    let mut expiring = expiring.with_jane();
    expiring.advance(50);
    vec![evicted, consent, expiring]
}

/// What a call shows.
fn on_calls() -> Vec<SimPhone> {
    let call = |state: Option<CallState>, emergency| {
        let mut phone = SimPhone::occupied();
        phone.tell(Event::CallStarted(NewCall {
            id: 1,
            name: None,
            number: "2002".to_owned(),
            incoming: state.is_none(),
            emergency,
        }));
        if let Some(state) = state {
            phone.tell(Event::CallChanged { id: 1, state });
        }
        phone
    };
    vec![
        call(None, false),
        call(Some(CallState::Outgoing), false),
        call(Some(CallState::Active), false),
        call(Some(CallState::Held), false),
        call(Some(CallState::Active), true),
        call(Some(CallState::Ended(CallEnd::Busy)), false),
    ]
}

/// Every screen with so many soft keys.
fn every_screen(soft_keys: u8) -> Vec<SimPhone> {
    let mut phones = Vec::new();
    for (phone, keys) in ways() {
        let mut phone = phone.showing(soft_keys);
        phone.press(keys);
        phones.push(phone);
    }
    let more = told().into_iter().chain(on_calls());
    phones.extend(more.map(|phone| phone.showing(soft_keys)));
    phones
}

#[test]
fn every_activity_is_among_the_screens() {
    let mut seen: Vec<_> = every_screen(4)
        .iter()
        .map(|phone| super::model::kind(phone.view().activity))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), super::model::ACTIVITIES, "{seen:?}");
}

#[test]
fn at_most_one_key_moves_forward_and_it_is_there() {
    for soft_keys in 2..=5 {
        for mut phone in every_screen(soft_keys) {
            let Some(primary) = phone.view().soft_keys.primary else {
                continue;
            };
            let mut seen = 0;
            for _ in 0..6 {
                let slots = phone.view().soft_keys.slots;
                seen = seen.max(slots.iter().flatten().filter(|a| **a == primary).count());
                let Some(more) = slots.iter().position(|slot| *slot == Some(Action::More)) else {
                    break;
                };
                phone.tell(Event::Key(Key::Soft(u8::try_from(more + 1).unwrap())));
            }
            assert_eq!(seen, 1, "{primary:?} in {:?}", phone.view().activity);
        }
    }
}

#[test]
fn the_same_action_is_on_the_same_key_everywhere() {
    // A panel with two keys has two places: there only what moves forward has one of its own.
    for soft_keys in 3..=5 {
        let mut places = BTreeMap::new();
        for phone in every_screen(soft_keys) {
            for (key, action) in phone.view().soft_keys.slots.iter().enumerate() {
                let Some(action) = action else { continue };
                let place = *places.entry(*action).or_insert(key);
                let activity = phone.view().activity.clone();
                assert_eq!(place, key, "{action:?} of {soft_keys} in {activity:?}");
            }
        }
        assert!(places.len() > 15, "{places:?}");
    }
}

#[test]
fn back_leads_home_or_it_goes_there_by_itself() {
    for mut phone in every_screen(4) {
        let before = format!("{:?}", phone.view().activity);
        let asking = matches!(phone.view().activity, Activity::LogoutPin(pin) if pin.asking);
        let waits = asking
            || matches!(
                phone.view().activity,
                Activity::Leaving(_) | Activity::Expiring(_) | Activity::Enrolling(_)
            );
        for _ in 0..BACKS_MAX {
            phone.press("<back>");
        }
        phone.press("<on>");
        if waits {
            phone.server.mode = Mode::Answers;
            phone.advance(120);
            phone.press("<back>");
        }
        let home = matches!(
            phone.view().activity,
            Activity::Home | Activity::Enrolling(_)
        );
        assert!(home, "{before} led to {:?}", phone.view().activity);
        assert!(phone.view().dialling.is_none(), "{before}");
    }
}

#[test]
fn an_emergency_number_can_be_dialled_without_lifting_the_handset_too() {
    for mut phone in every_screen(4) {
        let before = format!("{:?}", phone.view().activity);
        phone.effects.clear();
        phone.press("<clear> 112 <call>");
        assert_eq!(phone.dialled(), ["112!"], "{before}");
    }
}

#[test]
fn logging_in_and_out_is_one_press_from_home() {
    for soft_keys in 2..=5 {
        let phone = SimPhone::vacant().showing(soft_keys);
        assert_eq!(phone.view().soft_keys.slots[0], Some(Action::LogIn));
        let phone = SimPhone::occupied().showing(soft_keys);
        assert!(matches!(phone.view().holder, Holder::Guest(_)));
        assert_eq!(phone.view().soft_keys.slots[0], Some(Action::LogOut));
    }
}
