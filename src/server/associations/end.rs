//! The phone says that an association is over.

use hotdesk_provisioning::{AssociationId, EndReason, EndRequest, Refusal, RefusalCode, Secret};

use super::open::rules_of;
use super::{Association, EndedBy, State};
use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::error::Answer;
use crate::phones::Phone;
use crate::throttle;
use crate::users::User;
use crate::{sites, users};

/// Ends an association of this phone, or takes note that the phone knows of its end.
pub(crate) async fn end(
    app: &App,
    phone: &Phone,
    id: &AssociationId,
    request: &EndRequest,
) -> Answer<()> {
    let pin_matches = check_pin(app, phone, id, request).await?;
    let mut change = app.change(phone.tenant_id).await?;
    let association = super::of_phone(change.connection(), phone.id, id)
        .await?
        .ok_or(RefusalCode::UnknownAssociation)?;
    if association.state == State::Ended {
        acknowledge(&mut change, &association).await?;
        change.finish().await?;
        return Ok(());
    }
    if let Some(refusal) = refuse(&mut change, phone, &association, pin_matches).await? {
        change.finish().await?;
        return Err(refusal.into());
    }
    let at = change.now.saturating_sub(i64::from(request.seconds_ago));
    super::end(
        &mut change,
        &association,
        told(&request.reason),
        EndedBy::Phone { at },
    )
    .await?;
    change.finish().await?;
    Ok(())
}

/// What a phone may give as the reason. The others are the server's to give: a phone that names one has forgotten what
/// it was told, and nobody's name gets into the audit that way.
fn told(reason: &EndReason) -> EndReason {
    match reason {
        EndReason::LoggedOut
        | EndReason::TakenOver { .. }
        | EndReason::Limit
        | EndReason::TimeOfDay
        | EndReason::BookingEnd
        | EndReason::Idle
        | EndReason::RolledBack
        | EndReason::Restarted
        | EndReason::Displaced => reason.clone(),
        EndReason::Moved { .. }
        | EndReason::Administrator { .. }
        | EndReason::Remote
        | EndReason::UserDisabled
        | EndReason::PhoneDisabled
        | EndReason::Unknown => EndReason::Displaced,
    }
}

/// Whether the PIN is right, where one is asked for. A log-out that is told late is over already: nothing is asked.
async fn check_pin(
    app: &App,
    phone: &Phone,
    id: &AssociationId,
    request: &EndRequest,
) -> Answer<bool> {
    let mut reader = app.reader().await?;
    let place = sites::place_of(&mut reader, phone).await?;
    let is_asked = place.rules.phone.logout_pin
        && request.reason == EndReason::LoggedOut
        && request.seconds_ago == 0;
    let association = super::of_phone(&mut reader, phone.id, id).await?;
    let Some(association) = association.filter(|a| is_asked && a.state == State::Active) else {
        return Ok(true);
    };
    let Some(pin) = &request.pin else {
        return Ok(false);
    };
    let user = users::find(&mut reader, association.user_id).await?;
    drop(reader);
    let pin = Secret::new(pin.expose().to_owned());
    Ok(app.hasher().verify(pin, user.pin_hash).await?)
}

/// Counts a wrong PIN. A lock applies here as well, or the log-out would be a way to go on guessing.
async fn refuse(
    change: &mut Change,
    phone: &Phone,
    association: &Association,
    pin_matches: bool,
) -> Answer<Option<Refusal>> {
    if pin_matches {
        return Ok(None);
    }
    let now = change.now;
    let user: User = users::find(change.connection(), association.user_id).await?;
    let connection = change.connection();
    let rules = rules_of(connection, &user).await?;
    let refusal = throttle::wrong_pin(connection, &rules, phone.id, user.id, now).await?;
    Entry::new(Event::LogOutRefused)
        .code(Some(refusal.code))
        .phone(phone)
        .user(Some(&user))
        .association(&association.id)
        .write(connection, now)
        .await?;
    Ok(Some(refusal))
}

async fn acknowledge(change: &mut Change, association: &Association) -> Answer<()> {
    sqlx::query("UPDATE associations SET acknowledged = $2 WHERE id = $1")
        .bind(&association.id)
        .bind(true)
        .execute(change.connection())
        .await?;
    Ok(())
}
