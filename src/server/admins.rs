//! Administrators: who they are, what they may do, and their passwords.

use anyhow::{Result, ensure};
use hotdesk_provisioning::Secret;
use sqlx::FromRow;

use crate::app::App;
use crate::audit::{Entry, Event};
use crate::column::Flag;
use crate::db::Connection;
use crate::error::Answer;
use crate::keys::random_text;
use crate::roles::Role;
use crate::rules::Rules;
use crate::sessions::{self, Holder};
use crate::throttle::{self, Subject};

/// Fewest characters of a password.
const PASSWORD_LENGTH_MIN: usize = 8;
/// Most characters of a password or name: more is an attack on the hash.
const LENGTH_MAX: usize = 128;

/// Somebody who runs this.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Admin {
    pub(crate) id: i64,
    /// None: all of them.
    pub(crate) tenant_id: Option<i64>,
    pub(crate) name: String,
    pub(crate) role: Role,
    /// Whether they sign in at the identity provider; none of the others do.
    #[sqlx(try_from = "Flag")]
    pub(crate) is_from_provider: bool,
    #[sqlx(try_from = "Flag")]
    pub(crate) disabled: bool,
    pub(crate) version: i64,
}

/// How somebody signs in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Credential<'a> {
    /// With a password, of which this is the hash.
    Password(&'a str),
    /// At the identity provider.
    Provider,
}

impl<'a> Credential<'a> {
    fn hash(self) -> Option<&'a str> {
        match self {
            Self::Password(hash) => Some(hash),
            Self::Provider => None,
        }
    }
}

/// What an administrator is made of.
#[derive(Debug, Clone)]
pub(crate) struct Account<'a> {
    pub(crate) name: &'a str,
    pub(crate) role: Role,
    /// None for operators, and only for them.
    pub(crate) tenant: Option<i64>,
}

impl App {
    /// Gives an administrator a password, creating an operator where there is nobody of this name, and ends their sessions.
    ///
    /// # Errors
    /// When name or password are too short or too long, or the database fails.
    pub async fn set_admin_password(&self, name: &str, password: &Secret) -> Result<()> {
        let hash = self.admin_hash(name, password).await?;
        let operator = Account {
            name,
            role: Role::Operator,
            tenant: None,
        };
        let mut change = self.change_everything().await?;
        save(change.connection(), &operator, Credential::Password(&hash)).await?;
        change.finish().await?;
        Ok(())
    }

    /// The hash of a password that this administrator may have.
    pub(crate) async fn admin_hash(&self, name: &str, password: &Secret) -> Result<String> {
        let length = password.expose().chars().count();
        ensure!(
            (PASSWORD_LENGTH_MIN..=LENGTH_MAX).contains(&length),
            "a password has {PASSWORD_LENGTH_MIN} to {LENGTH_MAX} characters"
        );
        check_name(name)?;
        Ok(self.hasher().hash(password.clone()).await?)
    }

    /// At the first start there is nobody who could sign in to the portal: creates `admin` with a random password and
    /// returns it, to be shown once. `None` when there is an administrator already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_first_admin(&self) -> Result<Option<Secret>> {
        let admins: i64 = sqlx::query_scalar("SELECT count(*) FROM admins")
            .fetch_one(&mut *self.reader().await?)
            .await?;
        if admins > 0 {
            return Ok(None);
        }
        // 96 bits: enough for a password that is typed once and then changed.
        let password = Secret::new(random_text()?.expose().chars().take(16).collect());
        self.set_admin_password("admin", &password).await?;
        Ok(Some(password))
    }
}

/// Whether somebody can be called that.
pub(crate) fn check_name(name: &str) -> Result<()> {
    ensure!(
        (1..=LENGTH_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control),
        "an administrator's name has 1 to {LENGTH_MAX} printable characters"
    );
    Ok(())
}

/// Adds an administrator; one who is there keeps role and tenant and signs in like this from now on, and their sessions end.
pub(crate) async fn save(
    connection: &mut Connection,
    account: &Account<'_>,
    credential: Credential<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO admins (name, role, tenant_id, password_hash) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, subject = NULL, from_groups = $5",
    )
    .bind(account.name)
    .bind(account.role)
    .bind(account.tenant)
    .bind(credential.hash())
    .bind(false)
    .execute(&mut *connection)
    .await?;
    end_sessions(connection, account.name).await
}

/// Ends the sessions of an administrator, who may try a password anew.
pub(crate) async fn end_sessions(
    connection: &mut Connection,
    name: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM sessions WHERE admin_id IN (SELECT id FROM admins WHERE name = $1)")
        .bind(name)
        .execute(&mut *connection)
        .await?;
    throttle::clear(connection, &Subject::Admin(name.to_owned())).await
}

/// The columns of an [`Admin`].
const SELECT: &str = "SELECT id, tenant_id, name, role, password_hash IS NULL AS is_from_provider, disabled, version FROM admins";

/// The administrator with this number.
pub(crate) async fn find(
    connection: &mut Connection,
    id: i64,
) -> Result<Option<Admin>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} WHERE id = $1")))
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// A page of the administrators of a tenant, or of all there are.
pub(crate) async fn list(
    connection: &mut Connection,
    tenant: Option<i64>,
    after: i64,
    count: i64,
) -> Result<Vec<Admin>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} WHERE ($1 = 0 OR tenant_id = $1) AND id > $2 ORDER BY id LIMIT $3"
    )))
    .bind(tenant.unwrap_or(0))
    .bind(after)
    .bind(count)
    .fetch_all(connection)
    .await
}

/// The administrators of a tenant, by name.
pub(crate) async fn of_tenant(
    connection: &mut Connection,
    tenant: i64,
) -> Result<Vec<Admin>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} WHERE tenant_id = $1 ORDER BY name"
    )))
    .bind(tenant)
    .fetch_all(connection)
    .await
}

#[derive(FromRow)]
struct Known {
    id: i64,
    tenant_id: Option<i64>,
    password_hash: Option<String>,
    #[sqlx(try_from = "Flag")]
    disabled: bool,
}

/// Checks name and password and begins a session: the text of its cookie. `Err`: wrong, or too often wrong; the number is for how
/// many seconds.
pub(crate) async fn sign_in(
    app: &App,
    name: &str,
    password: Secret,
) -> Answer<Result<Secret, Option<u32>>> {
    let is_long = name.len() > LENGTH_MAX || password.expose().len() > LENGTH_MAX;
    let known: Option<Known> =
        sqlx::query_as("SELECT id, tenant_id, password_hash, disabled FROM admins WHERE name = $1")
            .bind(name)
            .fetch_optional(&mut *app.reader().await?)
            .await?;
    // Names that do not exist share one counter, so that inventing names fills no table.
    let known_name = known.as_ref().map_or("", |_| name);
    let subject = Subject::Admin(known_name.to_owned());
    let record = throttle::load(&mut *app.reader().await?, &subject).await?;
    if let Some(seconds) = record.locked_for(app.now()) {
        return Ok(Err(Some(seconds)));
    }
    let stored = known.as_ref().and_then(|known| known.password_hash.clone());
    let matches = !is_long && app.hasher().verify(password, stored).await?;
    let mut change = app.change_everything().await?;
    let now = change.now;
    let record = throttle::load(change.connection(), &subject).await?;
    if let Some(seconds) = record.locked_for(now) {
        return Ok(Err(Some(seconds)));
    }
    let tenant = known.as_ref().and_then(|known| known.tenant_id);
    let Some(admin) = known.filter(|known| matches && !known.disabled) else {
        let failed = throttle::fail(change.connection(), &Rules::default(), &subject, now).await?;
        Entry::new(Event::AdminRefused)
            .tenant(tenant)
            .actor(known_name)
            .write(change.connection(), now)
            .await?;
        change.finish().await?;
        return Ok(Err(failed.locked_for));
    };
    throttle::clear(change.connection(), &subject).await?;
    let token = sessions::begin(change.connection(), Holder::Admin(admin.id), now).await?;
    Entry::new(Event::AdminSignedIn)
        .tenant(tenant)
        .actor(name)
        .write(change.connection(), now)
        .await?;
    change.finish().await?;
    Ok(Ok(token))
}
