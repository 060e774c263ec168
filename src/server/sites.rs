//! A site's settings: what the server's rules use, and the policy that its phones obey.

use anyhow::{Context, Result};
use hotdesk_provisioning::Policy;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqliteConnection};

/// The site of this first version: there is one.
pub(crate) const MAIN: i64 = 1;

/// What happens when a user who is signed in on one phone logs in on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum Elsewhere {
    /// The old phone is signed out.
    #[default]
    Move,
    /// Whoever is at the old phone is asked; no answer means yes.
    Ask,
    /// The new log-in is refused.
    Refuse,
    /// Both stay.
    Many,
}

/// A site.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Site {
    pub(crate) elsewhere: Elsewhere,
    association_limit: i64,
    pub(crate) utc_offset_minutes: i64,
    #[sqlx(json)]
    pub(crate) policy: Policy,
}

impl Site {
    /// Seconds until an association of this site ends by itself, for a user with this own limit.
    pub(crate) fn limit(&self, own: Option<i64>) -> Option<i64> {
        Some(own.unwrap_or(self.association_limit)).filter(|seconds| *seconds > 0)
    }
}

pub(crate) async fn find(connection: &mut SqliteConnection, id: i64) -> Result<Site> {
    sqlx::query_as("SELECT * FROM site WHERE id = ?")
        .bind(id)
        .fetch_one(connection)
        .await
        .with_context(|| format!("cannot read site {id}"))
}
