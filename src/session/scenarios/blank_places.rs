//! Blank places among the keys of a profile: the keys behind them stand where the profile says, and nothing else follows.

use hotdesk_provisioning::{DialString, LineKey, LineKeyKind, Push};

use super::sim_phone::SimPhone;
use crate::{Action, Event, LineSlot};

fn key(kind: LineKeyKind) -> LineKey {
    LineKey {
        kind,
        label: String::new(),
        value: DialString::parse("3002").ok(),
    }
}

/// A desk with these keys on a phone with four places.
fn desk_with(kinds: &[LineKeyKind]) -> SimPhone {
    let mut phone = SimPhone::vacant();
    phone.server.profile.keys = kinds.iter().copied().map(key).collect();
    phone.tell(Event::Push(Push::ProfileChanged));
    phone
}

#[test]
fn a_blank_place_does_nothing_and_the_next_key_stays_where_it_is() {
    let empty = LineKeyKind::Empty;
    let mut phone = desk_with(&[empty, empty, LineKeyKind::SpeedDial]);
    phone.press("<line1>");
    assert_eq!(phone.dialled(), Vec::<String>::new());
    phone.expect("Home");
    phone.press("<line3>");
    assert_eq!(phone.dialled(), ["3002"]);
}

#[test]
fn blank_places_behind_the_last_key_make_no_second_page() {
    let mut kinds = vec![LineKeyKind::SpeedDial];
    kinds.resize(40, LineKeyKind::Empty);
    let phone = desk_with(&kinds);
    let line_keys = phone.view().line_keys;
    assert_eq!(line_keys.slots, [LineSlot::Key(0)]);
    assert_eq!(line_keys.not_shown, 0);
    let phone = desk_with(&[LineKeyKind::Empty; 4]);
    assert_eq!(phone.view().line_keys.slots, []);
}

#[test]
fn a_profile_of_nothing_but_blank_places_takes_no_log_in_away() {
    let phone = desk_with(&[LineKeyKind::Empty; 4]);
    assert!(phone.view().soft_keys.slots.contains(&Some(Action::LogIn)));
    let phone = phone.with_jane();
    assert!(phone.view().soft_keys.slots.contains(&Some(Action::LogOut)));
}
