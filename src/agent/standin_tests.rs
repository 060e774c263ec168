//! Phones that cannot start, and what makes them start.

use std::fs;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

use super::*;

const SOON: Duration = Duration::from_secs(60);

/// A folder with a configuration file, and the phone that it is for.
struct Desk {
    folder: tempfile::TempDir,
    _phone: JoinSet<anyhow::Result<()>>,
}

/// A call application.
struct Peer {
    lines: Lines<BufReader<OwnedReadHalf>>,
    write: OwnedWriteHalf,
}

impl Desk {
    /// Starts a phone whose state directory is what `state_dir` says.
    fn start(state_dir: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self {
            folder,
            _phone: JoinSet::new(),
        };
        desk.configure(state_dir);
        desk.switched_on()
    }

    fn switched_on(mut self) -> Self {
        let file = self.folder.path().join("agent.toml");
        self._phone
            .spawn(async move { run_file(&file, Path::new("/nonexistent")).await });
        self
    }

    fn configure(&self, state_dir: &str) {
        let text = format!(
            "[server]\nurl = \"https://localhost:1\"\n[device]\nmac = \"02:00:5e:10:00:11\"\nstate_dir = \"{state_dir}\"\n\
             [sip]\nlisten = \"127.0.0.1:0\"\n[control]\nsocket = \"socket\"\n"
        );
        fs::write(self.folder.path().join("agent.toml"), text).unwrap();
    }

    /// Connects as soon as somebody listens.
    async fn connect(&self) -> Peer {
        let path = self.folder.path().join("socket");
        let connected = async {
            loop {
                match UnixStream::connect(&path).await {
                    Ok(stream) => return stream,
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        };
        let stream = timeout(SOON, connected).await.expect("nobody listens");
        let (read, write) = stream.into_split();
        Peer {
            lines: BufReader::new(read).lines(),
            write,
        }
    }

    /// What the phone says of itself.
    async fn said(&self, command: &str) -> String {
        let mut peer = self.connect().await;
        peer.say(command).await;
        peer.hear().await.unwrap_or_default()
    }
}

impl Peer {
    async fn say(&mut self, command: &str) {
        let line = format!("{command}\n");
        self.write.write_all(line.as_bytes()).await.unwrap();
    }

    async fn hear(&mut self) -> Option<String> {
        let line = timeout(SOON, self.lines.next_line()).await;
        line.expect("no answer").ok().flatten()
    }
}

#[tokio::test]
async fn a_phone_that_cannot_start_says_why_and_starts_when_the_file_is_mended() {
    // A file stands where the folder should be: no user can use it.
    let desk = Desk::start("agent.toml");
    let screen = desk.said(r#"{"command":"text"}"#).await;
    assert!(
        screen.contains("Cannot start") && screen.contains("state directory"),
        "{screen}"
    );
    let status = desk.said(r#"{"command":"status"}"#).await;
    assert!(status.contains("state directory"), "{status}");
    desk.configure("state");
    let started = async {
        while !desk.folder.path().join("state/device.key").exists()
            || desk
                .said(r#"{"command":"status"}"#)
                .await
                .contains("state directory")
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(SOON, started).await.expect("it never started");
}

#[tokio::test]
async fn a_phone_that_cannot_start_still_calls_for_help() {
    let desk = Desk::start("agent.toml");
    let mut caller = desk.connect().await;
    caller.say(r#"{"command":"watch"}"#).await;
    caller.hear().await.unwrap();
    desk.said(r#"{"command":"press","keys":"off-hook 112 call"}"#)
        .await;
    let heard = async {
        while let Some(line) = caller.hear().await {
            if line.contains("dial") && line.contains("112") && line.contains("\"emergency\":true")
            {
                return;
            }
        }
        panic!("the call was not placed");
    };
    timeout(SOON, heard).await.expect("nobody called");
}

#[tokio::test]
async fn a_phone_that_can_start_finds_the_control_socket_free() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let usual = Config::parse(USUAL, Path::new("")).unwrap();
    let around = Config {
        control_socket: Some(socket.clone()),
        display: crate::DisplayConfig::None,
        ..usual
    };
    let mut phone = StandIn::open(&around).unwrap();
    phone.listen();
    assert!(control::open(&socket).is_err(), "the phone listens");
    phone.leave_socket().await;
    assert!(control::open(&socket).is_ok());
}

#[test]
fn a_file_that_is_broken_leaves_the_usual_hardware() {
    let usual = Config::parse(USUAL, Path::new("")).unwrap();
    assert!(usual.fittings.keypad.is_some());
    assert_ne!(usual.display, crate::DisplayConfig::None);
    assert!(usual.control_socket.is_some());
    assert!(panel(&"no such panel".into()).is_ok());
}

#[tokio::test]
async fn a_broken_file_leaves_the_hardware_that_the_firmware_says() {
    let desk = Desk {
        folder: tempfile::tempdir().unwrap(),
        _phone: JoinSet::new(),
    };
    desk.configure("state");
    let of_firmware = desk.folder.path().join("agent.toml");
    let said = usual(&of_firmware).unwrap();
    assert_eq!(said.control_socket, Some(desk.folder.path().join("socket")));
    fs::write(&of_firmware, "broken").unwrap();
    let said = usual(&of_firmware).unwrap();
    assert_eq!(said, Config::parse(USUAL, Path::new("")).unwrap());
}

#[tokio::test]
async fn a_broken_file_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agent.toml");
    let usual = Config::parse(USUAL, Path::new("")).unwrap();
    let why = async |text: Option<&str>| {
        if let Some(text) = text {
            fs::write(&file, text).unwrap();
        }
        let failure = Opened::from(&file, &usual, None).await.err().unwrap();
        assert_eq!(failure.around, usual);
        match failure.why {
            Why::CannotStart(why) => why,
            Why::NoServer => panic!("the file was not read at all"),
        }
    };
    assert!(why(None).await.contains("agent.toml: cannot be read"));
    let said = why(Some("[server]\nurl = 7\n")).await;
    assert!(
        said.contains("agent.toml") && said.contains("line 2"),
        "{said}"
    );
}
