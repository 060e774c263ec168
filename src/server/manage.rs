//! Changes to phones and users, each with everything that follows from it: associations end, credentials are revoked,
//! phones are told, and the audit knows who did it.

use crate::column::Json;
use anyhow::Context as _;
use hotdesk_provisioning::{EndReason, Language, Push, Refusal, RefusalCode};

use crate::associations::{self, EndedBy};
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::credentials;
use crate::error::{Answer, Failure, wrong};
use crate::people::{PhoneEntry, UserEntry};
use crate::phones::{self, Phone};
use crate::throttle::{self, Subject};
use crate::users::{self, User};
use crate::{models, people, tenants};

/// Adds a phone, or makes a known one what the entry says.
pub(crate) async fn save_phone(
    change: &mut Change,
    tenant: i64,
    known: Option<&Phone>,
    entry: &PhoneEntry,
    actor: &str,
) -> Answer<Phone> {
    let site = people::site_named(
        change.connection(),
        tenant,
        entry.site.as_deref(),
        known.map(|p| p.site_id),
    )
    .await?;
    let group = people::group_named(change.connection(), tenant, entry.group.as_deref()).await?;
    let model = models::known_as(change.connection(), tenant, &entry.model).await?;
    let statement = if known.is_some() {
        "UPDATE phones SET site_id = $3, group_id = $4, mac = $5, name = $6, extension = $7, model = $8, location = $9,
                           address = $10, enabled = $11, keys = $12, version = version + 1
         WHERE id = $1 AND tenant_id = $2 RETURNING id"
    } else {
        "INSERT INTO phones (tenant_id, site_id, group_id, mac, name, extension, model, location, address, enabled, keys)
         VALUES (coalesce($2, $1), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id"
    };
    let id: i64 = sqlx::query_scalar(statement)
        .bind(known.map(|phone| phone.id))
        .bind(tenant)
        .bind(site)
        .bind(group)
        .bind(entry.mac.as_str())
        .bind(entry.name.trim())
        .bind(entry.extension.as_str())
        .bind(model)
        .bind(entry.location.trim())
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
    sqlx::query("UPDATE phones SET enabled = $1 WHERE id = $2")
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
        "UPDATE phones SET claim_hash = $1, token_hash = NULL, enrolment = enrolment + 1 WHERE id = $2",
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
        Some(bought) => Err(wrong(&format!(
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
    Ok(())
}

/// Gives a user a PIN, and lifts the lock that the old one may have brought.
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
pub(crate) async fn end_association(
    change: &mut Change,
    tenant: i64,
    id: &str,
    actor: &str,
) -> Answer<()> {
    let association: Option<associations::Association> =
        sqlx::query_as("SELECT * FROM associations WHERE id = $1 AND tenant_id = $2")
            .bind(id)
            .bind(tenant)
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

/// Adds a tenant with its first site; the tenant's number.
pub(crate) async fn add_tenant(change: &mut Change, name: &str, actor: &str) -> Answer<i64> {
    let id: i64 = sqlx::query_scalar("INSERT INTO tenants (name) VALUES ($1) RETURNING id")
        .bind(name.trim())
        .fetch_one(change.connection())
        .await
        .map_err(why_not)?;
    sqlx::query("INSERT INTO sites (tenant_id, name) VALUES ($1, 'Main')")
        .bind(id)
        .execute(change.connection())
        .await?;
    let now = change.now;
    Entry::new(Event::SettingsChanged)
        .tenant(Some(id))
        .detail(format!("tenant {} added", name.trim()))
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(id)
}

/// What the database's rules say, in words for an administrator.
pub(crate) fn why_not(error: sqlx::Error) -> Failure {
    /// What SQLite says, what PostgreSQL says, and what that means.
    const SENTENCES: [(&str, &str, &str); 16] = [
        (
            "number belongs to a user",
            "number belongs to a user",
            "This number belongs to a user: a number is a phone's or a user's, never both.",
        ),
        (
            "number belongs to a phone",
            "number belongs to a phone",
            "This number belongs to a phone: a number is a phone's or a user's, never both.",
        ),
        (
            "number belongs to another user",
            "number belongs to another user",
            "Another user has this number.",
        ),
        (
            "phones.mac",
            "phones_mac_key",
            "There is a phone with this MAC address already.",
        ),
        (
            "phones.tenant_id, phones.extension",
            "phones_tenant_id_extension_key",
            "Another phone has this extension.",
        ),
        (
            "users.tenant_id, users.extension",
            "users_tenant_id_extension_key",
            "Another user has this number.",
        ),
        (
            "users.tenant_id, users.short_extension",
            "users_tenant_id_short_extension_key",
            "Another user has this short extension.",
        ),
        (
            "tenants.name",
            "tenants_name_key",
            "There is a tenant of this name already.",
        ),
        (
            "tenants.sip_domain",
            "tenants_sip_domain_key",
            "Another tenant has this domain.",
        ),
        (
            "sites.tenant_id, sites.name",
            "sites_tenant_id_name_key",
            "There is a site of this name already.",
        ),
        (
            "groups.tenant_id, groups.name",
            "groups_tenant_id_name_key",
            "There is a group of this name already.",
        ),
        (
            "models.tenant_id, models.name",
            "models_pkey",
            "There is a model of this name already.",
        ),
        (
            "admins.name",
            "admins_name_key",
            "There is an administrator of this name already.",
        ),
        (
            "FOREIGN KEY",
            "_fkey",
            "Something still uses this, or something that it names is not there.",
        ),
        ("name <> ''", "_name_check", "A name is needed."),
        ("extension", "extension_check", "A number must be digits."),
    ];
    let text = error.as_database_error().map(|e| e.message().to_owned());
    let sentence = SENTENCES.iter().find(|(sqlite, postgres, _)| {
        text.as_ref()
            .is_some_and(|text| text.contains(sqlite) || text.contains(postgres))
    });
    match sentence {
        Some((_, _, sentence)) => Refusal {
            message: (*sentence).to_owned(),
            ..Refusal::new(RefusalCode::Malformed)
        }
        .into(),
        None => error.into(),
    }
}
