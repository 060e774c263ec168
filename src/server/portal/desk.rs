//! A phone with whoever sits there, as the pages show it.

use maud::{Markup, html};
use sqlx::FromRow;

use crate::db::Connection;

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
    #[sqlx(skip)]
    pub(crate) is_online: bool,
}

/// Every phone, by name.
pub(crate) async fn all(
    connection: &mut Connection,
    app: &App,
    tenant: i64,
) -> Result<Vec<Desk>, sqlx::Error> {
    let mut desks: Vec<Desk> = sqlx::query_as(
        "SELECT p.*, a.id AS association, u.name AS guest, u.extension AS guest_extension,
                a.committed_at AS since, a.ends_at AS until
         FROM phones p
         LEFT JOIN associations a ON a.phone_id = p.id AND a.state = 'active'
         LEFT JOIN users u ON u.id = a.user_id
         WHERE p.tenant_id = $1
         ORDER BY length(p.name), p.name",
    )
    .bind(tenant)
    .fetch_all(&mut *connection)
    .await?;
    for desk in &mut desks {
        let seen_recently = desk
            .phone
            .last_seen
            .is_some_and(|seen| app.now().saturating_sub(seen) < SEEN_RECENTLY_SECONDS);
        desk.is_online = seen_recently || app.is_listening(connection, desk.phone.id).await?;
    }
    Ok(desks)
}

impl Desk {
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
    pub(crate) fn connection(&self) -> Markup {
        match (self.is_online, self.phone.registered) {
            (true, true) => html! { span { span.led.on {} "Registered" } },
            (true, false) => html! { span { span.led.half {} "Not registered" } },
            (false, _) => html! { span { span.led {} span.muted { "Offline" } } },
        }
    }
}
