//! Waiting for a deadline that may not be there. Never decides which.

use std::time::Instant;

use tokio::time::sleep_until;

/// Waits until then; for ever without a deadline.
pub(crate) async fn reached(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
