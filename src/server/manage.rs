//! Changes to phones and users, each with everything that follows from it: associations end, credentials are revoked,
//! phones are told, and the audit knows who did it.

use anyhow::Context as _;
use hotdesk_provisioning::{EndReason, Language, Push, Refusal, RefusalCode};
use sqlx::types::Json;

use crate::app::Change;
use crate::associations::{self, EndedBy};
use crate::audit::{Entry, Event};
use crate::credentials;
use crate::error::{Answer, Failure};
use crate::people::{PhoneEntry, UserEntry};
use crate::phones::{self, Phone};
use crate::sites;
use crate::throttle::{self, Subject};
use crate::users::{self, User};

/// Adds a phone, or makes a known one what the entry says.
pub(crate) async fn save_phone(
    change: &mut Change,
    known: Option<&Phone>,
    entry: &PhoneEntry,
    actor: &str,
) -> Answer<Phone> {
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO phone (id, site, mac, name, extension, model, address, enabled, keys)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET mac = excluded.mac, name = excluded.name, extension = excluded.extension,
             model = excluded.model, address = excluded.address, enabled = excluded.enabled, keys = excluded.keys
         RETURNING id",
    )
    .bind(known.map(|phone| phone.id))
    .bind(sites::MAIN)
    .bind(entry.mac.as_str())
    .bind(entry.name.trim())
    .bind(entry.extension.as_str())
    .bind(entry.model.trim())
    .bind(entry.address.trim())
    .bind(entry.enabled)
    .bind(Json(&entry.keys))
    .fetch_one(change.connection())
    .await
    .map_err(why_not)?;
    let phone = phones::find(change.connection(), id).await?;
    let app = change.app.clone();
    credentials::refresh_host(&app, change.connection(), &phone).await?;
    if !phone.enabled {
        end_on_phone(change, &phone).await?;
    }
    change.push(phone.id, Push::ProfileChanged);
    let what = if known.is_some() { "changed" } else { "added" };
    note_phone(change, &phone, what, actor).await?;
    Ok(phone)
}

/// Lets a phone take part in hot desking, or withdraws it.
pub(crate) async fn set_phone_enabled(
    change: &mut Change,
    phone: &Phone,
    is_enabled: bool,
    actor: &str,
) -> Answer<()> {
    sqlx::query("UPDATE phone SET enabled = ? WHERE id = ?")
        .bind(is_enabled)
        .bind(phone.id)
        .execute(change.connection())
        .await?;
    let phone = phones::find(change.connection(), phone.id).await?;
    let app = change.app.clone();
    credentials::refresh_host(&app, change.connection(), &phone).await?;
    if !is_enabled {
        end_on_phone(change, &phone).await?;
    }
    let what = if is_enabled { "enabled" } else { "disabled" };
    note_phone(change, &phone, what, actor).await
}

/// Ties a phone to a claim that waits for an administrator, or unties it so that the next one to ask gets in.
pub(crate) async fn set_claim(
    change: &mut Change,
    phone: &Phone,
    claim_hash: Option<&[u8]>,
    actor: &str,
) -> Answer<()> {
    sqlx::query(
        "UPDATE phone SET claim_hash = ?, token_hash = NULL, enrolment = enrolment + 1 WHERE id = ?",
    )
    .bind(claim_hash)
    .bind(phone.id)
    .execute(change.connection())
    .await?;
    throttle::clear(change.connection(), &Subject::Claim(phone.id)).await?;
    change.hang_up(phone.id);
    let what = if claim_hash.is_some() {
        "designated by its code"
    } else {
        "enrolment reset"
    };
    note_phone(change, phone, what, actor).await
}

async fn end_on_phone(change: &mut Change, phone: &Phone) -> Answer<()> {
    let active = associations::active_on_phone(change.connection(), phone.id).await?;
    let pending = associations::pending_on_phone(change.connection(), phone.id).await?;
    for association in active.into_iter().chain(pending) {
        associations::end(
            change,
            &association,
            EndReason::PhoneDisabled,
            EndedBy::Server,
        )
        .await?;
    }
    change.hang_up(phone.id);
    Ok(())
}

async fn note_phone(change: &mut Change, phone: &Phone, what: &str, actor: &str) -> Answer<()> {
    let now = change.now;
    Entry::new(Event::PhoneChanged)
        .phone(phone)
        .detail(what)
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(())
}

/// Adds a user, or makes a known one what the entry says; the PIN apart.
pub(crate) async fn save_user(
    change: &mut Change,
    known: Option<&User>,
    entry: &UserEntry,
    actor: &str,
) -> Answer<User> {
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO user (id, site, extension, short_extension, name, hot_desk, disabled, association_limit, keys, language)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET extension = excluded.extension, short_extension = excluded.short_extension,
             name = excluded.name, hot_desk = excluded.hot_desk, disabled = excluded.disabled,
             association_limit = excluded.association_limit, keys = excluded.keys,
             language = excluded.language
         RETURNING id",
    )
    .bind(known.map(|user| user.id))
    .bind(sites::MAIN)
    .bind(entry.extension.as_str())
    .bind(entry.short_extension.as_ref().map(|short| short.as_str()))
    .bind(entry.name.trim())
    .bind(entry.hot_desk)
    .bind(entry.disabled)
    .bind(entry.association_limit)
    .bind(Json(&entry.keys))
    .bind(entry.language.map(Language::code))
    .fetch_one(change.connection())
    .await
    .map_err(why_not)?;
    let user = users::find(change.connection(), id).await?;
    if user.disabled || !user.hot_desk {
        end_of_user(change, &user).await?;
    }
    let now = change.now;
    let what = if known.is_some() { "changed" } else { "added" };
    Entry::new(Event::UserChanged)
        .user(Some(&user))
        .typed(&user.extension)
        .detail(format!("{what}{}", standing(&user)))
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(user)
}

fn standing(user: &User) -> &'static str {
    match (user.disabled, user.hot_desk) {
        (true, _) => ", disabled",
        (false, false) => ", no hot desking",
        (false, true) => "",
    }
}

async fn end_of_user(change: &mut Change, user: &User) -> Answer<()> {
    let open: Vec<associations::Association> =
        sqlx::query_as("SELECT * FROM association WHERE user = ? AND state <> 'ended'")
            .bind(user.id)
            .fetch_all(change.connection())
            .await?;
    for association in open {
        associations::end(
            change,
            &association,
            EndReason::UserDisabled,
            EndedBy::Server,
        )
        .await?;
    }
    Ok(())
}

/// Gives a user a PIN, and lifts the lock that the old one may have brought.
pub(crate) async fn set_pin(
    change: &mut Change,
    user: &User,
    pin_hash: &str,
    actor: &str,
) -> Answer<()> {
    sqlx::query("UPDATE user SET pin_hash = ? WHERE id = ?")
        .bind(pin_hash)
        .bind(user.id)
        .execute(change.connection())
        .await?;
    throttle::clear(change.connection(), &Subject::User(user.id)).await?;
    let now = change.now;
    Entry::new(Event::PinSet)
        .user(Some(user))
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(())
}

/// Lifts a user's lock.
pub(crate) async fn unlock_user(change: &mut Change, user: &User, actor: &str) -> Answer<()> {
    throttle::clear(change.connection(), &Subject::User(user.id)).await?;
    let now = change.now;
    Entry::new(Event::Unlocked)
        .user(Some(user))
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(())
}

/// An administrator signs somebody out. One that has ended meanwhile stays as it ended.
pub(crate) async fn end_association(change: &mut Change, id: &str, actor: &str) -> Answer<()> {
    let association: Option<associations::Association> =
        sqlx::query_as("SELECT * FROM association WHERE id = ?")
            .bind(id)
            .fetch_optional(change.connection())
            .await?;
    let association = association.ok_or(RefusalCode::UnknownAssociation)?;
    if association.state != associations::State::Ended {
        let by = actor.to_owned();
        let reason = EndReason::Administrator { by };
        associations::end(change, &association, reason, EndedBy::Administrator(actor))
            .await
            .context("cannot end an association")?;
    }
    Ok(())
}

/// What the database's rules say, in words for an administrator.
fn why_not(error: sqlx::Error) -> Failure {
    /// What SQLite says, and what that means.
    const SENTENCES: [(&str, &str); 10] = [
        (
            "number belongs to a user",
            "This number belongs to a user: a number is a phone's or a user's, never both.",
        ),
        (
            "number belongs to a phone",
            "This number belongs to a phone: a number is a phone's or a user's, never both.",
        ),
        (
            "number belongs to another user",
            "Another user has this number.",
        ),
        (
            "phone.mac",
            "There is a phone with this MAC address already.",
        ),
        ("phone.extension", "Another phone has this extension."),
        ("user.extension", "Another user has this number."),
        (
            "user.short_extension",
            "Another user has this short extension.",
        ),
        ("name <> ''", "A name is needed."),
        ("short_extension", "The short extension must be digits."),
        ("extension", "The extension must be digits."),
    ];
    let text = error.as_database_error().map(|e| e.message().to_owned());
    let sentence = SENTENCES
        .iter()
        .find(|(said, _)| text.as_ref().is_some_and(|text| text.contains(said)));
    match sentence {
        Some((_, sentence)) => Refusal {
            message: (*sentence).to_owned(),
            ..Refusal::new(RefusalCode::Malformed)
        }
        .into(),
        None => error.into(),
    }
}
