//! Which accounts should be registered. That this is all that decides it is why a guest is never registered before the server
//! admitted them, and why the desk's account comes back on every way out. Never talks to a registrar.

use hotdesk_provisioning::Account;

use crate::accounts::Accounts;
use crate::desk::Desk;
use crate::{AccountSlot, Activity, Effect, Holder, Tenure};

impl Desk {
    /// What the SIP side has to do so that the right accounts are registered.
    pub(crate) fn follow_accounts(&mut self, activity: &Activity) -> Vec<Effect> {
        let mut wanted = Vec::new();
        if let Activity::Switching(switching) = activity {
            let admission = &switching.admission;
            let slot = AccountSlot::Guest(admission.association.clone());
            wanted.push((slot, &admission.guest.account));
        }
        if let Holder::Guest(tenure) = &self.holder {
            wanted.extend(guest(tenure, activity, &self.accounts));
        }
        let host = self.profile.as_ref().filter(|_| self.host_too(activity));
        if let Some(profile) = host {
            wanted.push((AccountSlot::Host, &profile.account));
        }
        self.accounts.follow(&wanted)
    }

    /// The desk's own account: while nobody else has the phone, where the policy says so, and where an emergency call, which
    /// is always the desk's, may be called back.
    fn host_too(&self, activity: &Activity) -> bool {
        let Holder::Guest(tenure) = &self.holder else {
            return true;
        };
        matches!(activity, Activity::Leaving(_))
            || !tenure.confirmed
            || self.policy().keep_host_registered
            || self.emergency.holds()
    }
}

/// A phone that restarts while its guest is leaving does not bring them back for those seconds.
fn guest<'a>(
    tenure: &'a Tenure,
    activity: &Activity,
    accounts: &Accounts,
) -> Option<(AccountSlot, &'a Account)> {
    let slot = AccountSlot::Guest(tenure.association.clone());
    let leaving = matches!(activity, Activity::Leaving(_));
    let back = tenure.confirmed && !leaving;
    (back || accounts.is_live(&slot)).then_some((slot, &tenure.guest.account))
}
