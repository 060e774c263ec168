//! The listeners themselves: HTTPS under the private authority, plain HTTP for the portal, the sweeper at work, and a
//! stop that leaves nobody hanging.

use std::sync::Arc;
use std::time::Duration;

use hotdesk_server::{App, Clock, Config, People, Running};
use reqwest::Client;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::office::{DESK_11, JANE, MORNING, claim};

/// Longest wait for the server to do what it should.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) async fn start(clock: Clock) -> (Running, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let running = start_with(Config::default(), &folder, clock).await;
    (running, folder)
}

/// With these settings, on free ports, keeping its data in `folder`.
pub(crate) async fn start_with(mut config: Config, folder: &TempDir, clock: Clock) -> Running {
    config.data_dir = folder.path().to_owned();
    config.phones.listen = "127.0.0.1:0".parse().unwrap();
    config.portal.listen = "127.0.0.1:0".parse().unwrap();
    let app = App::open_with_clock(config, clock).await.unwrap();
    let people = People::parse(include_str!("../../../assets/demo/people.toml")).unwrap();
    app.import(&people).await.unwrap();
    Running::start(app).await.unwrap()
}

/// A client that trusts nobody but the server's own authority.
pub(crate) fn client(running: &Running) -> Client {
    let pem = std::fs::read(running.app().config().ca_path()).unwrap();
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        roots.add(certificate.unwrap()).unwrap();
    }
    trusting(roots)
}

/// A client that trusts these authorities.
pub(crate) fn trusting(roots: RootCertStore) -> Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .unwrap()
}

pub(crate) async fn post(
    client: &Client,
    running: &Running,
    path: &str,
    token: &str,
    body: Value,
) -> Value {
    let url = format!("https://localhost:{}{path}", running.phones().port());
    let response = client
        .post(url)
        .bearer_auth(token)
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let text = response.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

pub(crate) async fn enrol(client: &Client, running: &Running) -> String {
    let body = json!({ "device": DESK_11, "claim": claim(DESK_11), "model": "HD", "version": "1" });
    let answer = post(client, running, "/v1/enrol", "", body).await;
    answer["token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_reaches_the_phone_over_https_and_a_stop_ends_its_stream() {
    let clock = Clock::manual(MORNING);
    let (running, _folder) = start(clock.clone()).await;
    let client = client(&running);
    let token = enrol(&client, &running).await;
    let open = json!({ "attempt": "0".repeat(32), "extension": JANE.0, "pin": JANE.1 });
    let admission = post(&client, &running, "/v1/associations", &token, open).await;
    let association = admission["association"].as_str().unwrap();
    let commit = format!("/v1/associations/{association}/commit");
    post(
        &client,
        &running,
        &commit,
        &token,
        json!({ "switch_ms": 1 }),
    )
    .await;
    let url = format!("https://127.0.0.1:{}/v1/events", running.phones().port());
    let mut stream = client.get(url).bearer_auth(&token).send().await.unwrap();
    clock.advance(43_200 + 30);
    let event = tokio::time::timeout(SOON, stream.chunk())
        .await
        .expect("the sweeper wakes by itself");
    let event = String::from_utf8(event.unwrap().unwrap().to_vec()).unwrap();
    assert!(event.contains("\"limit\""), "{event}");
    tokio::time::timeout(SOON, running.stop())
        .await
        .expect("it stops in time")
        .unwrap();
    let rest = tokio::time::timeout(SOON, stream.chunk())
        .await
        .expect("the stream ends");
    assert!(matches!(rest, Ok(None)), "{rest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authority_stays_and_strangers_are_not_trusted() {
    let (running, _folder) = start(Clock::system()).await;
    let (other, _other_folder) = start(Clock::system()).await;
    let url = format!("https://localhost:{}/v1/ping", other.phones().port());
    let error = client(&running).get(url).send().await.unwrap_err();
    assert!(
        format!("{error:?}").contains("InvalidCertificate"),
        "{error:?}"
    );
    let app = running.app().clone();
    let before = std::fs::read(app.config().ca_path()).unwrap();
    running.stop().await.unwrap();
    let again = App::open(app.config().clone()).await.unwrap();
    let running = Running::start(again).await.unwrap();
    assert_eq!(before, std::fs::read(app.config().ca_path()).unwrap());
    assert!(!enrol(&client(&running), &running).await.is_empty());
    running.stop().await.unwrap();
    other.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_answers_on_its_own_port_and_phones_are_not_answered_there() {
    let (running, _folder) = start(Clock::system()).await;
    let client = trusting(RootCertStore::empty());
    let portal = format!("http://{}", running.portal());
    let page = client
        .get(format!("{portal}/sign-in"))
        .send()
        .await
        .unwrap();
    assert!(page.text().await.unwrap().contains("Sign in"));
    let css = client
        .get(format!("{portal}/portal.css"))
        .send()
        .await
        .unwrap();
    assert_eq!(css.headers()["content-type"], "text/css; charset=utf-8");
    let api = client
        .get(format!("{portal}/v1/ping"))
        .send()
        .await
        .unwrap();
    assert_eq!(api.status(), 404);
    running.stop().await.unwrap();
}
