//! A stop that phones notice one after the other, and what load balancers and monitoring are told meanwhile.

use std::path::Path;

use hotdesk_server::{Clock, Config, Running};
use reqwest::{Client, Response};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::listener::{SOON, client, post, start_with};
use crate::office::{DESK_11, DESK_12, JANE, MORNING, claim};
use crate::program::{Server, configure, run};

fn config() -> Config {
    Config::parse("[metrics]\nlisten = \"127.0.0.1:0\"").unwrap()
}

async fn enrol(client: &Client, running: &Running, mac: &str) -> String {
    let body = json!({ "device": mac, "claim": claim(mac), "model": "HD", "version": "1" });
    let answer = post(client, running, "/v1/enrol", "", body).await;
    answer["token"].as_str().unwrap().to_owned()
}

async fn listen(client: &Client, running: &Running, token: &str) -> Response {
    let url = format!("https://127.0.0.1:{}/v1/events", running.phones().port());
    client.get(url).bearer_auth(token).send().await.unwrap()
}

/// What comes next on a stream; none when it has ended.
async fn next(stream: &mut Response) -> Option<String> {
    let chunk = tokio::time::timeout(SOON, stream.chunk())
        .await
        .expect("the stream says something or ends");
    Some(String::from_utf8(chunk.unwrap()?.to_vec()).unwrap())
}

/// What each listener answers.
async fn ask(client: &Client, running: &Running, path: &str) -> [u16; 3] {
    let listeners = [
        format!("https://{}", running.phones()),
        format!("http://{}", running.portal()),
        format!("http://{}", running.metrics().unwrap()),
    ];
    let mut statuses = [0; 3];
    for (status, listener) in statuses.iter_mut().zip(listeners) {
        let answer = client.get(format!("{listener}{path}")).send().await;
        *status = answer.unwrap().status().as_u16();
    }
    statuses
}

async fn log_in(
    client: &Client,
    running: &Running,
    token: &str,
    attempt: char,
    pin: &str,
) -> Value {
    let attempt = attempt.to_string().repeat(32);
    let open = json!({ "attempt": attempt, "extension": JANE.0, "pin": pin });
    post(client, running, "/v1/associations", token, open).await
}

async fn sign_in(client: &Client, running: &Running, token: &str, attempt: char) {
    let admission = log_in(client, running, token, attempt, JANE.1).await;
    let association = admission["association"].as_str().unwrap();
    let commit = format!("/v1/associations/{association}/commit");
    post(client, running, &commit, token, json!({ "switch_ms": 1 })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_are_sent_away_one_after_the_other_and_served_until_then() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual(MORNING);
    let running = start_with(config(), &folder, clock.clone()).await;
    let client = client(&running);
    // The demonstration's phones are numbered 1, 2, 3.
    let (first, second) = (
        enrol(&client, &running, DESK_11).await,
        enrol(&client, &running, DESK_12).await,
    );
    sign_in(&client, &running, &second, '1').await;
    let mut streams = [
        listen(&client, &running, &first).await,
        listen(&client, &running, &second).await,
    ];
    assert_eq!(ask(&client, &running, "/readyz").await, [200; 3]);

    let draining = async {
        running.drain().await;
        clock.clone()
    };
    let watching = async {
        while ask(&client, &running, "/readyz").await != [503; 3] {}
        assert_eq!(ask(&client, &running, "/healthz").await, [200; 3]);
        clock.advance(1);
        assert_eq!(next(&mut streams[0]).await.unwrap(), "retry: 12000\n\n");
        assert_eq!(next(&mut streams[0]).await, None);
        let refused = listen(&client, &running, &first).await;
        assert_eq!(refused.status(), 503);
        assert_eq!(refused.headers()["retry-after"], "11");
        sign_in(&client, &running, &first, '2').await;
        let event = next(&mut streams[1]).await.unwrap();
        assert!(event.contains("evicted"), "still told: {event}");
        clock.advance(1);
        assert_eq!(next(&mut streams[1]).await.unwrap(), "retry: 12000\n\n");
        assert_eq!(next(&mut streams[1]).await, None);
        clock.advance(8);
    };
    let both = async { tokio::join!(draining, watching) };
    let (ended, ()) = tokio::time::timeout(SOON, both)
        .await
        .expect("it is over in time");
    assert_eq!(ended.now(), MORNING + 10);
    running.stop().await.unwrap();
}

/// The lines of the page that begin with these words, with their values.
async fn metrics(client: &Client, running: &Running, name: &str) -> Vec<String> {
    let url = format!("http://{}/metrics", running.metrics().unwrap());
    let page = client.get(url).send().await.unwrap().text().await.unwrap();
    assert!(page.ends_with("# EOF\n"), "{page}");
    let mut lines: Vec<String> = page
        .lines()
        .filter(|line| line.starts_with(&format!("hotdesk_{name}")))
        .map(str::to_owned)
        .collect();
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_with(config(), &folder, Clock::manual(MORNING)).await;
    let client = client(&running);
    let first = enrol(&client, &running, DESK_11).await;
    let second = enrol(&client, &running, DESK_12).await;
    log_in(&client, &running, &first, '1', "0000").await;
    sign_in(&client, &running, &first, '2').await;
    let _stream = listen(&client, &running, &first).await;
    sign_in(&client, &running, &second, '3').await;
    sign_in(&client, &running, &first, '4').await;
    let of = async |name| metrics(&client, &running, name).await;
    assert_eq!(
        of("log_ins_total").await,
        [
            "hotdesk_log_ins_total{outcome=\"L01\"} 1",
            "hotdesk_log_ins_total{outcome=\"admitted\"} 3"
        ]
    );
    assert_eq!(
        of("pushes_total{kind=\"evicted\"").await,
        ["hotdesk_pushes_total{kind=\"evicted\",outcome=\"sent\"} 1"]
    );
    assert_eq!(of("phones_connected").await, ["hotdesk_phones_connected 1"]);
    assert_eq!(of("phones_occupied").await, ["hotdesk_phones_occupied 1"]);
    assert_eq!(
        of("database_errors_total").await,
        ["hotdesk_database_errors_total 0"]
    );
    let answers = of("answers_total{route=\"log_in\"").await;
    assert_eq!(
        answers,
        [
            "hotdesk_answers_total{route=\"log_in\",status=\"2xx\"} 3",
            "hotdesk_answers_total{route=\"log_in\",status=\"4xx\"} 1"
        ]
    );
    let slow = of("answer_seconds_count{route=\"log_in\"").await;
    assert_eq!(slow, ["hotdesk_answer_seconds_count{route=\"log_in\"} 4"]);
    let waited = of("pin_wait_seconds_count").await;
    assert!(!waited[0].ends_with(" 0"), "{waited:?}");
    assert_eq!(of("build_info").await.len(), 1);
    running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_fails_is_counted_and_makes_the_server_unready() {
    let folder = tempfile::tempdir().unwrap();
    let running = start_with(config(), &folder, Clock::manual(MORNING)).await;
    let client = client(&running);
    let token = enrol(&client, &running, DESK_11).await;
    rename(folder.path(), "ALTER TABLE sites RENAME TO elsewhere").await;
    log_in(&client, &running, &token, '1', JANE.1).await;
    assert_eq!(ask(&client, &running, "/readyz").await, [503; 3]);
    assert_eq!(ask(&client, &running, "/healthz").await, [200; 3]);
    let counted = metrics(&client, &running, "database_errors_total").await;
    assert_eq!(counted, ["hotdesk_database_errors_total 1"]);
    running.stop().await.unwrap();
}

async fn rename(folder: &Path, sql: &'static str) {
    use sqlx::Connection as _;
    let file = format!("sqlite:{}", folder.join("hotdesk.sqlite").display());
    let mut database = sqlx::SqliteConnection::connect(&file).await.unwrap();
    sqlx::query(sql).execute(&mut database).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_the_draining() {
    let folder = tempfile::tempdir().unwrap();
    let client = crate::certificates::issue(folder.path(), 2200);
    configure(
        folder.path(),
        "certificate = \"tls.pem\"\nkey = \"tls.key\"",
    );
    let path = folder.path().join("provd.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("drain_seconds = 3600\n{text}")).unwrap();
    let people = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/demo/people.toml");
    assert!(run(folder.path(), &["import", people]).1);
    let server = Server::start(folder.path());
    let line = server.wait_for("phones: https://");
    let line = line["message"].as_str().unwrap();
    let base = line.split_whitespace().nth(1).unwrap().to_owned();
    let body = json!({ "device": DESK_11, "claim": claim(DESK_11), "model": "HD", "version": "1" });
    let request = client
        .post(format!("{base}/v1/enrol"))
        .body(body.to_string());
    let answer = request.send().await.unwrap().text().await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let token = answer["token"].as_str().unwrap();
    let events = client.get(format!("{base}/v1/events")).bearer_auth(token);
    let mut stream = events.send().await.unwrap();
    server.signal(Signal::TERM);
    assert_eq!(server.wait_for("draining")["phones"], 1);
    server.signal(Signal::TERM);
    server.wait_for("stopping");
    // Told to come back in its turn, or cut off by the end: nobody is left hanging.
    while next(&mut stream).await.is_some() {}
    assert!(server.ends());
}
