//! An identity provider that can be told to lie, and a browser that goes there and back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hotdesk_server::{App, Config, OidcConfig, portal_router};
use rcgen::{KeyPair, PKCS_ED25519, PublicKeyData as _, SigningKey as _};
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::office::{MORNING, Office, Reply};

pub(crate) const SECRET: &str = "of the provider and us";

/// What it says; tests change it.
#[derive(Debug, Default)]
pub(crate) struct Saying {
    /// Over the claims that it should make.
    pub(crate) claims: BTreeMap<&'static str, Value>,
    /// Over the head of its token.
    pub(crate) head: BTreeMap<&'static str, Value>,
    /// Over its document.
    pub(crate) document: BTreeMap<&'static str, Value>,
    /// What it tells only whoever asks about a person.
    pub(crate) told: Option<Value>,
    /// Signs with a key that it does not publish.
    pub(crate) has_foreign_key: bool,
    pub(crate) gives_no_token: bool,
    /// The number of its key.
    pub(crate) key: usize,
    /// Bytes that it sends after its document.
    pub(crate) padding: usize,
    /// What its browsers were sent with, by their codes.
    codes: BTreeMap<String, (String, String)>,
}

#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) issuer: String,
    saying: Arc<Mutex<Saying>>,
    keys: Arc<[KeyPair; 3]>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let key = || KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let provider = Self {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            saying: Arc::default(),
            keys: Arc::new([key(), key(), key()]),
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/person", get(told))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub(crate) fn say<T>(&self, change: impl FnOnce(&mut Saying) -> T) -> T {
        change(&mut self.saying.lock().unwrap())
    }

    /// The configuration that leads here.
    pub(crate) fn config(&self, office: &Office) -> Config {
        let secret = office.folder.path().join("oidc.secret");
        std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
        let text = format!(
            "[oidc]\nissuer = \"{}\"\nclient_id = \"hotdesk\"\nclient_secret_file = \"{}\"\nportal = \"http://localhost:1/\"\n\
             name = \"Example Ltd\"\nroles = [{{ group = \"ops\", role = \"operator\" }}, \
             {{ group = \"help\", role = \"help_desk\", tenant = \"Main\" }}, {{ group = \"lost\", role = \"administrator\", tenant = \"No\" }}]",
            self.issuer,
            secret.display()
        );
        let oidc: Option<OidcConfig> = Config::parse(&text).unwrap().oidc;
        Config {
            oidc,
            ..office.app.config().clone()
        }
    }

    /// Another server of the office, which knows this provider.
    pub(crate) async fn server(&self, office: &Office) -> App {
        App::open_with_clock(self.config(office), office.clock.clone())
            .await
            .unwrap()
    }
}

async fn document(State(provider): State<Provider>) -> Response {
    let issuer = &provider.issuer;
    let mut document = json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/person"), "end_session_endpoint": format!("{issuer}/end"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    });
    let padding = provider.say(|saying| {
        for (name, value) in &saying.document {
            document[*name] = value.clone();
        }
        saying.padding
    });
    let text = format!("{document}{}", " ".repeat(padding));
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let number = provider.say(|saying| saying.key);
    let x = URL_SAFE_NO_PAD.encode(provider.keys[number].der_bytes());
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": format!("k{number}"), "x": x });
    Json(json!({ "keys": [key] }))
}

/// Gives a token for a code, once, to whoever proves that it was theirs.
async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(sent): Form<BTreeMap<String, String>>,
) -> Response {
    let basic = format!(
        "Basic {}",
        STANDARD.encode(format!("hotdesk:{}", SECRET.replace(' ', "+")))
    );
    let is_known = headers
        .get(header::AUTHORIZATION)
        .is_some_and(|said| said == &basic);
    let Some((nonce, challenge)) = provider.say(|saying| saying.codes.remove(&sent["code"])) else {
        return (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "invalid_grant" })),
        )
            .into_response();
    };
    let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(&sent["code_verifier"]));
    if !is_known
        || proof != challenge
        || sent["redirect_uri"] != "http://localhost:1/sign-in/oidc/back"
    {
        return (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "invalid_client" })),
        )
            .into_response();
    }
    let mut answer = json!({ "access_token": "for /person", "token_type": "Bearer" });
    if !provider.say(|saying| saying.gives_no_token) {
        answer["id_token"] = json!(provider.sign(&nonce));
    }
    Json(answer).into_response()
}

async fn told(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    assert_eq!(headers[header::AUTHORIZATION], "Bearer for /person");
    match provider.say(|saying| saying.told.clone()) {
        Some(told) => Json(told).into_response(),
        None => Json(json!({ "sub": "7" })).into_response(),
    }
}

impl Provider {
    fn sign(&self, nonce: &str) -> String {
        let mut claims = json!({
            "iss": self.issuer, "aud": "hotdesk", "sub": "7", "nonce": nonce,
            "iat": MORNING, "exp": MORNING + 300, "email": "jo@example.com", "groups": ["staff", "ops"],
        });
        self.say(|saying| {
            let mut head = json!({ "alg": "EdDSA", "kid": format!("k{}", saying.key) });
            for (over, into) in [(&saying.head, &mut head), (&saying.claims, &mut claims)] {
                for (name, value) in over {
                    into[*name] = value.clone();
                }
            }
            let text = [&head, &claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
            let text = text.join(".");
            let number = if saying.has_foreign_key {
                2
            } else {
                saying.key
            };
            let signature = match head["alg"].as_str() {
                Some("none") => Vec::new(),
                Some("HS256") => hmac(text.as_bytes()),
                _ => self.keys[number].sign(text.as_bytes()).unwrap(),
            };
            format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
        })
    }
}

/// Signed with the secret that both know.
fn hmac(text: &[u8]) -> Vec<u8> {
    use hmac::Mac as _;
    let mut mac = hmac::Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// A browser with its cookies.
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn of(app: &App) -> Self {
        Self {
            router: portal_router(app.clone()),
            cookies: BTreeMap::new(),
        }
    }

    /// Goes on with another server of the same address.
    pub(crate) fn reach(&mut self, app: &App) {
        self.router = portal_router(app.clone());
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(path), String::new()).await
    }

    pub(crate) async fn send(
        &mut self,
        request: axum::http::request::Builder,
        body: String,
    ) -> Reply {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        let reply = Reply::of(self.router.clone().oneshot(request).await.unwrap()).await;
        for set in reply.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        reply
    }

    /// Presses the button: the address at the provider.
    pub(crate) async fn leave(&mut self) -> Url {
        let sent = self.get("/sign-in/oidc").await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        sent.headers[header::LOCATION]
            .to_str()
            .unwrap()
            .parse()
            .unwrap()
    }

    /// What the provider sends somebody back with who signed in there.
    pub(crate) fn returning(provider: &Provider, address: &Url) -> String {
        let asked: BTreeMap<_, _> = address.query_pairs().into_owned().collect();
        let code = format!("code {}", asked["state"]);
        let sent = (asked["nonce"].clone(), asked["code_challenge"].clone());
        provider.say(|saying| saying.codes.insert(code.clone(), sent));
        let code = code.replace(' ', "+");
        format!("/sign-in/oidc/back?code={code}&state={}", asked["state"])
    }

    /// Signs in there and comes back.
    pub(crate) async fn sign_in(&mut self, provider: &Provider) -> Reply {
        let address = self.leave().await;
        self.get(&Self::returning(provider, &address)).await
    }
}
