//! What a NOTIFY asks for, judged by its Event header alone: servers send wrong Content-Types, no Subscription-State and
//! requests outside any dialog. Never decides whether the sender is believed.

/// What a server wants the phone to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckSyncKind {
    /// Fetch the profile and apply what changed.
    Resync,
    /// Restart; only when the policy honours it, otherwise [`Self::Resync`].
    Reboot,
    /// Log the user out and stay up.
    RemoteLogout,
    /// Report the configuration.
    Report,
}
