//! Signing in while the server is away: what a phone is granted for its guests, what becomes void before its time, and
//! whether a grant still holds. What came of one is in `associations/away.rs`.

use anyhow::Result;
use hotdesk_provisioning::{AssociationId, EndReason, OfflineGrant, Push};
use sqlx::FromRow;

use crate::app::App;
use crate::change::Change;
use crate::column::Json;
use crate::credentials::{self, Domain};
use crate::db::Connection;
use crate::phones::{self, Phone};
use crate::sites;
use crate::users::User;

/// How long it is remembered what a grant was and why it is void, after it would have ended by itself: a phone that comes
/// back later tells what came of it, and nobody can say any more whose it was.
const REMEMBER_SECONDS: i64 = 7 * 86_400;

/// What a phone may do for one guest while the server is away.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Grant {
    pub(crate) id: String,
    pub(crate) phone_id: i64,
    pub(crate) user_id: i64,
    pub(crate) made_at: i64,
    pub(crate) expires_at: i64,
    /// Why it is void before its time.
    pub(crate) reason: Option<Json<EndReason>>,
}

impl Grant {
    /// Whether the registrar lets the guest in with it.
    pub(crate) fn holds(&self, now: i64) -> bool {
        self.reason.is_none() && now < self.expires_at
    }
}

/// Whose grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of<'a> {
    User(i64),
    Phone(i64),
    Tenant(i64),
    One(&'a str),
}

/// What goes to the phone with an admission; `None` where the rules of the phone forbid it.
pub(crate) async fn offer(
    app: &App,
    connection: &mut Connection,
    (phone, user): (&Phone, &User),
    domain: &Domain,
    association: &str,
) -> Result<Option<OfflineGrant>> {
    let rules = sites::place_of(connection, phone).await?.rules;
    let expires_in = rules.phone.offline;
    if expires_in == 0 {
        return Ok(None);
    }
    let id = app.key().grant_name(association);
    let limit = user
        .association_limit
        .unwrap_or(rules.association_limit.into());
    Ok(Some(OfflineGrant {
        account: credentials::guest_account(app, domain, &id, user)?,
        id: AssociationId::parse(&id)?,
        expires_in,
        limit: u32::try_from(limit).ok().filter(|limit| *limit > 0),
    }))
}

/// The phone registered the guest: what it was offered holds from now on, in place of what it had for them.
pub(crate) async fn grant(
    change: &mut Change,
    (phone, user): (&Phone, &User),
    association: &str,
) -> Result<()> {
    let app = change.app.clone();
    let now = change.now;
    let domain = credentials::domain(&app, change.connection(), phone.tenant_id).await?;
    let offered = offer(
        &app,
        change.connection(),
        (phone, user),
        &domain,
        association,
    )
    .await?;
    retire(change, phone, user).await?;
    let Some(offered) = offered else {
        return Ok(());
    };
    let expires_at = now.saturating_add(offered.expires_in.into());
    sqlx::query(
        "INSERT INTO offline_grants (id, tenant_id, phone_id, user_id, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(offered.id.as_str())
    .bind(phone.tenant_id)
    .bind(phone.id)
    .bind(user.id)
    .bind(now)
    .bind(expires_at)
    .execute(change.connection())
    .await?;
    let id = offered.id.as_str();
    credentials::grant_guest(change.connection(), id, &offered.account).await?;
    credentials::revoke_guest(change.connection(), id, expires_at).await?;
    Ok(())
}

/// What the phone had for the guest before goes. Somebody may have signed in with it a moment ago: the phone removes that
/// binding during the grace.
async fn retire(change: &mut Change, phone: &Phone, user: &User) -> Result<()> {
    let graced = graced(change);
    let former: Option<String> = sqlx::query_scalar(
        "DELETE FROM offline_grants WHERE phone_id = $1 AND user_id = $2 RETURNING id",
    )
    .bind(phone.id)
    .bind(user.id)
    .fetch_optional(change.connection())
    .await?;
    if let Some(former) = former {
        credentials::revoke_guest(change.connection(), &former, graced).await?;
    }
    Ok(())
}

fn graced(change: &Change) -> i64 {
    let grace = change.app.config().eviction_grace;
    change.now.saturating_add(i64::from(grace))
}

/// Makes grants void: their credentials go now, unless somebody is signed in with one, and the phones are told.
pub(crate) async fn revoke(change: &mut Change, of: Of<'_>, reason: &EndReason) -> Result<()> {
    for grant in held_now(change, of).await? {
        void(change, &grant, reason).await?;
    }
    Ok(())
}

/// Makes void what the rules of its phone, its phone or its guest do not allow any more.
pub(crate) async fn look_again(change: &mut Change, of: Of<'_>, actor: &str) -> Result<()> {
    let by = actor.to_owned();
    let reason = EndReason::Administrator { by };
    for grant in held_now(change, of).await? {
        let phone = phones::find(change.connection(), grant.phone_id).await?;
        let rules = sites::place_of(change.connection(), &phone).await?.rules;
        if rules.phone.offline == 0 || !phone.enabled {
            void(change, &grant, &reason).await?;
        }
    }
    Ok(())
}

/// The grants that hold.
pub(crate) async fn held(
    connection: &mut Connection,
    now: i64,
    of: Of<'_>,
) -> Result<Vec<Grant>, sqlx::Error> {
    let (column, value) = match of {
        Of::User(id) => ("user_id = $2", Ok(id)),
        Of::Phone(id) => ("phone_id = $2", Ok(id)),
        Of::Tenant(id) => ("tenant_id = $2", Ok(id)),
        Of::One(id) => ("id = $2", Err(id)),
    };
    let statement = format!(
        "SELECT * FROM offline_grants WHERE reason IS NULL AND expires_at > $1 AND {column} ORDER BY id"
    );
    let query = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(now);
    match value {
        Ok(id) => query.bind(id),
        Err(id) => query.bind(id.to_owned()),
    }
    .fetch_all(connection)
    .await
}

async fn held_now(change: &mut Change, of: Of<'_>) -> Result<Vec<Grant>, sqlx::Error> {
    let now = change.now;
    held(change.connection(), now, of).await
}

async fn void(change: &mut Change, grant: &Grant, reason: &EndReason) -> Result<()> {
    sqlx::query("UPDATE offline_grants SET reason = $2 WHERE id = $1")
        .bind(&grant.id)
        .bind(Json(reason))
        .execute(change.connection())
        .await?;
    if !is_in_use(change.connection(), grant).await? {
        credentials::revoke_guest_now(change.connection(), &grant.id).await?;
    }
    let id = AssociationId::parse(&grant.id)?;
    let grants = vec![id];
    change.push(grant.phone_id, Push::ForgetOffline { grants });
    Ok(())
}

/// Whether somebody is signed in with it now, as far as the server has heard.
async fn is_in_use(connection: &mut Connection, grant: &Grant) -> Result<bool, sqlx::Error> {
    let active: Vec<String> =
        sqlx::query_scalar("SELECT id FROM associations WHERE phone_id = $1 AND state = 'active'")
            .bind(grant.phone_id)
            .fetch_all(connection)
            .await?;
    let is_of_it = |id: &String| OfflineGrant::of(id) == Some(grant.id.as_str());
    Ok(active.iter().any(is_of_it))
}

/// The grant of this phone with this name, void or not; another phone's is none.
pub(crate) async fn of_phone(
    connection: &mut Connection,
    phone: i64,
    id: &str,
) -> Result<Option<Grant>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM offline_grants WHERE id = $1 AND phone_id = $2")
        .bind(id)
        .bind(phone)
        .fetch_optional(connection)
        .await
}

/// Until when the credential of an association that ends works: the phone may go on using the grant it came of, if that
/// holds and the end was the phone's own.
pub(crate) async fn credential_until(
    change: &mut Change,
    (phone, association): (i64, &str),
    is_phones_own: bool,
    reason: &EndReason,
) -> Result<i64> {
    let now = change.now;
    let until = graced(change);
    let Some(id) = OfflineGrant::of(association) else {
        return Ok(until);
    };
    match of_phone(change.connection(), phone, id).await? {
        Some(grant) if is_phones_own && grant.holds(now) => Ok(grant.expires_at),
        Some(grant) if grant.holds(now) => {
            // Whoever was signed out here cannot take the number back.
            void(change, &grant, reason).await?;
            Ok(until)
        }
        Some(_) | None => Ok(until),
    }
}

/// Which of the grants that a phone keeps are worth nothing.
pub(crate) async fn void_ones(
    change: &mut Change,
    phone: &Phone,
    kept: &[AssociationId],
) -> Result<Vec<AssociationId>> {
    let good = held_now(change, Of::Phone(phone.id)).await?;
    let is_good = |id: &AssociationId| good.iter().any(|grant| grant.id == id.as_str());
    let most = hotdesk_provisioning::OFFLINE_GRANTS_MAX.saturating_mul(2);
    let void = kept.iter().take(most).filter(|id| !is_good(id));
    Ok(void.cloned().collect())
}

/// Forgets what no phone will tell about any more.
pub(crate) async fn forget(connection: &mut Connection, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM offline_grants WHERE expires_at <= $1")
        .bind(now.saturating_sub(REMEMBER_SECONDS))
        .execute(connection)
        .await?;
    Ok(())
}
