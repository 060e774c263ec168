//! The two conversations with a provider: where to send a browser, and who came back with a code.

use std::time::{Duration, UNIX_EPOCH};

use hotdesk_provisioning::Secret;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::url::Url;
use openidconnect::{
    AdditionalClaims, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenClaims, IdTokenFields, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadataWithLogout, RedirectUrl,
    RequestTokenError, Scope, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ask::{Silence, asks};
use super::{Attempt, Person, Provider, Trouble};
use crate::app::App;

/// How an ID token may be signed: with a key that the provider keeps to itself, never with a secret that both know.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Claims that the standard does not name, such as groups.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Others {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Others {}

type Fields = IdTokenFields<
    Others,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Talker = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Provider {
    /// Where the browser goes to sign in.
    pub(super) fn sign_in_address(&self, app: &App, attempt: &Attempt) -> Result<Url, Trouble> {
        let talker = self.talker(&*self.document(app.now(), false)?)?;
        let (state, nonce) = (attempt.state(app.key()), attempt.nonce(app.key()));
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier(app, attempt));
        let scopes = self.config.scopes.iter();
        let scopes = scopes.filter(|scope| *scope != "openid").cloned();
        let (address, _, _) = talker
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state.expose().to_owned()),
                move || Nonce::new(nonce.expose().to_owned()),
            )
            .set_pkce_challenge(challenge)
            .add_scopes(scopes.map(Scope::new))
            .url();
        Ok(address)
    }

    /// Whoever signed in there and came back with this code.
    pub(super) fn person(
        &self,
        app: &App,
        attempt: &Attempt,
        code: &Secret,
    ) -> Result<Person, Trouble> {
        let talker = self.talker(&*self.document(app.now(), false)?)?;
        let http = asks(self.client.clone());
        let tokens = talker
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .map_err(|_| Trouble::Silent("it names no token endpoint".to_owned()))?
            .set_pkce_verifier(verifier(app, attempt))
            .request(&http)
            .map_err(|error| why(&error))?;
        let nonce = Nonce::new(attempt.nonce(app.key()).expose().to_owned());
        let mut claims = match checked(&talker, &tokens, &nonce, app.now()) {
            // The keys may have been exchanged since they were asked for.
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                let talker = self.talker(&*self.document(app.now(), true)?)?;
                checked(&talker, &tokens, &nonce, app.now())
            }
            checked => checked,
        }
        .map_err(|error| Trouble::Refused(format!("the ID token: {error}")))?;
        let is_whole = [&self.config.person, &self.config.groups]
            .into_iter()
            .all(|claim| claims.contains_key(claim));
        if !is_whole {
            self.complete(&talker, &tokens, &mut claims)?;
        }
        Person::of(&self.config, &claims)
    }

    /// Some providers keep tokens short and tell the rest to whoever asks.
    fn complete(
        &self,
        talker: &Talker,
        tokens: &Tokens,
        claims: &mut Map<String, Value>,
    ) -> Result<(), Trouble> {
        let subject = claims.get("sub").and_then(Value::as_str);
        let subject =
            subject.map(|subject| openidconnect::SubjectIdentifier::new(subject.to_owned()));
        let Ok(request) = talker.user_info(tokens.access_token().clone(), subject) else {
            return Ok(());
        };
        let more = request
            .request::<Others, CoreGenderClaim, _>(&asks(self.client.clone()))
            .map_err(|_| Trouble::Silent("it does not say more about the person".to_owned()))?;
        for (claim, value) in object(&more) {
            claims.entry(claim).or_insert(value);
        }
        Ok(())
    }

    fn talker(&self, document: &ProviderMetadataWithLogout) -> Result<Talker, Trouble> {
        let back = RedirectUrl::new(self.config.portal_address("/sign-in/oidc/back"))
            .map_err(|_| Trouble::Silent("oidc.portal is no address".to_owned()))?;
        let secret = self.secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose().to_owned()));
        // Where a provider does not say how the secret is to be sent, it is a header (OpenID Connect Discovery, section 3).
        let methods = document.token_endpoint_auth_methods_supported();
        let is_header = methods.is_none_or(|methods| {
            methods.is_empty() || methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        let auth_type = if is_header {
            AuthType::BasicAuth
        } else {
            AuthType::RequestBody
        };
        let id = ClientId::new(self.config.client_id.clone());
        Ok(Talker::from_provider_metadata(document.clone(), id, secret)
            .set_redirect_uri(back)
            .set_auth_type(auth_type))
    }
}

fn verifier(app: &App, attempt: &Attempt) -> PkceCodeVerifier {
    PkceCodeVerifier::new(attempt.verifier(app.key()).expose().to_owned())
}

/// The claims of the ID token: signed by the provider, from it, for us, for this attempt, and not over.
fn checked(
    talker: &Talker,
    tokens: &Tokens,
    nonce: &Nonce,
    now: i64,
) -> Result<Map<String, Value>, ClaimsVerificationError> {
    let token = tokens.extra_fields().id_token();
    let token = token.ok_or_else(|| ClaimsVerificationError::Other("there is none".to_owned()))?;
    let seconds = Duration::from_secs(u64::try_from(now).unwrap_or_default());
    let now = UNIX_EPOCH.checked_add(seconds).unwrap_or(UNIX_EPOCH);
    let verifier = talker
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || now.into());
    let claims: &IdTokenClaims<Others, CoreGenderClaim> = token.claims(&verifier, nonce)?;
    Ok(object(claims))
}

fn object(claims: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(claims)) => claims,
        Ok(_) | Err(_) => Map::new(),
    }
}

fn why(
    error: &RequestTokenError<Silence, StandardErrorResponse<CoreErrorResponseType>>,
) -> Trouble {
    match error {
        RequestTokenError::ServerResponse(said) => {
            let word: String = said.error().to_string().chars().take(100).collect();
            Trouble::Refused(format!("the provider refused the code: {word}"))
        }
        RequestTokenError::Request(silence) => Trouble::Silent(silence.to_string()),
        // What it holds instead may be secret.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            Trouble::Silent("its answer is no token".to_owned())
        }
    }
}
