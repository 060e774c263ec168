//! Who may do what. Pure.

use serde::{Deserialize, Serialize};

use crate::column::words;

/// What somebody is in the portal. The order is that of what they may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Sees a tenant's phones and users, and logs people out.
    HelpDesk,
    /// Runs a tenant.
    Administrator,
    /// Runs all of them.
    Operator,
}

words!(
    Role,
    HelpDesk = "help_desk",
    Administrator = "administrator",
    Operator = "operator"
);

impl Role {
    /// In plain English.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::HelpDesk => "Help desk",
            Self::Administrator => "Administrator",
            Self::Operator => "Operator",
        }
    }
}
