//! Asking an identity provider: never for long, never a long answer, never somebody else.

use std::time::Duration;

use anyhow::Result;
use openidconnect::{HttpRequest, HttpResponse, http};
use reqwest::Client;
use tokio::runtime::Handle;

use crate::tls;

/// Longest time until the provider has answered one question.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(4);
/// Longest answer: a set of keys has a few thousand bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Why there is no answer. Says no address: its path may hold what should not be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Silence {
    #[error("it did not answer within {} seconds", ANSWER_TIMEOUT.as_secs())]
    Slow,
    #[error("it could not be reached")]
    Unreachable,
    #[error("its answer was longer than {} KiB", ANSWER_BYTES_MAX / 1024)]
    Long,
    #[error("its answer was broken off")]
    Broken,
}

/// What asks: it trusts the system's authorities and follows nobody who sends it elsewhere.
pub(crate) fn client() -> Result<Client> {
    Ok(tls::asking(ANSWER_TIMEOUT)?.build()?)
}

/// Asks from a thread that may wait: the crate's own futures are of types so large that everything around them is slow to compile.
pub(crate) fn asks(client: Client) -> impl Fn(HttpRequest) -> Result<HttpResponse, Silence> {
    let runtime = Handle::current();
    move |request| runtime.block_on(ask(&client, request))
}

async fn ask(client: &Client, request: HttpRequest) -> Result<HttpResponse, Silence> {
    let request = reqwest::Request::try_from(request).map_err(|_| Silence::Unreachable)?;
    let mut answer = client.execute(request).await.map_err(|error| why(&error))?;
    let mut response = http::Response::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    while let Some(piece) = answer.chunk().await.map_err(|_| Silence::Broken)? {
        let body = response.body_mut();
        if body.len().saturating_add(piece.len()) > ANSWER_BYTES_MAX {
            return Err(Silence::Long);
        }
        body.extend_from_slice(&piece);
    }
    Ok(response)
}

fn why(error: &reqwest::Error) -> Silence {
    if error.is_timeout() {
        Silence::Slow
    } else {
        Silence::Unreachable
    }
}
