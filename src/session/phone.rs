//! The phone: dispatches events to the activity they concern. Holds no socket, file or clock.

use std::time::Instant;

use crate::{
    Activity, Dialling, Effect, Enrolling, Event, Holder, Saved, Settings, SoftKeys, Status, View,
};
use hotdesk_provisioning::HostProfile;

/// The hot-desking core of one phone.
#[derive(Debug)]
pub struct Phone {
    profile: Option<HostProfile>,
    holder: Holder,
    activity: Activity,
    dialling: Option<Dialling>,
    status: Status,
}

impl Phone {
    /// Starts from what was on flash (`Saved::default()` on a new phone); the effects bring the right account back
    /// without asking the server. `seed` feeds attempt ids and jitter.
    #[must_use]
    pub fn new(
        _settings: Settings,
        saved: Saved,
        _seed: [u8; 32],
        _now: Instant,
    ) -> (Self, Vec<Effect>) {
        let phone = Self {
            profile: saved.host,
            holder: Holder::Nobody,
            activity: Activity::Enrolling(Enrolling::default()),
            dialling: None,
            status: Status::default(),
        };
        (phone, Vec::new())
    }

    /// Something happened.
    pub fn handle(&mut self, _now: Instant, _event: Event) -> Vec<Effect> {
        Vec::new()
    }

    /// When to call `handle` with [`Event::Timeout`], at the latest.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    /// What there is to see.
    #[must_use]
    pub fn view(&self, now: Instant) -> View<'_> {
        View {
            profile: self.profile.as_ref(),
            holder: &self.holder,
            activity: &self.activity,
            dialling: self.dialling.as_ref(),
            status: self.status,
            soft_keys: SoftKeys::default(),
            now,
        }
    }
}
