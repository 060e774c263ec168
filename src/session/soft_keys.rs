//! Which soft keys there are, by what is going on. Where each stands is in `places`, what they do in `keys`; what they are
//! called is the drawing's business.

use hotdesk_provisioning::{SoftKeyName, Takeover};

use crate::desk::Desk;
use crate::places::{settle, slot_count};
use crate::{
    Action, Activity, Call, CallState, DialNotice, Dialling, Expiring, Field, Holder, Letters,
    Masked, Refused,
};

/// Names of a profile that are looked at: more than there are soft keys.
const NAMES_MAX: usize = 16;

/// Everything that can be done now, most wanted first, and what Ok does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Choices {
    pub(crate) actions: Vec<Action>,
    pub(crate) primary: Option<Action>,
    /// The profile says where each stands.
    pub(crate) in_order: bool,
}

impl Choices {
    pub(crate) fn new(actions: &[Action], primary: Option<Action>) -> Self {
        Self {
            actions: actions.to_vec(),
            primary,
            in_order: false,
        }
    }

    /// Those of them that a profile names, in its order. What nobody may be without stands in front unless it is named.
    fn ordered(mut self, names: &[SoftKeyName], always: Action) -> Self {
        if names.is_empty() {
            return self;
        }
        let mut actions = Vec::new();
        for action in names
            .iter()
            .take(NAMES_MAX)
            .filter_map(|name| action(*name))
        {
            if self.actions.contains(&action) && !actions.contains(&action) {
                actions.push(action);
            }
        }
        if !actions.contains(&always) {
            actions.insert(0, always);
        }
        self.primary = self.primary.filter(|primary| actions.contains(primary));
        self.actions = actions;
        self.in_order = true;
        self
    }

    /// Whether this can be done now, on whatever page.
    pub(crate) fn offers(&self, action: Action) -> bool {
        self.primary == Some(action) || self.actions.contains(&action)
    }

    /// The first action is the primary one.
    pub(crate) fn first(actions: &[Action]) -> Self {
        Self::new(actions, actions.first().copied())
    }
}

/// What can be done now.
pub(crate) fn choices(desk: &Desk, activity: &Activity) -> Choices {
    if let Some(dialling) = &desk.dialling {
        return on_number(desk, dialling);
    }
    let mut choices = match desk.call_list.foremost() {
        Some(call) => on_call(call),
        None => on_activity(desk, activity),
    };
    if !choices.in_order {
        settle(&mut choices.actions, slot_count(desk.settings.soft_keys));
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

fn on_call(call: &Call) -> Choices {
    match call.state {
        // Nobody lets an emergency call wait.
        CallState::Active if call.emergency => Choices::new(&[Action::HangUp], None),
        CallState::Incoming => Choices::first(&[Action::Answer, Action::Reject]),
        CallState::Outgoing => Choices::new(&[Action::HangUp], None),
        CallState::Active => Choices::new(&[Action::Hold, Action::HangUp], None),
        CallState::Held => Choices::first(&[Action::Resume, Action::HangUp]),
        CallState::Ended(_) => Choices::first(&[Action::Dismiss]),
    }
}

fn on_activity(desk: &Desk, activity: &Activity) -> Choices {
    match activity {
        Activity::Enrolling(_) => with_language(desk, &[Action::Emergency, Action::Menu], None),
        Activity::Home => home(desk),
        Activity::Entering(entering) => match entering.field {
            Field::Extension => Choices::first(&[Action::Next, Action::Delete, Action::Cancel]),
            Field::Pin => on_pin(Action::Submit, &entering.pin),
        },
        Activity::Admitting(_) | Activity::Switching(_) => Choices::new(&[Action::Cancel], None),
        Activity::ConfirmTakeover(_) | Activity::ConfirmLogout(_) => {
            Choices::first(&[Action::Confirm, Action::Cancel])
        }
        Activity::Refused(refused) => on_refused(refused),
        Activity::LockedOut(_) => {
            Choices::new(&[Action::Emergency, Action::Dismiss], Some(Action::Dismiss))
        }
        Activity::LogoutPin(logout) if logout.asking => Choices::default(),
        Activity::LogoutPin(logout) => on_pin(Action::Submit, &logout.pin),
        Activity::ChangePin(change) if change.asking => Choices::new(&[Action::Cancel], None),
        Activity::ChangePin(change) if change.new.is_none() => on_pin(Action::Next, &change.entry),
        Activity::ChangePin(change) => on_pin(Action::Submit, &change.entry),
        Activity::Menu(_) => Choices::first(&[Action::Select, Action::Cancel]),
        Activity::EndElsewhere(question) if question.asking => {
            Choices::new(&[Action::Cancel], None)
        }
        Activity::EndElsewhere(_) => Choices::first(&[Action::Confirm, Action::Cancel]),
        Activity::Consent(_) => Choices::first(&[Action::Confirm, Action::Deny]),
        Activity::Done(_) => Choices::first(&[Action::Dismiss]),
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
    let order = &desk.policy().soft_keys;
    match desk.holder {
        Holder::Nobody => {
            let actions = [Action::LogIn, Action::Emergency, Action::Menu];
            with_language(desk, &actions, Some(Action::LogIn)).ordered(&order.vacant, Action::LogIn)
        }
        Holder::Guest(_) => {
            let mut actions = vec![Action::LogOut, Action::Menu];
            if desk.policy().takeover != Takeover::Forbid {
                actions.insert(1, Action::SwitchUser);
            }
            if order.occupied.is_empty() {
                return Choices::new(&actions, None);
            }
            // What a phone would leave to its dial pad.
            actions.push(Action::Emergency);
            Choices::new(&actions, None).ordered(&order.occupied, Action::LogOut)
        }
    }
}

fn action(name: SoftKeyName) -> Option<Action> {
    match name {
        SoftKeyName::LogIn => Some(Action::LogIn),
        SoftKeyName::LogOut => Some(Action::LogOut),
        SoftKeyName::SwitchUser => Some(Action::SwitchUser),
        SoftKeyName::Emergency => Some(Action::Emergency),
        SoftKeyName::Menu => Some(Action::Menu),
        SoftKeyName::Language => Some(Action::Language),
        SoftKeyName::Unknown => None,
    }
}

/// While there is nothing to delete, the key changes what the dial pad types.
fn on_pin(forward: Action, pin: &Masked) -> Choices {
    let letters = match pin.letters().next() {
        Letters::Digits => Action::Digits,
        Letters::Small => Action::SmallLetters,
        Letters::Capital => Action::CapitalLetters,
    };
    if pin.is_empty() {
        Choices::first(&[forward, letters, Action::Cancel])
    } else {
        Choices::first(&[forward, Action::Delete, letters, Action::Cancel])
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
