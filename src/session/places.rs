//! Where each soft key stands: the same action on the same key on every screen, so that a hand learns it. What does not fit
//! goes on further pages, with More at the last key.

use crate::soft_keys::Choices;
use crate::{Action, SoftKeys};

/// Which key an action stands on where there are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// What moves the person forward.
    Forward,
    /// What is done beside it.
    Beside,
    /// What the keys type.
    Letters,
    /// What leads back, and on the idle screen to the menu.
    Back,
    Emergency,
}

fn place(action: Action) -> Place {
    match action {
        Action::LogIn
        | Action::LogOut
        | Action::Next
        | Action::Submit
        | Action::Confirm
        | Action::Retry
        | Action::Call
        | Action::Select
        | Action::Answer
        | Action::Hold
        | Action::Resume => Place::Forward,
        Action::SwitchUser | Action::Delete | Action::Stay | Action::Language => Place::Beside,
        Action::SmallLetters | Action::CapitalLetters | Action::Digits => Place::Letters,
        Action::Menu
        | Action::Cancel
        | Action::Dismiss
        | Action::Deny
        | Action::Reject
        | Action::HangUp
        | Action::More => Place::Back,
        Action::Emergency => Place::Emergency,
    }
}

/// Counted from 0. Where there are few keys, places share one.
fn column(action: Action, slots: usize) -> usize {
    match (place(action), slots) {
        (Place::Forward, _) => 0,
        (Place::Beside | Place::Letters | Place::Back | Place::Emergency, ..=2)
        | (Place::Beside, _)
        | (Place::Letters, ..=4)
        | (Place::Emergency, 3) => 1,
        (Place::Letters, _) | (Place::Back, 3 | 4) => 2,
        (Place::Back, _) | (Place::Emergency, 4) => 3,
        (Place::Emergency, _) => 4,
    }
}

/// No panel has fewer than two soft keys or more than five.
pub(crate) fn slot_count(soft_keys: u8) -> usize {
    usize::from(soft_keys.clamp(2, 5))
}

/// Whether every action can stand on one page: at its own place, or at least at some place.
pub(crate) fn fits(actions: &[Action], slots: usize) -> bool {
    let taken = |place: usize| {
        let there = actions.iter().filter(|a| column(**a, slots) == place);
        there.count() > 1
    };
    actions.len() <= 2 || actions.len() <= slots && !(0..slots).any(taken)
}

/// What another key of the phone or the menu does as well, the first to go first.
const SPARE: [Action; 5] = [
    Action::Language,
    Action::SmallLetters,
    Action::CapitalLetters,
    Action::Digits,
    Action::Delete,
];

/// Where there are few keys, what can be spared gives way instead of making a second page; where there are many, one is for
/// emergency calls.
pub(crate) fn settle(actions: &mut Vec<Action>, slots: usize) {
    for spare in SPARE {
        if !fits(actions, slots) {
            actions.retain(|action| *action != spare);
        }
    }
    if !actions.contains(&Action::Emergency) {
        actions.push(Action::Emergency);
        if !fits(actions, slots) {
            actions.pop();
        }
    }
}

/// Lays the actions on the keys: as they are if they fit, otherwise in pages with More at the last key.
pub(crate) fn lay_out(choices: &Choices, soft_keys: u8, page: usize) -> SoftKeys {
    let slots = slot_count(soft_keys);
    let actions = choices.actions.as_slice();
    let keys = if choices.in_order {
        in_order(actions, slots, page)
    } else if fits(actions, slots) {
        at_places(actions, slots)
    } else {
        paged(actions, slots, page)
    };
    SoftKeys {
        slots: keys,
        primary: choices.primary,
    }
}

impl SoftKeys {
    /// The actions at their places on a panel with so many soft keys, for pictures of a phone that nobody runs.
    #[must_use]
    pub fn placed(actions: &[Action], primary: Option<Action>, soft_keys: u8) -> Self {
        let mut choices = Choices::new(actions, primary);
        settle(&mut choices.actions, slot_count(soft_keys));
        lay_out(&choices, soft_keys, 0)
    }
}

/// Where a profile says the order, from the left.
fn in_order(actions: &[Action], slots: usize, page: usize) -> Vec<Option<Action>> {
    if actions.len() > slots {
        return paged(actions, slots, page);
    }
    let mut keys: Vec<_> = actions.iter().copied().map(Some).collect();
    keys.resize(slots, None);
    keys
}

/// Each at its place; whose place is taken stands on the first free key.
fn at_places(actions: &[Action], slots: usize) -> Vec<Option<Action>> {
    let mut keys = vec![None; slots];
    let mut homeless = Vec::new();
    for action in actions {
        match keys.get_mut(column(*action, slots)) {
            Some(key @ None) => *key = Some(*action),
            Some(Some(_)) | None => homeless.push(*action),
        }
    }
    for action in homeless {
        if let Some(key) = keys.iter_mut().find(|key| key.is_none()) {
            *key = Some(action);
        }
    }
    keys
}

fn paged(actions: &[Action], slots: usize, page: usize) -> Vec<Option<Action>> {
    let per_page = slots.saturating_sub(1);
    let pages = actions.len().div_ceil(per_page.max(1));
    let skipped = page
        .checked_rem(pages)
        .unwrap_or(0)
        .saturating_mul(per_page);
    let shown = actions.iter().copied().map(Some);
    let mut keys: Vec<_> = shown.skip(skipped).take(per_page).collect();
    keys.resize(per_page, None);
    keys.push(Some(Action::More));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIX: [Action; 6] = [
        Action::LogOut,
        Action::SwitchUser,
        Action::Menu,
        Action::Emergency,
        Action::Call,
        Action::Delete,
    ];

    #[test]
    fn what_fits_stands_at_its_place_and_has_no_more_key() {
        let choices = Choices::first(&[Action::LogIn, Action::Menu]);
        let keys = lay_out(&choices, 4, 7);
        let expected = [Some(Action::LogIn), None, Some(Action::Menu), None];
        assert_eq!(keys.slots, expected);
        assert_eq!(keys.primary, Some(Action::LogIn));
    }

    #[test]
    fn two_actions_always_fit() {
        let choices = Choices::new(&[Action::Emergency, Action::Dismiss], None);
        let both = [Some(Action::Dismiss), Some(Action::Emergency)];
        let mut slots = lay_out(&choices, 2, 0).slots;
        slots.sort_unstable();
        let mut both = both.to_vec();
        both.sort_unstable();
        assert_eq!(slots, both);
    }

    #[test]
    fn what_does_not_fit_is_paged_and_more_leads_round() {
        let choices = Choices::new(&SIX, None);
        let first = lay_out(&choices, 3, 0);
        let expected = [
            Some(Action::LogOut),
            Some(Action::SwitchUser),
            Some(Action::More),
        ];
        assert_eq!(first.slots, expected);
        assert_eq!(lay_out(&choices, 3, 3), first);
        for soft_keys in 2..=5 {
            let mut seen = Vec::new();
            for page in 0..6 {
                let slots = lay_out(&choices, soft_keys, page).slots;
                seen.extend(slots.into_iter().flatten());
            }
            for action in SIX {
                assert!(seen.contains(&action), "{action:?} with {soft_keys} keys");
            }
        }
    }

    #[test]
    fn a_panel_without_soft_keys_is_treated_as_one_with_two() {
        assert_eq!(lay_out(&Choices::default(), 0, 0).slots.len(), 2);
        assert_eq!(lay_out(&Choices::default(), 200, 0).slots.len(), 5);
    }
}
