//! Webhooks: whom to tell what, and what became of it.

use axum::extract::{Path, State};
use axum::response::Response;
use hotdesk_provisioning::Secret;
use maud::{Markup, html};
use serde::Deserialize;
use sqlx::FromRow;

use super::form::Signed;
use super::layout::{self, Page, badge};
use super::sign_in::Nothing;
use super::view::View;
use crate::app::App;
use crate::db::Connection;
use crate::error::{Answer, Failure};
use crate::webhooks::{self, Kind, Webhook, WebhookEntry};

/// Webhooks and messages on the page.
const ROWS: i64 = 50;

/// A message as the page shows it.
#[derive(Debug, FromRow)]
struct Delivery {
    id: i64,
    url: String,
    event: String,
    created_at: i64,
    attempts: i64,
    next_at: Option<i64>,
    delivered_at: Option<i64>,
    last_error: String,
}

async fn deliveries(
    connection: &mut Connection,
    tenant: i64,
) -> Result<Vec<Delivery>, sqlx::Error> {
    sqlx::query_as(
        "SELECT d.id, w.url, d.event, d.created_at, d.attempts, d.next_at, d.delivered_at, d.last_error
         FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
         WHERE w.tenant_id = $1 ORDER BY d.id DESC LIMIT $2",
    )
    .bind(tenant)
    .bind(ROWS)
    .fetch_all(connection)
    .await
}

pub(crate) async fn page(State(app): State<App>, view: View) -> Response {
    show(&app, &view, None, None).await
}

async fn show(app: &App, view: &View, problem: Option<&str>, secret: Option<&Secret>) -> Response {
    layout::drawn(problem, draw(app, view, problem, secret).await)
}

async fn draw(
    app: &App,
    view: &View,
    problem: Option<&str>,
    secret: Option<&Secret>,
) -> Answer<Markup> {
    let mut reader = app.reader().await?;
    let known = webhooks::list(&mut reader, view.tenant, 0, ROWS).await?;
    let sent = deliveries(&mut reader, view.tenant).await?;
    let body = html! {
        div.heading { h1 { "Webhooks" } p.muted { "Programs that are told what happens" } }
        (layout::problem(problem))
        @if let Some(secret) = secret {
            section.card {
                h2 { "The key of its signatures" }
                p { "It is shown this once. Whoever receives the messages checks them with it." }
                p { code.token { (secret.expose()) } }
            }
        }
        @for webhook in &known { (one(view, webhook)) }
        section.card {
            details open[known.is_empty()] {
                summary { "Add a webhook" }
                form.grid method="post" action="/settings/webhooks" {
                    (view.csrf_field())
                    label.wide { span { "Address" } input type="url" name="url" placeholder="https://example.com/hotdesk" required; }
                    fieldset.ticks {
                        legend { "When" }
                        @for kind in Kind::ALL {
                            label.tick { input type="checkbox" name="kind" value=(kind.word()) checked; span { (kind.word().replace('_', " ")) } }
                        }
                    }
                    div.buttons { button.primary type="submit" { "Add webhook" } }
                }
            }
        }
        h2 { "Latest messages" }
        section.card data-live="deliveries" {
            @if sent.is_empty() { p.muted.centre { "None yet." } } @else {
                table {
                    thead { tr { th { "When" } th { "What" } th { "To" } th { "Tries" } th { "State" } th { span.unseen { "Actions" } } } }
                    tbody { @for delivery in &sent { (row(view, delivery)) } }
                }
            }
        }
    };
    Ok(layout::page(view, Page::Settings, "Webhooks", &body))
}

fn one(view: &View, webhook: &Webhook) -> Markup {
    html! {
        section.card {
            div.line.place {
                p {
                    strong.wrap { (webhook.url) } @if !webhook.enabled { " " (badge("warn", "Off")) } br;
                    @for kind in webhook.kinds() { (badge("plain", &kind.word().replace('_', " "))) " " }
                }
                form method="post" action={ "/settings/webhooks/" (webhook.id) "/delete" } {
                    (view.csrf_field())
                    button type="submit" data-ask="Remove this webhook and its messages?" { "Remove" }
                }
            }
        }
    }
}

fn row(view: &View, delivery: &Delivery) -> Markup {
    html! {
        tr {
            td.tight data-label="When" { (view.clock.moment(delivery.created_at)) }
            td data-label="What" { (delivery.event.replace('_', " ")) }
            td data-label="To" { span.wrap { (delivery.url) } }
            td data-label="Tries" { (delivery.attempts) }
            td data-label="State" {
                @match (delivery.delivered_at, delivery.next_at) {
                    (Some(_), _) => { (badge("good", "Delivered")) }
                    (None, Some(at)) => { (badge("warn", "Waiting")) " " span.muted { "next try " (view.clock.short(at)) " " (delivery.last_error) } }
                    (None, None) => { (badge("bad", "Given up")) " " span.muted { (delivery.last_error) } }
                }
            }
            td.actions {
                @if delivery.delivered_at.is_none() {
                    form method="post" action={ "/settings/webhooks/messages/" (delivery.id) } {
                        (view.csrf_field())
                        button type="submit" { "Try now" }
                    }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct WebhookForm {
    url: String,
    #[serde(default)]
    kind: Vec<String>,
}

/// Adds a webhook and shows the key of its signatures.
pub(crate) async fn add(
    State(app): State<App>,
    view: View,
    Signed(filled): Signed<WebhookForm>,
) -> Response {
    let made = async {
        let kinds: Vec<Kind> = filled
            .kind
            .iter()
            .filter_map(|word| Kind::of_word(word))
            .collect();
        let entry = WebhookEntry {
            url: filled.url.trim(),
            kinds: &kinds,
            enabled: true,
        };
        let mut change = app.change(view.tenant).await?;
        let id = webhooks::save(&mut change, view.tenant, None, &entry, &view.admin).await?;
        let webhook = webhooks::find(change.connection(), view.tenant, id).await?;
        change.finish().await?;
        Ok::<_, Failure>(webhook.map(|webhook| webhook.secret(&app)))
    };
    match made.await {
        Ok(secret) => show(&app, &view, None, secret.as_ref()).await,
        Err(Failure::Refused(refusal)) => show(&app, &view, Some(&refusal.message), None).await,
        Err(failure) => layout::failed(failure),
    }
}

/// Takes a webhook away.
pub(crate) async fn delete(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        webhooks::remove(&mut change, view.tenant, id, &view.admin).await?;
        Ok(change.finish().await?)
    };
    let again = async |why: String| show(&app, &view, Some(&why), None).await;
    layout::after_form(done.await, "/settings/webhooks", again).await
}

/// Tries a message again at once.
pub(crate) async fn redeliver(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        webhooks::redeliver(&mut change, view.tenant, id).await?;
        Ok(change.finish().await?)
    };
    let again = async |why: String| show(&app, &view, Some(&why), None).await;
    layout::after_form(done.await, "/settings/webhooks", again).await
}
