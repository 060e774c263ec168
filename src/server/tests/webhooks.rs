//! Webhooks: what is told to whom, how it is signed, and what happens when nobody takes it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::calls::{Program, field};
use crate::office::{DESK_11, DESK_12, JAMES, JANE, MORNING, Office};

/// Somebody who listens, and answers as they are told to.
#[derive(Clone)]
struct Listener {
    heard: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answer: Arc<Mutex<StatusCode>>,
    url: String,
}

impl Listener {
    async fn open() -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", socket.local_addr().unwrap());
        let listener = Self {
            heard: Arc::default(),
            answer: Arc::new(Mutex::new(StatusCode::OK)),
            url,
        };
        let router = Router::new()
            .route("/hook", post(hear))
            .with_state(listener.clone());
        tokio::spawn(async move { axum::serve(socket, router).await });
        listener
    }

    fn answer(&self, status: StatusCode) {
        *self.answer.lock().unwrap() = status;
    }

    fn heard(&self) -> Vec<(HeaderMap, String)> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    /// The names of the events, in the order in which they were made.
    fn events(&self) -> Vec<String> {
        let mut heard = self.heard();
        heard.sort_by_key(|(headers, _)| {
            headers["hotdesk-delivery"]
                .to_str()
                .unwrap()
                .parse::<i64>()
                .unwrap()
        });
        let name = |(headers, _): &(HeaderMap, String)| {
            headers["hotdesk-event"].to_str().unwrap().to_owned()
        };
        heard.iter().map(name).collect()
    }
}

async fn hear(State(listener): State<Listener>, headers: HeaderMap, body: String) -> StatusCode {
    listener.heard.lock().unwrap().push((headers, body));
    *listener.answer.lock().unwrap()
}

/// A webhook for everything; its path.
async fn subscribe(program: &Program, url: &str) -> String {
    let events = [
        "log_in",
        "refusal",
        "log_out",
        "take_over",
        "lock_out",
        "emergency_call",
        "enrolment",
    ];
    let made = program
        .post("/webhooks", json!({ "url": url, "events": events }))
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    format!("/webhooks/{}", field(&made, "/id"))
}

#[tokio::test]
async fn what_happens_is_told_signed_and_without_secrets() {
    let office = Office::open_private().await;
    let (listener, program) = (
        Listener::open().await,
        Program::with(&office, "read,manage").await,
    );
    let hook = subscribe(&program, &listener.url).await;
    let secret = program.post(&format!("{hook}/secret"), json!(null)).await;
    let desk = office.phone(DESK_11).await;
    desk.sign_in(JANE).await;
    office.app.deliver().await.unwrap();
    let heard = listener.heard();
    assert_eq!(heard.len(), 2, "{heard:?}");
    for (headers, body) in &heard {
        let signature = headers["hotdesk-signature"].to_str().unwrap();
        let expected = format!(
            "t={MORNING},v1={}",
            hmac(&field(&secret, "/secret"), &format!("{MORNING}.{body}"))
        );
        assert_eq!(signature, expected);
        assert!(
            !body.contains(JANE.1) && !body.contains(&desk.token),
            "{body}"
        );
    }
    let log_in = heard
        .iter()
        .map(|(_, body)| serde_json::from_str::<Value>(body).unwrap());
    let log_in = log_in
        .into_iter()
        .find(|told| told["event"] == "log_in")
        .unwrap();
    assert_eq!(log_in["user"]["extension"], JANE.0);
    assert_eq!(log_in["phone"]["name"], "Desk 11");
    office.phone(DESK_12).await.sign_in(JANE).await;
    assert!(desk.log_in((JAMES.0, "0000")).await.is_err());
    for _ in 0..5 {
        assert!(desk.log_in((JAMES.0, "0000")).await.is_err());
    }
    office.app.deliver().await.unwrap();
    let mut events = listener.events();
    events.dedup();
    assert_eq!(
        events,
        ["enrolment", "take_over", "log_in", "refusal", "lock_out"]
    );
    office.app.deliver().await.unwrap();
    assert!(listener.heard().is_empty(), "everything is told once");
}

fn hmac(secret: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn what_nobody_takes_is_tried_again_for_a_day_and_then_kept_until_somebody_asks() {
    let office = Office::open_private().await;
    let (listener, program) = (
        Listener::open().await,
        Program::with(&office, "read,manage").await,
    );
    let hook = subscribe(&program, &listener.url).await;
    listener.answer(StatusCode::INTERNAL_SERVER_ERROR);
    office.phone(DESK_11).await;
    office.app.deliver().await.unwrap();
    let mut attempts = listener.heard().len();
    office.clock.advance(9);
    office.app.deliver().await.unwrap();
    assert_eq!(listener.heard().len(), 0, "not before its time");
    for hour in 0..30 {
        for pause in [1, 60, 600, 2939] {
            office.clock.advance(pause);
            office.app.deliver().await.unwrap();
        }
        attempts += listener.heard().len();
        assert!(hour < 23 || attempts >= 7, "{attempts} after {hour} hours");
    }
    assert_eq!(attempts, 8);
    let listed = program.get(&format!("{hook}/deliveries")).await;
    assert_eq!(field(&listed, "/items/0/next_at"), "null");
    assert_eq!(field(&listed, "/items/0/last_error"), "it answered 500");
    assert!(
        program
            .get("/doctor")
            .await
            .text
            .contains("webhook_dead_letters")
    );
    listener.answer(StatusCode::NO_CONTENT);
    let again = format!(
        "{hook}/deliveries/{}/redeliver",
        field(&listed, "/items/0/id")
    );
    assert_eq!(program.post(&again, json!(null)).await.status, 204);
    office.app.deliver().await.unwrap();
    assert_eq!(listener.events(), ["enrolment"]);
    assert!(
        !program
            .get("/doctor")
            .await
            .text
            .contains("webhook_dead_letters")
    );
    office.clock.advance(8 * 86_400);
    office.app.sweep().await.unwrap();
    assert_eq!(
        office
            .count("SELECT count(*) FROM webhook_deliveries")
            .await,
        0
    );
}

#[tokio::test]
async fn nothing_inside_the_network_is_asked_and_no_redirect_is_followed() {
    let office = Office::open().await;
    let (listener, program) = (
        Listener::open().await,
        Program::with(&office, "read,manage").await,
    );
    let body = json!({ "url": listener.url, "events": ["enrolment"] });
    assert_eq!(program.post("/webhooks", body).await.status, 422);
    // A name that leads inside is found out when it is resolved, whatever it led to when the webhook was made.
    let named = listener.url.replace("127.0.0.1", "localhost");
    let hook = subscribe(&program, &named).await;
    office.phone(DESK_11).await;
    office.app.deliver().await.unwrap();
    assert!(listener.heard().is_empty());
    let listed = program.get(&format!("{hook}/deliveries")).await;
    assert_eq!(
        field(&listed, "/items/0/last_error"),
        "it could not be reached"
    );
    let office = Office::open_private().await;
    let program = Program::with(&office, "read,manage").await;
    let hook = subscribe(&program, &listener.url).await;
    listener.answer(StatusCode::TEMPORARY_REDIRECT);
    office.phone(DESK_11).await;
    office.app.deliver().await.unwrap();
    assert_eq!(listener.heard().len(), 1);
    let listed = program.get(&format!("{hook}/deliveries")).await;
    assert_eq!(field(&listed, "/items/0/last_error"), "it answered 307");
}

#[tokio::test]
async fn one_of_several_servers_delivers() {
    let office = Office::open_private().await;
    let (listener, program) = (
        Listener::open().await,
        Program::with(&office, "read,manage").await,
    );
    subscribe(&program, &listener.url).await;
    let other = office.replica().await;
    for desk in [DESK_11, DESK_12] {
        office.phone(desk).await;
    }
    let (first, second) = tokio::join!(office.app.deliver(), other.deliver());
    first.unwrap();
    second.unwrap();
    assert_eq!(listener.heard().len(), 2);
    other.close().await;
}
