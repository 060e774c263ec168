//! Webhooks: whom to tell what happened. A delivery is written down in the transaction that makes the thing true, and sent by
//! whichever server finds it due first.

pub(crate) mod deliver;
pub(crate) mod target;

use hotdesk_provisioning::{EndReason, RefusalCode, Secret};
use serde::Serialize;
use sqlx::FromRow;

use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::column::{Flag, words};
use crate::db::Connection;
use crate::error::{Answer, clash, unknown, wrong};

/// Webhooks of one tenant.
const WEBHOOKS_MAX: i64 = 20;
/// Deliveries of one webhook that wait; what comes then is lost.
const WAITING_MAX: i64 = 1000;
/// How long deliveries that are done with are kept.
const KEPT_SECONDS: i64 = 7 * 86_400;

/// What a webhook can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Somebody signed in on a phone.
    LogIn,
    /// A log-in was refused.
    Refusal,
    /// Somebody was signed out, for whichever reason.
    LogOut,
    /// Somebody was signed out because another guest, or they themselves on another phone, took their place.
    TakeOver,
    /// Too many wrong PINs: a user or a phone is locked.
    LockOut,
    /// Somebody dialled an emergency number.
    EmergencyCall,
    /// A phone enrolled.
    Enrolment,
}

words!(
    Kind,
    LogIn = "log_in",
    Refusal = "refusal",
    LogOut = "log_out",
    TakeOver = "take_over",
    LockOut = "lock_out",
    EmergencyCall = "emergency_call",
    Enrolment = "enrolment",
);

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 7] = [
        Self::LogIn,
        Self::Refusal,
        Self::LogOut,
        Self::TakeOver,
        Self::LockOut,
        Self::EmergencyCall,
        Self::Enrolment,
    ];

    /// What there is to tell of something that happened.
    pub(crate) fn of(
        event: Event,
        code: Option<RefusalCode>,
        reason: Option<&EndReason>,
    ) -> Option<Self> {
        let is_locked = matches!(
            code,
            Some(RefusalCode::UserLocked | RefusalCode::PhoneLocked)
        );
        let is_taken = matches!(
            reason,
            Some(EndReason::TakenOver { .. } | EndReason::Moved { .. })
        );
        let kinds = [
            (event == Event::SignedIn, Self::LogIn),
            (
                (event == Event::Refused || event == Event::LogOutRefused) && is_locked,
                Self::LockOut,
            ),
            (event == Event::Refused, Self::Refusal),
            (event == Event::Ended && is_taken, Self::TakeOver),
            (event == Event::Ended, Self::LogOut),
            (event == Event::EmergencyCalled, Self::EmergencyCall),
            (event == Event::Enrolled, Self::Enrolment),
        ];
        kinds.iter().find(|(is, _)| *is).map(|(_, kind)| *kind)
    }
}

/// A webhook.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Webhook {
    pub(crate) id: i64,
    pub(crate) url: String,
    events: String,
    secret_version: i64,
    #[sqlx(try_from = "Flag")]
    pub(crate) enabled: bool,
    pub(crate) version: i64,
}

impl Webhook {
    /// What it is told.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        self.events.split(' ').filter_map(Kind::of_word).collect()
    }

    /// The key of its signatures.
    pub(crate) fn secret(&self, app: &App) -> Secret {
        app.key().webhook_secret(self.id, self.secret_version)
    }
}

/// What a webhook is made of.
#[derive(Debug, Clone)]
pub(crate) struct WebhookEntry<'a> {
    pub(crate) url: &'a str,
    pub(crate) kinds: &'a [Kind],
    pub(crate) enabled: bool,
}

/// What is told, as JSON. Never a PIN, a secret or a token.
#[derive(Debug, Serialize)]
pub(crate) struct Told<'a> {
    /// Seconds since 1970.
    pub(crate) at: i64,
    pub(crate) tenant: i64,
    pub(crate) phone: Option<Thing<'a>>,
    pub(crate) user: Option<Thing<'a>>,
    /// What was typed or dialled.
    pub(crate) extension: &'a str,
    /// Why it was refused.
    pub(crate) code: Option<&'a str>,
    pub(crate) association: Option<&'a str>,
    pub(crate) detail: &'a str,
    /// The administrator who did it; empty: the phone or the server itself.
    pub(crate) actor: &'a str,
}

/// A phone or a user.
#[derive(Debug, Serialize)]
pub(crate) struct Thing<'a> {
    pub(crate) id: i64,
    pub(crate) name: &'a str,
    pub(crate) extension: &'a str,
}

#[derive(Serialize)]
struct Payload<'a> {
    event: &'static str,
    #[serde(flatten)]
    told: &'a Told<'a>,
}

/// Writes down a delivery for each webhook that wants this kind. Costs one look into an index where there is none.
pub(crate) async fn enqueue(
    connection: &mut Connection,
    kind: Kind,
    told: &Told<'_>,
) -> Result<(), sqlx::Error> {
    let webhooks: Vec<Webhook> =
        sqlx::query_as("SELECT * FROM webhooks WHERE tenant_id = $1 AND enabled = $2")
            .bind(told.tenant)
            .bind(true)
            .fetch_all(&mut *connection)
            .await?;
    let wanting = webhooks
        .iter()
        .filter(|webhook| webhook.kinds().contains(&kind));
    for webhook in wanting {
        let event = kind.word();
        let payload = serde_json::to_string(&Payload { event, told })
            .map_err(|error| sqlx::Error::Encode(error.into()))?;
        let written = sqlx::query(
            "INSERT INTO webhook_deliveries (webhook_id, event, payload, created_at, next_at)
             SELECT id, $2, $3, $4, $4 FROM webhooks WHERE id = $1 AND (
                 SELECT count(*) FROM webhook_deliveries WHERE webhook_id = $1 AND next_at IS NOT NULL) < $5",
        )
        .bind(webhook.id)
        .bind(event)
        .bind(payload)
        .bind(told.at)
        .bind(WAITING_MAX)
        .execute(&mut *connection)
        .await?;
        if written.rows_affected() == 0 {
            tracing::warn!(
                webhook = webhook.id,
                "too many deliveries wait: {event} is lost"
            );
        }
    }
    Ok(())
}

/// The webhook of this tenant.
pub(crate) async fn find(
    connection: &mut Connection,
    tenant: i64,
    id: i64,
) -> Result<Option<Webhook>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM webhooks WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// Adds a webhook, or makes a known one what the entry says; its number.
pub(crate) async fn save(
    change: &mut Change,
    tenant: i64,
    known: Option<i64>,
    entry: &WebhookEntry<'_>,
    actor: &str,
) -> Answer<i64> {
    target::check(entry.url, change.app.config().webhooks.private).map_err(wrong)?;
    if known.is_none() {
        let webhooks: i64 =
            sqlx::query_scalar("SELECT count(*) FROM webhooks WHERE tenant_id = $1")
                .bind(tenant)
                .fetch_one(change.connection())
                .await?;
        if webhooks >= WEBHOOKS_MAX {
            return Err(clash("There are 20 webhooks already."));
        }
    }
    let statement = if known.is_some() {
        "UPDATE webhooks SET url = $3, events = $4, enabled = $5, version = version + 1
         WHERE id = $1 AND tenant_id = $2 RETURNING id"
    } else {
        "INSERT INTO webhooks (tenant_id, url, events, enabled) VALUES (coalesce($2, $1), $3, $4, $5) RETURNING id"
    };
    let words: Vec<&str> = entry.kinds.iter().map(|kind| kind.word()).collect();
    let id: Option<i64> = sqlx::query_scalar(statement)
        .bind(known)
        .bind(tenant)
        .bind(entry.url)
        .bind(words.join(" "))
        .bind(entry.enabled)
        .fetch_optional(change.connection())
        .await?;
    let id = id.ok_or_else(unknown)?;
    note(change, tenant, format!("webhook {id} saved"), actor).await?;
    Ok(id)
}

/// Takes a webhook away, with what it was not told yet.
pub(crate) async fn remove(change: &mut Change, tenant: i64, id: i64, actor: &str) -> Answer<()> {
    let rows = sqlx::query("DELETE FROM webhooks WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .execute(change.connection())
        .await?;
    if rows.rows_affected() == 0 {
        return Err(unknown());
    }
    note(change, tenant, format!("webhook {id} removed"), actor).await
}

/// Gives a webhook another secret, at once.
pub(crate) async fn renew_secret(
    change: &mut Change,
    tenant: i64,
    id: i64,
    actor: &str,
) -> Answer<Secret> {
    let webhook: Option<Webhook> = sqlx::query_as(
        "UPDATE webhooks SET secret_version = secret_version + 1, version = version + 1
         WHERE tenant_id = $1 AND id = $2 RETURNING *",
    )
    .bind(tenant)
    .bind(id)
    .fetch_optional(change.connection())
    .await?;
    let webhook = webhook.ok_or_else(unknown)?;
    note(
        change,
        tenant,
        format!("webhook {id} has another secret"),
        actor,
    )
    .await?;
    Ok(webhook.secret(&change.app))
}

async fn note(change: &mut Change, tenant: i64, what: String, actor: &str) -> Answer<()> {
    let now = change.now;
    Entry::new(Event::SettingsChanged)
        .tenant(Some(tenant))
        .detail(what)
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(())
}

/// The webhooks of this tenant, after the one with this number.
pub(crate) async fn list(
    connection: &mut Connection,
    tenant: i64,
    after: i64,
    count: i64,
) -> Result<Vec<Webhook>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM webhooks WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3")
        .bind(tenant)
        .bind(after)
        .bind(count)
        .fetch_all(connection)
        .await
}

/// Sends a message once more, whether or not it was delivered.
pub(crate) async fn redeliver(change: &mut Change, tenant: i64, delivery: i64) -> Answer<()> {
    let rows = sqlx::query(
        "UPDATE webhook_deliveries SET next_at = $1, attempts = 0, delivered_at = NULL
         WHERE id = $2 AND webhook_id IN (SELECT id FROM webhooks WHERE tenant_id = $3)",
    )
    .bind(change.now)
    .bind(delivery)
    .bind(tenant)
    .execute(change.connection())
    .await?;
    if rows.rows_affected() == 0 {
        return Err(unknown());
    }
    Ok(())
}

/// Forgets old deliveries that are done with.
pub(crate) async fn forget(connection: &mut Connection, now: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM webhook_deliveries WHERE next_at IS NULL AND created_at < $1")
        .bind(now.saturating_sub(KEPT_SECONDS))
        .execute(connection)
        .await?;
    Ok(())
}
