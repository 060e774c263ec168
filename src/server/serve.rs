//! The running server: two listeners and the sweeper, from start to a graceful stop.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use axum_server::Handle;
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::app::App;
use crate::config::Config;
use crate::listeners::{Door, Listeners, METRICS, PHONES, PORTAL, Settings, bind};
use crate::router::{metrics_router, phone_router, portal_router};
use crate::{bus, files, limits, sweep, webhooks};

/// Connections of browsers at a time.
const PORTAL_CONNECTIONS_MAX: usize = 256;
/// Connections of monitoring systems at a time.
const METRICS_CONNECTIONS_MAX: usize = 16;
/// How long requests that are under way may take when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A server that listens.
#[derive(Debug)]
pub struct Running {
    app: App,
    phones: SocketAddr,
    portal: SocketAddr,
    metrics: Option<SocketAddr>,
    settings: Settings,
    listeners: Listeners,
}

impl Running {
    /// Binds the listeners, whose ports may be 0 for any free one, and starts to serve.
    ///
    /// # Errors
    /// When an address cannot be bound, or a certificate cannot be read or made.
    pub async fn start(app: App) -> Result<Self> {
        app.begin().await?;
        let config = app.config();
        let phones = bind(config.phones.listen, "phones.listen").await?;
        let portal = bind(config.portal.listen, "portal.listen").await?;
        let (phones_at, portal_at) = (phones.local_addr()?, portal.local_addr()?);
        let settings = Settings::load(&app)?;
        let mut listeners = Listeners {
            handle: Handle::new(),
            tasks: JoinSet::new(),
        };
        let door = Door {
            name: PHONES,
            listener: phones,
            connections_max: limits::phones(limits::current()),
            router: phone_router(app.clone()),
        };
        listeners.open(door, Some(settings.phones.clone()))?;
        let door = Door {
            name: PORTAL,
            listener: portal,
            connections_max: PORTAL_CONNECTIONS_MAX,
            router: portal_router(app.clone()),
        };
        listeners.open(door, settings.portal.clone())?;
        let metrics_at = open_metrics(&mut listeners, &app).await?;
        let sweeping = app.clone();
        listeners.tasks.spawn(async move {
            sweep::run(sweeping).await;
            Ok(())
        });
        let delivering = app.clone();
        listeners.tasks.spawn(async move {
            webhooks::deliver::run(delivering).await;
            Ok(())
        });
        listeners.tasks.spawn(bus::run(app.clone()));
        Ok(Self {
            app,
            phones: phones_at,
            portal: portal_at,
            metrics: metrics_at,
            settings,
            listeners,
        })
    }

    /// Where phones are answered, over HTTPS.
    #[must_use]
    pub fn phones(&self) -> SocketAddr {
        self.phones
    }

    /// Where administrators are answered, over HTTPS where the portal has a certificate, over HTTP otherwise.
    #[must_use]
    pub fn portal(&self) -> SocketAddr {
        self.portal
    }

    /// Where a monitoring system is answered, over HTTP, if anywhere.
    #[must_use]
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// The state that is served.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Reads the operator's certificates again, for connections made from now on. A broken file leaves the former
    /// certificate in use, and the log says so.
    pub fn reload(&self) {
        self.settings.reload(&self.app);
    }

    /// Prepares a stop: says at once that it is not ready, goes on answering, and ends the event streams of phones one
    /// after the other over the configured time. Where nobody listens, there is nothing to wait for.
    pub async fn drain(&self) {
        let app = &self.app;
        let over = app.drain().begin(app.now());
        let phones = app.pushes().count();
        tracing::info!(phones, "draining");
        if phones > 0 {
            app.clock().wait_until(over).await;
        }
    }

    /// Ends event streams, lets requests finish, and returns when all is quiet.
    ///
    /// # Errors
    /// When a listener had failed.
    pub async fn stop(mut self) -> Result<()> {
        self.app.stop();
        self.listeners.handle.graceful_shutdown(Some(STOP_TIMEOUT));
        while let Some(ended) = self.listeners.tasks.join_next().await {
            ended.context("a part of the server panicked")??;
        }
        Ok(())
    }

    /// Waits until a part of the server ends by itself, which none should.
    async fn failed(&mut self) -> anyhow::Error {
        match self.listeners.tasks.join_next().await {
            Some(Ok(Err(error))) => error,
            Some(Err(error)) => error.into(),
            Some(Ok(Ok(()))) | None => anyhow::anyhow!("a part of the server ended by itself"),
        }
    }
}

/// Opens what `config` says and serves until SIGTERM, which drains first, or SIGINT, which does not; a second
/// signal stops the draining. SIGHUP reads the certificates again.
///
/// # Errors
/// As [`App::open`] and [`Running::start`], and when a listener fails.
pub async fn serve(config: Config) -> Result<()> {
    serve_app(App::open(config).await?).await
}

/// As [`serve`], with what is open already.
///
/// # Errors
/// As [`Running::start`], when another server serves from the same file, and when a listener fails.
pub async fn serve_app(app: App) -> Result<()> {
    let _lock = match app.is_shared() {
        true => None,
        false => Some(files::lock(&app.config().data_dir)?),
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    limits::raise();
    let mut running = Running::start(app).await?;
    announce(&running);
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => return stop(running).await,
            _ = hang_up.recv() => running.reload(),
            error = running.failed() => return Err(error),
        }
    }
    tell_systemd(NotifyState::Stopping);
    tokio::select! {
        () = running.drain() => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    stop(running).await
}

async fn stop(running: Running) -> Result<()> {
    tracing::info!("stopping");
    running.stop().await
}

/// Opens the listener for a monitoring system, if the configuration has one.
async fn open_metrics(listeners: &mut Listeners, app: &App) -> Result<Option<SocketAddr>> {
    let Some(address) = app.config().metrics.listen else {
        return Ok(None);
    };
    let listener = bind(address, "metrics.listen").await?;
    let at = listener.local_addr()?;
    let door = Door {
        name: METRICS,
        listener,
        connections_max: METRICS_CONNECTIONS_MAX,
        router: metrics_router(app.clone()),
    };
    listeners.open(door, None)?;
    Ok(Some(at))
}

fn announce(running: &Running) {
    let portal = if running.settings.portal.is_some() {
        "https"
    } else {
        "http"
    };
    tracing::info!(
        "phones: https://{}  portal: {portal}://{}",
        running.phones(),
        running.portal()
    );
    if let Some(metrics) = running.metrics() {
        tracing::info!("metrics: http://{metrics}/metrics");
    }
    tell_systemd(NotifyState::Ready);
}

/// Where nobody listens, nobody needs to know.
fn tell_systemd(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!("systemd cannot be told: {error}");
    }
}
