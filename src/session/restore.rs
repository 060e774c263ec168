//! The first moment: what was on flash becomes who the phone is, without asking anybody.

use std::time::Instant;

use hotdesk_provisioning::{AfterPowerLoss, EndReason};

use crate::desk::{self, Desk};
use crate::emergency::Emergency;
use crate::offline::Offline;
use crate::outbox::Outbox;
use crate::turn::Turn;
use crate::{Activity, Effect, Holder, Leaving, Saved, SavedTenure, Tenure, deadline, server};

/// Puts back what an earlier life of the phone wrote down, and finishes what it had begun.
pub(crate) fn restore(desk: &mut Desk, now: Instant, saved: Saved) -> Activity {
    desk.profile = saved.host.map(server::bounded);
    let within = desk.profile.as_ref().map_or(0, |p| p.register_within);
    desk.turn = Turn::draw(now, within, desk.random());
    desk.emergency = Emergency::restore(saved.emergency_hold, now);
    desk.language = saved.language;
    desk.outbox = Outbox::restore(saved.owed, now);
    desk.offline = Offline::restore(saved.offline, now);
    for left in saved.left_behind {
        desk.emit(desk::clean_up(&left));
        desk.emit(Effect::Wipe {
            association: left.association.clone(),
        });
        desk.left_behind.add(now, left);
    }
    if !desk.settings.enrolled {
        desk.emit(Effect::Enrol);
    } else if desk.profile.is_none() {
        desk.emit(Effect::FetchProfile);
    }
    match saved.tenure {
        Some(tenure) => resume(desk, now, tenure),
        None => desk.rest(),
    }
}

fn resume(desk: &mut Desk, now: Instant, saved: SavedTenure) -> Activity {
    desk.holder = Holder::Guest(Box::new(Tenure {
        association: saved.association,
        guest: saved.guest,
        ends_at: saved
            .ends_in
            .map(|seconds| deadline::in_seconds(now, seconds)),
        ends_for: saved.ends_for,
        touched_at: now,
        confirmed: true,
    }));
    // After an emergency call they stay, whatever is usual.
    let after = if desk.emergency.holds() {
        AfterPowerLoss::Resume
    } else {
        desk.policy().after_power_loss
    };
    match (saved.leaving, after) {
        (Some(reason), _) => finish_leaving(now, reason),
        (None, AfterPowerLoss::LogOut) => finish_leaving(now, EndReason::Restarted),
        (None, AfterPowerLoss::AskServer) => {
            if let Some(tenure) = desk.tenure_mut() {
                tenure.confirmed = false;
            }
            desk.rest()
        }
        (None, AfterPowerLoss::Resume) => {
            // The power may have failed between the commit and the un-registration of the desk.
            desk.accounts.suspect_host();
            desk.rest()
        }
    }
}

/// The guest's account is not registered again; whether its binding is still there is seen to when they are gone.
fn finish_leaving(now: Instant, reason: EndReason) -> Activity {
    Activity::Leaving(Leaving {
        reason,
        give_up_at: now + deadline::LEAVE,
    })
}
