//! The task that sends what waits: signed, tried again with growing pauses for a day, then given up until somebody asks for it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use futures_util::future::join_all;
use hotdesk_provisioning::Secret;
use reqwest::{Client, Url, header};
use sqlx::FromRow;

use super::{Webhook, target};
use crate::app::App;
use crate::tls;

/// Deliveries that one server sends at the same time.
const AT_ONCE: i64 = 16;
/// Longest time until a webhook has answered.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// When a delivery whose server died is taken up by another: longer than an answer takes.
const LEASE_SECONDS: i64 = 60;
/// The pauses after each attempt that failed; after the last attempt it is given up.
const PAUSES: [i64; 7] = [10, 60, 300, 1800, 7200, 6 * 3600, 15 * 3600];
/// The longest sleep.
const IDLE_SECONDS: i64 = 3600;
/// The pause after a failure of the database.
const RETRY_SECONDS: i64 = 5;

#[derive(Debug, FromRow)]
struct Due {
    id: i64,
    webhook_id: i64,
    event: String,
    payload: String,
    attempts: i64,
}

/// What sends. Made when there is something to send: most servers have no webhook.
#[derive(Debug, Default)]
pub(crate) struct Sender(OnceLock<Client>);

/// Sends until the server stops.
pub(crate) async fn run(app: App) {
    loop {
        let next = next(&app).await.unwrap_or_else(|error| {
            tracing::error!("cannot read which webhook is due: {error:#}");
            app.now().saturating_add(RETRY_SECONDS)
        });
        tokio::select! {
            () = app.clock().wait_until(next) => {
                if let Err(error) = app.deliver().await {
                    tracing::error!("webhooks cannot be sent: {error:#}");
                    app.clock().wait_until(app.now().saturating_add(RETRY_SECONDS)).await;
                }
            }
            () = app.deliveries().notified() => {}
            () = app.stopped() => return,
        }
    }
}

async fn next(app: &App) -> Result<i64, sqlx::Error> {
    let next: Option<i64> =
        sqlx::query_scalar("SELECT min(next_at) FROM webhook_deliveries WHERE next_at IS NOT NULL")
            .fetch_one(&mut *app.reader().await?)
            .await?;
    let idle = app.now().saturating_add(IDLE_SECONDS);
    Ok(next.map_or(idle, |at| at.min(idle)))
}

impl App {
    /// Sends now what is due now; the running server does it by itself.
    ///
    /// # Errors
    /// When the database fails. A webhook that does not answer is no error.
    pub async fn deliver(&self) -> Result<()> {
        loop {
            let due = claim(self).await?;
            if due.is_empty() {
                return Ok(());
            }
            let sent = join_all(due.iter().map(|due| attempt(self, due))).await;
            for (due, outcome) in due.iter().zip(sent) {
                note(self, due, outcome).await?;
            }
        }
    }
}

/// Takes what is due, so that no other server does.
async fn claim(app: &App) -> Result<Vec<Due>, sqlx::Error> {
    let now = app.now();
    sqlx::query_as(
        "UPDATE webhook_deliveries SET attempts = attempts + 1, next_at = $2
         WHERE next_at <= $1 AND id IN (
             SELECT id FROM webhook_deliveries WHERE next_at <= $1 ORDER BY next_at, id LIMIT $3)
         RETURNING id, webhook_id, event, payload, attempts",
    )
    .bind(now)
    .bind(now.saturating_add(LEASE_SECONDS))
    .bind(AT_ONCE)
    .fetch_all(&mut *app.database().writer().await?)
    .await
}

/// Sends once; an error says in a few words what went wrong, and nothing of the address.
async fn attempt(app: &App, due: &Due) -> Result<()> {
    let webhook: Option<Webhook> = sqlx::query_as("SELECT * FROM webhooks WHERE id = $1")
        .bind(due.webhook_id)
        .fetch_optional(&mut *app.reader().await?)
        .await?;
    let webhook = webhook.context("the webhook was removed")?;
    ensure!(webhook.enabled, "the webhook is switched off");
    let is_private_allowed = app.config().webhooks.private;
    let url = Url::parse(&webhook.url).map_err(|_| anyhow!("the address is none"))?;
    let is_outside = target::literal(&url).is_none_or(target::is_public);
    ensure!(
        is_private_allowed || is_outside,
        "the address lies inside the network"
    );
    let now = app.now();
    let response = app
        .sender()
        .client(is_private_allowed)?
        .post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .header("hotdesk-event", &due.event)
        .header("hotdesk-delivery", due.id)
        .header(
            "hotdesk-signature",
            signature(&webhook.secret(app), now, &due.payload),
        )
        .body(due.payload.clone())
        .send()
        .await
        .map_err(|error| anyhow!(why(&error)))?;
    let status = response.status();
    ensure!(status.is_success(), "it answered {}", status.as_u16());
    Ok(())
}

/// `t=SECONDS,v1=HMAC-SHA-256 of "SECONDS.BODY"`, in hexadecimal: whoever checks it also sees how old it is.
fn signature(secret: &Secret, now: i64, payload: &str) -> String {
    let signed = crate::keys::sign(secret, &format!("{now}.{payload}"));
    format!("t={now},v1={signed}")
}

fn why(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "it did not answer within 10 seconds"
    } else if error.is_connect() {
        "it could not be reached"
    } else {
        "it broke off the connection"
    }
}

async fn note(app: &App, due: &Due, outcome: Result<()>) -> Result<(), sqlx::Error> {
    let now = app.now();
    let (delivered_at, next_at, error) = match outcome {
        Ok(()) => (Some(now), None, String::new()),
        Err(error) => {
            let failed = usize::try_from(due.attempts)
                .unwrap_or(usize::MAX)
                .saturating_sub(1);
            let pause = PAUSES.get(failed).copied();
            let next_at = pause.map(|pause| now.saturating_add(pause));
            if next_at.is_none() {
                tracing::warn!(
                    webhook = due.webhook_id,
                    delivery = due.id,
                    "given up: {error:#}"
                );
            }
            (None, next_at, format!("{error:#}"))
        }
    };
    let mut writer = app.database().writer().await?;
    sqlx::query("UPDATE webhook_deliveries SET delivered_at = $2, next_at = $3, last_error = $4 WHERE id = $1")
        .bind(due.id)
        .bind(delivered_at)
        .bind(next_at)
        .bind(error)
        .execute(&mut *writer)
        .await?;
    Ok(())
}

impl Sender {
    fn client(&self, is_private_allowed: bool) -> Result<Client> {
        if let Some(client) = self.0.get() {
            return Ok(client.clone());
        }
        let client = client(is_private_allowed)?;
        Ok(self.0.get_or_init(|| client).clone())
    }
}

fn client(is_private_allowed: bool) -> Result<Client> {
    let client = tls::asking(ANSWER_TIMEOUT)?
        .dns_resolver(Arc::new(target::Resolver { is_private_allowed }))
        // A proxy would resolve names by itself.
        .no_proxy();
    Ok(client.build()?)
}
