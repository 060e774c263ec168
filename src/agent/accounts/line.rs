//! One account of the phone on its way: looked up, registered, going or refused. Plain data.

use std::time::{Duration, Instant};

use hotdesk_provisioning::{Account, ServerAddress};
use hotdesk_sip::AccountId;

/// First and longest wait before a name is looked up again.
pub(super) const LOOKUP_AGAIN: (Duration, Duration) =
    (Duration::from_secs(2), Duration::from_secs(60));
/// Look-ups after which a clean-up is given up: the binding expires by itself long before.
pub(super) const CLEAN_UP_LOOKUPS_MAX: u32 = 8;
/// First and longest wait before a desk's account that the registrar refused is tried again. An administrator may mend it
/// at the registrar, of which nobody tells the phone; a desk must not stay dead until somebody pulls its plug.
pub(super) const HOST_AGAIN: (Duration, Duration) =
    (Duration::from_secs(60), Duration::from_secs(1800));

#[derive(Debug)]
pub(super) struct Line {
    pub(super) id: AccountId,
    pub(super) account: Account,
    pub(super) stage: Stage,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Stage {
    /// The server's place is not known yet.
    Resolving {
        want: Want,
        tries: u32,
        again_at: Option<Instant>,
    },
    /// The user agent registers it and keeps it registered.
    Live { refusals: u32 },
    /// The user agent removes its binding.
    Going,
    /// The registrar refused the desk's account.
    Refused { refusals: u32, again_at: Instant },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    Register,
    CleanUp,
}

impl Line {
    /// Where its messages go.
    pub(super) fn server(&self) -> &ServerAddress {
        let proxy = self.account.outbound_proxy.as_ref();
        proxy.unwrap_or(&self.account.registrar)
    }

    pub(super) fn is_going(&self) -> bool {
        matches!(self.stage, Stage::Going)
    }

    /// Whether both would be the same binding at the same registrar.
    pub(super) fn binds_as(&self, account: &Account) -> bool {
        self.account.aor == account.aor && self.account.registrar == account.registrar
    }

    /// When to do something about it.
    pub(super) fn again_at(&self) -> Option<Instant> {
        match self.stage {
            Stage::Resolving { again_at, .. } => again_at,
            Stage::Refused { again_at, .. } => Some(again_at),
            Stage::Live { .. } | Stage::Going => None,
        }
    }
}

/// The first wait, doubled for each try after the first, up to the longest.
pub(super) fn doubled((first, longest): (Duration, Duration), tries: u32) -> Duration {
    let factor = 2_u32.saturating_pow(tries.saturating_sub(1).min(16));
    first.saturating_mul(factor).min(longest)
}
