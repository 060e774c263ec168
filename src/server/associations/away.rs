//! Associations that began while the server was away: the phone tells of them afterwards, and the rules that nobody could be
//! asked about are applied then.

use anyhow::Context as _;
use hotdesk_provisioning::{AssociationId, EndReason, OfflineGrant};

use super::commit::make_room;
use super::open::rules_of;
use super::{Association, State, limits};
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::column::Json;
use crate::error::Answer;
use crate::offline::{self, Grant, Of};
use crate::phones::{self, Phone};
use crate::rules::Elsewhere;
use crate::users::{self, User};
use crate::{credentials, sites};

/// What a phone tells about it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Told {
    pub(crate) switch_ms: Option<u32>,
    pub(crate) seconds_ago: u32,
}

/// Takes up an association that the server has not heard of before; `None` when it came of no grant of this phone. The guest is
/// signed in with it, or it has ended and says why.
pub(crate) async fn take_up(
    change: &mut Change,
    phone: &Phone,
    id: &AssociationId,
    told: Told,
) -> Answer<Option<Association>> {
    let Some(name) = OfflineGrant::of(id.as_str()) else {
        return Ok(None);
    };
    let Some(grant) = offline::of_phone(change.connection(), phone.id, name).await? else {
        return Ok(None);
    };
    let now = change.now;
    let phone = phones::find(change.connection(), phone.id).await?;
    let user = users::find(change.connection(), grant.user_id).await?;
    let since = now.saturating_sub(told.seconds_ago.into());
    let mut association = Association {
        id: id.to_string(),
        tenant_id: phone.tenant_id,
        phone_id: phone.id,
        user_id: user.id,
        state: State::Active,
        opened_at: since.max(grant.made_at),
        ends_at: None,
        ends_for: limits::EndsFor::Limit,
        reason: None,
        acknowledged: false,
    };
    match objection(change, &grant, (&phone, &user), &association).await? {
        Some(reason) => {
            association.state = State::Ended;
            association.reason = Some(Json(reason));
            refuse(change, (&phone, &user), &association, told).await?;
        }
        None => accept(change, (&phone, &user), &mut association, told).await?,
    }
    Ok(Some(association))
}

/// Why the guest is not signed in with it. Of two phones and of two people the later log-in counts, as it would have with the
/// server there, unless the rules keep the first.
async fn objection(
    change: &mut Change,
    grant: &Grant,
    (phone, user): (&Phone, &User),
    association: &Association,
) -> Answer<Option<EndReason>> {
    let since = association.opened_at;
    if let Some(Json(reason)) = &grant.reason {
        return Ok(Some(reason.clone()));
    }
    if user.disabled || !user.hot_desk {
        return Ok(Some(EndReason::UserDisabled));
    }
    if !phone.enabled || phone.address.trim().is_empty() {
        return Ok(Some(EndReason::PhoneDisabled));
    }
    if since >= grant.expires_at {
        return Ok(Some(EndReason::Limit));
    }
    let here = super::active_on_phone(change.connection(), phone.id).await?;
    if let Some(later) = here.filter(|here| here.opened_at > since) {
        let by = users::find(change.connection(), later.user_id).await?.name;
        return Ok(Some(EndReason::TakenOver { by }));
    }
    let keeps_first = match rules_of(change.connection(), user).await?.elsewhere {
        Elsewhere::Many => return Ok(None),
        Elsewhere::Refuse => true,
        // Whoever is at the other phone could not be asked, and no answer means yes.
        Elsewhere::Move | Elsewhere::Ask => false,
    };
    let others = super::active_of_user(change.connection(), user.id).await?;
    let stays = |other: &&Association| {
        other.phone_id != phone.id && (keeps_first || other.opened_at > since)
    };
    match others.iter().find(stays) {
        Some(other) => {
            let to = phones::find(change.connection(), other.phone_id).await?;
            Ok(Some(EndReason::Moved { to: to.name }))
        }
        None => Ok(None),
    }
}

/// The guest has been signed in since then.
async fn accept(
    change: &mut Change,
    (phone, user): (&Phone, &User),
    association: &mut Association,
    told: Told,
) -> Answer<()> {
    let since = association.opened_at;
    let elsewhere = rules_of(change.connection(), user).await?.elsewhere;
    make_room(change, phone, user, elsewhere).await?;
    let place = sites::place_of(change.connection(), phone).await?;
    (association.ends_at, association.ends_for) =
        limits::end(change.connection(), &place, phone, user, since).await?;
    insert(change, association, told, elsewhere == Elsewhere::Many).await?;
    // From now on it ends with the association.
    let grant = OfflineGrant::of(&association.id).context("it came of a grant")?;
    credentials::keep_guest(change.connection(), grant).await?;
    sqlx::query("UPDATE phones SET registered = $2 WHERE id = $1")
        .bind(phone.id)
        .bind(true)
        .execute(change.connection())
        .await?;
    note(change, (phone, user), association, told).await
}

/// It is over, whatever the phone thinks. What it came of is void: the guest is somewhere else, or nowhere.
async fn refuse(
    change: &mut Change,
    (phone, user): (&Phone, &User),
    association: &Association,
    told: Told,
) -> Answer<()> {
    let now = change.now;
    insert(change, association, told, false).await?;
    note(change, (phone, user), association, told).await?;
    let Some(Json(reason)) = &association.reason else {
        return Ok(());
    };
    let grant = OfflineGrant::of(&association.id).context("it came of a grant")?;
    offline::revoke(change, Of::One(grant), reason).await?;
    Entry::new(Event::Ended)
        .phone(phone)
        .user(Some(user))
        .association(&association.id)
        .reason(reason)
        .detail(super::describe(reason))
        .write(change.connection(), now)
        .await?;
    Ok(())
}

async fn insert(
    change: &mut Change,
    association: &Association,
    told: Told,
    is_many: bool,
) -> Result<(), sqlx::Error> {
    let ended_at = association.reason.as_ref().map(|_| change.now);
    sqlx::query(
        "INSERT INTO associations (id, tenant_id, phone_id, user_id, attempt, state, many, opened_at, committed_at, ends_at,
                                   ends_for, ended_at, reason, switch_ms)
         VALUES ($1, $2, $3, $4, $1, $5, $6, $7, $7, $8, $9, $10, $11, $12)",
    )
    .bind(&association.id)
    .bind(association.tenant_id)
    .bind(association.phone_id)
    .bind(association.user_id)
    .bind(association.state)
    .bind(is_many)
    .bind(association.opened_at)
    .bind(association.ends_at)
    .bind(association.ends_for)
    .bind(ended_at)
    .bind(association.reason.as_ref().map(|Json(reason)| Json(reason)))
    .bind(told.switch_ms.map(i64::from))
    .execute(change.connection())
    .await?;
    Ok(())
}

async fn note(
    change: &mut Change,
    (phone, user): (&Phone, &User),
    association: &Association,
    told: Told,
) -> Answer<()> {
    let speed = told
        .switch_ms
        .map_or_else(String::new, |ms| format!(", switched in {ms} ms"));
    Entry::new(Event::SignedIn)
        .phone(phone)
        .user(Some(user))
        .association(&association.id)
        .detail(format!("while the server was away{speed}"))
        .write(change.connection(), association.opened_at)
        .await?;
    tracing::info!(
        desk = phone.name,
        user = user.name,
        association = association.id,
        "signed in while the server was away"
    );
    Ok(())
}
