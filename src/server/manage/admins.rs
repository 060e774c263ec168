//! Changes to administrators. Somebody must always be able to run the server: the last operator stays.

use crate::admins::{self, Account, Admin, Credential};
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::error::{Answer, clash, wrong};
use crate::roles::Role;

use super::why_not;

/// Adds an administrator to a tenant, or gives one of its own another role and credential.
pub(crate) async fn save_admin(
    change: &mut Change,
    account: &Account<'_>,
    credential: Credential<'_>,
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
    admins::save(change.connection(), account, credential).await?;
    sqlx::query("UPDATE admins SET role = $1, version = version + 1 WHERE name = $2")
        .bind(account.role)
        .bind(account.name)
        .execute(change.connection())
        .await?;
    note(change, account.tenant, account.name, "saved", actor).await
}

/// Adds an administrator: their number.
pub(crate) async fn add_admin(
    change: &mut Change,
    account: &Account<'_>,
    credential: Credential<'_>,
    actor: &str,
) -> Answer<i64> {
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO admins (name, role, tenant_id) VALUES ($1, $2, $3) RETURNING id",
    )
    .bind(account.name)
    .bind(account.role)
    .bind(account.tenant)
    .fetch_one(change.connection())
    .await
    .map_err(why_not)?;
    admins::save(change.connection(), account, credential).await?;
    note(change, account.tenant, account.name, "added", actor).await?;
    Ok(id)
}

/// Gives an administrator another role, tenant or rest.
pub(crate) async fn change_admin(
    change: &mut Change,
    before: &Admin,
    after: &Admin,
    actor: &str,
) -> Answer<()> {
    sqlx::query(
        "UPDATE admins SET role = $1, tenant_id = $2, disabled = $3, from_groups = $4, version = version + 1 WHERE id = $5",
    )
    .bind(after.role)
    .bind(after.tenant_id)
    .bind(after.disabled)
    .bind(false)
    .bind(after.id)
    .execute(change.connection())
    .await?;
    keep_an_operator(change, before).await?;
    note(change, after.tenant_id, &after.name, "changed", actor).await
}

/// Lets an administrator sign in otherwise, and ends their sessions.
pub(crate) async fn set_admin_credential(
    change: &mut Change,
    admin: &Admin,
    credential: Credential<'_>,
    actor: &str,
) -> Answer<()> {
    let account = Account {
        name: &admin.name,
        role: admin.role,
        tenant: admin.tenant_id,
    };
    admins::save(change.connection(), &account, credential).await?;
    sqlx::query("UPDATE admins SET version = version + 1 WHERE id = $1")
        .bind(admin.id)
        .execute(change.connection())
        .await?;
    keep_an_operator(change, admin).await?;
    let what = "signs in anew";
    note(change, admin.tenant_id, &admin.name, what, actor).await
}

/// Takes an administrator away, and ends their sessions.
pub(crate) async fn delete_admin(change: &mut Change, admin: &Admin, actor: &str) -> Answer<()> {
    if admin.name == actor {
        return Err(wrong("You cannot remove yourself."));
    }
    sqlx::query("DELETE FROM admins WHERE id = $1")
        .bind(admin.id)
        .execute(change.connection())
        .await?;
    keep_an_operator(change, admin).await?;
    note(change, admin.tenant_id, &admin.name, "removed", actor).await
}

/// Refuses to change an operator after which none has a password: the identity provider may be away when one is needed.
async fn keep_an_operator(change: &mut Change, before: &Admin) -> Answer<()> {
    if before.role != Role::Operator {
        return Ok(());
    }
    let operators: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM admins WHERE role = $1 AND disabled = $2 AND password_hash IS NOT NULL",
    )
    .bind(Role::Operator)
    .bind(false)
    .fetch_one(change.connection())
    .await?;
    if operators == 0 {
        return Err(clash(
            "This is the last operator with a password: somebody must be able to run this server.",
        ));
    }
    Ok(())
}

async fn note(
    change: &mut Change,
    tenant: Option<i64>,
    name: &str,
    what: &str,
    actor: &str,
) -> Answer<()> {
    let now = change.now;
    Entry::new(Event::SettingsChanged)
        .tenant(tenant)
        .detail(format!("administrator {name} {what}"))
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(())
}
