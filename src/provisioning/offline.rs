//! Signing in while the server cannot be reached: what a phone is given beforehand, and what it is told to forget.

use serde::{Deserialize, Serialize};

use crate::{Account, AssociationId, GuestProfile};

/// Grants that a phone keeps at most; the one that was used longest ago goes first.
pub const OFFLINE_GRANTS_MAX: usize = 8;

/// With an [`Admission`](crate::Admission), where the policy allows that guests sign in while the server is away: an account
/// of its own that works for some time. It holds once the association is committed; before that, and after a roll-back, the
/// registrar does not know it. It replaces what the phone had for the same guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfflineGrant {
    /// Names it. The associations that come of it are named after it: see [`Self::association`].
    pub id: AssociationId,
    /// What the guest registers with then.
    pub account: Account,
    /// Seconds until it is worth nothing.
    pub expires_in: u32,
    /// Seconds after which an association that comes of it ends by itself; `None`: never.
    #[serde(default)]
    pub limit: Option<u32>,
}

impl OfflineGrant {
    /// The name of the association that comes of the `use_number`th use of a grant. The server reads the grant out of it.
    ///
    /// # Errors
    /// When the name of the grant is too long for a number behind it.
    pub fn association(
        id: &AssociationId,
        use_number: u32,
    ) -> Result<AssociationId, crate::Invalid> {
        AssociationId::parse(&format!("{id}-{use_number}"))
    }

    /// The grant that an association came of, if its name says so.
    #[must_use]
    pub fn of(association: &str) -> Option<&str> {
        let (grant, number) = association.rsplit_once('-')?;
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        (is_number && !grant.is_empty()).then_some(grant)
    }
}

/// Who signs in while the server is away: what a phone keeps, sealed with the guest's PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfflineGuest {
    /// The guest, with the account of the grant.
    pub guest: GuestProfile,
    /// See [`OfflineGrant::limit`].
    #[serde(default)]
    pub limit: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_association_names_the_grant_that_it_came_of() {
        let grant = AssociationId::parse("0123456789abcdef0123").unwrap();
        let third = OfflineGrant::association(&grant, 3).unwrap();
        assert_eq!(third.as_str(), "0123456789abcdef0123-3");
        assert_eq!(OfflineGrant::of(third.as_str()), Some(grant.as_str()));
        assert!(OfflineGrant::association(&grant, u32::MAX).is_ok());
        for none in ["0123456789abcdef0123", "a-", "-3", "a-b", "", "a-3b"] {
            assert_eq!(OfflineGrant::of(none), None, "{none}");
        }
    }
}
