//! Changes to tenants, sites, groups, models and profiles. Every phone of the tenant is told that its profile may have changed.

use hotdesk_provisioning::{EndReason, Push};

use super::why_not;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::column::Json;
use crate::credentials;
use crate::error::{Answer, clash, unknown, wrong};
use crate::models::Model;
use crate::offline::{self, Of};
use crate::profiles::{PLACES_MAX, Settings};
use crate::rules::{Layer, Rules};
use crate::time_zone::TimeZone;

/// What a tenant is made of.
#[derive(Debug, Clone)]
pub(crate) struct TenantEntry<'a> {
    pub(crate) name: &'a str,
    /// None: the configuration's.
    pub(crate) sip_domain: Option<&'a str>,
    /// None: any number.
    pub(crate) guest_licences: Option<u32>,
}

/// What a site is made of.
#[derive(Debug, Clone)]
pub(crate) struct SiteEntry<'a> {
    pub(crate) name: &'a str,
    pub(crate) time_zone: &'a TimeZone,
    pub(crate) rules: Layer,
    pub(crate) settings: Settings,
}

/// What a group is made of.
#[derive(Debug, Clone)]
pub(crate) struct GroupEntry<'a> {
    pub(crate) name: &'a str,
    pub(crate) rules: Layer,
}

/// Whose profile it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Group(i64),
    User(i64),
}

/// Adds a tenant with its first site; the tenant's number.
pub(crate) async fn add_tenant(
    change: &mut Change,
    entry: &TenantEntry<'_>,
    actor: &str,
) -> Answer<i64> {
    check_domain(change, entry.sip_domain)?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO tenants (name, sip_domain, guest_licences) VALUES ($1, $2, $3) RETURNING id",
    )
    .bind(entry.name.trim())
    .bind(entry.sip_domain)
    .bind(entry.guest_licences.map(i64::from))
    .fetch_one(change.connection())
    .await
    .map_err(why_not)?;
    sqlx::query("INSERT INTO sites (tenant_id, name) VALUES ($1, 'Main')")
        .bind(id)
        .execute(change.connection())
        .await?;
    note(
        change,
        id,
        &format!("tenant {} added", entry.name.trim()),
        actor,
    )
    .await?;
    Ok(id)
}

/// Makes a tenant what the entry says. A changed domain reaches the registrar and the phones.
pub(crate) async fn save_tenant(
    change: &mut Change,
    id: i64,
    entry: &TenantEntry<'_>,
    actor: &str,
) -> Answer<()> {
    check_domain(change, entry.sip_domain)?;
    let app = change.app.clone();
    let before = credentials::domain(&app, change.connection(), id).await;
    let rows = sqlx::query(
        "UPDATE tenants SET name = $2, sip_domain = $3, guest_licences = $4, version = version + 1 WHERE id = $1",
    )
    .bind(id)
    .bind(entry.name.trim())
    .bind(entry.sip_domain)
    .bind(entry.guest_licences.map(i64::from))
    .execute(change.connection())
    .await
    .map_err(why_not)?;
    found(rows.rows_affected())?;
    credentials::refresh_hosts_of(change, id).await?;
    if before? != credentials::domain(&app, change.connection(), id).await? {
        let by = actor.to_owned();
        offline::revoke(change, Of::Tenant(id), &EndReason::Administrator { by }).await?;
    }
    note(
        change,
        id,
        &format!("tenant {} changed", entry.name.trim()),
        actor,
    )
    .await
}

/// A tenant's own domain is no other's, and the server's own goes without saying: one tenant has it.
fn check_domain(change: &Change, domain: Option<&str>) -> Answer<()> {
    let Some(domain) = domain else { return Ok(()) };
    hotdesk_provisioning::AddressOfRecord::parse(&format!("sip:0@{domain}"))
        .map_err(|_| wrong("The SIP domain is not a host name or an address."))?;
    if domain.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(wrong("Write the SIP domain in small letters."));
    }
    if domain == change.app.config().sip.domain {
        return Err(clash(
            "This is the server's own SIP domain: the tenant that has it leaves this empty.",
        ));
    }
    Ok(())
}

/// Adds a site, or makes a known one what the entry says; its number.
pub(crate) async fn save_site(
    change: &mut Change,
    tenant: i64,
    known: Option<i64>,
    entry: &SiteEntry<'_>,
    actor: &str,
) -> Answer<i64> {
    check_rules(&entry.rules)?;
    check_settings(&entry.settings)?;
    let statement = if known.is_some() {
        "UPDATE sites SET name = $3, time_zone = $4, rules = $5, settings = $6, version = version + 1
         WHERE id = $1 AND tenant_id = $2 RETURNING id"
    } else {
        "INSERT INTO sites (tenant_id, name, time_zone, rules, settings)
         VALUES (coalesce($2, $1), $3, $4, $5, $6) RETURNING id"
    };
    let id: Option<i64> = sqlx::query_scalar(statement)
        .bind(known)
        .bind(tenant)
        .bind(entry.name.trim())
        .bind(entry.time_zone.to_string())
        .bind(Json(&entry.rules))
        .bind(Json(&entry.settings))
        .fetch_optional(change.connection())
        .await
        .map_err(why_not)?;
    offline::look_again(change, Of::Tenant(tenant), actor).await?;
    note(
        change,
        tenant,
        &format!("site {} {}", entry.name.trim(), verb(known)),
        actor,
    )
    .await?;
    id.ok_or_else(unknown)
}

/// Adds a group, or makes a known one what the entry says; its number.
pub(crate) async fn save_group(
    change: &mut Change,
    tenant: i64,
    known: Option<i64>,
    entry: &GroupEntry<'_>,
    actor: &str,
) -> Answer<i64> {
    check_rules(&entry.rules)?;
    let statement = if known.is_some() {
        "UPDATE groups SET name = $3, rules = $4, version = version + 1 WHERE id = $1 AND tenant_id = $2 RETURNING id"
    } else {
        "INSERT INTO groups (tenant_id, name, rules) VALUES (coalesce($2, $1), $3, $4) RETURNING id"
    };
    let id: Option<i64> = sqlx::query_scalar(statement)
        .bind(known)
        .bind(tenant)
        .bind(entry.name.trim())
        .bind(Json(&entry.rules))
        .fetch_optional(change.connection())
        .await
        .map_err(why_not)?;
    offline::look_again(change, Of::Tenant(tenant), actor).await?;
    note(
        change,
        tenant,
        &format!("group {} {}", entry.name.trim(), verb(known)),
        actor,
    )
    .await?;
    id.ok_or_else(unknown)
}

/// Adds a model, or makes the known one of this name what the entry says.
pub(crate) async fn save_model(
    change: &mut Change,
    tenant: i64,
    entry: &Model,
    actor: &str,
) -> Answer<()> {
    if !(0..=i64::from(PLACES_MAX)).contains(&entry.line_keys) {
        return Err(wrong("A model has 0 to 120 keys."));
    }
    sqlx::query(
        "INSERT INTO models (tenant_id, name, panel, line_keys) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, name) DO UPDATE SET panel = excluded.panel, line_keys = excluded.line_keys,
             version = models.version + 1",
    )
    .bind(tenant)
    .bind(entry.name.trim())
    .bind(&entry.panel)
    .bind(entry.line_keys)
    .execute(change.connection())
    .await
    .map_err(why_not)?;
    note(
        change,
        tenant,
        &format!("model {} saved", entry.name.trim()),
        actor,
    )
    .await
}

/// Makes the profile of a group or a user for a model what the settings say.
pub(crate) async fn save_profile(
    change: &mut Change,
    tenant: i64,
    (owner, model): (Owner, &str),
    settings: &Settings,
    actor: &str,
) -> Answer<()> {
    check_settings(settings)?;
    let (statement, owner, whose) = match owner {
        Owner::Group(id) => (
            "INSERT INTO profiles (tenant_id, model, settings, group_id) VALUES ($1, $2, $3, $4)
             ON CONFLICT (group_id, model) DO UPDATE SET settings = excluded.settings, version = profiles.version + 1",
            id,
            "group",
        ),
        Owner::User(id) => (
            "INSERT INTO profiles (tenant_id, model, settings, user_id) VALUES ($1, $2, $3, $4)
             ON CONFLICT (user_id, model) DO UPDATE SET settings = excluded.settings, version = profiles.version + 1",
            id,
            "user",
        ),
    };
    sqlx::query(statement)
        .bind(tenant)
        .bind(model)
        .bind(Json(settings))
        .bind(owner)
        .execute(change.connection())
        .await
        .map_err(why_not)?;
    note(
        change,
        tenant,
        &format!("profile of {whose} {owner} for {model} saved"),
        actor,
    )
    .await
}

/// What can be taken away when nothing uses it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removable<'a> {
    Site(i64),
    Group(i64),
    Model(&'a str),
    Profile(i64),
}

/// Takes something away that nothing uses any more.
pub(crate) async fn remove(
    change: &mut Change,
    tenant: i64,
    what: Removable<'_>,
    actor: &str,
) -> Answer<()> {
    let (statement, name) = match what {
        Removable::Site(id) => ("DELETE FROM sites WHERE tenant_id = $1 AND id = $2", Ok(id)),
        Removable::Group(id) => (
            "DELETE FROM groups WHERE tenant_id = $1 AND id = $2",
            Ok(id),
        ),
        Removable::Profile(id) => (
            "DELETE FROM profiles WHERE tenant_id = $1 AND id = $2",
            Ok(id),
        ),
        Removable::Model(name) => (
            "DELETE FROM models WHERE tenant_id = $1 AND name = $2",
            Err(name),
        ),
    };
    let query = sqlx::query(statement).bind(tenant);
    let query = match name {
        Ok(id) => query.bind(id),
        Err(name) => query.bind(name),
    };
    let rows = query.execute(change.connection()).await.map_err(why_not)?;
    found(rows.rows_affected())?;
    note(
        change,
        tenant,
        &format!("{what:?} removed").to_lowercase(),
        actor,
    )
    .await
}

fn check_rules(rules: &Layer) -> Answer<()> {
    Rules::check(rules).map_err(|error| wrong(&format!("These rules do not fit: {error:#}.")))
}

fn check_settings(settings: &Settings) -> Answer<()> {
    /// More than a key can show.
    const LABEL_MAX: usize = 40;
    let is_placed = settings
        .keys
        .keys()
        .all(|place| (1..=PLACES_MAX).contains(place));
    let is_short = settings
        .keys
        .values()
        .all(|key| key.label.chars().count() <= LABEL_MAX);
    match (is_placed, is_short) {
        (true, true) => Ok(()),
        (false, _) => Err(wrong("Keys have the places 1 to 120.")),
        (true, false) => Err(wrong("A key's label has at most 40 characters.")),
    }
}

fn found(rows: u64) -> Answer<()> {
    if rows == 0 { Err(unknown()) } else { Ok(()) }
}

const fn verb(known: Option<i64>) -> &'static str {
    if known.is_some() { "changed" } else { "added" }
}

/// Writes down who changed what, and lets every phone of the tenant look again.
async fn note(change: &mut Change, tenant: i64, what: &str, actor: &str) -> Answer<()> {
    let now = change.now;
    Entry::new(Event::SettingsChanged)
        .tenant(Some(tenant))
        .detail(what)
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    change.push_all(tenant, Push::ProfileChanged);
    Ok(())
}
