//! A phone with whoever sits there, as the pages show it.

use maud::{Markup, html};
use sqlx::{FromRow, SqliteConnection};

use super::layout::badge;
use crate::app::App;
use crate::phones::Phone;

/// How long a phone counts as connected after its last request: its requests refresh "last seen" every half minute.
const SEEN_RECENTLY_SECONDS: i64 = 60;

/// A phone and its guest.
#[derive(Debug, FromRow)]
pub(crate) struct Desk {
    #[sqlx(flatten)]
    pub(crate) phone: Phone,
    pub(crate) association: Option<String>,
    pub(crate) guest: Option<String>,
    pub(crate) guest_extension: Option<String>,
    pub(crate) since: Option<i64>,
    pub(crate) until: Option<i64>,
}

/// Every phone, by name.
pub(crate) async fn all(connection: &mut SqliteConnection) -> Result<Vec<Desk>, sqlx::Error> {
    sqlx::query_as(
        "SELECT p.*, a.id AS association, u.name AS guest, u.extension AS guest_extension,
                a.committed_at AS since, a.ends_at AS until
         FROM phone p
         LEFT JOIN association a ON a.phone = p.id AND a.state = 'active'
         LEFT JOIN user u ON u.id = a.user
         ORDER BY length(p.name), p.name",
    )
    .fetch_all(connection)
    .await
}

impl Desk {
    /// Whether the phone can be told something now.
    pub(crate) fn is_online(&self, app: &App) -> bool {
        let seen_recently = self
            .phone
            .last_seen
            .is_some_and(|seen| app.now().saturating_sub(seen) < SEEN_RECENTLY_SECONDS);
        app.pushes().is_listening(self.phone.id) || seen_recently
    }

    /// What the phone is now.
    pub(crate) fn state(&self) -> Markup {
        let phone = &self.phone;
        if !phone.enabled {
            badge("bad", "Disabled")
        } else if self.association.is_some() {
            badge("good", "Occupied")
        } else if phone.claim_hash.is_none() {
            badge("warn", "Not enrolled")
        } else if phone.address.is_empty() {
            badge("warn", "No emergency address")
        } else {
            badge("plain", "Vacant")
        }
    }

    /// Whether the phone is there, and whether the registrar knows it.
    pub(crate) fn connection(&self, app: &App) -> Markup {
        match (self.is_online(app), self.phone.registered) {
            (true, true) => html! { span { span.led.on {} "Registered" } },
            (true, false) => html! { span { span.led.half {} "Not registered" } },
            (false, _) => html! { span { span.led {} span.muted { "Offline" } } },
        }
    }
}
