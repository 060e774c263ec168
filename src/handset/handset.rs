//! Starts the agents and serves the page; stops both. The only file that opens a socket or starts a phone.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use futures_util::FutureExt as _;
use futures_util::future::{self, BoxFuture};
use hotdesk_agent::{Agent, Seams};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::config::{Config, Kind, PhoneConfig};
use crate::layout::Layout;
use crate::rack::{Phone, Rack};
use crate::{machine, web};

/// Running phones and the page that shows them. Dropping it stops everything.
#[derive(Debug)]
pub struct Handsets {
    address: SocketAddr,
    agents: Vec<Agent>,
    machines: JoinSet<anyhow::Result<()>>,
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
        let (mut agents, mut machines) = (Vec::new(), JoinSet::new());
        let started = config.phones.iter().map(start_phone);
        let mut phones = Vec::new();
        for (phone, behind) in future::try_join_all(started).await? {
            phones.push(phone);
            match behind {
                Behind::Agent(agent) => agents.push(*agent),
                Behind::Machine(machine) => drop(machines.spawn(machine)),
            }
        }
        let rack = Arc::new(Rack::new(phones, config.hints.clone()));
        let mut page = JoinSet::new();
        page.spawn(async move { axum::serve(listener, web::router(rack)).await });
        Ok(Self {
            address,
            agents,
            machines,
            page,
        })
    }

    /// Where the page is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The agents in this process, in the order of the configuration.
    #[must_use]
    pub fn agents(&self) -> &[Agent] {
        &self.agents
    }

    /// Waits until something ends by itself that should not.
    ///
    /// # Errors
    /// What ended, and why.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        let agents = self.agents.iter_mut().map(|agent| Box::pin(agent.ended()));
        tokio::select! {
            (ended, number, _) = select_any(agents) => {
                ended.with_context(|| format!("phone {}", number.saturating_add(1)))?;
                Err(anyhow!("phone {} ended", number.saturating_add(1)))
            }
            Some(machine) = self.machines.join_next() => {
                machine.context("the machine's task died")?.context("the machine is gone")?;
                Err(anyhow!("the machine is gone"))
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
        self.machines.shutdown().await;
        let stopped = future::join_all(self.agents.into_iter().map(Agent::stop)).await;
        stopped.into_iter().collect()
    }
}

/// What a phone on the page needs to go on.
enum Behind {
    Agent(Box<Agent>),
    Machine(BoxFuture<'static, anyhow::Result<()>>),
}

async fn start_phone(phone: &PhoneConfig) -> anyhow::Result<(Phone, Behind)> {
    match &phone.kind {
        Kind::Agent(file) => {
            let config = hotdesk_agent::Config::load(file)?;
            let layout = Layout::of_panel(&config.panel)?;
            let (keys, seams) = Seams::headless();
            let agent = Agent::start(config, seams)
                .await
                .with_context(|| file.display().to_string())?;
            let shown = Phone::new(phone.name.clone(), layout, keys, agent.faces());
            Ok((shown, Behind::Agent(Box::new(agent))))
        }
        Kind::Machine(config) => {
            let layout = Layout::of_panel(&config.panel.as_str().into())?;
            let (ends, machine) = machine::connect(config).await?;
            let shown = Phone::new(phone.name.clone(), layout, ends.keys, ends.faces);
            Ok((shown, Behind::Machine(machine.boxed())))
        }
    }
}

/// The first of many to end; never, where there is none.
async fn select_any<T, F: Future<Output = T> + Unpin>(
    futures: impl ExactSizeIterator<Item = F>,
) -> (T, usize, Vec<F>) {
    if futures.len() == 0 {
        future::pending::<()>().await;
    }
    future::select_all(futures).await
}
