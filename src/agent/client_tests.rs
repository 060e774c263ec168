//! Each way in which a request can fail, against a real TLS server.

use std::net::TcpListener;
use std::time::SystemTime;

use hotdesk_provisioning::{AttemptId, Extension, Pin};

use super::*;
use crate::test_server::{Asked, TestServer, json};

const TOKEN: &str = "the-device-token";
/// 2026-06-01, within the life of the test server's certificate.
const JUNE: u64 = 1_780_272_000;

fn client(config: Config, unix: u64) -> Client {
    let clock = Clock::with_wall(move || SystemTime::UNIX_EPOCH + Duration::from_secs(unix));
    Client::new(config, &clock).unwrap()
}

fn token() -> Secret {
    Secret::new(TOKEN.to_owned())
}

fn request() -> OpenRequest {
    OpenRequest {
        attempt: AttemptId::from_random(7),
        extension: Extension::parse("2000").unwrap(),
        pin: Pin::parse("1234").unwrap(),
    }
}

/// What becomes of a log-in at a phone with this configuration whose clock shows this time.
async fn open_code(config: Config, unix: u64) -> RefusalCode {
    let answer = client(config, unix).open(&token(), &request()).await;
    answer.expect_err("nobody is admitted").code
}

async fn code_for(answer: String) -> RefusalCode {
    let server = TestServer::saying(answer);
    open_code(server.phone(), JUNE).await
}

#[tokio::test]
async fn a_refusal_is_passed_on_as_it_is() {
    let body = r#"{"code":"wrong_pin","message":"Wrong PIN.","attempts_left":2}"#;
    let server = TestServer::saying(json("403 Forbidden", body));
    let answer = client(server.phone(), JUNE)
        .open(&token(), &request())
        .await;
    let refusal = answer.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.attempts_left),
        (RefusalCode::WrongPin, Some(2))
    );
}

#[tokio::test]
async fn the_token_travels_in_its_header_and_the_pin_in_the_body_only() {
    let server = TestServer::saying(json("500 X", "junk"));
    open_code(server.phone(), JUNE).await;
    let asked = server.requests().remove(0);
    assert!(asked.head.starts_with("POST /v1/associations HTTP/1.1\r\n"));
    let header = format!("authorization: bearer {TOKEN}\r\n");
    assert!(asked.head.to_ascii_lowercase().contains(&header));
    assert!(!asked.head.contains("1234") && asked.body.contains("\"1234\""));
    assert!(!asked.body.contains(TOKEN));
}

#[tokio::test]
async fn what_makes_no_sense_is_said_to_make_no_sense() {
    for answer in [
        json("200 OK", "<html>hello</html>"),
        json("200 OK", r#"{"association":"a1"}"#),
        json("404 Not Found", "<html>404</html>"),
        json("500 Internal Server Error", ""),
        json("302 Found", ""),
    ] {
        assert_eq!(
            code_for(answer.clone()).await,
            RefusalCode::ServerNonsense,
            "{answer:.60}"
        );
    }
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_bound_and_no_further() {
    let body = r#"{"ends_in":60}"#;
    for (bytes, within) in [(BODY_BYTES_MAX, true), (BODY_BYTES_MAX + 1, false)] {
        let padding = " ".repeat(bytes - body.len());
        let server = TestServer::saying(json("200 OK", &format!("{body}{padding}")));
        let association = AssociationId::parse("a41").unwrap();
        let client = client(server.phone(), JUNE);
        let answer = client.extend(&token(), &association).await;
        assert_eq!(answer.is_ok(), within, "{bytes}: {answer:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_away_behind_something_else_is_not_reached() {
    for status in [
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
    ] {
        let code = code_for(json(status, "<html>")).await;
        assert_eq!(code, RefusalCode::ServerUnreachable, "{status}");
    }
    let busy = json(
        "503 Service Unavailable",
        r#"{"code":"busy","message":"Later."}"#,
    );
    assert_eq!(code_for(busy).await, RefusalCode::Busy);
}

#[tokio::test]
async fn a_port_on_which_nobody_listens_is_not_reached() {
    let server = TestServer::saying(String::new());
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let config = Config {
        server_url: Some(format!("https://{free}")),
        ..server.phone()
    };
    assert_eq!(
        open_code(config, JUNE).await,
        RefusalCode::ServerUnreachable
    );
}

#[tokio::test]
async fn another_authority_is_not_trusted() {
    let (server, other) = (
        TestServer::saying(json("200 OK", "{}")),
        TestServer::saying(String::new()),
    );
    let config = Config {
        ca_file: Some(other.ca_file()),
        ..server.phone()
    };
    assert_eq!(open_code(config, JUNE).await, RefusalCode::ServerUntrusted);
    assert!(
        server.requests().is_empty(),
        "nothing is said to a server that is not trusted"
    );
}

#[tokio::test]
async fn another_name_is_not_trusted() {
    let server = TestServer::saying(json("200 OK", "{}"));
    let config = Config {
        server_url: Some(format!("https://localhost:{}", server.address.port())),
        ..server.phone()
    };
    assert_eq!(open_code(config, JUNE).await, RefusalCode::ServerUntrusted);
}

#[tokio::test]
async fn a_wrong_clock_is_told_from_a_wrong_certificate() {
    let server = TestServer::saying(json("200 OK", "{}"));
    for (unix, code) in [
        (0, RefusalCode::ClockWrong),                  // never set
        (946_684_800, RefusalCode::ClockWrong),        // 2000: before the certificate
        (1_640_995_200, RefusalCode::ServerNonsense), // 2022: implausible, but nothing depends on it
        (JUNE, RefusalCode::ServerNonsense),          // right: the answer itself is what is wrong
        (2_000_000_000, RefusalCode::ServerUntrusted), // 2033: the certificate has expired
    ] {
        assert_eq!(open_code(server.phone(), unix).await, code, "{unix}");
    }
}

#[tokio::test]
async fn an_authority_without_a_certificate_is_named() {
    let server = TestServer::saying(String::new());
    std::fs::write(server.ca_file(), "nothing").unwrap();
    let error = Client::new(server.phone(), &Clock::system()).unwrap_err();
    assert!(format!("{error:#}").contains("server.ca_file"), "{error:#}");
}

#[tokio::test]
async fn a_profile_is_read_once_and_then_only_when_it_changed() {
    let profile = r#"{"desk":"Desk 12","extension":"3001","account":{"aor":"sip:3001@example.com",
        "auth_user":"h","secret":"s","registrar":{"host":"192.0.2.1"}}}"#;
    let server = TestServer::start(move |asked: &Asked| {
        let answer = if asked.head.contains("if-none-match: \"v1\"") {
            "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned()
        } else {
            json("200 OK", profile).replacen("\r\n", "\r\nETag: \"v1\"\r\n", 1)
        };
        answer.into_bytes()
    });
    let client = client(server.phone(), JUNE);
    let fetched = client.profile(&token(), None).await.unwrap().unwrap();
    assert_eq!(fetched.profile.desk, "Desk 12");
    assert_eq!(fetched.tag.as_deref(), Some("\"v1\""));
    let again = client
        .profile(&token(), fetched.tag.as_deref())
        .await
        .unwrap();
    assert!(again.is_none());
}

#[tokio::test]
async fn a_warm_connection_is_used_again_and_a_dead_one_costs_one_more_try() {
    let server = TestServer::start(
        |asked: &Asked| match asked.head.starts_with("GET /v1/ping") {
            true => b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
            // The first connection dies with the question on it.
            false if asked.connection == 1 => Vec::new(),
            false => json("200 OK", "{}").into_bytes(),
        },
    );
    let client = client(server.phone(), JUNE);
    client.ping(&token()).await.unwrap();
    client.ping(&token()).await.unwrap();
    let answer = client.open(&token(), &request()).await.unwrap_err();
    assert_eq!(
        answer.code,
        RefusalCode::ServerNonsense,
        "the second try was answered"
    );
    let connections: Vec<_> = server
        .requests()
        .iter()
        .map(|asked| asked.connection)
        .collect();
    assert_eq!(connections, [1, 1, 1, 2]);
}
