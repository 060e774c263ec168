//! Soft keys of the idle screen where a site says which and where.

use hotdesk_provisioning::{SoftKeyName, SoftKeyOrder};

use super::sim_phone::SimPhone;
use crate::Action;

const NAMES: [SoftKeyName; 7] = [
    SoftKeyName::LogIn,
    SoftKeyName::LogOut,
    SoftKeyName::SwitchUser,
    SoftKeyName::Emergency,
    SoftKeyName::Menu,
    SoftKeyName::Language,
    SoftKeyName::Unknown,
];

fn vacant(order: &[SoftKeyName]) -> SimPhone {
    let vacant = order.to_vec();
    SimPhone::vacant_with(|policy| {
        policy.soft_keys = SoftKeyOrder {
            vacant,
            ..SoftKeyOrder::default()
        };
    })
}

fn occupied(order: &[SoftKeyName]) -> SimPhone {
    let occupied = order.to_vec();
    SimPhone::occupied_with(|policy| {
        policy.soft_keys = SoftKeyOrder {
            occupied,
            ..SoftKeyOrder::default()
        };
    })
}

fn slots(phone: &SimPhone) -> Vec<Option<Action>> {
    phone.view().soft_keys.slots
}

#[test]
fn keys_stand_where_the_site_wants_them_and_log_in_is_never_missing() {
    let order = [SoftKeyName::Menu, SoftKeyName::Emergency];
    let expected = [Action::LogIn, Action::Menu, Action::Emergency].map(Some);
    assert_eq!(slots(&vacant(&order))[..3], expected);
    let last = [SoftKeyName::Menu, SoftKeyName::Unknown, SoftKeyName::LogIn];
    let expected = [Some(Action::Menu), Some(Action::LogIn), None, None];
    let phone = vacant(&last);
    assert_eq!(slots(&phone), expected);
    assert_eq!(phone.view().soft_keys.primary, Some(Action::LogIn));
    let guest = occupied(&[SoftKeyName::Emergency, SoftKeyName::LogIn]);
    let expected = [Some(Action::LogOut), Some(Action::Emergency), None, None];
    assert_eq!(slots(&guest), expected, "nobody logs in who is");
}

/// Each name first, alone and before all others; and a list that says one name again and again.
fn orders() -> Vec<Vec<SoftKeyName>> {
    let mut all = Vec::new();
    for first in 0..NAMES.len() {
        let mut whole = NAMES.to_vec();
        whole.rotate_left(first);
        all.push(vec![whole[0]]);
        all.push(whole);
    }
    let mut again = NAMES.to_vec();
    again.extend([SoftKeyName::Menu; 100]);
    all.push(again);
    all
}

#[test]
fn whatever_a_site_wants_everything_is_reached_by_more_and_log_out_stays() {
    for order in orders() {
        for soft_keys in 2..=5 {
            let phones = [
                (vacant(&order), SoftKeyName::LogIn, Action::LogIn),
                (occupied(&order), SoftKeyName::LogOut, Action::LogOut),
            ];
            for (phone, name, always) in phones {
                let mut phone = phone.showing(soft_keys);
                let first = slots(&phone);
                assert_eq!(first.len(), usize::from(soft_keys));
                let place = order.iter().position(|one| *one == name);
                if place.is_none_or(|place| place == 0) {
                    assert_eq!(first[0], Some(always), "{order:?}");
                }
                let mut seen = first.clone();
                while slots(&phone).last() == Some(&Some(Action::More)) && seen.len() < 50 {
                    phone.press("[More]");
                    seen.extend(slots(&phone));
                }
                assert!(seen.contains(&Some(always)), "{order:?} on {soft_keys}");
                let menu = order.contains(&SoftKeyName::Menu);
                assert_eq!(seen.contains(&Some(Action::Menu)), menu, "{order:?}");
            }
        }
    }
}
