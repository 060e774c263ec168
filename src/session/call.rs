//! What the call application says about calls, and what the person at the phone wants done with them. Holds no call: only
//! what a screen needs to know of one.

use std::time::Instant;

use crate::desk::Desk;
use crate::{Action, Activity, Effect, deadline, emergency, guest};

/// Calls at once; a phone has a handful of lines.
const CALLS_MAX: usize = 4;
/// Longest name or number that is kept, in characters.
const TEXT_MAX: usize = 64;

/// A call, as far as a screen shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The call application's name for it.
    pub id: u32,
    /// The other end's name, where it is known.
    pub name: Option<String>,
    /// The other end's number.
    pub number: String,
    /// Whether it is an emergency call.
    pub emergency: bool,
    /// How far it is.
    pub state: CallState,
    /// Since when it is that far.
    pub since: Instant,
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    /// It rings here.
    Incoming,
    /// It rings there.
    Outgoing,
    /// They talk.
    Active,
    /// It waits.
    Held,
    /// It is over.
    Ended(CallEnd),
}

/// Why a call is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    /// Somebody hung up.
    HungUp,
    /// The other end is busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// The other end does not want it.
    Declined,
    /// Nobody has the number.
    NotFound,
    /// Something else went wrong.
    Failed,
}

/// What the call application says of a new call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCall {
    /// Its name for it.
    pub id: u32,
    /// The other end's name, where it is known.
    pub name: Option<String>,
    /// The other end's number.
    pub number: String,
    /// Whether it rings here rather than there.
    pub incoming: bool,
    /// Whether it is an emergency call.
    pub emergency: bool,
}

/// What the call application should do with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOrder {
    /// Take it.
    Answer,
    /// Do not take it.
    Reject,
    /// End it.
    HangUp,
    /// Let it wait.
    Hold,
    /// Talk again.
    Resume,
}

/// The calls that are up, and the one that ended a moment ago.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls {
    list: Vec<Call>,
}

impl Calls {
    /// The one that a screen is about: what rings here comes before what is talked about.
    pub(crate) fn foremost(&self) -> Option<&Call> {
        self.list.iter().min_by_key(|call| rank(call.state))
    }

    /// When one that ended goes from the screen.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let ended = self.list.iter().filter(|call| is_over(call.state));
        ended.map(|call| call.since + deadline::CALL_ENDED).min()
    }

    fn up(&self) -> u8 {
        let up = self.list.iter().filter(|call| !is_over(call.state));
        u8::try_from(up.count()).unwrap_or(u8::MAX)
    }
}

fn rank(state: CallState) -> u8 {
    match state {
        CallState::Incoming => 0,
        CallState::Active => 1,
        CallState::Outgoing => 2,
        CallState::Held => 3,
        CallState::Ended(_) => 4,
    }
}

fn is_over(state: CallState) -> bool {
    matches!(state, CallState::Ended(_))
}

/// A call began. The number that was dialled for it has its screen from now on.
pub(crate) fn started(desk: &mut Desk, now: Instant, activity: Activity, new: NewCall) -> Activity {
    let short = |text: String| text.chars().take(TEXT_MAX).collect::<String>();
    if !new.incoming && desk.dialling.as_ref().is_some_and(|d| d.notice.is_some()) {
        desk.dialling = None;
    }
    if !new.incoming {
        emergency::started(desk, now, &new);
    }
    let list = &mut desk.call_list.list;
    list.retain(|call| call.id != new.id && !is_over(call.state));
    if list.len() < CALLS_MAX {
        list.push(Call {
            id: new.id,
            name: new.name.map(short),
            number: short(new.number),
            emergency: new.emergency,
            state: if new.incoming {
                CallState::Incoming
            } else {
                CallState::Outgoing
            },
            since: now,
        });
    }
    count(desk, now, activity)
}

/// A call is further than it was, or over.
pub(crate) fn changed(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    (id, state): (u32, CallState),
) -> Activity {
    if let Some(call) = desk.call_list.list.iter_mut().find(|call| call.id == id) {
        if call.state != state {
            call.state = state;
            call.since = now;
        }
    }
    if is_over(state) {
        emergency::over(desk, now, Some(id));
    }
    count(desk, now, activity)
}

/// Log-outs wait for calls.
fn count(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    let up = desk.call_list.up();
    guest::calls(desk, now, activity, up)
}

/// Time passed: what ended a while ago goes.
pub(crate) fn pass(desk: &mut Desk, now: Instant) {
    let over = |call: &Call| is_over(call.state) && call.since + deadline::CALL_ENDED <= now;
    desk.call_list.list.retain(|call| !over(call));
}

/// A soft key on a call's screen; `false` if it does not concern calls.
pub(crate) fn act(desk: &mut Desk, action: Action) -> bool {
    let order = match action {
        Action::Answer => CallOrder::Answer,
        Action::Reject => CallOrder::Reject,
        Action::HangUp => CallOrder::HangUp,
        Action::Hold => CallOrder::Hold,
        Action::Resume => CallOrder::Resume,
        Action::Dismiss => {
            desk.call_list.list.retain(|call| !is_over(call.state));
            return true;
        }
        Action::LogIn
        | Action::LogOut
        | Action::SwitchUser
        | Action::Emergency
        | Action::Language
        | Action::Next
        | Action::Submit
        | Action::Delete
        | Action::Cancel
        | Action::Confirm
        | Action::Retry
        | Action::Stay
        | Action::Call
        | Action::Menu
        | Action::Select
        | Action::SmallLetters
        | Action::CapitalLetters
        | Action::Digits
        | Action::Deny
        | Action::More => return false,
    };
    give(desk, order);
    true
}

fn give(desk: &mut Desk, order: CallOrder) {
    if let Some(id) = desk.call_list.foremost().map(|call| call.id) {
        desk.emit(Effect::Call { id, order });
    }
}

/// The handset was lifted: that answers what rings. `false` if nothing does.
pub(crate) fn lifted(desk: &mut Desk) -> bool {
    let rings = |call: &Call| call.state == CallState::Incoming;
    let answers = desk.call_list.foremost().is_some_and(rings);
    if answers {
        give(desk, CallOrder::Answer);
    }
    answers
}

/// The handset was put back: that ends what was talked about.
pub(crate) fn laid(desk: &mut Desk) {
    let state = desk.call_list.foremost().map(|call| call.state);
    if matches!(state, Some(CallState::Active | CallState::Outgoing)) {
        give(desk, CallOrder::HangUp);
    }
}

/// Back: no to what rings, no more of what is dialled, and away with what is over. A conversation stays.
pub(crate) fn back(desk: &mut Desk) {
    match desk.call_list.foremost().map(|call| call.state) {
        Some(CallState::Incoming) => give(desk, CallOrder::Reject),
        Some(CallState::Outgoing) => give(desk, CallOrder::HangUp),
        Some(CallState::Ended(_)) => {
            act(desk, Action::Dismiss);
        }
        Some(CallState::Active | CallState::Held) | None => {}
    }
}
