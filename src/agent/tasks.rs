//! Tasks that must live as long as the phone: each has a name, and the first one to end ends the phone.

use anyhow::{Error, anyhow};
use tokio::task::JoinSet;

/// Long-lived tasks. Dropping them ends them.
#[derive(Debug, Default)]
pub(crate) struct Tasks(JoinSet<(&'static str, anyhow::Result<()>)>);

impl Tasks {
    /// Starts one.
    pub(crate) fn spawn(
        &mut self,
        name: &'static str,
        work: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        self.0.spawn(async move { (name, work.await) });
    }

    /// Waits for the first to end, which none should, and says which it was; without tasks, for ever.
    pub(crate) async fn first_to_end(&mut self) -> Error {
        match self.0.join_next().await {
            None => std::future::pending().await,
            Some(Ok((name, Ok(())))) => anyhow!("the task \"{name}\" ended"),
            Some(Ok((name, Err(error)))) => error.context(format!("the task \"{name}\" failed")),
            Some(Err(error)) => anyhow!("a task died: {error}"),
        }
    }
}
