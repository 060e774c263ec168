//! Starts the agents and serves the page; stops both. The only file that opens a socket or starts a phone.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use futures_util::future;
use hotdesk_agent::{Agent, Seams};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::config::{Config, PhoneConfig};
use crate::layout::Layout;
use crate::rack::{Phone, Rack};
use crate::web;

/// Running phones and the page that shows them. Dropping it stops everything.
#[derive(Debug)]
pub struct Handsets {
    address: SocketAddr,
    agents: Vec<Agent>,
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
        let (agents, phones) = future::try_join_all(config.phones.iter().map(start_phone))
            .await?
            .into_iter()
            .unzip();
        let rack = Arc::new(Rack::new(phones, config.hints.clone()));
        let mut page = JoinSet::new();
        page.spawn(async move { axum::serve(listener, web::router(rack)).await });
        Ok(Self {
            address,
            agents,
            page,
        })
    }

    /// Where the page is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The agents, in the order of the configuration.
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
            (ended, number, _) = future::select_all(agents) => {
                ended.with_context(|| format!("phone {}", number.saturating_add(1)))?;
                Err(anyhow!("phone {} ended", number.saturating_add(1)))
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
        let stopped = future::join_all(self.agents.into_iter().map(Agent::stop)).await;
        stopped.into_iter().collect()
    }
}

async fn start_phone(phone: &PhoneConfig) -> anyhow::Result<(Agent, Phone)> {
    let config = hotdesk_agent::Config::load(&phone.agent)?;
    let layout = Layout::of_panel(&config.panel)?;
    let (keys, seams) = Seams::headless();
    let agent = Agent::start(config, seams)
        .await
        .with_context(|| phone.agent.display().to_string())?;
    let faces = agent.faces();
    Ok((agent, Phone::new(phone.name.clone(), layout, keys, faces)))
}
