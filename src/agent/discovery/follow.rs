//! After a server was found: keeps it once the phone is at home there, and until then listens for a better word.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;
use tracing::info;

use super::kept::keep;
use super::{Found, Leases, News};
use crate::{Config, Status};

/// The server that a running phone found.
pub(crate) struct Follower {
    leases: Leases,
    state_dir: PathBuf,
    url: String,
}

impl Follower {
    pub(crate) fn new(config: &Config, url: String) -> Self {
        Self {
            leases: Leases::new(config),
            state_dir: config.state_dir.clone(),
            url,
        }
    }

    /// Waits until the lease names another server. A phone that is at home at its server never leaves it.
    pub(crate) async fn elsewhere(mut self, mut status: watch::Receiver<Arc<Status>>) -> Found {
        loop {
            // The desk's profile is what makes it the desk's phone.
            if status.borrow_and_update().desk.is_some() {
                keep(&self.state_dir, &self.url);
                return std::future::pending().await;
            }
            tokio::select! {
                () = self.leases.changed() => {
                    if let Some(found) = self.another() {
                        info!(server = found.url, "{} names another server", found.source);
                        return found;
                    }
                }
                changed = status.changed() => {
                    if changed.is_err() {
                        return std::future::pending().await;
                    }
                }
            }
        }
    }

    fn another(&self) -> Option<Found> {
        if let News::Server(found) = self.leases.look() {
            (found.url != self.url).then_some(found)
        } else {
            None
        }
    }
}
