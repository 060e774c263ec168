//! SIP credentials: what registrars accept, one row for each association and each host. The secrets themselves are
//! derived from the server key and go to phones only.

use anyhow::{Context, Result};
use hotdesk_provisioning::{Account, AddressOfRecord, Secret};
use sqlx::SqliteConnection;

use crate::app::App;
use crate::keys::ha1;
use crate::phones::Phone;
use crate::users::User;

/// The host's own account.
pub(crate) fn host_account(app: &App, phone: &Phone) -> Result<Account> {
    let secret = app.key().host_secret(phone.id, phone.secret_version);
    account(app, format!("h-{}", phone.mac), &phone.extension, secret)
}

/// A guest's account for one association. Its user name belongs to the association and not to the guest: when one is
/// revoked, no other is, and an evicted phone cannot take the number back.
pub(crate) fn guest_account(app: &App, association: &str, user: &User) -> Result<Account> {
    let secret = app.key().association_secret(association);
    account(app, format!("g-{association}"), &user.extension, secret)
}

fn account(app: &App, auth_user: String, extension: &str, secret: Secret) -> Result<Account> {
    let sip = &app.config().sip;
    Ok(Account {
        aor: AddressOfRecord::parse(&format!("sip:{extension}@{}", sip.domain))
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
    connection: &mut SqliteConnection,
    association: &str,
    account: &Account,
) -> Result<(), sqlx::Error> {
    let (md5, sha256) = ha1(&account.auth_user, account.aor.domain(), &account.secret);
    sqlx::query(
        "INSERT INTO credential (auth_user, domain, ha1, ha1_sha256, aor_user, association)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(&account.auth_user)
    .bind(account.aor.domain())
    .bind(md5)
    .bind(sha256)
    .bind(account.aor.user())
    .bind(association)
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends an association's credential at a time. Earlier ends stay.
pub(crate) async fn revoke_guest(
    connection: &mut SqliteConnection,
    association: &str,
    at: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE credential SET revoke_at = min(?1, ifnull(revoke_at, ?1)) WHERE association = ?2",
    )
    .bind(at)
    .bind(association)
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets an association that is over register until a time, so that its phone can remove what it left behind.
pub(crate) async fn renew_guest(
    connection: &mut SqliteConnection,
    association: &str,
    account: &Account,
    until: i64,
) -> Result<(), sqlx::Error> {
    revoke_guest_now(connection, association).await?;
    grant_guest(connection, association, account).await?;
    revoke_guest(connection, association, until).await
}

/// Ends an association's credential now.
async fn revoke_guest_now(
    connection: &mut SqliteConnection,
    association: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM credential WHERE association = ?")
        .bind(association)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes what was revoked.
pub(crate) async fn delete_revoked(
    connection: &mut SqliteConnection,
    now: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM credential WHERE revoke_at <= ?")
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets an enabled host register, and forbids it to one that is not.
pub(crate) async fn refresh_host(
    app: &App,
    connection: &mut SqliteConnection,
    phone: &Phone,
) -> Result<()> {
    sqlx::query("DELETE FROM credential WHERE phone = ?")
        .bind(phone.id)
        .execute(&mut *connection)
        .await?;
    if !phone.enabled {
        return Ok(());
    }
    let account = host_account(app, phone)?;
    let (md5, sha256) = ha1(&account.auth_user, account.aor.domain(), &account.secret);
    sqlx::query(
        "INSERT INTO credential (auth_user, domain, ha1, ha1_sha256, aor_user, phone) VALUES (?, ?, ?, ?, ?, ?)",
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
    let mut change = app.change().await?;
    let phones: Vec<Phone> = sqlx::query_as("SELECT * FROM phone")
        .fetch_all(change.connection())
        .await?;
    for phone in &phones {
        refresh_host(app, change.connection(), phone).await?;
    }
    change.finish().await?;
    Ok(())
}
