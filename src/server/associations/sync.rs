//! After a start or a reconnection: phone and server agree about who is signed in, and the phone gets back the accounts
//! that it may have left registered.

use crate::column::Json;
use hotdesk_provisioning::{
    Account, AssociationId, EndReason, Held, OfflineGrant, RefusalCode, SyncAnswer, SyncRequest,
    VoidAccount,
};

use super::away::{self, Told};
use super::commit::activate;
use super::{Association, EndedBy, State};
use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::credentials;
use crate::error::Answer;
use crate::offline::Of;
use crate::phones::Phone;
use crate::{offline, profile, users};

/// Void accounts in one answer: a phone leaves one behind for each switch that was cut off.
const VOID_MAX: i64 = 8;

/// Answers what the server knows. Whatever was opened for this phone, was not committed and is not held by it is void.
pub(crate) async fn sync(app: &App, phone: &Phone, request: &SyncRequest) -> Answer<SyncAnswer> {
    let mut change = app.change(phone.tenant_id).await?;
    let now = change.now;
    if request.device.as_str() != phone.mac {
        Entry::new(Event::TokenMisused)
            .phone(phone)
            .detail(format!("used by {}", request.device))
            .write(change.connection(), now)
            .await?;
        change.finish().await?;
        return Err(RefusalCode::NotAuthenticated.into());
    }
    note_version(&mut change, phone, &request.version).await?;
    let held = match &request.holding {
        Some(id) => Some(held(&mut change, phone, id).await?),
        None => None,
    };
    for pending in super::pending_on_phone(change.connection(), phone.id).await? {
        super::end(
            &mut change,
            &pending,
            EndReason::RolledBack,
            EndedBy::Successor,
        )
        .await?;
    }
    let mut over = unfinished(&mut change, phone).await?;
    over.extend(end_forgotten(&mut change, phone, request.holding.as_ref()).await?);
    let mut void = Vec::new();
    for association in over {
        let account = renew(&mut change, &association).await?;
        let association = AssociationId::parse(&association.id).map_err(anyhow::Error::from)?;
        void.push(VoidAccount {
            association,
            account,
        });
    }
    let forget = offline::void_ones(&mut change, phone, &request.offline).await?;
    let profile = profile::host_profile(app, change.connection(), phone).await?;
    change.finish().await?;
    Ok(SyncAnswer {
        held,
        void,
        forget,
        profile: profile.etag,
        now: u64::try_from(now).unwrap_or(0),
    })
}

async fn note_version(
    change: &mut Change,
    phone: &Phone,
    version: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE phones SET agent_version = $1, last_seen = $2 WHERE id = $3")
        .bind(version.chars().take(64).collect::<String>())
        .bind(change.now)
        .bind(phone.id)
        .execute(change.connection())
        .await?;
    Ok(())
}

/// What became of the association that the phone holds. One that is still pending is committed: the phone writes it to
/// its flash only after the registrar took the guest, so merely the word of it was lost.
async fn held(change: &mut Change, phone: &Phone, id: &AssociationId) -> Answer<Held> {
    let now = change.now;
    let known = match super::of_phone(change.connection(), phone.id, id).await? {
        Some(association) => Some(association),
        None => away::take_up(change, phone, id, Told::default()).await?,
    };
    let Some(association) = known else {
        // A database restored from an older copy knows nothing of it.
        return Ok(Held::Ended {
            reason: EndReason::Displaced,
        });
    };
    match association.state {
        State::Active => Ok(Held::Active {
            ends_in: association.ends_in(now),
            ends_for: association.ends_for.into(),
        }),
        State::Ended => {
            if !association.acknowledged {
                renew(change, &association).await?;
            }
            Ok(Held::Ended {
                reason: reason_of(&association),
            })
        }
        State::Pending => match activate(change, phone, &association, None).await? {
            Ok(()) => Ok(Held::Active {
                ends_in: association.ends_in(now),
                ends_for: association.ends_for.into(),
            }),
            Err(_in_use_elsewhere) => Ok(Held::Ended {
                reason: EndReason::RolledBack,
            }),
        },
    }
}

fn reason_of(association: &Association) -> EndReason {
    association
        .reason
        .clone()
        .map_or(EndReason::Displaced, |Json(reason)| reason)
}

/// Somebody is active here whom the phone does not hold: they left while it could not say so, or its state was lost.
async fn end_forgotten(
    change: &mut Change,
    phone: &Phone,
    holding: Option<&AssociationId>,
) -> Answer<Option<Association>> {
    let active = super::active_on_phone(change.connection(), phone.id).await?;
    let forgotten =
        active.filter(|active| Some(active.id.as_str()) != holding.map(AssociationId::as_str));
    if let Some(forgotten) = &forgotten {
        super::end(change, forgotten, EndReason::LoggedOut, EndedBy::Successor).await?;
    }
    Ok(forgotten)
}

/// What was never committed and whose binding the phone has not said to be gone, for as long as a binding can live.
async fn unfinished(change: &mut Change, phone: &Phone) -> Result<Vec<Association>, sqlx::Error> {
    let longest = i64::from(change.app.config().sip.expires);
    let since = change.now.saturating_sub(longest);
    sqlx::query_as(
        "SELECT * FROM associations
         WHERE phone_id = $1 AND state = 'ended' AND committed_at IS NULL AND acknowledged = $4 AND ended_at > $2
         ORDER BY ended_at DESC LIMIT $3",
    )
    .bind(phone.id)
    .bind(since)
    .bind(VOID_MAX)
    .bind(false)
    .fetch_all(change.connection())
    .await
}

/// Lets the credential of an ended association work for another grace.
async fn renew(change: &mut Change, association: &Association) -> Answer<Account> {
    let app = change.app.clone();
    let user = users::find(change.connection(), association.user_id).await?;
    let domain = credentials::domain(&app, change.connection(), user.tenant_id).await?;
    let account = credentials::guest_account(&app, &domain, &association.id, &user)?;
    let until = change
        .now
        .saturating_add(i64::from(app.config().eviction_grace));
    // The phone may sign them in again with the grant that it came of.
    let works = match OfflineGrant::of(&association.id) {
        Some(grant) => {
            let now = change.now;
            let held = offline::held(change.connection(), now, Of::One(grant)).await?;
            !held.is_empty()
        }
        None => false,
    };
    if !works {
        credentials::renew_guest(change.connection(), &association.id, &account, until).await?;
    }
    Ok(account)
}
