//! Signing in while the server cannot be reached: whom this phone lets in by itself, for how long, and how often somebody may
//! guess. Never sees what is sealed with a guest's PIN, nor how: opening and sealing are slow on purpose and the shell's.

use std::time::Instant;

use hotdesk_provisioning::{
    AssociationId, Extension, OFFLINE_GRANTS_MAX, OfflineGrant, Policy, Refusal, RefusalCode,
    Secret,
};
use serde::{Deserialize, Serialize};

use crate::{Admitting, deadline, desk};

/// Wrong PINs of one guest before they have to wait.
const TRIES_FREE: u32 = 5;
/// The first wait, in seconds. The next is twice as long, and so on.
const LOCK_FIRST: u32 = 30;
/// The longest wait, in seconds: what servers have where nobody says otherwise.
const LOCK_MAX: u32 = 900;
/// Enough doublings to get from the first wait to the longest.
const DOUBLINGS_MAX: u32 = 5;
/// A guest with a key on every place takes half of it.
const SEALED_BYTES_MAX: usize = 64 * 1024;

/// A guest whom the phone lets in by itself, on flash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedGrant {
    /// The server's name for it.
    pub id: AssociationId,
    /// What they may type to say who they are; the first is their number in full.
    pub names: Vec<Extension>,
    /// What only their PIN opens.
    pub sealed: Secret,
    /// Seconds until it is worth nothing, counted as `ends_in` of a tenure is.
    pub expires_in: u32,
    /// How often they have signed in with it.
    #[serde(default)]
    pub uses: u32,
    /// How often a PIN was tried since the last right one.
    #[serde(default)]
    pub tries: u32,
    /// Seconds until another PIN may be tried, counted likewise.
    #[serde(default)]
    pub locked_for: u32,
}

/// Why nobody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfflineFailure {
    /// The PIN is not the one it was sealed with.
    WrongPin,
    /// It could not be tried.
    Unusable,
}

#[derive(Debug, Clone)]
struct Grant {
    id: AssociationId,
    names: Vec<Extension>,
    sealed: Secret,
    expires_at: Instant,
    uses: u32,
    tries: u32,
    locked_until: Option<Instant>,
}

/// What is being sealed.
#[derive(Debug, Clone)]
struct Sealing {
    id: AssociationId,
    names: Vec<Extension>,
    expires_at: Instant,
}

/// Everybody whom this phone lets in by itself, the one who came longest ago first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Offline {
    grants: Vec<Grant>,
    sealing: Option<Sealing>,
}

/// What a PIN is tried on.
#[derive(Debug)]
pub(crate) struct Lock {
    pub(crate) id: AssociationId,
    /// The guest's number in full.
    pub(crate) extension: Extension,
    pub(crate) sealed: Secret,
}

impl Offline {
    /// What was on flash and is still worth something.
    pub(crate) fn restore(saved: Vec<SavedGrant>, now: Instant) -> Self {
        let live = saved
            .into_iter()
            .filter(|grant| grant.expires_in > 0 && grant.sealed.expose().len() <= SEALED_BYTES_MAX)
            .take(OFFLINE_GRANTS_MAX);
        let longest = *Policy::OFFLINE_SECONDS.end();
        let grants = live.map(|saved| Grant {
            id: saved.id,
            names: saved.names,
            sealed: saved.sealed,
            expires_at: deadline::in_seconds(now, saved.expires_in.min(longest)),
            uses: saved.uses,
            tries: saved.tries,
            locked_until: (saved.locked_for > 0)
                .then(|| deadline::in_seconds(now, saved.locked_for.min(LOCK_MAX))),
        });
        Self {
            grants: grants.collect(),
            sealing: None,
        }
    }

    /// For flash.
    pub(crate) fn save(&self, now: Instant) -> Vec<SavedGrant> {
        let saved = self.grants.iter().map(|grant| SavedGrant {
            id: grant.id.clone(),
            names: grant.names.clone(),
            sealed: grant.sealed.clone(),
            expires_in: desk::seconds_until(now, grant.expires_at),
            uses: grant.uses,
            tries: grant.tries,
            locked_for: grant
                .locked_until
                .map_or(0, |until| desk::seconds_until(now, until)),
        });
        saved.collect()
    }

    /// What the server is told at a sync.
    pub(crate) fn names(&self) -> Vec<AssociationId> {
        let kept = self.grants.iter().map(|grant| grant.id.clone());
        let sealing = self.sealing.iter().map(|sealing| sealing.id.clone());
        kept.chain(sealing).collect()
    }

    /// Whether somebody of this name may be let in.
    pub(crate) fn knows(&self, extension: &Extension) -> bool {
        self.grants.iter().any(|g| g.names.contains(extension))
    }

    /// Takes down that a PIN is tried, before it is: whoever cuts the power at the right moment has no try more. A refusal
    /// says how long to wait; `None`: nobody of this name may be let in.
    pub(crate) fn attempt(
        &mut self,
        now: Instant,
        extension: &Extension,
    ) -> Option<Result<Lock, Refusal>> {
        let named = |grant: &&mut Grant| grant.names.contains(extension);
        let grant = self.grants.iter_mut().find(named)?;
        if let Some(until) = grant.locked_until.filter(|until| now < *until) {
            return Some(Err(locked(now, until)));
        }
        grant.tries = grant.tries.saturating_add(1);
        grant.locked_until = lock_seconds(grant.tries).map(|s| deadline::in_seconds(now, s));
        let extension = grant.names.first().unwrap_or(extension).clone();
        Some(Ok(Lock {
            id: grant.id.clone(),
            extension,
            sealed: grant.sealed.clone(),
        }))
    }

    /// The PIN was right: the number of this use, and the seconds that are left. `None` when the grant is gone meanwhile.
    pub(crate) fn opened(&mut self, now: Instant, id: &AssociationId) -> Option<(u32, u32)> {
        let at = self.grants.iter().position(|grant| grant.id == *id)?;
        let mut grant = self.grants.remove(at);
        grant.uses = grant.uses.saturating_add(1);
        grant.tries = 0;
        grant.locked_until = None;
        let said = (grant.uses, desk::seconds_until(now, grant.expires_at));
        self.grants.push(grant);
        Some(said)
    }

    /// The PIN was wrong: what to say.
    pub(crate) fn wrong(&self, now: Instant, id: &AssociationId) -> Refusal {
        let grant = self.grants.iter().find(|grant| grant.id == *id);
        match grant.map(|grant| (grant.tries, grant.locked_until)) {
            Some((_, Some(until))) => locked(now, until),
            Some((tries, None)) => Refusal {
                attempts_left: Some(TRIES_FREE.saturating_sub(tries)),
                ..Refusal::new(RefusalCode::WrongPin)
            },
            None => Refusal::new(RefusalCode::WrongPin),
        }
    }

    /// It could not be tried after all.
    pub(crate) fn untried(&mut self, id: &AssociationId) {
        if let Some(grant) = self.grants.iter_mut().find(|grant| grant.id == *id) {
            grant.tries = grant.tries.saturating_sub(1);
            grant.locked_until = None;
        }
    }

    /// Somebody signed in with the server there: what they had before is void, and what they got is being sealed.
    pub(crate) fn replace(
        &mut self,
        now: Instant,
        names: Vec<Extension>,
        granted: Option<&OfflineGrant>,
    ) {
        // Also of whoever had one of these numbers before them.
        let shares = |grant: &Grant| grant.names.iter().any(|name| names.contains(name));
        self.grants.retain(|grant| !shares(grant));
        let longest = *Policy::OFFLINE_SECONDS.end();
        self.sealing = granted.map(|granted| Sealing {
            id: granted.id.clone(),
            names,
            expires_at: deadline::in_seconds(now, granted.expires_in.min(longest)),
        });
    }

    /// What was being sealed is; `false` when nobody wants it any more.
    pub(crate) fn sealed(&mut self, id: &AssociationId, sealed: Option<Secret>) -> bool {
        let fits = |sealed: &Secret| sealed.expose().len() <= SEALED_BYTES_MAX;
        let Some(waited) = self.sealing.take_if(|sealing| sealing.id == *id) else {
            return false;
        };
        let Some(sealed) = sealed.filter(fits) else {
            return false;
        };
        if self.grants.len() >= OFFLINE_GRANTS_MAX {
            self.grants.remove(0);
        }
        self.grants.push(Grant {
            id: waited.id,
            names: waited.names,
            sealed,
            expires_at: waited.expires_at,
            uses: 0,
            tries: 0,
            locked_until: None,
        });
        true
    }

    /// Erases these; whether there was any.
    pub(crate) fn forget(&mut self, gone: impl Fn(&AssociationId) -> bool) -> bool {
        let before = self.grants.len();
        self.grants.retain(|grant| !gone(&grant.id));
        self.sealing.take_if(|sealing| gone(&sealing.id));
        self.grants.len() != before
    }

    /// Erases what has expired; whether there was any.
    pub(crate) fn pass(&mut self, now: Instant) -> bool {
        let before = self.grants.len();
        self.grants.retain(|grant| now < grant.expires_at);
        self.sealing.take_if(|sealing| sealing.expires_at <= now);
        self.grants.len() != before
    }

    /// When something expires.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let kept = self.grants.iter().map(|grant| grant.expires_at);
        let sealing = self.sealing.iter().map(|sealing| sealing.expires_at);
        kept.chain(sealing).min()
    }
}

/// What may be typed for a guest: their number in full, and what they typed.
pub(crate) fn names(guest: &Extension, typed: &Extension) -> Vec<Extension> {
    let mut names = vec![guest.clone()];
    if typed != guest {
        names.push(typed.clone());
    }
    names
}

/// The wait that so many tries bring, once the free ones are used up.
fn lock_seconds(tries: u32) -> Option<u32> {
    let doublings = tries.checked_sub(TRIES_FREE)?;
    let factor = 1_u32 << doublings.min(DOUBLINGS_MAX);
    Some(LOCK_FIRST.saturating_mul(factor).min(LOCK_MAX))
}

fn locked(now: Instant, until: Instant) -> Refusal {
    Refusal {
        retry_after: Some(desk::seconds_until(now, until).max(1)),
        attempts_left: Some(0),
        ..Refusal::new(RefusalCode::UserLocked)
    }
}

/// Whether a log-in is being tried without the server.
pub(crate) fn is_tried(admitting: &Admitting) -> bool {
    admitting.offline.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_as_the_servers_do() {
        let waits: Vec<_> = (1..=11).map(lock_seconds).collect();
        assert_eq!(waits[..4], [None; 4]);
        assert_eq!(
            waits[4..],
            [30, 60, 120, 240, 480, 900, 900].map(Some),
            "from the fifth on"
        );
    }
}
