//! After a power cut all phones of a site start in the same moment, and their registrar has to take them one after the other.
//! Each waits for a moment of its own before it registers, unless somebody uses it.

use std::time::{Duration, Instant};

use crate::{Activity, Event};

/// No phone waits longer, whatever its server says.
const WITHIN_MAX: Duration = Duration::from_secs(300);

/// When a phone that has just started registers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Turn(Option<Instant>);

impl Turn {
    /// A moment within so many seconds. `random` is any random number.
    pub(crate) fn draw(now: Instant, within: u32, random: u32) -> Self {
        let within = Duration::from_secs(within.into()).min(WITHIN_MAX);
        let share = f64::from(random) / (f64::from(u32::MAX) + 1.0);
        let wait = within.mul_f64(share);
        Self((!wait.is_zero()).then(|| now.checked_add(wait)).flatten())
    }

    /// Whether the phone must still wait. It need not when anything is going on.
    pub(crate) fn waits(&mut self, now: Instant, activity: &Activity) -> bool {
        let is_at_rest = matches!(activity, Activity::Home | Activity::Enrolling(_));
        self.0 = self.0.filter(|at| is_at_rest && now < *at);
        self.0.is_some()
    }

    /// What a person does ends the wait.
    pub(crate) fn hear(&mut self, event: &Event) {
        let by_somebody = matches!(
            event,
            Event::Key(_)
                | Event::LogIn { .. }
                | Event::LogOut { .. }
                | Event::CallStarted(_)
                | Event::CallChanged { .. }
                | Event::Calls { .. }
        );
        if by_somebody {
            self.0 = None;
        }
    }

    pub(crate) fn deadline(self) -> Option<Instant> {
        self.0
    }
}
