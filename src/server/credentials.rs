//! SIP credentials: what registrars accept, one row for each association and each host. The secrets themselves are
//! derived from the server key and go to phones only.

use anyhow::{Context, Result};
use hotdesk_provisioning::{Account, AddressOfRecord, OfflineGrant, Secret};

use crate::app::App;
use crate::change::Change;
use crate::db::Connection;
use crate::keys::ha1;
use crate::phones::Phone;
use crate::users::User;

/// The domain of a tenant's addresses-of-record, and the digest realm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Domain(pub(crate) String);

/// A tenant's own domain, or the configuration's.
pub(crate) async fn domain(app: &App, connection: &mut Connection, tenant: i64) -> Result<Domain> {
    let own: Option<String> = sqlx::query_scalar("SELECT sip_domain FROM tenants WHERE id = $1")
        .bind(tenant)
        .fetch_one(connection)
        .await?;
    Ok(Domain(
        own.unwrap_or_else(|| app.config().sip.domain.clone()),
    ))
}

/// The host's own account.
pub(crate) fn host_account(app: &App, domain: &Domain, phone: &Phone) -> Result<Account> {
    let secret = app.key().host_secret(phone.id, phone.secret_version);
    account(
        app,
        domain,
        format!("h-{}", phone.mac),
        &phone.extension,
        secret,
    )
}

/// A guest's account for one association. Its user name belongs to the association and not to the guest: when one is
/// revoked, no other is, and an evicted phone cannot take the number back.
pub(crate) fn guest_account(
    app: &App,
    domain: &Domain,
    association: &str,
    user: &User,
) -> Result<Account> {
    let name = named(association);
    let secret = app.key().association_secret(name);
    account(app, domain, format!("g-{name}"), &user.extension, secret)
}

/// What an account is named after: every association that came of one grant has the grant's.
fn named(association: &str) -> &str {
    OfflineGrant::of(association).unwrap_or(association)
}

fn account(
    app: &App,
    domain: &Domain,
    auth_user: String,
    extension: &str,
    secret: Secret,
) -> Result<Account> {
    let sip = &app.config().sip;
    Ok(Account {
        aor: AddressOfRecord::parse(&format!("sip:{extension}@{}", domain.0))
            .context("an extension and the domain make no address-of-record")?,
        auth_user,
        secret,
        registrar: sip.registrar.clone(),
        outbound_proxy: sip.outbound_proxy.clone(),
        expires: sip.expires,
        unregister: sip.unregister,
    })
}

/// Lets a guest register for this association.
pub(crate) async fn grant_guest(
    connection: &mut Connection,
    association: &str,
    account: &Account,
) -> Result<(), sqlx::Error> {
    let (md5, sha256) = ha1(&account.auth_user, account.aor.domain(), &account.secret);
    sqlx::query(
        "INSERT INTO credentials (auth_user, domain, ha1, ha1_sha256, aor_user, association_id)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&account.auth_user)
    .bind(account.aor.domain())
    .bind(md5)
    .bind(sha256)
    .bind(account.aor.user())
    .bind(named(association))
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets a credential work until it is revoked.
pub(crate) async fn keep_guest(
    connection: &mut Connection,
    association: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE credentials SET revoke_at = NULL WHERE association_id = $1")
        .bind(named(association))
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends an association's credential at a time. Earlier ends stay.
pub(crate) async fn revoke_guest(
    connection: &mut Connection,
    association: &str,
    at: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE credentials SET revoke_at = CASE WHEN revoke_at < $1 THEN revoke_at ELSE $1 END WHERE association_id = $2",
    )
    .bind(at)
    .bind(named(association))
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets an association that is over register until a time, so that its phone can remove what it left behind.
pub(crate) async fn renew_guest(
    connection: &mut Connection,
    association: &str,
    account: &Account,
    until: i64,
) -> Result<(), sqlx::Error> {
    revoke_guest_now(connection, association).await?;
    grant_guest(connection, association, account).await?;
    revoke_guest(connection, association, until).await
}

/// Ends an association's credential now.
pub(crate) async fn revoke_guest_now(
    connection: &mut Connection,
    association: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM credentials WHERE association_id = $1")
        .bind(named(association))
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes what was revoked.
pub(crate) async fn delete_revoked(
    connection: &mut Connection,
    now: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM credentials WHERE revoke_at <= $1")
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets an enabled host register, and forbids it to one that is not.
pub(crate) async fn refresh_host(
    app: &App,
    connection: &mut Connection,
    phone: &Phone,
) -> Result<()> {
    sqlx::query("DELETE FROM credentials WHERE phone_id = $1")
        .bind(phone.id)
        .execute(&mut *connection)
        .await?;
    if !phone.enabled {
        return Ok(());
    }
    let domain = domain(app, connection, phone.tenant_id).await?;
    let account = host_account(app, &domain, phone)?;
    let (md5, sha256) = ha1(&account.auth_user, account.aor.domain(), &account.secret);
    sqlx::query(
        "INSERT INTO credentials (auth_user, domain, ha1, ha1_sha256, aor_user, phone_id) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&account.auth_user)
    .bind(account.aor.domain())
    .bind(md5)
    .bind(sha256)
    .bind(account.aor.user())
    .bind(phone.id)
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes every host's credential anew, because domain or server key may have changed since the last start.
pub(crate) async fn refresh_hosts(app: &App) -> Result<()> {
    let mut change = app.change_everything().await?;
    let phones: Vec<Phone> = sqlx::query_as("SELECT * FROM phones")
        .fetch_all(change.connection())
        .await?;
    for phone in &phones {
        refresh_host(app, change.connection(), phone).await?;
    }
    change.finish().await?;
    Ok(())
}

/// Writes the credentials of a tenant's hosts anew, because its domain may have changed.
pub(crate) async fn refresh_hosts_of(change: &mut Change, tenant: i64) -> Result<()> {
    let app = change.app.clone();
    let phones: Vec<Phone> = sqlx::query_as("SELECT * FROM phones WHERE tenant_id = $1")
        .bind(tenant)
        .fetch_all(change.connection())
        .await?;
    for phone in &phones {
        refresh_host(&app, change.connection(), phone).await?;
    }
    Ok(())
}
