//! An identity provider at which administrators sign in (OpenID Connect: authorization code with PKCE). Says who somebody is; what
//! they may do, `door` decides. Nothing of it is kept but the provider's document, for minutes, and no token ever.

mod ask;
mod attempt;
mod door;
mod person;
mod talk;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use hotdesk_provisioning::Secret;
use openidconnect::url::Url;
use openidconnect::{
    ClientId, IssuerUrl, LogoutRequest, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout as Document,
};
use reqwest::Client;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::config::OidcConfig;
use crate::config::oidc::is_safe;

pub(crate) use attempt::{ATTEMPT_SECONDS, Attempt};
pub(crate) use door::{Door, note_refused, open};
pub(crate) use person::Person;

/// How long the provider's document and keys are believed.
const KEPT_SECONDS: i64 = 300;
/// How soon they are asked for again because a token was signed with a key that is not among them.
const ANEW_SECONDS: i64 = 10;
/// How soon a provider that did not answer is asked again.
const RETRY_SECONDS: i64 = 5;
/// Conversations at the same time.
const AT_ONCE: usize = 8;
/// Longest conversation that somebody waits for: shorter than any request may last.
const CONVERSATION: Duration = Duration::from_secs(8);
/// Longest file with a secret.
const SECRET_BYTES_MAX: usize = 4096;

/// Why somebody could not sign in there. For the log and the audit; it holds no secret.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Trouble {
    /// The provider did not answer, or what it says is no answer.
    #[error("{0}")]
    Silent(String),
    /// What came back is not to be believed.
    #[error("{0}")]
    Refused(String),
}

/// A configured provider.
#[derive(Debug)]
pub(crate) struct Provider {
    config: OidcConfig,
    secret: Option<Secret>,
    client: Client,
    memory: Mutex<Memory>,
    places: Arc<Semaphore>,
}

/// What the provider said last.
#[derive(Debug, Default)]
struct Memory {
    said: Option<Result<Arc<Document>, Trouble>>,
    at: i64,
}

impl Provider {
    /// Reads the secret; asks nobody.
    ///
    /// # Errors
    /// When there is no such file.
    pub(crate) fn new(config: &OidcConfig) -> Result<Self> {
        let secret = match &config.client_secret_file {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                let secret = text.trim();
                ensure!(
                    (1..=SECRET_BYTES_MAX).contains(&secret.len()),
                    "{} must hold the secret and nothing else",
                    path.display()
                );
                Some(Secret::new(secret.to_owned()))
            }
            None => None,
        };
        Ok(Self {
            config: config.clone(),
            secret,
            client: ask::client()?,
            memory: Mutex::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    pub(crate) fn config(&self) -> &OidcConfig {
        &self.config
    }

    /// The provider's document with its keys; `is_anew` asks although the last answer is fresh, within reason. Whoever comes while
    /// it is asked waits for the same answer. For threads that may wait.
    fn document(&self, now: i64, is_anew: bool) -> Result<Arc<Document>, Trouble> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let age = now.saturating_sub(memory.at);
        let kept = match &memory.said {
            Some(Ok(_)) if is_anew => ANEW_SECONDS,
            Some(Ok(_)) => KEPT_SECONDS,
            Some(Err(_)) => RETRY_SECONDS,
            None => 0,
        };
        if let Some(said) = memory.said.as_ref().filter(|_| age < kept) {
            return said.clone();
        }
        let said = self.discover().map(Arc::new);
        memory.said = Some(said.clone());
        memory.at = now;
        said
    }

    /// Asks for the document and the keys.
    fn discover(&self) -> Result<Document, Trouble> {
        let issuer = IssuerUrl::new(self.config.issuer.clone())
            .map_err(|_| Trouble::Silent("the issuer is no address".to_owned()))?;
        let document = Document::discover(&issuer, &ask::asks(self.client.clone()))
            .map_err(|error| Trouble::Silent(format!("{:#}", anyhow::Error::from(error))))?;
        let addresses = [
            Some(document.authorization_endpoint().url()),
            document.token_endpoint().map(|address| address.url()),
            document.userinfo_endpoint().map(|address| address.url()),
            Some(document.jwks_uri().url()),
            end_session(&document),
        ];
        if addresses.into_iter().flatten().all(is_safe) {
            Ok(document)
        } else {
            let why = "it names an address without TLS";
            Err(Trouble::Silent(why.to_owned()))
        }
    }

    fn end_session_address(&self, now: i64) -> Option<Url> {
        let document = self.document(now, false).ok()?;
        let end = document
            .additional_metadata()
            .end_session_endpoint
            .clone()?;
        let back = PostLogoutRedirectUrl::new(self.config.portal_address("/sign-in")).ok()?;
        let request = LogoutRequest::from(end)
            .set_client_id(ClientId::new(self.config.client_id.clone()))
            .set_post_logout_redirect_uri(back);
        Some(request.http_get_url())
    }
}

fn end_session(document: &Document) -> Option<&Url> {
    let end = document.additional_metadata().end_session_endpoint.as_ref();
    end.map(|address| address.url())
}

/// Where the browser goes to sign in.
pub(crate) async fn sign_in_address(app: &App, attempt: Attempt) -> Result<Url, Trouble> {
    converse(app, move |provider, app| {
        provider.sign_in_address(app, &attempt)
    })
    .await
}

/// Whoever signed in there and came back with this code.
pub(crate) async fn person(app: &App, attempt: Attempt, code: Secret) -> Result<Person, Trouble> {
    converse(app, move |provider, app| {
        provider.person(app, &attempt, &code)
    })
    .await
}

/// Where the browser goes to end its session at the provider as well, if the provider can do that and answers.
pub(crate) async fn sign_out_address(app: &App) -> Option<Url> {
    let asked = converse(app, |provider, app| {
        Ok(provider.end_session_address(app.now()))
    });
    asked.await.ok().flatten()
}

/// Whether it answers, for somebody who looks at the configuration.
///
/// # Errors
/// Says why not.
pub(crate) async fn examine(provider: Provider) -> Result<()> {
    let asked = tokio::task::spawn_blocking(move || provider.discover());
    asked.await??;
    Ok(())
}

/// A conversation on a thread that may wait, no longer than somebody waits for it.
async fn converse<T: Send + 'static>(
    app: &App,
    conversation: impl FnOnce(&Provider, &App) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let silent = |why: &str| Trouble::Silent(why.to_owned());
    let app = app.clone();
    let provider = app.provider().ok_or_else(|| silent("there is none"))?;
    let place = provider.places.clone().try_acquire_owned();
    let place = place.map_err(|_| silent("too many sign in at the same time"))?;
    let task = tokio::task::spawn_blocking(move || {
        let _place = place;
        let provider = app
            .provider()
            .ok_or_else(|| Trouble::Silent(String::new()))?;
        conversation(provider, &app)
    });
    match tokio::time::timeout(CONVERSATION, task).await {
        Ok(Ok(said)) => said,
        Ok(Err(_)) => Err(silent("the conversation broke off")),
        Err(_) => Err(silent("it takes too long")),
    }
}
