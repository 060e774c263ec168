//! The page over real sockets, with the test in the place of the agent.

use std::net::SocketAddr;

use hotdesk_agent::{Face, Lamps};
use hotdesk_session::{Digit, Key};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use super::*;
use crate::rack::Ends;

const PAGE: &str = include_str!("../../assets/handset/index.html");
const SCRIPT: &str = include_str!("../../assets/handset/handset.js");

#[tokio::test]
async fn the_page_and_its_parts_are_there_and_nothing_inline_can_run() {
    let desk = Desk::start().await;
    for path in ["/", "/handset.css", "/handset.js", "/icon.svg"] {
        let answer = desk.get(path).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        assert!(answer.contains("content-security-policy: default-src 'none'; script-src 'self'"));
    }
    assert!(!PAGE.contains("style=") && !PAGE.contains("onclick") && !PAGE.contains("<script>"));
}

#[test]
fn every_key_on_the_page_is_a_key_of_the_phone() {
    let (_, typed) = SCRIPT.split_once("const TYPED = {").unwrap();
    let (typed, _) = typed.split_once('}').unwrap();
    let drawn = PAGE.split("data-key=\"").skip(1);
    let names = drawn.chain(typed.split(": \"").skip(1));
    let names: Vec<_> = names.filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(Press::named(name).is_some(), "{name:?}");
    }
}

#[tokio::test]
async fn keys_arrive_in_the_order_of_the_request() {
    let mut desk = Desk::start().await;
    let answer = desk
        .press(r##"{"keys":["soft1","2","#","handset"]}"##)
        .await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let digit = |c| Key::Digit(Digit::new(c).unwrap());
    for key in [Key::Soft(1), digit('2'), digit('#'), Key::HookOff] {
        assert_eq!(desk.keys.recv().await, Some(key));
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_taken_whole_presses_nothing() {
    let mut desk = Desk::start().await;
    let many = format!(r#"{{"keys":[{}"1"]}}"#, r#""1","#.repeat(KEYS_MAX));
    for (body, status) in [
        (r#"{"keys":["1","eject"]}"#, 400),
        (many.as_str(), 400),
        (r#"{"keys":["1"],"phone":2}"#, 422),
        (r#"{"keys":["#, 400),
        (&"1".repeat(BODY_BYTES_MAX + 1), 413),
    ] {
        let answer = desk.press(body).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{body}: {answer}"
        );
    }
    assert!(desk.keys.try_recv().is_err());
}

#[tokio::test]
async fn only_json_of_our_own_page_presses_keys() {
    let mut desk = Desk::start().await;
    let body = r#"{"keys":["1"]}"#;
    let form = desk.post("Content-Type: text/plain\r\n", body).await;
    assert!(form.starts_with("HTTP/1.1 415"), "{form}");
    let json = "Content-Type: application/json\r\n";
    let foreign = desk
        .post(&format!("{json}Origin: http://evil.example\r\n"), body)
        .await;
    assert!(foreign.starts_with("HTTP/1.1 403"), "{foreign}");
    assert!(desk.keys.try_recv().is_err());
    let own = desk
        .post(&format!("{json}Origin: http://{}\r\n", desk.address), body)
        .await;
    assert!(own.starts_with("HTTP/1.1 204"), "{own}");
}

#[tokio::test]
async fn there_are_no_phones_but_ours() {
    let desk = Desk::start().await;
    for path in [
        "/phones/0/screen.png",
        "/phones/2/screen.txt",
        "/phones/2/events",
        "/etc/passwd",
    ] {
        let answer = desk.get(path).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_phone_that_is_gone_says_so() {
    let mut desk = Desk::start().await;
    desk.keys.close();
    let answer = desk.press(r#"{"keys":["1"]}"#).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
}

#[tokio::test]
async fn events_tell_the_present_first_and_then_every_change() {
    let desk = Desk::start().await;
    let mut events = desk.events().await;
    let first = events.next().await;
    assert!(first.contains(r#""text":"Sign in""#), "{first}");
    assert!(first.contains(r#""signed_in":false"#) && first.contains(r#""lifted":false"#));

    let jane = Face {
        text: "Jane Doe".to_owned(),
        lamps: Lamps {
            signed_in: true,
            ..Lamps::default()
        },
        ..Face::default()
    };
    desk.face.send_replace(Arc::new(jane));
    let second = events.next().await;
    assert!(second.contains(r#""text":"Jane Doe""#), "{second}");
    assert!(second.contains(r#""signed_in":true"#));

    desk.press(r#"{"keys":["handset"]}"#).await;
    let third = events.next().await;
    assert!(third.contains(r#""lifted":true"#), "{third}");
}

#[tokio::test]
async fn pages_beyond_the_limit_are_turned_away_until_one_closes() {
    let desk = Desk::start().await;
    let mut open = Vec::new();
    while desk.rack.streams.available_permits() > 0 {
        let mut events = desk.events().await;
        events.next().await;
        open.push(events);
    }
    let answer = desk.get("/events").await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    open.pop();
    let freed = async {
        while desk.rack.streams.available_permits() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), freed)
        .await
        .expect("a closed page frees its place within 10 s");
}

#[tokio::test]
async fn only_glass_that_is_built_in_can_be_chosen_and_only_where_a_phone_can_change_it() {
    let desk = Desk::start().await;
    for (body, status) in [
        (r#"{"panel":"320x240"}"#, 409),
        (r#"{"panel":"1x1"}"#, 400),
        (r#"{"panel":"/etc/hotdesk/panel.toml"}"#, 400),
        (r#"{"panel":"320x240","theme":"pink"}"#, 400),
        (r#"{"panel":"320x240","size":3}"#, 422),
    ] {
        let length = body.len();
        let head = format!(
            "PUT /phones/1/panel HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
        );
        let answer = desk.ask(&head, body).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{body}: {answer}"
        );
    }
    let rack = desk.get("/phones").await;
    assert!(
        rack.contains("\"name\":\"480x272\"") && rack.contains("\"choice\":false"),
        "{rack}"
    );
    assert!(rack.contains("\"panels\":[\"480x272\""), "{rack}");
}

/// A page with one phone whose agent is the test.
struct Desk {
    address: SocketAddr,
    rack: Arc<Rack>,
    keys: mpsc::Receiver<Key>,
    face: watch::Sender<Arc<Face>>,
}

impl Desk {
    async fn start() -> Self {
        let (sender, keys) = mpsc::channel(64);
        let face = Face {
            text: "Sign in".to_owned(),
            ..Face::default()
        };
        let (face, faces) = watch::channel(Arc::new(face));
        let layout = Layout::of_panel(&"480x272".into()).unwrap();
        let (_, layouts) = watch::channel(Arc::new(layout));
        let ends = Ends {
            keys: sender,
            faces,
            layouts,
            choice: None,
        };
        let phone = Phone::new("Desk 11".to_owned(), ends);
        let rack = Arc::new(Rack::new(vec![phone], Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = router(Arc::clone(&rack));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            address,
            rack,
            keys,
            face,
        }
    }

    async fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\n"), "").await
    }

    async fn press(&self, body: &str) -> String {
        self.post("Content-Type: application/json\r\n", body).await
    }

    async fn post(&self, headers: &str, body: &str) -> String {
        let length = body.len();
        let head = format!("POST /phones/1/keys HTTP/1.1\r\n{headers}Content-Length: {length}\r\n");
        self.ask(&head, body).await
    }

    async fn ask(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let text = format!(
            "{head}Host: {}\r\nConnection: close\r\n\r\n{body}",
            self.address
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A body that is refused half-way ends in a reset; what was said before it still counts.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn events(&self) -> Events {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let text = format!("GET /events HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        stream.write_all(text.as_bytes()).await.unwrap();
        Events(BufReader::new(stream))
    }
}

struct Events(BufReader<TcpStream>);

impl Events {
    /// The data of the next event.
    async fn next(&mut self) -> String {
        let found = async {
            loop {
                let mut line = String::new();
                assert!(
                    self.0.read_line(&mut line).await.unwrap() > 0,
                    "the stream ended"
                );
                if let Some(data) = line.strip_prefix("data: ") {
                    return data.trim().to_owned();
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), found)
            .await
            .expect("an event within 10 s")
    }
}
