//! What follows an emergency call. While it lasts, and for a while afterwards, nobody but the people at the phone signs the
//! guest out, and the desk's own number, which the call carries, can be called back. Never stands before the call itself:
//! all of this happens once it is placed.

use std::time::Instant;

use hotdesk_provisioning::{AttemptId, EMERGENCY_NUMBER_MAX, Policy, Report};

use crate::desk::{self, Desk};
use crate::{NewCall, Owed, deadline, policy};

/// The last emergency call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Emergency {
    /// While it lasts, or may last: a call application need not say.
    call: Option<Open>,
    hold_until: Option<Instant>,
}

#[derive(Debug, Clone)]
struct Open {
    /// Names it to the server.
    call: AttemptId,
    number: String,
    /// The call application's name for it, where it says.
    id: Option<u32>,
    since: Instant,
}

impl Emergency {
    /// What was on flash.
    pub(crate) fn restore(seconds: Option<u32>, now: Instant) -> Self {
        let (least, most) = Policy::EMERGENCY_HOLD_SECONDS.into_inner();
        let left = seconds.filter(|seconds| *seconds > 0);
        Self {
            call: None,
            hold_until: left.map(|s| deadline::in_seconds(now, s.clamp(least, most))),
        }
    }

    /// For flash: the seconds that are left.
    pub(crate) fn save(&self, now: Instant) -> Option<u32> {
        self.hold_until.map(|at| desk::seconds_until(now, at))
    }

    /// Whether it still matters that there was one.
    pub(crate) fn holds(&self) -> bool {
        self.hold_until.is_some()
    }

    /// Until when, as far as can be said now.
    pub(crate) fn until(&self, in_call: bool) -> Option<Instant> {
        let up = self.call.as_ref().filter(|_| in_call);
        let over = up.map(|open| open.since + deadline::EMERGENCY_CALL);
        self.hold_until
            .map(|at| over.map_or(at, |over| over.max(at)))
    }

    /// When `pass` should be called.
    pub(crate) fn deadline(&self, in_call: bool) -> Option<Instant> {
        self.until(in_call)
    }
}

/// One was dialled here.
pub(crate) fn dialled(desk: &mut Desk, now: Instant, number: String) {
    begin(desk, now, number, None);
}

/// A call to elsewhere began: the one that was dialled here, or one that the call application dialled by itself.
pub(crate) fn started(desk: &mut Desk, now: Instant, new: &NewCall) {
    let emergency = new.emergency || policy::emergency(desk.policy(), &new.number).is_some();
    if !emergency {
        return;
    }
    match &mut desk.emergency.call {
        Some(open) if open.id.is_none() => open.id = Some(new.id),
        Some(_) | None => begin(desk, now, new.number.clone(), Some(new.id)),
    }
}

fn begin(desk: &mut Desk, now: Instant, number: String, id: Option<u32>) {
    let open = Open {
        call: desk.new_attempt(),
        number: number.chars().take(EMERGENCY_NUMBER_MAX).collect(),
        id,
        since: now,
    };
    tell(desk, now, &open, false);
    desk.emergency.call = Some(open);
    hold(desk, now);
}

/// The server hears of it as soon as it can be reached.
fn tell(desk: &mut Desk, now: Instant, open: &Open, ended: bool) {
    let report = Report::EmergencyCall {
        call: open.call.clone(),
        number: open.number.clone(),
        ended,
        seconds_ago: 0,
    };
    desk.owe(now, Owed::Report { report });
}

/// A call is over, or (`None`) all of them are.
pub(crate) fn over(desk: &mut Desk, now: Instant, id: Option<u32>) {
    let open = desk
        .emergency
        .call
        .take_if(|open| id.is_none() || open.id == id);
    if let Some(open) = open {
        tell(desk, now, &open, true);
        hold(desk, now);
    }
}

fn hold(desk: &mut Desk, now: Instant) {
    let until = deadline::in_seconds(now, desk.policy().emergency_hold);
    desk.emergency.hold_until = Some(until);
    desk.persist();
}

/// Time passed.
pub(crate) fn pass(desk: &mut Desk, now: Instant) {
    let until = desk.emergency.until(desk.calls > 0);
    if until.is_some_and(|at| at <= now) {
        desk.emergency = Emergency::default();
        desk.persist();
    }
}
