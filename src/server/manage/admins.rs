//! Changes to the administrators of a tenant.

use crate::admins::{self, Account};
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::error::{Answer, unknown, wrong};

/// Adds an administrator to a tenant, or gives one of its own another role and password.
pub(crate) async fn save_admin(
    change: &mut Change,
    account: &Account<'_>,
    password_hash: &str,
    actor: &str,
) -> Answer<()> {
    let known: Option<Option<i64>> =
        sqlx::query_scalar("SELECT tenant_id FROM admins WHERE name = $1")
            .bind(account.name)
            .fetch_optional(change.connection())
            .await?;
    if known.is_some_and(|tenant| tenant != account.tenant) {
        return Err(wrong(
            "Somebody of another tenant has this name: choose another one.",
        ));
    }
    admins::save(change.connection(), account, Some(password_hash)).await?;
    sqlx::query("UPDATE admins SET role = $1, version = version + 1 WHERE name = $2")
        .bind(account.role)
        .bind(account.name)
        .execute(change.connection())
        .await?;
    note(
        change,
        account.tenant,
        &format!("administrator {} saved", account.name),
        actor,
    )
    .await
}

/// Takes an administrator of a tenant away, and ends their sessions.
pub(crate) async fn delete_admin(
    change: &mut Change,
    tenant: i64,
    id: i64,
    actor: &str,
) -> Answer<()> {
    let admin = admins::find(change.connection(), id)
        .await?
        .filter(|admin| admin.tenant_id == Some(tenant))
        .ok_or_else(unknown)?;
    if admin.name == actor {
        return Err(wrong("You cannot remove yourself."));
    }
    sqlx::query("DELETE FROM admins WHERE id = $1")
        .bind(id)
        .execute(change.connection())
        .await?;
    note(
        change,
        Some(tenant),
        &format!("administrator {} removed", admin.name),
        actor,
    )
    .await
}

async fn note(change: &mut Change, tenant: Option<i64>, what: &str, actor: &str) -> Answer<()> {
    let now = change.now;
    Entry::new(Event::SettingsChanged)
        .tenant(tenant)
        .detail(what)
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(())
}
