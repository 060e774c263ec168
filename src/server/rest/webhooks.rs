//! Webhooks, and what became of what they were told.

use axum::Extension;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, Manage, Read};
use super::list::{List, Paging};
use super::problem::{Outcome, Problem};
use super::read::{Asked, Body, Named};
use super::repeat::Unkept;
use super::text::Line;
use super::versions::{Known, created};
use crate::app::App;
use crate::webhooks::{self, Kind, Webhook, WebhookEntry};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, replace, remove))
        .routes(routes!(renew_secret))
        .routes(routes!(deliveries))
        .routes(routes!(redeliver))
}

/// What a webhook can be told.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookEvent)]
enum KindIo {
    LogIn,
    Refusal,
    LogOut,
    TakeOver,
    LockOut,
    EmergencyCall,
    Enrolment,
}

impl From<KindIo> for Kind {
    fn from(kind: KindIo) -> Self {
        match kind {
            KindIo::LogIn => Self::LogIn,
            KindIo::Refusal => Self::Refusal,
            KindIo::LogOut => Self::LogOut,
            KindIo::TakeOver => Self::TakeOver,
            KindIo::LockOut => Self::LockOut,
            KindIo::EmergencyCall => Self::EmergencyCall,
            KindIo::Enrolment => Self::Enrolment,
        }
    }
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookOut {
    id: i64,
    url: String,
    events: Vec<&'static str>,
    enabled: bool,
    version: i64,
}

/// What a webhook is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WebhookIn {
    /// Where to send. Nowhere inside the network, unless the server's configuration allows it.
    #[schema(value_type = String, max_length = 500, pattern = r"^https?://[^\s\x00-\x1f\x7f-\x9f]+$", example = "https://example.com/hook")]
    url: Line,
    #[schema(min_items = 1, max_items = 7)]
    events: Vec<KindIo>,
    #[serde(default = "yes")]
    enabled: bool,
}

const fn yes() -> bool {
    true
}

fn show(webhook: Webhook) -> WebhookOut {
    WebhookOut {
        id: webhook.id,
        events: webhook.kinds().into_iter().map(Kind::word).collect(),
        url: webhook.url,
        enabled: webhook.enabled,
        version: webhook.version,
    }
}

async fn find(app: &App, tenant: i64, id: i64) -> Outcome<WebhookOut> {
    let found = webhooks::find(&mut *app.reader().await?, tenant, id).await?;
    found.map(show).ok_or_else(Problem::not_found)
}

/// Webhooks.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", operation_id = "list_webhooks", params(Paging),
    responses((status = 200, body = List<WebhookOut>)), security(("token" = ["read"])))]
async fn list(
    State(app): State<App>,
    caller: Caller<Read>,
    Asked(paging): Asked<Paging>,
) -> Outcome<Json<List<WebhookOut>>> {
    let (page, after) = paging.by_number()?;
    let mut reader = app.reader().await?;
    let rows = webhooks::list(&mut reader, caller.tenant, after, page.rows()).await?;
    Ok(Json(page.list(rows, |row| row.id.to_string(), show)))
}

/// One webhook.
#[utoipa::path(get, path = "/webhooks/{id}", tag = "webhooks", operation_id = "read_webhook", params(("id" = i64, Path)),
    responses((status = 200, body = WebhookOut)), security(("token" = ["read"])))]
async fn read(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<Response> {
    let webhook = find(&app, caller.tenant, id).await?;
    Ok(known.answer(webhook.version, webhook))
}

/// Adds a webhook. Ask for its secret afterwards.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", operation_id = "create_webhook", request_body = WebhookIn,
    responses((status = 201, body = WebhookOut)), security(("token" = ["manage"])))]
async fn create(
    State(app): State<App>,
    caller: Caller<Manage>,
    Body(sent): Body<WebhookIn>,
) -> Outcome<Response> {
    let id = save(&app, &caller, None, sent, &Known::default()).await?;
    let webhook = find(&app, caller.tenant, id).await?;
    Ok(created(
        &format!("/api/v1/webhooks/{id}"),
        webhook.version,
        webhook,
    ))
}

/// Makes a webhook what is sent.
#[utoipa::path(put, path = "/webhooks/{id}", tag = "webhooks", operation_id = "replace_webhook", params(("id" = i64, Path)),
    request_body = WebhookIn, responses((status = 200, body = WebhookOut)), security(("token" = ["manage"])))]
async fn replace(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    known: Known,
    Body(sent): Body<WebhookIn>,
) -> Outcome<Response> {
    save(&app, &caller, Some(id), sent, &known).await?;
    let webhook = find(&app, caller.tenant, id).await?;
    Ok(Known::default().answer(webhook.version, webhook))
}

async fn save(
    app: &App,
    caller: &Caller<Manage>,
    id: Option<i64>,
    sent: WebhookIn,
    known: &Known,
) -> Outcome<i64> {
    let mut kinds: Vec<Kind> = Vec::new();
    for kind in sent.events.into_iter().map(Kind::from) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.is_empty() {
        return Err(Problem::invalid(
            "A webhook is told something: name an event.",
        ));
    }
    let mut change = app.change(caller.tenant).await?;
    if let Some(id) = id {
        let before = webhooks::find(change.connection(), caller.tenant, id).await?;
        known.allows(before.ok_or_else(Problem::not_found)?.version)?;
    }
    let entry = WebhookEntry {
        url: sent.url.as_str(),
        kinds: &kinds,
        enabled: sent.enabled,
    };
    let id = webhooks::save(&mut change, caller.tenant, id, &entry, &caller.actor).await?;
    change.finish().await?;
    Ok(id)
}

/// Takes a webhook away, with what it was not told yet.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "webhooks", operation_id = "remove_webhook", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["manage"])))]
async fn remove(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let before = webhooks::find(change.connection(), caller.tenant, id).await?;
    known.allows(before.ok_or_else(Problem::not_found)?.version)?;
    webhooks::remove(&mut change, caller.tenant, id, &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The key of a webhook's signatures.
#[derive(Debug, Serialize, ToSchema)]
struct SecretOut {
    /// Key of the HMAC with SHA-256 over `t`, a dot and the body; the header Hotdesk-Signature is `t=...,v1=...`.
    secret: String,
}

/// Gives a webhook a new secret, and shows it; the one before holds no longer. Ask once, after the webhook was made.
#[utoipa::path(post, path = "/webhooks/{id}/secret", tag = "webhooks", operation_id = "renew_webhook_secret",
    params(("id" = i64, Path)), responses((status = 200, body = SecretOut)), security(("token" = ["manage"])))]
async fn renew_secret(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
) -> Outcome<impl IntoResponse> {
    let mut change = app.change(caller.tenant).await?;
    let secret = webhooks::renew_secret(&mut change, caller.tenant, id, &caller.actor).await?;
    change.finish().await?;
    let secret = secret.expose().to_owned();
    Ok((Extension(Unkept), Json(SecretOut { secret })))
}

/// What became of something that a webhook was told. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema, FromRow)]
struct DeliveryOut {
    id: i64,
    event: String,
    created_at: i64,
    attempts: i64,
    /// When it is tried next; null: it was delivered or given up.
    next_at: Option<i64>,
    delivered_at: Option<i64>,
    /// What went wrong the last time.
    last_error: String,
}

/// What became of what a webhook was told within a week.
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", tag = "webhooks", operation_id = "list_deliveries",
    params(("id" = i64, Path), Paging),
    responses((status = 200, body = List<DeliveryOut>)), security(("token" = ["read"])))]
async fn deliveries(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(id): Named<i64>,
    Asked(paging): Asked<Paging>,
) -> Outcome<Json<List<DeliveryOut>>> {
    let (page, after) = paging.by_number()?;
    find(&app, caller.tenant, id).await?;
    let rows: Vec<DeliveryOut> = sqlx::query_as(
        "SELECT id, event, created_at, attempts, next_at, delivered_at, last_error FROM webhook_deliveries
         WHERE webhook_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    )
    .bind(id)
    .bind(after)
    .bind(page.rows())
    .fetch_all(&mut *app.reader().await?)
    .await?;
    Ok(Json(page.list(rows, |row| row.id.to_string(), |row| row)))
}

/// Sends something once more, whether or not it was delivered.
#[utoipa::path(post, path = "/webhooks/{id}/deliveries/{delivery}/redeliver", tag = "webhooks", operation_id = "redeliver",
    params(("id" = i64, Path), ("delivery" = i64, Path)), responses((status = 204)), security(("token" = ["manage"])))]
async fn redeliver(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named((id, delivery)): Named<(i64, i64)>,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let known = webhooks::find(change.connection(), caller.tenant, id).await?;
    if known.is_none() {
        return Err(Problem::not_found());
    }
    webhooks::redeliver(&mut change, caller.tenant, delivery).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
