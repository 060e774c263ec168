//! Changes to phones.

use hotdesk_provisioning::{EndReason, Push};

use super::why_not;
use crate::associations::{self, EndedBy};
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::column::Json;
use crate::error::Answer;
use crate::offline::{self, Of};
use crate::people::PhoneEntry;
use crate::phones::{self, Phone};
use crate::throttle::{self, Subject};
use crate::{credentials, models, people};

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
    // It may stand where other rules hold.
    offline::look_again(change, Of::Phone(phone.id), actor).await?;
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
    let by = actor.to_owned();
    let reason = EndReason::Administrator { by };
    offline::revoke(change, Of::Phone(phone.id), &reason).await?;
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
    offline::revoke(change, Of::Phone(phone.id), &EndReason::PhoneDisabled).await?;
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

/// Takes a phone away. What happened on it stays in the audit.
pub(crate) async fn delete_phone(change: &mut Change, phone: &Phone, actor: &str) -> Answer<()> {
    end_on_phone(change, phone).await?;
    sqlx::query("DELETE FROM phones WHERE id = $1")
        .bind(phone.id)
        .execute(change.connection())
        .await?;
    note_phone(change, phone, "removed", actor).await
}
