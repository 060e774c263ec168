//! Which phones listen, at whichever server: written down when a phone connects and when it is gone.

use crate::app::App;
use crate::db::Connection;
use crate::keys::random_text;
use crate::phones::Phone;

/// How long a server that says nothing counts as alive.
pub(crate) const SILENT_SECONDS: i64 = 60;

/// A phone that listens here; dropped when it is gone.
#[derive(Debug)]
pub(crate) struct Line {
    app: App,
    phone: i64,
    name: String,
}

/// Writes down that a phone listens here from now on, and not where it did before.
pub(crate) async fn connect(app: &App, phone: &Phone) -> anyhow::Result<Line> {
    let line = Line {
        app: app.clone(),
        phone: phone.id,
        name: random_text()?.expose().chars().take(16).collect(),
    };
    let mut writer = app.database().writer().await?;
    sqlx::query(
        "INSERT INTO lines (phone_id, replica, line, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (phone_id) DO UPDATE SET replica = excluded.replica, line = excluded.line, since = excluded.since",
    )
    .bind(phone.id)
    .bind(app.bus().name())
    .bind(&line.name)
    .bind(app.now())
    .execute(&mut *writer)
    .await?;
    Ok(line)
}

impl Drop for Line {
    fn drop(&mut self) {
        let (app, phone, name) = (self.app.clone(), self.phone, std::mem::take(&mut self.name));
        // A server that stops forgets all its lines at once.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            if let Err(error) = disconnect(&app, phone, &name).await {
                tracing::debug!("cannot write down that a phone is gone: {error}");
            }
        });
    }
}

async fn disconnect(app: &App, phone: i64, name: &str) -> Result<(), sqlx::Error> {
    let mut writer = app.database().writer().await?;
    sqlx::query("DELETE FROM lines WHERE phone_id = $1 AND line = $2")
        .bind(phone)
        .bind(name)
        .execute(&mut *writer)
        .await?;
    Ok(())
}

/// Whether the phone listens at a server that lives.
pub(crate) async fn is_listening(
    app: &App,
    connection: &mut Connection,
    phone: i64,
) -> Result<bool, sqlx::Error> {
    let lines: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM lines l JOIN replicas r ON r.id = l.replica WHERE l.phone_id = $1 AND r.seen_at > $2",
    )
    .bind(phone)
    .bind(alive_since(app))
    .fetch_one(connection)
    .await?;
    Ok(lines > 0)
}

/// Servers that said something after this moment live.
pub(crate) fn alive_since(app: &App) -> i64 {
    app.now().saturating_sub(SILENT_SECONDS)
}

/// A server alone is the only one that lives: whatever listened before it started does so no longer.
pub(crate) async fn alone(app: &App) -> Result<(), sqlx::Error> {
    let mut writer = app.database().writer().await?;
    for statement in ["DELETE FROM lines", "DELETE FROM replicas"] {
        sqlx::query(statement).execute(&mut *writer).await?;
    }
    sqlx::query("INSERT INTO replicas (id, seen_at) VALUES ($1, $2)")
        .bind(app.bus().name())
        .bind(i64::MAX)
        .execute(&mut *writer)
        .await?;
    Ok(())
}
