//! Changes to users.

use hotdesk_provisioning::{EndReason, Language, LineKey};

use super::why_not;
use crate::associations::{self, EndedBy};
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::column::Json;
use crate::error::{Answer, clash, unknown};
use crate::offline::{self, Of};
use crate::people::UserEntry;
use crate::throttle::{self, Subject};
use crate::users::{self, User};
use crate::{people, phones, tenants};

/// Adds a user, or makes a known one what the entry says; the PIN apart.
pub(crate) async fn save_user(
    change: &mut Change,
    tenant: i64,
    known: Option<&User>,
    entry: &UserEntry,
    actor: &str,
) -> Answer<User> {
    if entry.hot_desk
        && !entry.disabled
        && !known.is_some_and(|user| user.hot_desk && !user.disabled)
    {
        licence(change, tenant).await?;
    }
    let site = people::site_named(
        change.connection(),
        tenant,
        entry.site.as_deref(),
        known.map(|u| u.site_id),
    )
    .await?;
    let group = people::group_named(change.connection(), tenant, entry.group.as_deref()).await?;
    let statement = if known.is_some() {
        "UPDATE users SET site_id = $3, group_id = $4, extension = $5, short_extension = $6, name = $7, hot_desk = $8,
                          disabled = $9, association_limit = $10, keys = $11, language = $12, version = version + 1
         WHERE id = $1 AND tenant_id = $2 RETURNING id"
    } else {
        "INSERT INTO users (tenant_id, site_id, group_id, extension, short_extension, name, hot_desk, disabled,
                            association_limit, keys, language)
         VALUES (coalesce($2, $1), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id"
    };
    let id: i64 = sqlx::query_scalar(statement)
        .bind(known.map(|user| user.id))
        .bind(tenant)
        .bind(site)
        .bind(group)
        .bind(entry.extension.as_str())
        .bind(entry.short_extension.as_ref().map(|short| short.as_str()))
        .bind(entry.name.trim())
        .bind(entry.hot_desk)
        .bind(entry.disabled)
        .bind(entry.association_limit.map(i64::from))
        .bind(Json(&entry.keys))
        .bind(entry.language.map(Language::code))
        .fetch_one(change.connection())
        .await
        .map_err(why_not)?;
    let user = users::find(change.connection(), id).await?;
    if user.disabled || !user.hot_desk {
        end_of_user(change, &user).await?;
    } else if known.is_some_and(|known| known.extension != user.extension) {
        // What phones were granted is for the number as it was.
        let by = actor.to_owned();
        let reason = EndReason::Administrator { by };
        offline::revoke(change, Of::User(user.id), &reason).await?;
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

/// Another guest needs another licence; phones need none.
async fn licence(change: &mut Change, tenant: i64) -> Answer<()> {
    let owner = tenants::find(change.connection(), tenant).await?;
    let bought = owner.and_then(|tenant| tenant.guest_licences);
    let used = tenants::guests(change.connection(), tenant).await?;
    match bought.filter(|bought| used >= *bought) {
        Some(bought) => Err(clash(&format!(
            "All {bought} licences are in use. Take hot desking away from somebody else, or get more licences."
        ))),
        None => Ok(()),
    }
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
        sqlx::query_as("SELECT * FROM associations WHERE user_id = $1 AND state <> 'ended'")
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
    offline::revoke(change, Of::User(user.id), &EndReason::UserDisabled).await?;
    Ok(())
}

/// Gives a user a PIN, and lifts the lock that the old one may have brought. Phones that let them in with the old one while
/// the server is away do so no longer.
pub(crate) async fn set_pin(
    change: &mut Change,
    user: &User,
    pin_hash: &str,
    actor: &str,
) -> Answer<()> {
    sqlx::query("UPDATE users SET pin_hash = $1 WHERE id = $2")
        .bind(pin_hash)
        .bind(user.id)
        .execute(change.connection())
        .await?;
    throttle::clear(change.connection(), &Subject::User(user.id)).await?;
    let reason = if actor == user.name {
        EndReason::Remote
    } else {
        let by = actor.to_owned();
        EndReason::Administrator { by }
    };
    offline::revoke(change, Of::User(user.id), &reason).await?;
    let now = change.now;
    Entry::new(Event::PinSet)
        .user(Some(user))
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(())
}

/// Takes away from a user that they can sign in on a phone while the server is away.
pub(crate) async fn take_grant(
    change: &mut Change,
    user: &User,
    grant: &str,
    actor: &str,
) -> Answer<()> {
    let now = change.now;
    let mut held = offline::held(change.connection(), now, Of::User(user.id)).await?;
    held.retain(|held| held.id == grant);
    let Some(grant) = held.first() else {
        return Err(unknown());
    };
    let by = actor.to_owned();
    let reason = EndReason::Administrator { by };
    offline::revoke(change, Of::One(&grant.id), &reason).await?;
    let phone = phones::find(change.connection(), grant.phone_id).await?;
    Entry::new(Event::UserChanged)
        .phone(&phone)
        .user(Some(user))
        .typed(&user.extension)
        .detail(format!(
            "no sign-in on {} while the server is away",
            phone.name
        ))
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

/// Takes a user away, and signs them out wherever they are. What they did stays in the audit.
pub(crate) async fn delete_user(change: &mut Change, user: &User, actor: &str) -> Answer<()> {
    end_of_user(change, user).await?;
    sqlx::query("DELETE FROM users WHERE id = $1")
        .bind(user.id)
        .execute(change.connection())
        .await?;
    let now = change.now;
    Entry::new(Event::UserChanged)
        .user(Some(user))
        .typed(&user.extension)
        .detail("removed")
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(())
}

/// Gives a user other keys of their own.
pub(crate) async fn set_keys(
    change: &mut Change,
    user: &User,
    keys: &[LineKey],
    actor: &str,
) -> Answer<()> {
    sqlx::query("UPDATE users SET keys = $1, version = version + 1 WHERE id = $2")
        .bind(Json(keys))
        .bind(user.id)
        .execute(change.connection())
        .await?;
    let now = change.now;
    Entry::new(Event::UserChanged)
        .user(Some(user))
        .typed(&user.extension)
        .detail(format!("{} keys", keys.len()))
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(())
}
