//! What phones show while an administrator looks: asked for, kept for a moment, drawn as a picture. Whether it may be looked at is
//! a rule of the site, and that somebody did is in the audit.

use std::time::Duration;

use hotdesk_provisioning::{Push, SCREEN_BYTES_MAX};
use sqlx::FromRow;

use crate::app::App;
use crate::audit::{Entry, Event};
use crate::bus::{News, Word};
use crate::db::Connection;
use crate::error::{Answer, malformed};
use crate::phones::Phone;
use crate::sites;

/// For how long a phone sends its screen when it was asked.
const WANTED_SECONDS: u32 = 60;
/// How long somebody who looks waits for the first picture.
const PATIENCE: Duration = Duration::from_secs(2);
/// A screen older than this shows what was, not what is.
const FRESH_SECONDS: i64 = 90;
/// Looking again within this time is the same look, to the audit.
const ONE_LOOK_SECONDS: i64 = 600;

/// A screen as the phone sent it.
#[derive(Debug, FromRow)]
pub(crate) struct Shown {
    pub(crate) screen: String,
}

/// Keeps what a phone shows, and tells whoever looks.
pub(crate) async fn keep(app: &App, phone: &Phone, screen: &str) -> Answer<()> {
    if screen.len() > SCREEN_BYTES_MAX {
        return Err(malformed("The screen is too long.").into());
    }
    let mut writer = app.database().writer().await?;
    sqlx::query(
        "INSERT INTO screens (phone_id, screen, at) VALUES ($1, $2, $3)
         ON CONFLICT (phone_id) DO UPDATE SET screen = excluded.screen, at = excluded.at",
    )
    .bind(phone.id)
    .bind(screen)
    .bind(app.now())
    .execute(&mut *writer)
    .await?;
    drop(writer);
    let word = Word::Screen {
        tenant: phone.tenant_id,
        phone: phone.id,
    };
    Ok(app.tell(word).await?)
}

/// Whether the phone's site lets its screen be looked at.
pub(crate) async fn is_allowed(connection: &mut Connection, phone: &Phone) -> anyhow::Result<bool> {
    Ok(sites::place_of(connection, phone)
        .await?
        .rules
        .screen_preview)
}

/// Asks a phone for its screen, and writes down who looks.
async fn ask(app: &App, phone: &Phone, actor: &str) -> Answer<()> {
    let mut change = app.change(phone.tenant_id).await?;
    let now = change.now;
    let looked: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audits WHERE phone_id = $1 AND event = $2 AND actor = $3 AND at > $4",
    )
    .bind(phone.id)
    .bind(Event::ScreenSeen.name())
    .bind(actor)
    .bind(now.saturating_sub(ONE_LOOK_SECONDS))
    .fetch_one(change.connection())
    .await?;
    if looked == 0 {
        Entry::new(Event::ScreenSeen)
            .phone(phone)
            .actor(actor)
            .write(change.connection(), now)
            .await?;
        change.finish().await?;
    } else {
        drop(change);
    }
    let seconds = WANTED_SECONDS;
    let word = Word::Push {
        phone: phone.id,
        push: Push::ScreenWanted { seconds },
    };
    Ok(app.tell(word).await?)
}

/// Asks a phone for its screen and waits a moment for it; else the latest one that is not too old.
pub(crate) async fn look(app: &App, phone: &Phone, actor: &str) -> Answer<Option<Shown>> {
    let mut news = app.bus().news();
    let known = latest(&mut *app.reader().await?, phone.id, app.now()).await?;
    ask(app, phone, actor).await?;
    if known.is_none() {
        let coming = async {
            let wanted = News::Screen {
                tenant: phone.tenant_id,
                phone: phone.id,
            };
            while news.recv().await.is_ok_and(|heard| heard != wanted) {}
        };
        // A phone that is away sends nothing.
        let _ = tokio::time::timeout(PATIENCE, coming).await;
    }
    Ok(latest(&mut *app.reader().await?, phone.id, app.now()).await?)
}

/// The screen as a picture (PNG); none: what the phone sent cannot be drawn.
pub(crate) async fn picture(phone: &Phone, shown: Shown) -> Answer<Option<Vec<u8>>> {
    // Drawing takes milliseconds, and other requests have better things to wait for.
    let drawing = tokio::task::spawn_blocking(move || hotdesk_ui::preview::sent(&shown.screen));
    let drawn = drawing.await.map_err(anyhow::Error::from)?;
    if let Err(error) = &drawn {
        tracing::warn!(desk = phone.name, "cannot draw a screen: {error}");
    }
    Ok(drawn.ok())
}

/// What the phone shows, if it said so lately.
async fn latest(
    connection: &mut Connection,
    phone: i64,
    now: i64,
) -> Result<Option<Shown>, sqlx::Error> {
    sqlx::query_as("SELECT screen FROM screens WHERE phone_id = $1 AND at > $2")
        .bind(phone)
        .bind(now.saturating_sub(FRESH_SECONDS))
        .fetch_optional(connection)
        .await
}

/// Forgets what nobody looks at any more.
pub(crate) async fn forget(connection: &mut Connection, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM screens WHERE at <= $1")
        .bind(now.saturating_sub(FRESH_SECONDS))
        .execute(connection)
        .await?;
    Ok(())
}
