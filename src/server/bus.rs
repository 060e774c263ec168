//! What the servers on one database tell each other: which phone to tell what, and whose pages to draw anew. A word is sent with
//! the transaction that makes it true (PostgreSQL's NOTIFY), so that nobody hears of what did not happen. A server alone tells
//! only itself.

use anyhow::Result;
use hotdesk_provisioning::Push;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use tokio::sync::broadcast;

use crate::app::App;
use crate::db::Connection;
use crate::keys::random_text;
use crate::lines;

/// The channel's name.
const CHANNEL: &str = "hotdesk";
/// Longest word that the database carries, in bytes, with room for its own.
const WORD_BYTES_MAX: usize = 7900;
/// Changes that a page may be behind before it is drawn anew as a whole.
const CHANGES_WAITING_MAX: usize = 64;
/// How often a server says that it lives.
const ALIVE_SECONDS: i64 = 20;
/// The pause before a lost connection is made anew.
const RETRY_SECONDS: i64 = 1;

/// One thing that servers tell each other.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Word {
    /// Tell a phone.
    Push { phone: i64, push: Push },
    /// Tell every phone of a tenant.
    PushAll { tenant: i64, push: Push },
    /// End a phone's event stream.
    HangUp { phone: i64 },
    /// Something of this tenant changed: whoever looks at it sees the old state.
    Changed { tenant: i64 },
    /// A phone of this tenant has sent its screen.
    Screen { tenant: i64, phone: i64 },
    /// A deadline may have moved closer.
    Deadlines,
}

#[derive(Serialize, Deserialize)]
struct Telling {
    from: String,
    word: Word,
}

/// What a page that is looked at may want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// Something of this tenant changed.
    Changed { tenant: i64 },
    /// A phone of this tenant has sent its screen.
    Screen { tenant: i64, phone: i64 },
}

/// This server's name among the others, and who listens for changes here.
#[derive(Debug)]
pub(crate) struct Bus {
    name: String,
    news: broadcast::Sender<News>,
}

impl Bus {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            name: random_text()?.expose().chars().take(16).collect(),
            news: broadcast::Sender::new(CHANGES_WAITING_MAX),
        })
    }

    /// This server's name, another one at each start.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What happens from now on.
    pub(crate) fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Tells the other servers, when the transaction of this connection becomes true.
    pub(crate) async fn tell_others(
        &self,
        connection: &mut Connection,
        words: &[Word],
    ) -> Result<(), sqlx::Error> {
        for word in words {
            let telling = Telling {
                from: self.name.clone(),
                word: word.clone(),
            };
            let text = serde_json::to_string(&telling)
                .map_err(|error| sqlx::Error::Encode(error.into()))?;
            if text.len() > WORD_BYTES_MAX {
                tracing::warn!(
                    "a word to the other servers is too long: {} bytes",
                    text.len()
                );
                continue;
            }
            sqlx::query("SELECT 1 FROM pg_notify($1, $2)")
                .bind(CHANNEL)
                .bind(text)
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}

impl App {
    /// Does what a word says, here.
    pub(crate) fn hear(&self, word: Word) {
        match word {
            Word::Push { phone, push } => self.pushes().send(phone, push),
            Word::PushAll { tenant, push } => self.pushes().send_all(tenant, &push),
            Word::HangUp { phone } => self.pushes().close(phone),
            Word::Changed { tenant } => {
                // Nobody may be looking.
                let _ = self.bus().news.send(News::Changed { tenant });
            }
            Word::Screen { tenant, phone } => {
                let _ = self.bus().news.send(News::Screen { tenant, phone });
            }
            Word::Deadlines => {
                self.deadlines().notify_one();
                self.deliveries().notify_one();
            }
        }
    }

    /// Says something that no transaction makes true, here and to the other servers.
    pub(crate) async fn tell(&self, word: Word) -> Result<(), sqlx::Error> {
        if self.is_shared() {
            let mut writer = self.database().writer().await?;
            self.bus()
                .tell_others(&mut writer, std::slice::from_ref(&word))
                .await?;
        }
        self.hear(word);
        Ok(())
    }
}

/// Hears the other servers until this one stops. A server alone has nobody to hear.
pub(crate) async fn run(app: App) -> Result<()> {
    let Some(address) = app.config().database.clone() else {
        app.stopped().await;
        return Ok(());
    };
    loop {
        let listening = async {
            let mut listener = PgListener::connect(address.expose()).await?;
            listener.listen(CHANNEL).await?;
            listen(&app, &mut listener).await
        };
        tokio::select! {
            ended = listening => {
                let Err(error) = ended else { return Ok(()) };
                tracing::warn!("cannot hear the other servers: {error:#}");
                // Something was missed perhaps: a phone that connects anew asks what is true.
                app.pushes().close_all();
                app.clock().wait_until(app.now().saturating_add(RETRY_SECONDS)).await;
            }
            () = app.stopped() => return leave(&app).await,
        }
    }
}

async fn listen(app: &App, listener: &mut PgListener) -> Result<()> {
    say_alive(app).await?;
    let mut said_at = app.now();
    loop {
        let due = said_at.saturating_add(ALIVE_SECONDS);
        tokio::select! {
            heard = listener.try_recv() => match heard? {
                Some(heard) => {
                    if let Ok(Telling { from, word }) = serde_json::from_str(heard.payload())
                        && from != app.bus().name()
                    {
                        app.hear(word);
                    }
                }
                None => app.pushes().close_all(),
            },
            () = app.clock().wait_until(due) => {
                say_alive(app).await?;
                said_at = app.now();
            }
        }
    }
}

/// Says that this server lives, and forgets those that do not.
pub(crate) async fn say_alive(app: &App) -> Result<(), sqlx::Error> {
    let now = app.now();
    let mut writer = app.database().writer().await?;
    sqlx::query(
        "INSERT INTO replicas (id, seen_at) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind(app.bus().name())
    .bind(now)
    .execute(&mut *writer)
    .await?;
    let dead = now.saturating_sub(lines::SILENT_SECONDS);
    sqlx::query("DELETE FROM lines WHERE replica IN (SELECT id FROM replicas WHERE seen_at < $1)")
        .bind(dead)
        .execute(&mut *writer)
        .await?;
    sqlx::query("DELETE FROM replicas WHERE seen_at < $1")
        .bind(dead)
        .execute(&mut *writer)
        .await?;
    Ok(())
}

/// A server that stops says so, and nobody waits for its phones.
async fn leave(app: &App) -> Result<()> {
    let mut writer = app.database().writer().await?;
    for statement in [
        "DELETE FROM lines WHERE replica = $1",
        "DELETE FROM replicas WHERE id = $1",
    ] {
        sqlx::query(statement)
            .bind(app.bus().name())
            .execute(&mut *writer)
            .await?;
    }
    Ok(())
}
