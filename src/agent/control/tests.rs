//! Clients of the control socket: polite ones, and others.

use std::os::unix::fs::symlink;

use tempfile::TempDir;
use tokio::io::Lines;
use tokio::sync::{broadcast, watch};

use super::*;
use crate::{Face, Notice};

const PATIENCE: Duration = Duration::from_secs(10);

/// A control socket whose phone is played by the test.
struct Rig {
    folder: TempDir,
    orders: mpsc::Receiver<Order>,
    status: watch::Sender<Arc<Status>>,
    notices: broadcast::Sender<Notice>,
    _faces: watch::Sender<Arc<Face>>,
}

impl Rig {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = open(&folder.path().join("socket")).unwrap();
        let (orders, ordered) = mpsc::channel(4);
        let (status, statuses) = watch::channel(Arc::new(status(ActivityName::Home)));
        let (notices, _) = broadcast::channel(4);
        let face = Face {
            text: "Desk 12\n".to_owned(),
            ..Face::default()
        };
        let (face_sender, faces) = watch::channel(Arc::new(face));
        let handles = Handles {
            faces,
            status: statuses,
            typing: watch::channel(false).1,
            touched: watch::channel(()).1,
            missing_keys: watch::Sender::default(),
            dark: watch::Sender::default(),
            notices: notices.clone(),
        };
        tokio::spawn(serve(listener, Reach { handles, orders }));
        Self {
            folder,
            orders: ordered,
            status,
            notices,
            _faces: face_sender,
        }
    }

    async fn connect(&self) -> Peer {
        let stream = UnixStream::connect(self.folder.path().join("socket"))
            .await
            .unwrap();
        let (reader, writer) = stream.into_split();
        Peer {
            lines: BufReader::new(reader).lines(),
            writer,
        }
    }

    /// Takes the next order as the loop would: first what comes of it, then the receipt.
    async fn carry_out(&mut self, activity: ActivityName) -> Event {
        let order = timeout(PATIENCE, self.orders.recv())
            .await
            .unwrap()
            .unwrap();
        self.status.send_replace(Arc::new(status(activity)));
        order.done.send(()).unwrap();
        order.event
    }
}

struct Peer {
    lines: Lines<BufReader<OwnedReadHalf>>,
    writer: OwnedWriteHalf,
}

impl Peer {
    async fn say(&mut self, line: &str) {
        self.writer
            .write_all(format!("{line}\n").as_bytes())
            .await
            .unwrap();
    }

    /// Nothing comes for as long as an answer usually takes, many times over.
    async fn expect_silence(&mut self) {
        let early = timeout(Duration::from_millis(150), self.lines.next_line()).await;
        assert!(early.is_err(), "too early: {early:?}");
    }

    /// `None` when the phone hung up.
    async fn hear(&mut self) -> Option<Answer> {
        let line = timeout(PATIENCE, self.lines.next_line())
            .await
            .expect("an answer in time");
        line.ok()
            .flatten()
            .map(|line| serde_json::from_str(&line).unwrap())
    }
}

fn status(activity: ActivityName) -> Status {
    Status {
        activity,
        user: None,
        desk: None,
        desk_extension: None,
        enrolment_code: None,
        refusal: None,
        registered: true,
        server: true,
        network: true,
        last_switch_ms: None,
        pid: 1,
        sip_port: 5060,
        troubles: Vec::new(),
    }
}

#[tokio::test]
async fn status_and_screen_are_answered_without_the_loop() {
    let rig = Rig::start();
    let mut peer = rig.connect().await;
    peer.say(r#"{"command":"status"}"#).await;
    assert_eq!(
        peer.hear().await,
        Some(Answer::Status(status(ActivityName::Home)))
    );
    peer.say(r#"{"command":"text"}"#).await;
    assert_eq!(
        peer.hear().await,
        Some(Answer::Text("Desk 12\n".to_owned()))
    );
    peer.say(r#"{"command":"screen"}"#).await;
    let none = Answer::Error("there is no screen yet".to_owned());
    assert_eq!(peer.hear().await, Some(none));
}

#[tokio::test]
async fn a_log_in_is_answered_when_it_is_over() {
    let mut rig = Rig::start();
    let mut peer = rig.connect().await;
    peer.say(r#"{"command":"log_in","extension":"2000","pin":"1234"}"#)
        .await;
    let event = rig.carry_out(ActivityName::Admitting).await;
    assert!(matches!(event, Event::LogIn { .. }));
    for under_way in [ActivityName::Admitting, ActivityName::Switching] {
        rig.status.send_replace(Arc::new(status(under_way)));
        peer.expect_silence().await;
    }
    rig.status
        .send_replace(Arc::new(status(ActivityName::Refused)));
    let answer = peer.hear().await;
    assert_eq!(answer, Some(Answer::Status(status(ActivityName::Refused))));
}

#[tokio::test]
async fn keys_and_calls_become_events_in_order() {
    let mut rig = Rig::start();
    let mut peer = rig.connect().await;
    peer.say(r#"{"command":"press","keys":"soft1 2"}"#).await;
    let first = rig.carry_out(ActivityName::Entering).await;
    assert_eq!(first, Event::Key(hotdesk_session::Key::Soft(1)));
    assert!(matches!(
        rig.carry_out(ActivityName::Entering).await,
        Event::Key(_)
    ));
    let answer = peer.hear().await;
    assert_eq!(answer, Some(Answer::Status(status(ActivityName::Entering))));
    peer.say(r#"{"command":"calls","active":2}"#).await;
    assert_eq!(
        rig.carry_out(ActivityName::Home).await,
        Event::Calls { active: 2 }
    );
}

#[tokio::test]
async fn a_watcher_sees_the_present_every_change_and_every_call_to_place() {
    let rig = Rig::start();
    let mut peer = rig.connect().await;
    peer.say(r#"{"command":"watch"}"#).await;
    assert_eq!(
        peer.hear().await,
        Some(Answer::Status(status(ActivityName::Home)))
    );
    rig.status
        .send_replace(Arc::new(status(ActivityName::Leaving)));
    assert_eq!(
        peer.hear().await,
        Some(Answer::Status(status(ActivityName::Leaving)))
    );
    let dial = Notice::Dial {
        number: hotdesk_provisioning::DialString::parse("112").unwrap(),
        emergency: true,
    };
    rig.notices.send(dial.clone()).unwrap();
    assert_eq!(peer.hear().await, Some(Answer::Notice(dial.clone())));
    let line = serde_json::to_string(&Answer::Notice(dial)).unwrap();
    assert_eq!(
        line,
        r#"{"notice":{"event":"dial","number":"112","emergency":true}}"#
    );
}

#[tokio::test]
async fn what_is_not_understood_is_said_without_repeating_it() {
    let rig = Rig::start();
    let mut peer = rig.connect().await;
    peer.say(r#"{"command":"log_in","extension":"2000","pin":"98"}"#)
        .await;
    let Some(Answer::Error(why)) = peer.hear().await else {
        panic!("a short PIN is no PIN")
    };
    assert!(!why.contains("98"), "{why}");
    peer.say(r#"{"command":"press","keys":"softly"}"#).await;
    let Some(Answer::Error(why)) = peer.hear().await else {
        panic!("there is no such key")
    };
    assert!(why.contains("softly"));
}

#[tokio::test]
async fn an_endless_line_is_not_read_to_its_end() {
    let rig = Rig::start();
    let mut peer = rig.connect().await;
    // The phone may hang up in the middle of it.
    let _ = peer.writer.write_all(&vec![b'x'; LINE_BYTES_MAX * 4]).await;
    assert_eq!(peer.hear().await, None);
}

#[tokio::test]
async fn more_clients_than_there_is_room_for_wait_for_their_turn() {
    let rig = Rig::start();
    let mut peers = Vec::new();
    for _ in 0..CLIENTS_MAX {
        let mut peer = rig.connect().await;
        peer.say(r#"{"command":"status"}"#).await;
        assert!(peer.hear().await.is_some());
        peers.push(peer);
    }
    let mut late = rig.connect().await;
    late.say(r#"{"command":"status"}"#).await;
    late.expect_silence().await;
    drop(peers.pop());
    assert!(late.hear().await.is_some());
}

#[tokio::test]
async fn the_socket_is_its_owners_and_replaces_only_a_dead_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run/socket");
    let first = open(&path).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let second = format!("{:#}", open(&path).unwrap_err());
    assert!(second.contains("another process listens"), "{second}");
    drop(first);
    open(&path).unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "precious").unwrap();
    let link = folder.path().join("link");
    symlink(&file, &link).unwrap();
    for no_socket in [&file, &link] {
        let error = format!("{:#}", open(no_socket).unwrap_err());
        assert!(error.contains("no socket"), "{error}");
    }
    assert_eq!(fs::read(&file).unwrap(), b"precious");
}
