//! The running server: two listeners and the sweeper, from start to a graceful stop.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum_server::accept::{DefaultAcceptor, NoDelayAcceptor};
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::app::App;
use crate::config::Config;
use crate::connections::Bounded;
use crate::router::{phone_router, portal_router};
use crate::{bus, sweep, tls};

/// Connections of phones at a time: each phone holds one or two.
const PHONE_CONNECTIONS_MAX: usize = 4096;
/// Connections of browsers at a time.
const PORTAL_CONNECTIONS_MAX: usize = 256;
/// How long a connection may be idle or take to send a request's head. A phone opens its connection when somebody
/// begins to type and should still find it open a minute later.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);
/// How long requests that are under way may take when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A server that listens.
#[derive(Debug)]
pub struct Running {
    app: App,
    phones: SocketAddr,
    portal: SocketAddr,
    handle: Handle<SocketAddr>,
    tasks: JoinSet<Result<()>>,
}

impl Running {
    /// Binds both listeners, whose ports may be 0 for any free one, and starts to serve.
    ///
    /// # Errors
    /// When an address cannot be bound or the certificate cannot be made.
    pub async fn start(app: App) -> Result<Self> {
        let config = app.config();
        let phones = bind(config.phones.listen, "phones.listen").await?;
        let portal = bind(config.portal.listen, "portal.listen").await?;
        let (phones_at, portal_at) = (phones.local_addr()?, portal.local_addr()?);
        let tls = RustlsConfig::from_config(Arc::new(tls::server_config(config, app.now())?));
        let handle = Handle::new();
        let mut tasks = JoinSet::new();
        let acceptor = RustlsAcceptor::new(tls).acceptor(NoDelayAcceptor::new());
        let server =
            axum_server::from_tcp(phones)?.acceptor(Bounded::new(acceptor, PHONE_CONNECTIONS_MAX));
        let serving = patient(server, &handle).serve(phone_router(app.clone()).into_make_service());
        tasks.spawn(async { serving.await.context("the phones' listener failed") });
        let server = axum_server::from_tcp(portal)?
            .acceptor(Bounded::new(DefaultAcceptor::new(), PORTAL_CONNECTIONS_MAX));
        let serving =
            patient(server, &handle).serve(portal_router(app.clone()).into_make_service());
        tasks.spawn(async { serving.await.context("the portal's listener failed") });
        let sweeping = app.clone();
        tasks.spawn(async move {
            sweep::run(sweeping).await;
            Ok(())
        });
        tasks.spawn(bus::run(app.clone()));
        Ok(Self {
            app,
            phones: phones_at,
            portal: portal_at,
            handle,
            tasks,
        })
    }

    /// Where phones are answered, over HTTPS.
    #[must_use]
    pub fn phones(&self) -> SocketAddr {
        self.phones
    }

    /// Where administrators are answered, over HTTP.
    #[must_use]
    pub fn portal(&self) -> SocketAddr {
        self.portal
    }

    /// The state that is served.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Ends event streams, lets requests finish, and returns when all is quiet.
    ///
    /// # Errors
    /// When a listener had failed.
    pub async fn stop(mut self) -> Result<()> {
        self.app.stop();
        self.handle.graceful_shutdown(Some(STOP_TIMEOUT));
        while let Some(ended) = self.tasks.join_next().await {
            ended.context("a part of the server panicked")??;
        }
        Ok(())
    }

    /// Waits until a part of the server ends by itself, which none should.
    async fn failed(&mut self) -> anyhow::Error {
        match self.tasks.join_next().await {
            Some(Ok(Err(error))) => error,
            Some(Err(error)) => error.into(),
            Some(Ok(Ok(()))) | None => anyhow::anyhow!("a part of the server ended by itself"),
        }
    }
}

/// Opens what `config` says and serves until SIGTERM or SIGINT.
///
/// # Errors
/// As [`App::open`] and [`Running::start`], and when a listener fails.
pub async fn serve(config: Config) -> Result<()> {
    serve_app(App::open(config).await?).await
}

/// As [`serve`], with what is open already.
///
/// # Errors
/// As [`Running::start`], and when a listener fails.
pub async fn serve_app(app: App) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut running = Running::start(app).await?;
    tracing::info!(
        "phones: https://{}  portal: http://{}",
        running.phones(),
        running.portal()
    );
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        error = running.failed() => return Err(error),
    }
    tracing::info!("stopping");
    running.stop().await
}

async fn bind(address: SocketAddr, key: &str) -> Result<TcpListener> {
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {key} = {address}: choose a free address"))?;
    Ok(listener.into_std()?)
}

/// Gives a listener its time-outs and the handle that stops it.
fn patient<A>(
    mut server: Server<SocketAddr, A>,
    handle: &Handle<SocketAddr>,
) -> Server<SocketAddr, A> {
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT);
    server.handle(handle.clone())
}
