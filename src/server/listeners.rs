//! The listeners: from an address to a router that answers on it, with bounded connections and time-outs, and with
//! certificates that can be read again while they are in use.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum_server::Handle;
use axum_server::accept::{Accept, NoDelayAcceptor};
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::app::App;
use crate::config::CertificateFiles;
use crate::connections::Bounded;
use crate::{certificate, tls};

/// How long a connection may be idle or take to send a request's head. A phone opens its connection when somebody
/// begins to type and should still find it open a minute later.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// The names of the listeners, in the log and in the metrics.
pub(crate) const PHONES: &str = "phones";
pub(crate) const PORTAL: &str = "portal";
pub(crate) const METRICS: &str = "metrics";

/// What the listeners share while they are being opened.
#[derive(Debug)]
pub(crate) struct Listeners {
    pub(crate) handle: Handle<SocketAddr>,
    pub(crate) tasks: JoinSet<Result<()>>,
}

/// One listener about to be served.
#[derive(Debug)]
pub(crate) struct Door {
    /// What it is called in the log.
    pub(crate) name: &'static str,
    pub(crate) listener: TcpListener,
    /// Connections at a time.
    pub(crate) connections_max: usize,
    pub(crate) router: Router,
}

impl Listeners {
    /// Serves with TLS, or without where there are no settings.
    pub(crate) fn open(&mut self, door: Door, tls: Option<RustlsConfig>) -> Result<()> {
        match tls {
            Some(tls) => {
                let acceptor = RustlsAcceptor::new(tls).acceptor(NoDelayAcceptor::new());
                self.serve(door, acceptor)
            }
            None => self.serve(door, NoDelayAcceptor::new()),
        }
    }

    fn serve<A>(&mut self, door: Door, acceptor: A) -> Result<()>
    where
        A: Accept<TcpStream, Router, Service = Router> + Clone + Send + Sync + 'static,
        A::Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        A::Future: Send + 'static,
    {
        let acceptor = Bounded::new(acceptor, door.connections_max);
        let mut server = axum_server::from_tcp(door.listener)?.acceptor(acceptor);
        server
            .http_builder()
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT);
        let serving = server
            .handle(self.handle.clone())
            .serve(door.router.into_make_service());
        let failed = format!("the listener for {} failed", door.name);
        self.tasks.spawn(async { serving.await.context(failed) });
        Ok(())
    }
}

/// Opens an address that the configuration names under `key`.
///
/// # Errors
/// When it cannot be bound; names the key.
pub(crate) async fn bind(address: SocketAddr, key: &str) -> Result<TcpListener> {
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {key} = {address}: choose a free address"))?;
    Ok(listener.into_std()?)
}

/// The TLS settings in use, one for each listener that has any.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) phones: RustlsConfig,
    pub(crate) portal: Option<RustlsConfig>,
}

impl Settings {
    /// What the configuration says.
    ///
    /// # Errors
    /// When a file cannot be read or is not what it should be; names it.
    pub(crate) fn load(app: &App) -> Result<Self> {
        let config = app.config();
        let own = |listener, files| -> Result<_> {
            let read = certificate::read(files)?;
            app.metrics().certificate_ends(listener, read.ends_at);
            Ok(read.settings)
        };
        let phones = match config.phones.files() {
            Some(files) => own(PHONES, files)?,
            None => tls::of_authority(config, app.now())?,
        };
        let portal = config.portal.files().map(|files| own(PORTAL, files));
        let shared = |settings| RustlsConfig::from_config(Arc::new(settings));
        Ok(Self {
            phones: shared(phones),
            portal: portal.transpose()?.map(shared),
        })
    }

    /// Reads the operator's certificates again, for connections made from now on. A broken file leaves its listener as
    /// it is, and the log says so.
    pub(crate) fn reload(&self, app: &App) {
        let config = app.config();
        if let Some(files) = config.phones.files() {
            replace(app, PHONES, &self.phones, files);
        }
        if let (Some(files), Some(settings)) = (config.portal.files(), &self.portal) {
            replace(app, PORTAL, settings, files);
        }
    }
}

fn replace(
    app: &App,
    listener: &'static str,
    settings: &RustlsConfig,
    files: CertificateFiles<'_>,
) {
    let now = app.now();
    match certificate::read_valid(files, now) {
        Ok(read) => {
            app.metrics().certificate_ends(listener, read.ends_at);
            settings.reload_from_config(Arc::new(read.settings));
            tracing::info!(
                days_left = read.ends_at.saturating_sub(now) / 86_400,
                "new certificate for {listener}"
            );
        }
        Err(error) => tracing::error!("the certificate for {listener} stays as it is: {error:#}"),
    }
}
