//! The provisioning client: one request, one typed answer or one refusal. Never repeats a request on its own account, except
//! over a connection that turned out to be dead.

use std::time::Duration;

use anyhow::Context;
use hotdesk_provisioning::{
    Admission, AssociationId, ConsentRequest, ElsewhereAnswer, EndRequest, EnrolAnswer,
    EnrolRequest, ExtendAnswer, HostProfile, OpenRequest, PinRequest, Refusal, RefusalCode, Secret,
    SyncAnswer, SyncRequest,
};
use hotdesk_session::Owed;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, RETRY_AFTER,
};
use reqwest::{Method, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::debug;

use crate::{Clock, Config, tls};

/// Largest answer that is read. A profile with a hundred keys has a tenth of it.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// Longest wait for a connection.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// Longest wait for a whole answer: the session gives up asking after ten seconds.
const ANSWER_MAX: Duration = Duration::from_secs(9);
/// A connection lies idle for so long before it is closed: longer than a person types.
const IDLE_MAX: Duration = Duration::from_secs(300);
/// After how much silence the kernel probes a connection, so that a dead one is noticed before a person needs it.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// How long a probe, or anything else that was sent, may stay without an answer.
const UNANSWERED_MAX: Duration = Duration::from_secs(30);
/// Longest `ETag` that is kept.
const TAG_BYTES_MAX: usize = 256;
/// The agent's version, as the server shows it.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One provisioning server, seen from one phone.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    server: String,
    config: Config,
}

/// A profile and its `ETag`.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) profile: HostProfile,
    pub(crate) tag: Option<String>,
}

impl Client {
    /// # Errors
    /// When the configuration names no server, or the authority's file cannot be used.
    pub(crate) fn new(config: Config, clock: &Clock) -> anyhow::Result<Self> {
        let server = config.server_url.clone();
        let server = server.context("server.url: not set, and no server was found")?;
        let tls = tls::client_config(config.ca_file.as_deref(), clock)?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .http1_only()
            .no_proxy()
            .referer(false)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(config.user_agent.as_str())
            .connect_timeout(CONNECT_MAX)
            .pool_idle_timeout(IDLE_MAX)
            .tcp_keepalive(KEEP_ALIVE)
            .tcp_user_timeout(UNANSWERED_MAX)
            .pool_max_idle_per_host(2)
            .build()
            .context("the HTTPS client cannot be set up")?;
        Ok(Self {
            http,
            server,
            config,
        })
    }

    pub(crate) async fn enrol(&self, claim: Secret) -> Result<EnrolAnswer, Refusal> {
        let request = EnrolRequest {
            device: self.config.device.clone(),
            claim,
            model: self.config.model.clone(),
            version: VERSION.to_owned(),
        };
        self.post("/v1/enrol", None, &request).await
    }

    /// `None`: it is still the one with this tag.
    pub(crate) async fn profile(
        &self,
        token: &Secret,
        tag: Option<&str>,
    ) -> Result<Option<Fetched>, Refusal> {
        let mut request = self.request(Method::GET, "/v1/profile", Some(token));
        if let Some(tag) = tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let response = self.send(request).await?;
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        let tag = response.headers().get(ETAG).and_then(|t| t.to_str().ok());
        let tag = tag.filter(|t| t.len() <= TAG_BYTES_MAX).map(str::to_owned);
        let profile = read_json(response).await?;
        Ok(Some(Fetched { profile, tag }))
    }

    pub(crate) async fn sync(
        &self,
        token: &Secret,
        holding: Option<AssociationId>,
        offline: Vec<AssociationId>,
    ) -> Result<SyncAnswer, Refusal> {
        let request = SyncRequest {
            device: self.config.device.clone(),
            holding,
            offline,
            version: VERSION.to_owned(),
        };
        self.post("/v1/sync", Some(token), &request).await
    }

    pub(crate) async fn open(
        &self,
        token: &Secret,
        request: &OpenRequest,
    ) -> Result<Admission, Refusal> {
        self.post("/v1/associations", Some(token), request).await
    }

    pub(crate) async fn extend(
        &self,
        token: &Secret,
        association: &AssociationId,
    ) -> Result<ExtendAnswer, Refusal> {
        let path = format!("/v1/associations/{association}/extend");
        self.post(&path, Some(token), &serde_json::json!({})).await
    }

    pub(crate) async fn end(
        &self,
        token: &Secret,
        association: &AssociationId,
        request: &EndRequest,
    ) -> Result<(), Refusal> {
        let path = format!("/v1/associations/{association}/end");
        self.tell(&path, token, request).await
    }

    pub(crate) async fn change_pin(
        &self,
        token: &Secret,
        association: &AssociationId,
        request: &PinRequest,
    ) -> Result<(), Refusal> {
        let path = format!("/v1/associations/{association}/pin");
        self.tell(&path, token, request).await
    }

    pub(crate) async fn end_elsewhere(
        &self,
        token: &Secret,
        association: &AssociationId,
    ) -> Result<ElsewhereAnswer, Refusal> {
        let path = format!("/v1/associations/{association}/elsewhere");
        self.post(&path, Some(token), &serde_json::json!({})).await
    }

    pub(crate) async fn consent(
        &self,
        token: &Secret,
        association: &AssociationId,
        request: &ConsentRequest,
    ) -> Result<(), Refusal> {
        let path = format!("/v1/associations/{association}/consent");
        self.tell(&path, token, request).await
    }

    pub(crate) async fn deliver(&self, token: &Secret, owed: &Owed) -> Result<(), Refusal> {
        match owed {
            Owed::Commit {
                association,
                request,
            } => {
                let path = format!("/v1/associations/{association}/commit");
                self.tell(&path, token, request).await
            }
            Owed::End {
                association,
                request,
            } => self.end(token, association, request).await,
            Owed::Report { report } => self.tell("/v1/reports", token, report).await,
        }
    }

    /// Leaves a warm connection behind.
    pub(crate) async fn ping(&self, token: &Secret) -> Result<(), Refusal> {
        let request = self.request(Method::GET, "/v1/ping", Some(token));
        self.send(request).await.map(drop)
    }

    /// The event stream, open for as long as both sides like.
    pub(crate) async fn events(&self, token: &Secret) -> Result<Response, Refusal> {
        let request = self
            .request(Method::GET, "/v1/events", Some(token))
            .header(ACCEPT, "text/event-stream");
        let response = self.send_within(request, None).await?;
        let kind = response.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|k| k.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/event-stream") {
            Ok(response)
        } else {
            Err(nonsense("the event stream has another content type"))
        }
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&Secret>,
        body: &impl Serialize,
    ) -> Result<T, Refusal> {
        let response = self.send(self.with_body(path, token, body)?).await?;
        read_json(response).await
    }

    async fn tell(&self, path: &str, token: &Secret, body: &impl Serialize) -> Result<(), Refusal> {
        let request = self.with_body(path, Some(token), body)?;
        self.send(request).await.map(drop)
    }

    fn with_body(
        &self,
        path: &str,
        token: Option<&Secret>,
        body: &impl Serialize,
    ) -> Result<reqwest::RequestBuilder, Refusal> {
        let json = serde_json::to_vec(body).map_err(|_| Refusal::new(RefusalCode::Malformed))?;
        Ok(self
            .request(Method::POST, path, token)
            .header(CONTENT_TYPE, "application/json")
            .body(json))
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&Secret>,
    ) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.server);
        let request = self.http.request(method, url);
        let bearer = token.and_then(|token| {
            let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose())).ok()?;
            // So marked it prints as "Sensitive" wherever a library may log it.
            value.set_sensitive(true);
            Some(value)
        });
        match bearer {
            Some(value) => request.header(AUTHORIZATION, value),
            None => request,
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Response, Refusal> {
        self.send_within(request, Some(ANSWER_MAX)).await
    }

    /// Sends, and once more if an old connection turned out to be dead: every request may be repeated.
    async fn send_within(
        &self,
        request: reqwest::RequestBuilder,
        limit: Option<Duration>,
    ) -> Result<Response, Refusal> {
        let request = match limit {
            Some(limit) => request.timeout(limit),
            None => request,
        };
        let again = request.try_clone();
        let first = request.send().await;
        let answer = match (first, again) {
            (Err(error), Some(again)) if !error.is_connect() && !error.is_timeout() => {
                debug!(
                    "asking once more over a new connection: {}",
                    error.without_url()
                );
                again.send().await
            }
            (first, _) => first,
        };
        let response = answer.map_err(|error| no_answer(&error.without_url()))?;
        if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
        Err(refusal(response).await)
    }
}

/// Seconds from the header of that name (RFC 9110 section 10.2.3). A date there would need a clock that is right.
fn retry_after(response: &Response) -> Option<u32> {
    let value = response.headers().get(RETRY_AFTER)?;
    value.to_str().ok()?.trim().parse().ok()
}

async fn refusal(response: Response) -> Refusal {
    let status = response.status();
    let named = retry_after(&response);
    let body = match read(response).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    match (serde_json::from_slice::<Refusal>(&body), status) {
        (Ok(refusal), StatusCode::SERVICE_UNAVAILABLE) => Refusal {
            retry_after: refusal.retry_after.or(named),
            ..refusal
        },
        (Ok(refusal), _) => refusal,
        // These come from something in front of a server that is away.
        (
            Err(_),
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT,
        ) => Refusal {
            retry_after: named,
            ..Refusal::new(RefusalCode::ServerUnreachable)
        },
        (Err(_), _) => nonsense("a status that refuses came without a refusal"),
    }
}

async fn read_json<T: DeserializeOwned>(response: Response) -> Result<T, Refusal> {
    let body = read(response).await?;
    serde_json::from_slice(&body).map_err(|_| nonsense("the answer has another shape"))
}

async fn read(mut response: Response) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| no_answer(&error.without_url()))?
    {
        if body.len().saturating_add(chunk.len()) > BODY_BYTES_MAX {
            return Err(nonsense("the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Why there is no answer, for the screen; the causes are for the log.
fn no_answer(error: &reqwest::Error) -> Refusal {
    let code = tls::why_no_answer(error);
    debug!(code = code.short(), "no answer: {:#}", Causes(error));
    Refusal::new(code)
}

/// Says what made no sense, never the answer itself: it may hold secrets.
fn nonsense(why: &str) -> Refusal {
    debug!("the server's answer makes no sense: {why}");
    Refusal::new(RefusalCode::ServerNonsense)
}

/// An error with its causes.
struct Causes<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
