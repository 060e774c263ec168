//! What happens because time passes: pending associations become void, limits are reached, credentials are revoked, and
//! old rows are forgotten. Driven by the next deadline; never polls.

use anyhow::Result;
use hotdesk_provisioning::{EndReason, LimitKind, PENDING_SECONDS, Push};

use crate::app::App;
use crate::associations::{self, Association, EndedBy, attempts};
use crate::change::Change;
use crate::db::Connection;
use crate::rest::repeat;
use crate::time_zone::TimeZone;
use crate::{consent, credentials, enrolment, offline, screens, throttle, webhooks};

/// How long after a limit the server ends an association that the phone has not ended: phones act first.
const LIMIT_GRACE_SECONDS: i64 = 30;
/// The longest sleep, so that old rows are forgotten even on a quiet night.
const IDLE_SECONDS: i64 = 3600;
/// The pause after a failure of the database.
const RETRY_SECONDS: i64 = 5;

/// Sweeps at every deadline until the server stops.
pub(crate) async fn run(app: App) {
    loop {
        let next = next(&app).await.unwrap_or_else(|error| {
            tracing::error!("cannot read the next deadline: {error:#}");
            app.now().saturating_add(RETRY_SECONDS)
        });
        tokio::select! {
            () = app.clock().wait_until(next) => {
                if let Err(error) = app.sweep().await {
                    tracing::error!("the sweep failed: {error:#}");
                    app.clock().wait_until(app.now().saturating_add(RETRY_SECONDS)).await;
                }
            }
            () = app.deadlines().notified() => {}
            () = app.stopped() => return,
        }
    }
}

impl App {
    /// Does now what is due now; the running server does it by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<()> {
        let mut change = self.change_everything().await?;
        let now = change.now;
        void_pending(&mut change).await?;
        end_limited(&mut change).await?;
        credentials::delete_revoked(change.connection(), now).await?;
        forget(&mut change).await?;
        move_clocks(&mut change).await?;
        change.finish().await?;
        self.count_phones().await
    }
}

async fn void_pending(change: &mut Change) -> Result<()> {
    let opened_before = change.now.saturating_sub(i64::from(PENDING_SECONDS));
    let due: Vec<Association> =
        sqlx::query_as("SELECT * FROM associations WHERE state = 'pending' AND opened_at <= $1")
            .bind(opened_before)
            .fetch_all(change.connection())
            .await?;
    for association in due {
        associations::end(change, &association, EndReason::RolledBack, EndedBy::Server).await?;
    }
    Ok(())
}

async fn end_limited(change: &mut Change) -> Result<()> {
    let ended_before = change.now.saturating_sub(LIMIT_GRACE_SECONDS);
    let due: Vec<Association> =
        sqlx::query_as("SELECT * FROM associations WHERE state = 'active' AND ends_at <= $1")
            .bind(ended_before)
            .fetch_all(change.connection())
            .await?;
    for association in due {
        let reason = LimitKind::from(association.ends_for).into();
        associations::end(change, &association, reason, EndedBy::Server).await?;
    }
    Ok(())
}

/// Tells the phones of a tenant that their profile is another one where a site's clock was moved since the last sweep.
async fn move_clocks(change: &mut Change) -> Result<()> {
    let now = change.now;
    let before = change.app.swept_at(now);
    for (tenant, zone) in clocks(change.connection()).await? {
        if zone.offset_minutes(before) != zone.offset_minutes(now) {
            change.push_all(tenant, Push::ProfileChanged);
        }
    }
    Ok(())
}

/// Each tenant with the time zones of its sites.
async fn clocks(connection: &mut Connection) -> Result<Vec<(i64, TimeZone)>> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT DISTINCT tenant_id, time_zone FROM sites")
            .fetch_all(connection)
            .await?;
    let known = rows
        .into_iter()
        .filter_map(|(tenant, zone)| Some((tenant, TimeZone::parse(&zone)?)));
    Ok(known.collect())
}

async fn forget(change: &mut Change) -> Result<(), sqlx::Error> {
    let now = change.now;
    let days = i64::from(change.app.config().audit_days);
    let connection = change.connection();
    attempts::forget(connection, now).await?;
    throttle::forget(connection, now).await?;
    consent::forget(connection, now).await?;
    enrolment::forget(connection, now).await?;
    repeat::forget(connection, now).await?;
    webhooks::forget(connection, now).await?;
    screens::forget(connection, now).await?;
    offline::forget(connection, now).await?;
    sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
        .bind(now)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM audits WHERE at < $1")
        .bind(now.saturating_sub(days.saturating_mul(86_400)))
        .execute(connection)
        .await?;
    Ok(())
}

/// When something is due next, seconds since 1970.
async fn next(app: &App) -> Result<i64> {
    let deadline: Option<i64> = sqlx::query_scalar(
        "SELECT min(at) FROM (
            SELECT min(opened_at) + $1 AS at FROM associations WHERE state = 'pending'
            UNION ALL SELECT min(ends_at) + $2 FROM associations WHERE state = 'active'
            UNION ALL SELECT min(revoke_at) FROM credentials
            UNION ALL SELECT min(expires_at) FROM sessions) deadlines",
    )
    .bind(i64::from(PENDING_SECONDS))
    .bind(LIMIT_GRACE_SECONDS)
    .fetch_one(&mut *app.reader().await?)
    .await?;
    let now = app.now();
    let clocks = clocks(&mut *app.reader().await?).await?;
    let moved = clocks.iter().filter_map(|(_, zone)| zone.next_change(now));
    let idle = now.saturating_add(IDLE_SECONDS);
    Ok(moved.chain(deadline).min().map_or(idle, |at| at.min(idle)))
}
