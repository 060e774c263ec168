//! Somebody typed an extension and a PIN: admits them or says why not, once for each attempt however often it is asked.

use anyhow::Context as _;
use hotdesk_provisioning::{
    Admission, AssociationId, EndReason, Extension, GuestProfile, LimitKind, OpenRequest, Push,
    Refusal, RefusalCode, Secret,
};
use sqlx::SqliteConnection;

use super::attempts::{self, Outcome};
use super::{Association, EndedBy, State};
use crate::admission::{self, Facts, Owner};
use crate::app::{App, Change};
use crate::audit::{Entry, Event};
use crate::consent::Verdict;
use crate::error::{Answer, busy};
use crate::keys::random_bytes;
use crate::phones::Phone;
use crate::sites::{self, Site};
use crate::throttle::{self, Subject};
use crate::users::User;
use crate::{credentials, phones, users};

/// Admits or refuses. The PIN is checked before the transaction and the facts are read inside it, so that requests that
/// come at the same time cannot all use the last free attempt.
pub(crate) async fn open(app: &App, phone: &Phone, request: &OpenRequest) -> Answer<Admission> {
    let (owner, answered, is_locked) = {
        let mut reader = app.reader().await?;
        let answered = attempts::recall(&mut reader, phone, request).await?;
        let locked = throttle::load(&mut reader, &Subject::Phone(phone.id)).await?;
        let is_locked = locked.locked_for(app.now()).is_some();
        (owner_of(&mut reader, request).await?, answered, is_locked)
    };
    if let Some(outcome) = answered {
        return replay(app, outcome).await;
    }
    let pin = Secret::new(request.pin.expose().to_owned());
    // A locked phone is refused whatever the PIN is, and must not keep others waiting for theirs to be checked.
    let pin_matches = !is_locked && app.hasher().verify(pin, owner.pin_hash()).await?;
    let mut change = app.change().await?;
    if let Some(outcome) = attempts::recall(change.connection(), phone, request).await? {
        drop(change);
        return replay(app, outcome).await;
    }
    let phone = phones::find(change.connection(), phone.id).await?;
    // A PIN that was changed while the hash was computed no longer opens anything.
    let current = owner_of(change.connection(), request).await?;
    let pin_matches = pin_matches && owner.pin_hash() == current.pin_hash();
    let site = sites::find(change.connection(), phone.site).await?;
    let asked = Asked {
        phone,
        site,
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
    site: Site,
    owner: Owner,
    request: &'a OpenRequest,
}

async fn owner_of(connection: &mut SqliteConnection, request: &OpenRequest) -> Answer<Owner> {
    let number = request.extension.as_str();
    if let Some(user) = users::by_number(connection, number).await? {
        return Ok(Owner::User(Box::new(user)));
    }
    let is_host = phones::has_number(connection, number).await?;
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
        site: &asked.site,
        elsewhere: asked.site.elsewhere,
        owner: &asked.owner,
        pin_matches,
        phone_locked: phone_locked.locked_for(now),
        user_locked: None,
        other_desk: None,
        consent: app.consents().verdict(asked.request.attempt.as_str(), now),
        holder: None,
    };
    if let Some(user) = asked.owner.user() {
        let user_locked = throttle::load(connection, &Subject::User(user.id)).await?;
        facts.user_locked = user_locked.locked_for(now);
        facts.elsewhere = sites::find(connection, user.site).await?.elsewhere;
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
    connection: &mut SqliteConnection,
    phone: &Phone,
    user: &User,
) -> Result<bool, sqlx::Error> {
    let active = super::active_of_user(connection, user.id).await?;
    let other = active.iter().find(|a| a.phone != phone.id);
    Ok(other.is_some_and(|other| app.pushes().is_listening(other.phone)))
}

/// Asks whoever is at the phone where the user is signed in, once for each attempt. A phone that does not listen cannot be
/// asked, and nobody waits for it.
async fn ask_elsewhere(change: &mut Change, asked: &Asked<'_>) -> Answer<()> {
    let attempt = &asked.request.attempt;
    let app = change.app.clone();
    let (Some(user), Verdict::NotAsked) = (
        asked.owner.user(),
        app.consents().verdict(attempt.as_str(), change.now),
    ) else {
        return Ok(());
    };
    let active = super::active_of_user(change.connection(), user.id).await?;
    let Some(other) = active.iter().find(|a| a.phone != asked.phone.id) else {
        return Ok(());
    };
    let now = change.now;
    if !app.consents().ask(attempt.as_str(), other.phone, now) {
        return Err(busy().into());
    }
    change.push(
        other.phone,
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
    connection: &mut SqliteConnection,
    phone: &Phone,
    user: &User,
) -> Result<Option<String>, sqlx::Error> {
    let active = super::active_of_user(connection, user.id).await?;
    match active.iter().find(|a| a.phone != phone.id) {
        Some(other) => Ok(Some(phones::find(connection, other.phone).await?.name)),
        None => Ok(None),
    }
}

/// The name of another user who is signed in on the phone.
async fn holder(
    connection: &mut SqliteConnection,
    phone: &Phone,
    user: &User,
) -> Result<Option<String>, sqlx::Error> {
    let active = super::active_on_phone(connection, phone.id).await?;
    match active.filter(|a| a.user != user.id) {
        Some(other) => Ok(Some(users::find(connection, other.user).await?.name)),
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
    let limit = asked.site.limit(user.association_limit);
    let association = Association {
        id: new_name()?,
        phone: phone.id,
        user: user.id,
        state: State::Pending,
        opened_at: now,
        ends_at: limit.map(|seconds| now.saturating_add(seconds)),
        reason: None,
        acknowledged: false,
    };
    let answer = admission_of(&change.app, &association, user, now)?;
    let attempt = asked.request.attempt.as_str();
    let connection = change.connection();
    insert(connection, &association, attempt).await?;
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
    connection: &mut SqliteConnection,
    association: &Association,
    attempt: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO association (id, phone, user, attempt, state, opened_at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&association.id)
    .bind(association.phone)
    .bind(association.user)
    .bind(attempt)
    .bind(association.state)
    .bind(association.opened_at)
    .bind(association.ends_at)
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

fn admission_of(
    app: &App,
    association: &Association,
    user: &User,
    now: i64,
) -> anyhow::Result<Admission> {
    Ok(Admission {
        association: AssociationId::parse(&association.id)?,
        guest: GuestProfile {
            extension: Extension::parse(&user.extension)?,
            display_name: user.name.clone(),
            account: credentials::guest_account(app, &association.id, user)?,
            keys: user.keys.0.clone(),
            language: user.language(),
        },
        ends_in: association.ends_in(now),
        ends_for: LimitKind::Limit,
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
        throttle::count_guess(connection, phone.id, user.map(|u| u.id), now, refusal).await?
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
    let association: Association = sqlx::query_as("SELECT * FROM association WHERE id = ?")
        .bind(&id)
        .fetch_one(&mut *reader)
        .await?;
    if association.state == State::Ended {
        return Err(RefusalCode::UnknownAssociation.into());
    }
    let user = users::find(&mut reader, association.user).await?;
    Ok(admission_of(app, &association, &user, app.now())?)
}
