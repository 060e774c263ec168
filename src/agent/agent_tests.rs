//! A whole phone with real sockets against a scripted server and a registrar that says yes.

use std::net::UdpSocket;
use std::path::PathBuf;

use hotdesk_session::Digit;
use hotdesk_ui::{Panel, Picture, Screen, paint};
use tokio::time::timeout;

use super::*;
use crate::ActivityName;
use crate::test_server::{Asked, TestServer, json};

const PATIENCE: Duration = Duration::from_secs(60);
const STREAM: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hello\n\n";

/// Says 200 to every REGISTER; its thread ends with the test process.
fn registrar() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if request.starts_with("REGISTER") {
                socket.send_to(yes(&request).as_bytes(), from).unwrap();
            }
        }
    });
    port
}

fn yes(request: &str) -> String {
    let wanted = ["Via:", "From:", "To:", "Call-ID:", "CSeq:", "Contact:"];
    let kept = request
        .lines()
        .filter(|l| wanted.iter().any(|name| l.starts_with(name)));
    let headers: Vec<_> = kept.collect();
    format!(
        "SIP/2.0 200 OK\r\n{}\r\nExpires: 300\r\nContent-Length: 0\r\n\r\n",
        headers.join("\r\n")
    )
}

/// A server that knows the phone, and whatever the script answers beside that.
fn server(extra: impl Fn(&Asked) -> Option<String> + Send + Sync + 'static) -> TestServer {
    let profile = format!(
        r#"{{"desk":"Desk 12","extension":"3001","account":{{"aor":"sip:3001@example.com","auth_user":"h",
        "secret":"host-secret","registrar":{{"host":"127.0.0.1","port":{}}}}}}}"#,
        registrar()
    );
    TestServer::start(move |asked| {
        let line = asked.head.lines().next().unwrap_or_default();
        let usual = || match line.split(' ').nth(1).unwrap_or_default() {
            "/v1/enrol" => json(
                "200 OK",
                r#"{"state":"enrolled","token":"the-device-token"}"#,
            ),
            "/v1/profile" => json("200 OK", &profile),
            "/v1/sync" => json("200 OK", r#"{"profile":"v1","now":0}"#),
            "/v1/events" => STREAM.to_owned(),
            _ => json("204 No Content", ""),
        };
        extra(asked).unwrap_or_else(usual).into_bytes()
    })
}

async fn start(config: Config) -> (Agent, mpsc::Sender<Key>) {
    let (keys, seams) = Seams::headless();
    (Agent::start(config, seams).await.unwrap(), keys)
}

async fn until(agent: &Agent, what: &str, met: impl Fn(&Status) -> bool) -> Arc<Status> {
    let mut statuses = agent.status();
    match timeout(PATIENCE, statuses.wait_for(|status| met(status))).await {
        Ok(Ok(status)) => Arc::clone(&status),
        Ok(Err(_)) => panic!("the phone ended before {what}"),
        Err(_) => panic!("no {what}: {:?}", agent.status().borrow()),
    }
}

/// Looks again and again; the phone works on a thread of its own meanwhile.
async fn eventually(what: &str, met: impl Fn() -> bool) {
    let looking = async {
        while !met() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, looking).await.expect(what);
}

fn is_ready(status: &Status) -> bool {
    status.activity == ActivityName::Home && status.registered && status.server
}

fn count(server: &TestServer, path: &str) -> usize {
    let asked = server.requests();
    asked
        .iter()
        .filter(|asked| asked.head.contains(path))
        .count()
}

fn files(config: &Config) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(&config.state_dir).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// What a portal would show of a phone whose panel is 480x272.
fn drawn_elsewhere(screen: &Screen) -> Picture {
    let told = serde_json::to_string(screen).unwrap();
    let screen: Screen = serde_json::from_str(&told).unwrap();
    let panel = Panel::named("480x272").unwrap();
    let mut picture = Picture::new(panel.size.width, panel.size.height);
    paint(&screen, panel, &mut picture);
    picture
}

#[tokio::test]
async fn a_new_phone_enrols_registers_its_desk_and_shows_it() {
    let server = server(|_| None);
    let config = server.phone();
    let (agent, keys) = start(config.clone()).await;
    until(&agent, "a registered desk", is_ready).await;
    let before = Arc::clone(&agent.faces().borrow());
    assert!(before.text.contains("Desk 12"), "{}", before.text);
    let elsewhere = drawn_elsewhere(before.screen.as_ref().unwrap());
    assert!(elsewhere == before.picture, "drawn from what is told of it");
    assert!(before.picture.width() > 0);
    keys.send(Key::Digit(Digit::new('2').unwrap()))
        .await
        .unwrap();
    let mut faces = agent.faces();
    let typed = faces.wait_for(|face| face.picture != before.picture && face.text.contains('2'));
    timeout(PATIENCE, typed)
        .await
        .expect("the key shows")
        .unwrap();
    agent.stop().await.unwrap();
    for path in files(&config) {
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for secret in ["the-device-token", "host-secret"] {
            assert!(!text.contains(secret), "{secret} in {}", path.display());
        }
    }
}

#[tokio::test]
async fn a_restarted_phone_is_ready_without_its_server_and_on_the_same_port() {
    let server = server(|_| None);
    let config = server.phone();
    let (agent, _keys) = start(config.clone()).await;
    let before = until(&agent, "a registered desk", is_ready).await;
    agent.stop().await.unwrap();
    let away = Config {
        server_url: Some("https://127.0.0.1:1".to_owned()),
        ..config
    };
    let (agent, _keys) = start(away).await;
    let registered = |status: &Status| status.registered && !status.server;
    let after = until(&agent, "a registered desk without a server", registered).await;
    assert_eq!(after.sip_port, before.sip_port);
    assert_eq!(count(&server, "/v1/enrol"), 1);
}

#[tokio::test]
async fn a_push_is_carried_out_and_a_stream_that_ends_is_opened_again() {
    let ended = |asked: &Asked| {
        let changed = "data: {\"type\":\"profile_changed\"}\n\n";
        let closed = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {}\r\n\r\n{changed}",
            changed.len()
        );
        asked.head.starts_with("GET /v1/events").then_some(closed)
    };
    let server = server(ended);
    let (agent, _keys) = start(server.phone()).await;
    until(&agent, "a registered desk", |status| status.registered).await;
    eventually("the profile again, and the stream again", || {
        count(&server, "/v1/events") >= 2 && count(&server, "/v1/profile") >= 3
    })
    .await;
}

#[tokio::test]
async fn the_server_hears_whether_the_phone_can_be_called() {
    let server = server(|_| None);
    let (agent, _keys) = start(server.phone()).await;
    until(&agent, "a registered desk", is_ready).await;
    let told = || {
        let asked = server.requests();
        let mut reports = asked.iter().filter(|a| a.head.contains("/v1/reports"));
        reports.any(|a| a.body.contains("\"registered\":true"))
    };
    eventually("a report", told).await;
}

#[tokio::test]
async fn a_token_that_the_server_forgot_is_asked_for_again() {
    let forgotten = |asked: &Asked| {
        let refused = r#"{"code":"not_authenticated","message":"Who are you?"}"#;
        let with_token = asked.head.contains("Bearer the-device-token");
        with_token.then(|| json("401 Unauthorized", refused))
    };
    let server = server(forgotten);
    let (agent, _keys) = start(server.phone()).await;
    eventually("a second enrolment", || count(&server, "/v1/enrol") >= 2).await;
    let claims: Vec<_> = server
        .requests()
        .iter()
        .filter(|asked| asked.head.contains("/v1/enrol"))
        .map(|asked| asked.body.clone())
        .collect();
    assert_eq!(
        claims.first(),
        claims.last(),
        "the same phone says the same"
    );
    drop(agent);
}

#[tokio::test]
async fn what_cannot_be_used_is_named_at_the_start() {
    let server = server(|_| None);
    let refuse = async |change: &dyn Fn(&mut Config)| {
        let mut config = server.phone();
        change(&mut config);
        let (_keys, seams) = Seams::headless();
        format!("{:#}", Agent::start(config, seams).await.unwrap_err())
    };
    let ca = refuse(&|config| config.ca_file = Some("/nonexistent/ca.pem".into())).await;
    assert!(ca.contains("server.ca_file"), "{ca}");
    let panel = refuse(&|config| config.panel = "1x1".into()).await;
    assert!(
        panel.contains("display.panel") && panel.contains("480x272"),
        "{panel}"
    );
    let folder = refuse(&|config| config.state_dir = "/proc/nothing".into()).await;
    assert!(folder.contains("/proc/nothing"), "{folder}");
    let socket = refuse(&|config| config.control_socket = Some("/proc/x/socket".into())).await;
    assert!(socket.contains("control.socket"), "{socket}");
}

/// The screens that a server was sent, as JSON.
fn screens(server: &TestServer) -> Vec<serde_json::Value> {
    let asked = server.requests().into_iter();
    let bodies = asked.filter(|asked| asked.head.contains("/v1/reports"));
    let reports =
        bodies.map(|asked| serde_json::from_str::<serde_json::Value>(&asked.body).unwrap());
    let texts = reports.filter_map(|report| Some(report.get("screen")?.as_str()?.to_owned()));
    texts
        .map(|text| serde_json::from_str(&text).unwrap())
        .collect()
}

#[tokio::test]
async fn whoever_looks_sees_the_screen_and_its_changes_but_no_pin() {
    let looked_at = |asked: &Asked| {
        let wanted = "data: {\"type\":\"screen_wanted\",\"seconds\":60}\n\n";
        let begins = asked.head.starts_with("GET /v1/events");
        begins.then(|| format!("{STREAM}{wanted}"))
    };
    let server = server(looked_at);
    let (agent, keys) = start(server.phone()).await;
    until(&agent, "a registered desk", is_ready).await;
    for c in "*452000#864213".chars() {
        keys.send(Key::Digit(Digit::new(c).unwrap())).await.unwrap();
    }
    let is_shown = || {
        let face = Arc::clone(&agent.faces().borrow());
        let shown = serde_json::to_value(face.screen.as_ref().unwrap()).unwrap();
        face.text.contains("2000")
            && screens(&server)
                .last()
                .is_some_and(|s| s["screen"] == shown)
    };
    eventually("the PIN as dots", is_shown).await;
    let sent = screens(&server);
    assert!(
        sent.iter()
            .all(|s| s["panel"] == "480x272" && s.get("theme").is_none())
    );
    let last = sent.last().unwrap();
    assert_eq!(
        last["screen"]["body"]["form"]["fields"][1]["dots"], 6,
        "{last}"
    );
    for asked in server.requests() {
        let secret = ["readable", "candidates", "864213"];
        assert!(secret.iter().all(|s| !asked.body.contains(s)), "{asked:?}");
    }
}

#[tokio::test]
async fn no_screen_leaves_a_phone_that_nobody_looks_at() {
    let server = server(|_| None);
    let (agent, keys) = start(server.phone()).await;
    until(&agent, "a registered desk", is_ready).await;
    for c in "*45".chars() {
        keys.send(Key::Digit(Digit::new(c).unwrap())).await.unwrap();
    }
    until(&agent, "a log-in", |s| s.activity == ActivityName::Entering).await;
    // A connection is made ready for the log-in, after anything that would have been sent before.
    eventually("a ping", || count(&server, "/v1/ping") > 0).await;
    assert_eq!(screens(&server), Vec::<serde_json::Value>::new());
}
