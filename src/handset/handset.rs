//! Starts the agents and serves the page; stops both. The only file that opens a socket or starts a phone.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use futures_util::FutureExt as _;
use futures_util::future::{self, BoxFuture};
use hotdesk_agent::Status;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::{Config, Kind, PhoneConfig};
use crate::desk::Desk;
use crate::rack::{Phone, Rack};
use crate::{machine, web};

/// Running phones and the page that shows them. Dropping it stops everything.
#[derive(Debug)]
pub struct Handsets {
    address: SocketAddr,
    statuses: Vec<Option<watch::Receiver<Arc<Status>>>>,
    phones: JoinSet<anyhow::Result<()>>,
    /// Dropped: every phone stops.
    going: watch::Sender<()>,
    page: JoinSet<std::io::Result<()>>,
}

impl Handsets {
    /// Starts every phone, then the page.
    ///
    /// # Errors
    /// When the page's address is taken or an agent cannot start; the message says which and what to do.
    pub async fn start(config: &Config) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(config.listen).await.with_context(|| {
            format!(
                "listen: {} cannot be used; is something else running there?",
                config.listen
            )
        })?;
        let address = listener.local_addr()?;
        let (going, stop) = watch::channel(());
        let (mut shown, mut statuses, mut phones) = (Vec::new(), Vec::new(), JoinSet::new());
        let started = config.phones.iter().map(start_phone);
        for (number, (phone, behind)) in (1..).zip(future::try_join_all(started).await?) {
            shown.push(phone);
            statuses.push(behind.status());
            let run = behind.run(stop.clone());
            phones.spawn(async move { run.await.with_context(|| format!("phone {number}")) });
        }
        let rack = Arc::new(Rack::new(shown, config.hints.clone()));
        let mut page = JoinSet::new();
        page.spawn(async move { axum::serve(listener, web::router(rack)).await });
        Ok(Self {
            address,
            statuses,
            phones,
            going,
            page,
        })
    }

    /// Where the page is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the agent behind a phone says of itself, the phones counted from 0 in the order of the configuration; `None` for
    /// a machine, whose agent is out of reach.
    #[must_use]
    pub fn status(&self, phone: usize) -> Option<Arc<Status>> {
        let status = self.statuses.get(phone)?.as_ref()?;
        Some(Arc::clone(&status.borrow()))
    }

    /// Waits until something ends by itself that should not.
    ///
    /// # Errors
    /// What ended, and why.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        tokio::select! {
            Some(phone) = self.phones.join_next() => {
                phone.context("a phone's task died")??;
                Err(anyhow!("a phone ended"))
            }
            Some(page) = self.page.join_next() => {
                page.context("the page's task died")?.context("the page cannot be served")
            }
        }
    }

    /// Stops the page and every phone, and waits until their sockets are closed.
    ///
    /// # Errors
    /// What had broken before.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.page.shutdown().await;
        drop(self.going);
        let stopped = self.phones.join_all().await;
        stopped.into_iter().collect()
    }
}

/// What a phone on the page needs to go on.
enum Behind {
    Desk(Box<Desk>),
    Machine(BoxFuture<'static, anyhow::Result<()>>),
}

impl Behind {
    fn status(&self) -> Option<watch::Receiver<Arc<Status>>> {
        match self {
            Self::Desk(desk) => Some(desk.status()),
            Self::Machine(_) => None,
        }
    }

    async fn run(self, mut stop: watch::Receiver<()>) -> anyhow::Result<()> {
        match self {
            Self::Desk(desk) => desk.run(stop).await,
            Self::Machine(machine) => tokio::select! {
                ended = machine => ended.context("the machine is gone"),
                _ = stop.changed() => Ok(()),
            },
        }
    }
}

async fn start_phone(phone: &PhoneConfig) -> anyhow::Result<(Phone, Behind)> {
    let (ends, behind) = match &phone.kind {
        Kind::Agent(file) => {
            let (ends, desk) = Desk::start(file).await?;
            (ends, Behind::Desk(Box::new(desk)))
        }
        Kind::Machine(config) => {
            let (ends, machine) = machine::connect(config).await?;
            (ends, Behind::Machine(machine.boxed()))
        }
    };
    Ok((Phone::new(phone.name.clone(), ends), behind))
}
