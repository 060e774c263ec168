//! A phone with whoever sits there, as the pages show it.

use maud::{Markup, html};
use sqlx::FromRow;

use super::layout::badge;
use crate::app::App;
use crate::audit::contains;
use crate::column::{Flag, words};
use crate::db::Connection;
use crate::lines;
use crate::phones::Phone;

/// How long a phone counts as connected after its last request: its requests refresh "last seen" every half minute.
const SEEN_RECENTLY_SECONDS: i64 = 60;

/// A phone and its guest.
#[derive(Debug, FromRow)]
pub(crate) struct Desk {
    #[sqlx(flatten)]
    pub(crate) phone: Phone,
    pub(crate) site: String,
    pub(crate) group_name: Option<String>,
    pub(crate) association: Option<String>,
    pub(crate) guest_id: Option<i64>,
    pub(crate) guest: Option<String>,
    pub(crate) guest_extension: Option<String>,
    pub(crate) since: Option<i64>,
    pub(crate) until: Option<i64>,
    #[sqlx(try_from = "Flag")]
    pub(crate) is_online: bool,
}

/// Which phones a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Show {
    #[default]
    All,
    Occupied,
    Vacant,
    Offline,
    /// Those that cannot be used as they are.
    Attention,
}

words!(
    Show,
    All = "all",
    Occupied = "occupied",
    Vacant = "vacant",
    Offline = "offline",
    Attention = "attention",
);

/// What somebody looks for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) text: &'a str,
    pub(crate) show: Show,
    /// This phone only.
    pub(crate) phone: Option<i64>,
    pub(crate) offset: i64,
    pub(crate) count: i64,
}

/// The phones of a tenant that somebody looks for, by name.
pub(crate) async fn list(
    connection: &mut Connection,
    app: &App,
    tenant: i64,
    wanted: &Wanted<'_>,
) -> Result<Vec<Desk>, sqlx::Error> {
    sqlx::query_as(
        "SELECT * FROM (
            SELECT p.*, s.name AS site, g.name AS group_name, a.id AS association, u.id AS guest_id, u.name AS guest,
                   u.extension AS guest_extension, a.committed_at AS since, a.ends_at AS until,
                   (coalesce(p.last_seen, 0) > $2 OR EXISTS (
                       SELECT 1 FROM lines l JOIN replicas r ON r.id = l.replica
                       WHERE l.phone_id = p.id AND r.seen_at > $3)) AS is_online
            FROM phones p
            JOIN sites s ON s.id = p.site_id
            LEFT JOIN groups g ON g.id = p.group_id
            LEFT JOIN associations a ON a.phone_id = p.id AND a.state = 'active'
            LEFT JOIN users u ON u.id = a.user_id
            WHERE p.tenant_id = $1) desks
         WHERE ($4 = '' OR lower(name || ' ' || extension || ' ' || mac || ' ' || coalesce(model, '') || ' ' || location || ' ' ||
                                 address || ' ' || site || ' ' || coalesce(group_name, '') || ' ' || coalesce(guest, '') || ' ' ||
                                 coalesce(guest_extension, '')) LIKE $5 ESCAPE '!')
           AND ($6 = 'all' OR ($6 = 'occupied' AND association IS NOT NULL) OR ($6 = 'vacant' AND association IS NULL)
                OR ($6 = 'offline' AND NOT is_online)
                OR ($6 = 'attention' AND (NOT enabled OR trim(address) = '' OR claim_hash IS NULL)))
           AND (id = $7 OR $7 IS NULL)
         ORDER BY length(name), name LIMIT $8 OFFSET $9",
    )
    .bind(tenant)
    .bind(app.now().saturating_sub(SEEN_RECENTLY_SECONDS))
    .bind(lines::alive_since(app))
    .bind(wanted.text)
    .bind(contains(wanted.text))
    .bind(wanted.show)
    .bind(wanted.phone)
    .bind(wanted.count)
    .bind(wanted.offset)
    .fetch_all(connection)
    .await
}

/// How many phones of a tenant there are in each state.
#[derive(Debug, FromRow)]
pub(crate) struct Counts {
    pub(crate) phones: i64,
    pub(crate) occupied: i64,
    pub(crate) online: i64,
}

pub(crate) async fn counts(
    connection: &mut Connection,
    app: &App,
    tenant: i64,
) -> Result<Counts, sqlx::Error> {
    sqlx::query_as(
        "SELECT (SELECT count(*) FROM phones WHERE tenant_id = $1) AS phones,
                (SELECT count(*) FROM associations WHERE tenant_id = $1 AND state = 'active') AS occupied,
                (SELECT count(*) FROM phones p WHERE tenant_id = $1 AND (coalesce(last_seen, 0) > $2 OR EXISTS (
                    SELECT 1 FROM lines l JOIN replicas r ON r.id = l.replica
                    WHERE l.phone_id = p.id AND r.seen_at > $3))) AS online",
    )
    .bind(tenant)
    .bind(app.now().saturating_sub(SEEN_RECENTLY_SECONDS))
    .bind(lines::alive_since(app))
    .fetch_one(connection)
    .await
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
        } else if phone.address.trim().is_empty() {
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
