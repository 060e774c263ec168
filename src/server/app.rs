//! What every request shares, and [`Change`]: one transaction together with what is told once it is true.

use std::sync::Arc;

use anyhow::Result;
use hotdesk_provisioning::Push;
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use tokio::sync::{Notify, watch};

use crate::clock::Clock;
use crate::config::Config;
use crate::consent::Consents;
use crate::db::{self, Database};
use crate::enrolment::Waiting;
use crate::hash::Hasher;
use crate::keys::ServerKey;
use crate::pushes::Pushes;
use crate::{credentials, tls};

/// The server's state: cheap to clone, shared by both routers and the sweeper.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    clock: Clock,
    key: ServerKey,
    hasher: Hasher,
    pushes: Pushes,
    waiting: Waiting,
    consents: Consents,
    database: Database,
    deadlines: Notify,
    stopping: watch::Sender<bool>,
}

impl App {
    /// Opens the data directory of `config`, creating database, server key and certificates where they are missing.
    ///
    /// # Errors
    /// When a file cannot be read, created or brought up to date; names the file.
    pub async fn open(config: Config) -> Result<Self> {
        Self::open_with_clock(config, Clock::system()).await
    }

    /// As [`Self::open`], with a clock that tests can move.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with_clock(config: Config, clock: Clock) -> Result<Self> {
        db::create_data_dir(&config.data_dir)?;
        let key = ServerKey::load_or_create(&config.data_dir.join("server.key"))?;
        tls::create_authority(&config, clock.now())?;
        let database = Database::open(&config.database_path()).await?;
        let app = Self(Arc::new(Inner {
            config,
            clock,
            key,
            hasher: Hasher::new()?,
            pushes: Pushes::default(),
            waiting: Waiting::default(),
            consents: Consents::default(),
            database,
            deadlines: Notify::new(),
            stopping: watch::Sender::new(false),
        }));
        credentials::refresh_hosts(&app).await?;
        Ok(app)
    }

    /// The configuration it was opened with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn now(&self) -> i64 {
        self.0.clock.now()
    }

    pub(crate) fn key(&self) -> &ServerKey {
        &self.0.key
    }

    pub(crate) fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    pub(crate) fn pushes(&self) -> &Pushes {
        &self.0.pushes
    }

    pub(crate) fn waiting(&self) -> &Waiting {
        &self.0.waiting
    }

    pub(crate) fn consents(&self) -> &Consents {
        &self.0.consents
    }

    /// Notified when a deadline may have moved closer.
    pub(crate) fn deadlines(&self) -> &Notify {
        &self.0.deadlines
    }

    /// Returns when the server stops: whatever waits for long ends then.
    pub(crate) async fn stopped(&self) {
        // The sender lives as long as this state, so that waiting cannot fail.
        let _ = self
            .0
            .stopping
            .subscribe()
            .wait_for(|stopping| *stopping)
            .await;
    }

    /// Ends event streams and the sweeper.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// A connection for reading.
    pub(crate) async fn reader(&self) -> Result<PoolConnection<Sqlite>, sqlx::Error> {
        self.0.database.read.acquire().await
    }

    /// Begins a change. There is one writer at a time, so what a change reads stays true until it is finished.
    pub(crate) async fn change(&self) -> Result<Change, sqlx::Error> {
        Ok(Change {
            app: self.clone(),
            now: self.now(),
            transaction: self.0.database.write.begin_with("BEGIN IMMEDIATE").await?,
            pushes: Vec::new(),
            hung_up: Vec::new(),
        })
    }
}

/// One transaction, the time it happens at, and the pushes that follow it. Dropped unfinished, it never happened.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) app: App,
    /// Seconds since 1970.
    pub(crate) now: i64,
    transaction: Transaction<'static, Sqlite>,
    pushes: Vec<(i64, Push)>,
    hung_up: Vec<i64>,
}

impl Change {
    /// The connection to write with.
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    /// Tells a phone, once the change is finished.
    pub(crate) fn push(&mut self, phone: i64, push: Push) {
        self.pushes.push((phone, push));
    }

    /// Ends a phone's event stream, once the change is finished and the phone has been told.
    pub(crate) fn hang_up(&mut self, phone: i64) {
        self.hung_up.push(phone);
    }

    /// Makes it true, then tells. Goes on when whoever asked has hung up meanwhile: what is true must also be told.
    pub(crate) async fn finish(self) -> Result<(), sqlx::Error> {
        let finishing = tokio::spawn(async move {
            self.transaction.commit().await?;
            for (phone, push) in self.pushes {
                self.app.pushes().send(phone, push);
            }
            for phone in self.hung_up {
                self.app.pushes().close(phone);
            }
            self.app.deadlines().notify_one();
            Ok(())
        });
        finishing.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }
}
