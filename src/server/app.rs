//! What every request shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Result;
use sqlx::Any;
use sqlx::pool::PoolConnection;
use tokio::sync::{Notify, watch};

use crate::bus::{self, Bus};
use crate::change::Change;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, Breadth, Database, Kind};
use crate::drain::Drain;
use crate::gate::Gate;
use crate::hash::Hasher;
use crate::keys::ServerKey;
use crate::metrics::Metrics;
use crate::oidc::Provider;
use crate::pace::Pace;
use crate::pushes::Pushes;
use crate::webhooks::deliver::Sender;
use crate::{backup, credentials, lines, tls};

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
    bus: Bus,
    database: Database,
    deadlines: Notify,
    deliveries: Notify,
    sender: Sender,
    provider: Option<Provider>,
    metrics: Metrics,
    drain: Drain,
    pace: Pace,
    gate: Gate,
    /// Seconds since 1970; 0 before the first sweep.
    swept_at: AtomicI64,
    stopping: watch::Sender<bool>,
}

impl App {
    /// Opens the data directory of `config` and its database, creating database, server key and certificates where they are
    /// missing.
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
        backup::ensure_finished(&config.data_dir)?;
        let key = ServerKey::load_or_create(&config.data_dir.join("server.key"))?;
        tls::create_authority(&config, clock.now())?;
        let database = match &config.database {
            Some(address) => Database::open_server(address.expose()).await?,
            None => Database::open_file(&config.database_path()).await?,
        };
        let provider = config.oidc.as_ref().map(Provider::new).transpose()?;
        let metrics = Metrics::default();
        let app = Self(Arc::new(Inner {
            drain: Drain::new(config.drain_seconds),
            config,
            clock,
            key,
            hasher: Hasher::new(&metrics)?,
            pushes: Pushes::new(&metrics),
            bus: Bus::new()?,
            metrics,
            provider,
            database,
            deadlines: Notify::new(),
            deliveries: Notify::new(),
            sender: Sender::default(),
            pace: Pace::default(),
            gate: Gate::new(),
            swept_at: AtomicI64::new(0),
            stopping: watch::Sender::new(false),
        }));
        credentials::refresh_hosts(&app).await?;
        Ok(app)
    }

    /// Says in the database that phones may listen here from now on. A program that only changes something must not: a
    /// server may be running beside it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&self) -> Result<()> {
        self.swept_at(self.now());
        if self.is_shared() {
            bus::say_alive(self).await?;
        } else {
            lines::alone(self).await?;
        }
        self.count_phones().await
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

    pub(crate) fn bus(&self) -> &Bus {
        &self.0.bus
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    /// Whether other servers may share the database.
    pub(crate) fn is_shared(&self) -> bool {
        self.0.database.kind == Kind::Postgres
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// When the last sweep was, taking note of this one; now if there was none.
    pub(crate) fn swept_at(&self, now: i64) -> i64 {
        let before = self.0.swept_at.swap(now, Ordering::Relaxed);
        if before == 0 { now } else { before }
    }

    /// How many phones are answered at the same time.
    pub(crate) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    pub(crate) fn pace(&self) -> &Pace {
        &self.0.pace
    }

    pub(crate) fn drain(&self) -> &Drain {
        &self.0.drain
    }

    /// Notified when a deadline may have moved closer.
    pub(crate) fn deadlines(&self) -> &Notify {
        &self.0.deadlines
    }

    /// Notified when there may be something to tell a webhook.
    pub(crate) fn deliveries(&self) -> &Notify {
        &self.0.deliveries
    }

    /// What tells webhooks.
    pub(crate) fn sender(&self) -> &Sender {
        &self.0.sender
    }

    /// Where administrators may sign in beside their local accounts.
    pub(crate) fn provider(&self) -> Option<&Provider> {
        self.0.provider.as_ref()
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

    /// Closes the database, once nobody asks it any more.
    pub async fn close(&self) {
        self.0.database.close().await;
    }

    /// A connection for reading.
    pub(crate) async fn reader(&self) -> Result<PoolConnection<Any>, sqlx::Error> {
        self.0.database.read.acquire().await
    }

    /// Begins a change to rows of one tenant.
    pub(crate) async fn change(&self, tenant: i64) -> Result<Change, sqlx::Error> {
        Change::begin(self, Breadth::Tenant(tenant)).await
    }

    /// Begins a change to rows of any tenant.
    pub(crate) async fn change_everything(&self) -> Result<Change, sqlx::Error> {
        Change::begin(self, Breadth::Everything).await
    }
}
