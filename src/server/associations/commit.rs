//! The registrar took the guest: the association becomes active, and whoever is in its way is ended.

use hotdesk_provisioning::{
    AssociationId, CommitRequest, EndReason, ExtendAnswer, Push, RefusalCode,
};

use super::away::{self, Told};
use super::{Association, EndedBy, State};
use super::{
    limits,
    open::{other_desk, rules_of},
};
use crate::admission::about;
use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::error::Answer;
use crate::phones::Phone;
use crate::rules::Elsewhere;
use crate::sites;
use crate::users::User;
use crate::{offline, phones, users};

/// Commits an association of this phone; committing it again changes nothing.
pub(crate) async fn commit(
    app: &App,
    phone: &Phone,
    id: &AssociationId,
    request: &CommitRequest,
) -> Answer<()> {
    let mut change = app.change(phone.tenant_id).await?;
    let switch_ms = Some(request.switch_ms);
    let told = Told {
        switch_ms,
        seconds_ago: request.seconds_ago,
    };
    let association = match super::of_phone(change.connection(), phone.id, id).await? {
        Some(association) => association,
        None => away::take_up(&mut change, phone, id, told)
            .await?
            .ok_or(RefusalCode::UnknownAssociation)?,
    };
    let outcome = match association.state {
        State::Active => Ok(()),
        State::Ended => Err(RefusalCode::UnknownAssociation.into()),
        State::Pending => activate(&mut change, phone, &association, switch_ms).await?,
    };
    change.finish().await?;
    outcome
}

/// Makes a pending association active. The inner result is a refusal that is itself worth writing down.
pub(crate) async fn activate(
    change: &mut Change,
    phone: &Phone,
    association: &Association,
    switch_ms: Option<u32>,
) -> Answer<Answer<()>> {
    let user = users::find(change.connection(), association.user_id).await?;
    let elsewhere = rules_of(change.connection(), &user).await?.elsewhere;
    let other = other_desk(change.connection(), phone, &user).await?;
    if let (Elsewhere::Refuse, Some(desk)) = (elsewhere, other) {
        // The user was admitted on two phones at once; the other one was first.
        super::end(
            change,
            association,
            EndReason::RolledBack,
            EndedBy::Successor,
        )
        .await?;
        return Ok(Err(about(RefusalCode::InUseElsewhere, &desk).into()));
    }
    make_room(change, phone, &user, elsewhere).await?;
    let now = change.now;
    sqlx::query(
        "UPDATE associations SET state = 'active', committed_at = $1, switch_ms = $2, many = $3 WHERE id = $4",
    )
    .bind(now)
    .bind(switch_ms.map(i64::from))
    .bind(elsewhere == Elsewhere::Many)
    .bind(&association.id)
    .execute(change.connection())
    .await?;
    sqlx::query(
        "UPDATE phones SET last_switch_ms = coalesce($1, last_switch_ms), registered = $3 WHERE id = $2",
    )
    .bind(switch_ms.map(i64::from))
    .bind(phone.id)
    .bind(true)
    .execute(change.connection())
    .await?;
    offline::grant(change, (phone, &user), &association.id).await?;
    Entry::new(Event::SignedIn)
        .phone(phone)
        .user(Some(&user))
        .association(&association.id)
        .detail(switch_ms.map_or_else(String::new, |ms| format!("switched in {ms} ms")))
        .write(change.connection(), now)
        .await?;
    tracing::info!(
        desk = phone.name,
        user = user.name,
        association = association.id,
        "signed in"
    );
    Ok(Ok(()))
}

/// Ends whoever holds this phone and, unless many are allowed, the user's other association.
pub(super) async fn make_room(
    change: &mut Change,
    phone: &Phone,
    user: &User,
    elsewhere: Elsewhere,
) -> Answer<()> {
    if let Some(former) = super::active_on_phone(change.connection(), phone.id).await? {
        let by = user.name.clone();
        super::end(
            change,
            &former,
            EndReason::TakenOver { by },
            EndedBy::Successor,
        )
        .await?;
    }
    match elsewhere {
        Elsewhere::Many => {}
        Elsewhere::Move | Elsewhere::Ask | Elsewhere::Refuse => {
            for other in super::active_of_user(change.connection(), user.id).await? {
                let to = phone.name.clone();
                super::end(change, &other, EndReason::Moved { to }, EndedBy::Server).await?;
            }
        }
    }
    Ok(())
}

/// The person pressed Stay: the association ends a whole limit from now. Where the policy does not offer that, nothing
/// changes and the answer says when it ends.
pub(crate) async fn extend(app: &App, phone: &Phone, id: &AssociationId) -> Answer<ExtendAnswer> {
    let mut change = app.change(phone.tenant_id).await?;
    let now = change.now;
    let association = super::of_phone(change.connection(), phone.id, id)
        .await?
        .filter(|association| association.state == State::Active)
        .ok_or(RefusalCode::UnknownAssociation)?;
    let phone = phones::find(change.connection(), phone.id).await?;
    let user = users::find(change.connection(), association.user_id).await?;
    let place = sites::place_of(change.connection(), &phone).await?;
    if !place.rules.phone.stay {
        return Ok(ExtendAnswer {
            ends_in: association.ends_in(now),
            ends_for: association.ends_for.into(),
        });
    }
    let (ends_at, ends_for) = limits::end(change.connection(), &place, &phone, &user, now).await?;
    let extended = Association {
        ends_at,
        ends_for,
        ..association
    };
    sqlx::query("UPDATE associations SET ends_at = $1, ends_for = $2 WHERE id = $3")
        .bind(extended.ends_at)
        .bind(extended.ends_for)
        .bind(&extended.id)
        .execute(change.connection())
        .await?;
    Entry::new(Event::Extended)
        .phone(&phone)
        .user(Some(&user))
        .association(&extended.id)
        .write(change.connection(), now)
        .await?;
    let ends_in = extended.ends_in(now);
    change.push(
        phone.id,
        Push::Extended {
            association: id.clone(),
            ends_in,
            ends_for: extended.ends_for.into(),
        },
    );
    change.finish().await?;
    Ok(ExtendAnswer {
        ends_in,
        ends_for: extended.ends_for.into(),
    })
}
