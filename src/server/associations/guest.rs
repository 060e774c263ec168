//! What a guest does about themselves on the phone where they are signed in: another PIN, the end of their other
//! associations, and whether they may move.

use hotdesk_provisioning::{
    AssociationId, ConsentRequest, ElsewhereAnswer, EndReason, PinRequest, Refusal, RefusalCode,
    Secret,
};

use super::open::rules_of;
use super::{Association, EndedBy, State};
use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::error::Answer;
use crate::phones::{self, Phone};
use crate::throttle::{self, Subject};
use crate::users::{self, User};
use crate::{consent, manage};

/// Gives the guest another PIN. The old one is checked as at a log-in, and a wrong one counts as a guess.
pub(crate) async fn change_pin(
    app: &App,
    phone: &Phone,
    id: &AssociationId,
    request: &PinRequest,
) -> Answer<()> {
    let (user, is_locked) = {
        let mut reader = app.reader().await?;
        let association = active(super::of_phone(&mut reader, phone.id, id).await?)?;
        let user = users::find(&mut reader, association.user_id).await?;
        let locked = throttle::load(&mut reader, &Subject::User(user.id)).await?;
        (user, locked.locked_for(app.now()).is_some())
    };
    let old = Secret::new(request.old.expose().to_owned());
    // A locked user is refused whatever the PIN is, and must not keep others waiting for theirs to be checked.
    let matches = !is_locked && app.hasher().verify(old, user.pin_hash.clone()).await?;
    let hash = if matches {
        let new = Secret::new(request.new.expose().to_owned());
        Some(app.hasher().hash(new).await?)
    } else {
        None
    };
    let mut change = app.change(phone.tenant_id).await?;
    active(super::of_phone(change.connection(), phone.id, id).await?)?;
    let current = users::find(change.connection(), user.id).await?;
    // A PIN that was changed meanwhile is the old one no longer.
    let hash = hash.filter(|_| current.pin_hash == user.pin_hash);
    let Some(hash) = hash else {
        let refusal = refuse(&mut change, phone, &current).await?;
        change.finish().await?;
        return Err(refusal.into());
    };
    manage::set_pin(&mut change, &current, &hash, &current.name).await?;
    change.finish().await?;
    Ok(())
}

fn active(found: Option<Association>) -> Answer<Association> {
    let active = found.filter(|association| association.state == State::Active);
    active.ok_or_else(|| RefusalCode::UnknownAssociation.into())
}

/// Counts a wrong PIN, and says how long to wait if there were too many.
async fn refuse(change: &mut Change, phone: &Phone, user: &User) -> Answer<Refusal> {
    let now = change.now;
    let connection = change.connection();
    let rules = rules_of(connection, user).await?;
    let refusal = throttle::wrong_pin(connection, &rules, phone.id, user.id, now).await?;
    Entry::new(Event::PinChangeRefused)
        .code(Some(refusal.code))
        .phone(phone)
        .user(Some(user))
        .write(connection, now)
        .await?;
    Ok(refusal)
}

/// Ends every other association of the guest, and says where they were.
pub(crate) async fn end_elsewhere(
    app: &App,
    phone: &Phone,
    id: &AssociationId,
) -> Answer<ElsewhereAnswer> {
    let mut change = app.change(phone.tenant_id).await?;
    let own = active(super::of_phone(change.connection(), phone.id, id).await?)?;
    let mut desks = Vec::new();
    for other in super::active_of_user(change.connection(), own.user_id).await? {
        if other.id == own.id {
            continue;
        }
        desks.push(
            phones::find(change.connection(), other.phone_id)
                .await?
                .name,
        );
        super::end(&mut change, &other, EndReason::Remote, EndedBy::Server).await?;
    }
    change.finish().await?;
    Ok(ElsewhereAnswer { desks })
}

/// Somebody at the phone where the user is signed in answered whether they may move. Only the phone that was asked is heard.
pub(crate) async fn consent(app: &App, phone: &Phone, request: &ConsentRequest) -> Answer<()> {
    let attempt = request.attempt.as_str();
    tracing::info!(desk = phone.name, granted = request.granted, "consent");
    let mut change = app.change(phone.tenant_id).await?;
    consent::answer(change.connection(), attempt, phone.id, request.granted).await?;
    Ok(change.finish().await?)
}
