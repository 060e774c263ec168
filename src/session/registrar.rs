//! What the SIP side says about the accounts, handed to whom it concerns. News about an account that is no longer wanted
//! changes nothing but whether its binding has to be remembered.

use std::time::Instant;

use hotdesk_provisioning::{AssociationId, EndReason};

use crate::desk::Desk;
use crate::{AccountNews, AccountSlot, Activity, guest, leave, switching};

/// News of one account.
pub(crate) fn news(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    slot: &AccountSlot,
    news: AccountNews,
) -> Activity {
    if !desk.accounts.is_live(slot) {
        settle(desk, slot, news);
        return activity;
    }
    desk.accounts.note(slot, news);
    match slot {
        AccountSlot::Host => {
            let Activity::Leaving(leaving) = activity else {
                return activity;
            };
            leave::host_news(desk, now, leaving, news)
        }
        AccountSlot::Guest(association) => guest_news(desk, now, activity, association, news),
    }
}

fn guest_news(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    association: &AssociationId,
    news: AccountNews,
) -> Activity {
    if switching::concerns(&activity, association) {
        let Activity::Switching(switching) = activity else {
            return activity;
        };
        return switching::news(desk, now, switching, news);
    }
    match news {
        AccountNews::Rejected { .. } | AccountNews::Displaced => {
            desk.accounts.lose(&AccountSlot::Guest(association.clone()));
            guest::evicted(desk, now, activity, association, EndReason::Displaced)
        }
        AccountNews::Registered | AccountNews::Failing | AccountNews::Unregistered => activity,
    }
}

/// The binding of somebody who left is gone, or can no longer be removed with what the phone knows.
fn settle(desk: &mut Desk, slot: &AccountSlot, news: AccountNews) {
    let settled = match news {
        AccountNews::Unregistered | AccountNews::Rejected { .. } | AccountNews::Displaced => true,
        AccountNews::Registered | AccountNews::Failing => false,
    };
    if let AccountSlot::Guest(association) = slot {
        if settled && desk.left_behind.settle(association) {
            desk.persist();
        }
    }
}
