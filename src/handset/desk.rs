//! One agent of this process behind a phone of the page: starts it, and starts it anew when somebody chooses another panel,
//! as if the same phone had been given other glass. Knows nothing of the page.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use hotdesk_agent::{Agent, Config, Face, KEYS_WAITING_MAX, PanelConfig, Seams, Status};
use hotdesk_session::Key;
use tokio::sync::{mpsc, watch};

use crate::layout::Layout;
use crate::rack::Ends;

/// A phone, and what of it can be seen from outside whichever agent it has at the moment.
pub(crate) struct Desk {
    config: Config,
    running: Running,
    presses: mpsc::Receiver<Key>,
    choices: watch::Receiver<PanelConfig>,
    faces: watch::Sender<Arc<Face>>,
    statuses: watch::Sender<Arc<Status>>,
    layouts: watch::Sender<Arc<Layout>>,
}

struct Running {
    agent: Agent,
    keys: mpsc::Sender<Key>,
    faces: watch::Receiver<Arc<Face>>,
    statuses: watch::Receiver<Arc<Status>>,
}

impl Running {
    async fn start(config: Config) -> anyhow::Result<Self> {
        let (keys, seams) = Seams::headless();
        let agent = Agent::start(config, seams).await?;
        let (faces, statuses) = (agent.faces(), agent.status());
        Ok(Self {
            agent,
            keys,
            faces,
            statuses,
        })
    }
}

impl Desk {
    /// Starts the agent of a configuration file.
    ///
    /// # Errors
    /// When it cannot start; the message says which file and what to do.
    pub(crate) async fn start(file: &Path) -> anyhow::Result<(Ends, Self)> {
        let config = Config::load(file)?;
        let layout = Arc::new(Layout::of_panel(&config.panel)?);
        let running = Running::start(config.clone()).await;
        let running = running.with_context(|| file.display().to_string())?;
        let (keys, presses) = mpsc::channel(KEYS_WAITING_MAX);
        let (choice, choices) = watch::channel(config.panel.clone());
        let (layouts, seen_layouts) = watch::channel(layout);
        let (faces, seen_faces) = watch::channel(Arc::clone(&running.faces.borrow()));
        let (statuses, _) = watch::channel(Arc::clone(&running.statuses.borrow()));
        let ends = Ends {
            keys,
            faces: seen_faces,
            layouts: seen_layouts,
            choice: Some(choice),
        };
        let desk = Self {
            config,
            running,
            presses,
            choices,
            faces,
            statuses,
            layouts,
        };
        Ok((ends, desk))
    }

    /// What the phone says of itself, across all its agents.
    pub(crate) fn status(&self) -> watch::Receiver<Arc<Status>> {
        self.statuses.subscribe()
    }

    /// Runs until `stop` is dropped, and waits until the phone's sockets are closed.
    ///
    /// # Errors
    /// What broke.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<()>) -> anyhow::Result<()> {
        loop {
            let running = &mut self.running;
            tokio::select! {
                _ = stop.changed() => return self.running.agent.stop().await,
                ended = running.agent.ended() => {
                    ended?;
                    return Err(anyhow!("it ended"));
                }
                Ok(()) = running.faces.changed() => {
                    self.faces.send_replace(Arc::clone(&running.faces.borrow_and_update()));
                }
                Ok(()) = running.statuses.changed() => {
                    self.statuses.send_replace(Arc::clone(&running.statuses.borrow_and_update()));
                }
                Some(key) = self.presses.recv() => {
                    // One that is gone says so above.
                    let _ = running.keys.send(key).await;
                }
                Ok(()) = self.choices.changed() => self = self.with_other_glass().await?,
            }
        }
    }

    /// The same phone with the panel that was chosen last: who is signed in stays signed in.
    async fn with_other_glass(mut self) -> anyhow::Result<Self> {
        self.config.panel = self.choices.borrow_and_update().clone();
        let layout = Layout::of_panel(&self.config.panel)?;
        self.running.agent.stop().await?;
        self.running = Running::start(self.config.clone()).await?;
        self.layouts.send_replace(Arc::new(layout));
        self.faces
            .send_replace(Arc::clone(&self.running.faces.borrow_and_update()));
        Ok(self)
    }
}
