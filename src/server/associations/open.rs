//! Somebody typed an extension and a PIN: admits them or says why not, once for each attempt however often it is asked.

use anyhow::Context as _;
use hotdesk_provisioning::{
    Admission, AssociationId, EndReason, Extension, GuestProfile, OpenRequest, Push, Refusal,
    RefusalCode, Secret,
};

use super::attempts::{self, Outcome};
use super::{Association, EndedBy, State, limits};
use crate::admission::{self, Facts, Owner};
use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::consent::{self, Verdict};
use crate::db::Connection;
use crate::error::{Answer, busy};
use crate::keys::random_bytes;
use crate::phones::Phone;
use crate::rules::Rules;
use crate::sites::{self, Place};
use crate::throttle::{self, Subject};
use crate::users::User;
use crate::{credentials, lines, offline, phones, profiles, users};

/// Admits or refuses. The PIN is checked before the transaction and the facts are read inside it, so that requests that
/// come at the same time cannot all use the last free attempt.
pub(crate) async fn open(app: &App, phone: &Phone, request: &OpenRequest) -> Answer<Admission> {
    let place = app.hasher().place()?;
    let (owner, answered, is_locked) = {
        let mut reader = app.reader().await?;
        let answered = attempts::recall(&mut reader, phone, request).await?;
        let locked = throttle::load(&mut reader, &Subject::Phone(phone.id)).await?;
        let is_locked = locked.locked_for(app.now()).is_some();
        (
            owner_of(&mut reader, phone.tenant_id, request).await?,
            answered,
            is_locked,
        )
    };
    if let Some(outcome) = answered {
        return replay(app, outcome).await;
    }
    let pin = Secret::new(request.pin.expose().to_owned());
    // A locked phone is refused whatever the PIN is, and must not keep others waiting for theirs to be checked.
    let pin_matches = !is_locked && app.hasher().verify_at(place, pin, owner.pin_hash()).await?;
    let mut change = app.change(phone.tenant_id).await?;
    if let Some(outcome) = attempts::recall(change.connection(), phone, request).await? {
        drop(change);
        return replay(app, outcome).await;
    }
    let phone = phones::find(change.connection(), phone.id).await?;
    // A PIN that was changed while the hash was computed no longer opens anything.
    let current = owner_of(change.connection(), phone.tenant_id, request).await?;
    let pin_matches = pin_matches && owner.pin_hash() == current.pin_hash();
    let place = sites::place_of(change.connection(), &phone).await?;
    let asked = Asked {
        phone,
        place,
        owner: current,
        request,
    };
    let outcome = match decide(&mut change, &asked, pin_matches).await? {
        Ok(user) => Ok(admit(&mut change, &asked, &user).await?),
        Err(refusal) if refusal.code == RefusalCode::AskingElsewhere => {
            ask_elsewhere(&mut change, &asked).await?;
            // No outcome yet: the same attempt is decided anew when it is repeated.
            Err(refusal)
        }
        Err(refusal) => Err(refuse(&mut change, &asked, refusal).await?),
    };
    change.finish().await?;
    Ok(outcome?)
}

/// One request with what it is about, as it stands inside the transaction.
struct Asked<'a> {
    phone: Phone,
    place: Place,
    owner: Owner,
    request: &'a OpenRequest,
}

async fn owner_of(
    connection: &mut Connection,
    tenant: i64,
    request: &OpenRequest,
) -> Answer<Owner> {
    let number = request.extension.as_str();
    if let Some(user) = users::by_number(connection, tenant, number).await? {
        return Ok(Owner::User(Box::new(user)));
    }
    let is_host = phones::has_number(connection, tenant, number).await?;
    Ok(if is_host { Owner::Host } else { Owner::Nobody })
}

/// Gathers the facts and decides.
async fn decide(
    change: &mut Change,
    asked: &Asked<'_>,
    pin_matches: bool,
) -> Answer<Result<User, Refusal>> {
    let now = change.now;
    let phone = &asked.phone;
    let app = change.app.clone();
    let connection = change.connection();
    let phone_locked = throttle::load(connection, &Subject::Phone(phone.id)).await?;
    let mut facts = Facts {
        phone,
        takeover: asked.place.rules.phone.takeover,
        elsewhere: asked.place.rules.elsewhere,
        owner: &asked.owner,
        pin_matches,
        phone_locked: phone_locked.locked_for(now),
        user_locked: None,
        other_desk: None,
        consent: consent::verdict(connection, asked.request.attempt.as_str(), now).await?,
        holder: None,
    };
    if let Some(user) = asked.owner.user() {
        let user_locked = throttle::load(connection, &Subject::User(user.id)).await?;
        facts.user_locked = user_locked.locked_for(now);
        facts.elsewhere = rules_of(connection, user).await?.elsewhere;
        facts.other_desk = other_desk(connection, phone, user).await?;
        let unasked = facts.consent == Verdict::NotAsked;
        if unasked && !is_listening(&app, connection, phone, user).await? {
            facts.consent = Verdict::Granted;
        }
        facts.holder = holder(connection, phone, user).await?;
    }
    Ok(admission::decide(&facts).cloned())
}

/// Whether the phone where the user is signed in can be asked.
async fn is_listening(
    app: &App,
    connection: &mut Connection,
    phone: &Phone,
    user: &User,
) -> Result<bool, sqlx::Error> {
    let active = super::active_of_user(connection, user.id).await?;
    let other = active.iter().find(|a| a.phone_id != phone.id);
    match other {
        Some(other) => lines::is_listening(app, connection, other.phone_id).await,
        None => Ok(false),
    }
}

/// What holds for a user, wherever they are.
pub(crate) async fn rules_of(connection: &mut Connection, user: &User) -> Answer<Rules> {
    let place = sites::place(connection, user.tenant_id, user.site_id, user.group_id).await?;
    Ok(place.rules)
}

/// Asks whoever is at the phone where the user is signed in, once for each attempt. A phone that does not listen cannot be
/// asked, and nobody waits for it.
async fn ask_elsewhere(change: &mut Change, asked: &Asked<'_>) -> Answer<()> {
    let attempt = &asked.request.attempt;
    let now = change.now;
    let verdict = consent::verdict(change.connection(), attempt.as_str(), now).await?;
    let (Some(user), Verdict::NotAsked) = (asked.owner.user(), verdict) else {
        return Ok(());
    };
    let active = super::active_of_user(change.connection(), user.id).await?;
    let Some(other) = active.iter().find(|a| a.phone_id != asked.phone.id) else {
        return Ok(());
    };
    let asked_phone = phones::find(change.connection(), other.phone_id).await?;
    let seconds = sites::place_of(change.connection(), &asked_phone)
        .await?
        .rules
        .phone
        .consent;
    if !consent::ask(
        change.connection(),
        attempt.as_str(),
        other.phone_id,
        seconds,
        now,
    )
    .await?
    {
        return Err(busy().into());
    }
    change.push(
        other.phone_id,
        Push::ConsentWanted {
            association: AssociationId::parse(&other.id).context("a stored name is none")?,
            attempt: attempt.clone(),
            desk: asked.phone.name.clone(),
        },
    );
    Ok(())
}

/// The name of another desk where the user is signed in.
pub(crate) async fn other_desk(
    connection: &mut Connection,
    phone: &Phone,
    user: &User,
) -> Result<Option<String>, sqlx::Error> {
    let active = super::active_of_user(connection, user.id).await?;
    match active.iter().find(|a| a.phone_id != phone.id) {
        Some(other) => Ok(Some(phones::find(connection, other.phone_id).await?.name)),
        None => Ok(None),
    }
}

/// The name of another user who is signed in on the phone.
async fn holder(
    connection: &mut Connection,
    phone: &Phone,
    user: &User,
) -> Result<Option<String>, sqlx::Error> {
    let active = super::active_on_phone(connection, phone.id).await?;
    match active.filter(|a| a.user_id != user.id) {
        Some(other) => Ok(Some(users::find(connection, other.user_id).await?.name)),
        None => Ok(None),
    }
}

async fn admit(change: &mut Change, asked: &Asked<'_>, user: &User) -> Answer<Admission> {
    let now = change.now;
    let phone = &asked.phone;
    // A phone switches to one guest at a time: what it opened before and did not commit, it has given up.
    for given_up in super::pending_on_phone(change.connection(), phone.id).await? {
        super::end(change, &given_up, EndReason::RolledBack, EndedBy::Successor).await?;
    }
    let (ends_at, ends_for) =
        limits::end(change.connection(), &asked.place, phone, user, now).await?;
    let association = Association {
        id: new_name()?,
        tenant_id: phone.tenant_id,
        phone_id: phone.id,
        user_id: user.id,
        state: State::Pending,
        opened_at: now,
        ends_at,
        ends_for,
        reason: None,
        acknowledged: false,
    };
    let app = change.app.clone();
    let answer = admission_of(&app, change.connection(), &association, user, now).await?;
    let attempt = asked.request.attempt.as_str();
    let connection = change.connection();
    insert(connection, &association, attempt).await?;
    profiles::keep(connection, phone, user).await?;
    credentials::grant_guest(connection, &association.id, &answer.guest.account).await?;
    throttle::clear(connection, &Subject::User(user.id)).await?;
    throttle::clear(connection, &Subject::Phone(phone.id)).await?;
    attempts::remember(connection, phone, asked.request, now, Ok(&association.id)).await?;
    Entry::new(Event::Admitted)
        .phone(phone)
        .user(Some(user))
        .typed(asked.request.extension.as_str())
        .association(&association.id)
        .attempt(attempt)
        .write(connection, now)
        .await?;
    tracing::info!(
        desk = phone.name,
        user = user.name,
        association = association.id,
        "admitted"
    );
    Ok(answer)
}

async fn insert(
    connection: &mut Connection,
    association: &Association,
    attempt: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO associations (id, tenant_id, phone_id, user_id, attempt, state, opened_at, ends_at, ends_for)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&association.id)
    .bind(association.tenant_id)
    .bind(association.phone_id)
    .bind(association.user_id)
    .bind(attempt)
    .bind(association.state)
    .bind(association.opened_at)
    .bind(association.ends_at)
    .bind(association.ends_for)
    .execute(connection)
    .await?;
    Ok(())
}

/// A name that no other association has: 80 random bits.
fn new_name() -> anyhow::Result<String> {
    let random = random_bytes()?;
    Ok(random
        .iter()
        .take(10)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

async fn admission_of(
    app: &App,
    connection: &mut Connection,
    association: &Association,
    user: &User,
    now: i64,
) -> anyhow::Result<Admission> {
    let domain = credentials::domain(app, connection, user.tenant_id).await?;
    let phone = phones::find(connection, association.phone_id).await?;
    let settings = profiles::of_guest(connection, &phone, user).await?;
    let whose = (&phone, user);
    let offline = offline::offer(app, connection, whose, &domain, &association.id).await?;
    Ok(Admission {
        association: AssociationId::parse(&association.id)?,
        guest: GuestProfile {
            extension: Extension::parse(&user.extension)?,
            display_name: user.name.clone(),
            account: credentials::guest_account(app, &domain, &association.id, user)?,
            keys: settings.keys_with(&user.keys.0),
            language: settings.language,
        },
        ends_in: association.ends_in(now),
        ends_for: association.ends_for.into(),
        offline,
    })
}

/// Counts the attempt where it was a guess, and writes down the answer.
async fn refuse(change: &mut Change, asked: &Asked<'_>, refusal: Refusal) -> Answer<Refusal> {
    let now = change.now;
    let connection = change.connection();
    let (phone, user) = (&asked.phone, asked.owner.user());
    let is_guess = matches!(
        refusal.code,
        RefusalCode::WrongPin | RefusalCode::UnknownUser | RefusalCode::NumberIsHost
    );
    let refusal = if is_guess {
        throttle::count_guess(
            connection,
            &asked.place.rules,
            phone.id,
            user.map(|u| u.id),
            refusal,
            now,
        )
        .await?
    } else {
        refusal
    };
    attempts::remember(connection, phone, asked.request, now, Err(&refusal)).await?;
    Entry::new(Event::Refused)
        .code(Some(refusal.code))
        .phone(phone)
        .user(user)
        .typed(asked.request.extension.as_str())
        .attempt(asked.request.attempt.as_str())
        .detail(refusal.subject.clone().unwrap_or_default())
        .write(connection, now)
        .await?;
    tracing::info!(
        desk = phone.name,
        code = refusal.code.short(),
        "log-in refused"
    );
    Ok(refusal)
}

/// Answers a repeated attempt as it was answered before. An association that is over by now is not given out again.
async fn replay(app: &App, outcome: Outcome) -> Answer<Admission> {
    let id = outcome?;
    let mut reader = app.reader().await?;
    let association: Association = sqlx::query_as("SELECT * FROM associations WHERE id = $1")
        .bind(&id)
        .fetch_one(&mut *reader)
        .await?;
    if association.state == State::Ended {
        return Err(RefusalCode::UnknownAssociation.into());
    }
    let user = users::find(&mut reader, association.user_id).await?;
    Ok(admission_of(app, &mut reader, &association, &user, app.now()).await?)
}
