//! Which soft keys there are, by what is going on, and which of them fit. What they do is in `keys`; what they are called
//! is the drawing's business.

use hotdesk_provisioning::Takeover;

use crate::desk::Desk;
use crate::soft_key::slot_count;
use crate::{Action, Activity, DialNotice, Dialling, Expiring, Field, Holder, Refused, SoftKeys};

/// Everything that can be done now, most wanted first, and what Ok does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Choices {
    pub(crate) actions: Vec<Action>,
    pub(crate) primary: Option<Action>,
}

impl Choices {
    fn new(actions: &[Action], primary: Option<Action>) -> Self {
        Self {
            actions: actions.to_vec(),
            primary,
        }
    }

    /// Whether this can be done now, on whatever page.
    pub(crate) fn offers(&self, action: Action) -> bool {
        self.primary == Some(action) || self.actions.contains(&action)
    }

    /// The first action is the primary one.
    fn first(actions: &[Action]) -> Self {
        Self::new(actions, actions.first().copied())
    }
}

/// What can be done now.
pub(crate) fn choices(desk: &Desk, activity: &Activity) -> Choices {
    if let Some(dialling) = &desk.dialling {
        return on_number(desk, dialling);
    }
    let mut choices = on_activity(desk, activity);
    let free = choices.actions.len() < slot_count(desk.settings.soft_keys);
    if free && !choices.actions.contains(&Action::Emergency) {
        choices.actions.push(Action::Emergency);
    }
    choices
}

fn on_number(desk: &Desk, dialling: &Dialling) -> Choices {
    match &dialling.notice {
        None => Choices::first(&[Action::Call, Action::Delete, Action::Cancel]),
        Some(DialNotice::Calling { .. }) => Choices::first(&[Action::Dismiss]),
        Some(DialNotice::SignInToCall) if desk.profile.is_some() => {
            Choices::first(&[Action::LogIn, Action::Dismiss])
        }
        Some(DialNotice::SignInToCall) => Choices::first(&[Action::Dismiss]),
    }
}

fn on_activity(desk: &Desk, activity: &Activity) -> Choices {
    match activity {
        Activity::Enrolling(_) => with_language(desk, &[Action::Emergency, Action::Info], None),
        Activity::Home => home(desk),
        Activity::Entering(entering) => {
            let forward = match entering.field {
                Field::Extension => Action::Next,
                Field::Pin => Action::Submit,
            };
            Choices::first(&[forward, Action::Delete, Action::Cancel])
        }
        Activity::Admitting(_) | Activity::Switching(_) => Choices::new(&[Action::Cancel], None),
        Activity::ConfirmTakeover(_) | Activity::ConfirmLogout(_) => {
            Choices::first(&[Action::Confirm, Action::Cancel])
        }
        Activity::Refused(refused) => on_refused(refused),
        Activity::LockedOut(_) => {
            Choices::new(&[Action::Emergency, Action::Dismiss], Some(Action::Dismiss))
        }
        Activity::LogoutPin(logout) if logout.asking => Choices::default(),
        Activity::LogoutPin(_) => Choices::first(&[Action::Submit, Action::Delete, Action::Cancel]),
        Activity::Leaving(_) => Choices::default(),
        Activity::Evicted(_) => match desk.holder {
            Holder::Nobody => {
                Choices::new(&[Action::LogIn, Action::Dismiss], Some(Action::Dismiss))
            }
            Holder::Guest(_) => Choices::first(&[Action::Dismiss]),
        },
        Activity::Expiring(expiring) => on_expiring(desk, expiring),
        Activity::Diagnostics => Choices::first(&[Action::Dismiss]),
    }
}

/// Before anybody is signed in, the language can be changed where there is more than one.
fn with_language(desk: &Desk, actions: &[Action], primary: Option<Action>) -> Choices {
    let mut choices = Choices::new(actions, primary);
    if desk.next_language().is_some() {
        choices.actions.push(Action::Language);
    }
    choices
}

fn home(desk: &Desk) -> Choices {
    match (&desk.holder, desk.policy().takeover) {
        (Holder::Nobody, _) => {
            let actions = [Action::LogIn, Action::Emergency, Action::Info];
            with_language(desk, &actions, Some(Action::LogIn))
        }
        (Holder::Guest(_), Takeover::Forbid) => Choices::new(&[Action::LogOut, Action::Info], None),
        (Holder::Guest(_), Takeover::Ask | Takeover::Allow) => {
            Choices::new(&[Action::LogOut, Action::SwitchUser, Action::Info], None)
        }
    }
}

fn on_refused(refused: &Refused) -> Choices {
    match refused.retry {
        Some(_) => Choices::first(&[Action::Retry, Action::Dismiss]),
        None => Choices::first(&[Action::Dismiss]),
    }
}

fn on_expiring(desk: &Desk, expiring: &Expiring) -> Choices {
    if desk.policy().stay && !expiring.asking {
        Choices::new(&[Action::LogOut, Action::Stay], Some(Action::Stay))
    } else {
        Choices::new(&[Action::LogOut], None)
    }
}

/// Lays what can be done on the keys.
pub(crate) fn lay_out(choices: &Choices, soft_keys: u8, page: usize) -> SoftKeys {
    SoftKeys::on_keys(&choices.actions, choices.primary, soft_keys, page)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIX: [Action; 6] = [
        Action::LogOut,
        Action::SwitchUser,
        Action::Info,
        Action::Emergency,
        Action::Call,
        Action::Delete,
    ];

    #[test]
    fn what_fits_has_no_more_key() {
        let choices = Choices::first(&[Action::LogIn, Action::Info]);
        let keys = lay_out(&choices, 4, 7);
        let expected = [Some(Action::LogIn), Some(Action::Info), None, None];
        assert_eq!(keys.slots, expected);
        assert_eq!(keys.primary, Some(Action::LogIn));
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
                seen.extend(
                    lay_out(&choices, soft_keys, page)
                        .slots
                        .into_iter()
                        .flatten(),
                );
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
