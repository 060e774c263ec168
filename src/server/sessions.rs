//! Browsers that are signed in: an administrator's, or a user's own. Only the hash of a cookie is kept.

use hotdesk_provisioning::Secret;
use sqlx::FromRow;

use crate::admins::{self, Admin};
use crate::app::App;
use crate::db::Connection;
use crate::error::Answer;
use crate::keys::{fingerprint, random_text};
use crate::tenants;
use crate::users::{self, User};

/// How long a session lasts: a working day.
pub(crate) const SESSION_SECONDS: i64 = 12 * 3600;

/// Whose session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// An administrator's.
    Admin(i64),
    /// A user's own.
    User(i64),
}

/// Who is signed in.
#[derive(Debug)]
pub(crate) enum SignedIn {
    /// An administrator, and the tenant they look at.
    Admin(Admin, i64),
    /// A user.
    User(Box<User>),
}

/// Begins a session: the text of its cookie.
pub(crate) async fn begin(connection: &mut Connection, holder: Holder, now: i64) -> Answer<Secret> {
    let token = random_text()?;
    let (admin, user) = match holder {
        Holder::Admin(id) => (Some(id), None),
        Holder::User(id) => (None, Some(id)),
    };
    sqlx::query(
        "INSERT INTO sessions (token_hash, admin_id, user_id, expires_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(fingerprint(token.expose()))
    .bind(admin)
    .bind(user)
    .bind(now.saturating_add(SESSION_SECONDS))
    .execute(connection)
    .await?;
    Ok(token)
}

#[derive(FromRow)]
struct Row {
    admin_id: Option<i64>,
    user_id: Option<i64>,
    tenant_id: Option<i64>,
}

/// Whose session this cookie is, if it is one. Somebody who was disabled meanwhile is signed in no longer.
pub(crate) async fn find(app: &App, token: &str) -> Answer<Option<SignedIn>> {
    let mut reader = app.reader().await?;
    let row: Option<Row> = sqlx::query_as(
        "SELECT admin_id, user_id, tenant_id FROM sessions WHERE token_hash = $1 AND expires_at > $2",
    )
    .bind(fingerprint(token))
    .bind(app.now())
    .fetch_optional(&mut *reader)
    .await?;
    match row {
        Some(Row {
            admin_id: Some(id),
            tenant_id,
            ..
        }) => {
            let Some(admin) = admins::find(&mut reader, id)
                .await?
                .filter(|admin| !admin.disabled)
            else {
                return Ok(None);
            };
            let tenant = admin.tenant_id.or(tenant_id).unwrap_or(tenants::FIRST);
            Ok(Some(SignedIn::Admin(admin, tenant)))
        }
        Some(Row {
            user_id: Some(id), ..
        }) => {
            let user = users::find(&mut reader, id).await?;
            let is_welcome = user.hot_desk && !user.disabled;
            Ok(is_welcome.then(|| SignedIn::User(Box::new(user))))
        }
        Some(_) | None => Ok(None),
    }
}

/// Which tenant an operator looks at from now on.
pub(crate) async fn look_at(
    connection: &mut Connection,
    token: &str,
    tenant: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE sessions SET tenant_id = $1 WHERE token_hash = $2 AND admin_id IS NOT NULL",
    )
    .bind(tenant)
    .bind(fingerprint(token))
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends a session.
pub(crate) async fn end(app: &App, token: &str) -> Answer<()> {
    let mut writer = app.database().writer().await?;
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
        .bind(fingerprint(token))
        .execute(&mut *writer)
        .await?;
    Ok(())
}
