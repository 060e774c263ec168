//! Guests who left while the registrar had not yet confirmed that their binding is gone: a power cut just then must not
//! leave their calls ringing here. Never holds anybody longer than that takes.

use std::time::Instant;

use hotdesk_provisioning::{AssociationId, VoidAccount};

use crate::deadline;

/// People leave one after the other; more than this at once would be a registrar that has been silent for minutes.
const LENGTH_MAX: usize = 4;

/// Whose bindings may still be there, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct LeftBehind {
    left: Vec<(VoidAccount, Instant)>,
}

impl LeftBehind {
    pub(crate) fn add(&mut self, now: Instant, account: VoidAccount) {
        self.left
            .retain(|(left, _)| left.association != account.association);
        if self.left.len() >= LENGTH_MAX {
            self.left.remove(0);
        }
        self.left.push((account, now + deadline::LEFT_BEHIND));
    }

    /// The binding is gone, or nothing more can be done about it; `true` if that is news.
    pub(crate) fn settle(&mut self, association: &AssociationId) -> bool {
        let before = self.left.len();
        self.left
            .retain(|(left, _)| left.association != *association);
        self.left.len() < before
    }

    /// Forgets those about whom nothing was heard for too long; `true` if there were any.
    pub(crate) fn pass(&mut self, now: Instant) -> bool {
        let before = self.left.len();
        self.left.retain(|(_, forget_at)| now < *forget_at);
        self.left.len() < before
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.left.iter().map(|(_, forget_at)| *forget_at).min()
    }

    /// For flash.
    pub(crate) fn save(&self) -> Vec<VoidAccount> {
        self.left.iter().map(|(left, _)| left.clone()).collect()
    }
}
