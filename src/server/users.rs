//! Users: rows and queries. Knows no HTTP.

use std::fmt;

use hotdesk_provisioning::{Language, LineKey};
use sqlx::types::Json;
use sqlx::{FromRow, SqliteConnection};

/// Somebody who may be a guest.
#[derive(Clone, FromRow)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) site: i64,
    pub(crate) extension: String,
    pub(crate) short_extension: Option<String>,
    pub(crate) name: String,
    pub(crate) pin_hash: Option<String>,
    pub(crate) hot_desk: bool,
    pub(crate) disabled: bool,
    pub(crate) association_limit: Option<i64>,
    pub(crate) keys: Json<Vec<LineKey>>,
    language: Option<String>,
}

impl User {
    /// What screens speak while they are signed in; `None`: what the phone speaks.
    pub(crate) fn language(&self) -> Option<Language> {
        self.language.as_deref().and_then(Language::parse)
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Four digits are found from their hash in minutes, so the hash is as secret as the PIN.
        f.debug_struct("User")
            .field("id", &self.id)
            .field("extension", &self.extension)
            .finish_non_exhaustive()
    }
}

pub(crate) async fn find(connection: &mut SqliteConnection, id: i64) -> Result<User, sqlx::Error> {
    sqlx::query_as("SELECT * FROM user WHERE id = ?")
        .bind(id)
        .fetch_one(connection)
        .await
}

/// Whoever has this number, in full or short.
pub(crate) async fn by_number(
    connection: &mut SqliteConnection,
    number: &str,
) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM user WHERE ?1 IN (extension, short_extension)")
        .bind(number)
        .fetch_optional(connection)
        .await
}
