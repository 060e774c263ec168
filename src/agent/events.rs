//! Follows the server's event stream and connects again whenever it ends. Never decides what an event means.

use std::sync::Arc;
use std::time::Duration;

use hotdesk_provisioning::{Refusal, RefusalCode, Secret};
use hotdesk_session::Event;
use reqwest::Response;
use tokio::time::{sleep, timeout};
use tracing::{debug, info, trace};

use crate::asking::{Answer, Reply};
use crate::backoff::Backoff;
use crate::client::Client;
use crate::sse;

/// Longest silence of a stream that is still believed to be up: the server says something three times as often. A server that
/// is gone is noticed sooner, by the kernel, whose probes wake nobody up (`KEEP_ALIVE` of the client).
const SILENCE_MAX: Duration = Duration::from_secs(150);
/// Longest wait for the stream to begin.
const BEGIN_MAX: Duration = Duration::from_secs(10);

/// Until it is stopped, or until the server does not know our token.
pub(crate) async fn follow(client: Arc<Client>, token: Secret, reply: Reply) {
    let mut backoff = Backoff::default();
    loop {
        match begin(&client, &token).await {
            Ok(response) => {
                info!("the server's event stream is up");
                reply.send_event(Event::ServerLink { up: true }).await;
                if read(response, &reply).await {
                    backoff.reset();
                }
                info!("the server's event stream is down");
                reply.send_event(Event::ServerLink { up: false }).await;
            }
            Err(refusal) if refusal.code == RefusalCode::NotAuthenticated => {
                return reply.send(Answer::TokenRefused).await;
            }
            Err(refusal) => {
                debug!(code = refusal.code.short(), "no event stream");
            }
        }
        sleep(backoff.next()).await;
    }
}

async fn begin(client: &Client, token: &Secret) -> Result<Response, Refusal> {
    let late = |_| Err(Refusal::new(RefusalCode::ServerUnreachable));
    timeout(BEGIN_MAX, client.events(token))
        .await
        .unwrap_or_else(late)
}

/// Reads until the stream ends or is silent for too long; answers whether anything came, so that a server which accepts
/// and closes at once is not asked every second.
async fn read(mut response: Response, reply: &Reply) -> bool {
    let mut parser = sse::Parser::default();
    let mut anything = false;
    loop {
        let Ok(Ok(Some(piece))) = timeout(SILENCE_MAX, response.chunk()).await else {
            return anything;
        };
        trace!(why = "the event stream", "awake");
        anything = true;
        let Ok(pushes) = parser.push(&piece) else {
            debug!("an event without end");
            return false;
        };
        for push in pushes {
            debug!(?push, "event");
            reply.send_event(Event::Push(push)).await;
        }
    }
}
