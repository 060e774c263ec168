//! A phone that runs its configuration file as `hotdeskd` does: it may not be able to start, and says so on its control
//! socket.

use std::fs;
use std::path::PathBuf;
use std::thread;

use hotdesk_agent::protocol::{Answer, Request};
use hotdesk_agent::{Agent, Status};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::oneshot;

use crate::eventually;

/// A phone on a thread of its own; stops when dropped.
#[derive(Debug)]
pub struct FilePhone {
    folder: TempDir,
    _stop: oneshot::Sender<()>,
}

impl FilePhone {
    /// Switches one on whose configuration is this, with a control socket and without a display; its relative paths count
    /// from [`Self::path`].
    pub fn start(mac: &str, config: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("agent.toml");
        let text = format!(
            "[device]\nmac = \"{mac}\"\nstate_dir = \"state\"\n[sip]\nlisten = \"127.0.0.1:0\"\n\
             [control]\nsocket = \"socket\"\n{config}"
        );
        fs::write(&file, text).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().unwrap();
            runtime.block_on(async {
                tokio::select! {
                    ended = Agent::run_file(&file, &file) => ended.expect("the phone goes on"),
                    _ = stopped => {}
                }
            });
        });
        Self {
            folder,
            _stop: stop,
        }
    }

    /// A path in its folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in its folder as a DHCP client's hook should: whole or not at all.
    pub fn write(&self, name: &str, text: &str) {
        let beside = self.path("beside");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, self.path(name)).unwrap();
    }

    /// Waits until its status is as wanted.
    pub async fn expect(&self, what: &str, is_so: impl Fn(&Status) -> bool) {
        eventually(what, async || {
            let answer = self.ask(&Request::Status).await?;
            let Answer::Status(status) = &answer else {
                return Err(format!("{answer:?}"));
            };
            is_so(status).then_some(()).ok_or(format!("{status:?}"))
        })
        .await;
    }

    /// Waits until its screen says this.
    pub async fn expect_screen(&self, what: &str) {
        eventually(what, async || {
            let answer = self.ask(&Request::Text).await?;
            let Answer::Text(text) = &answer else {
                return Err(format!("{answer:?}"));
            };
            text.contains(what).then_some(()).ok_or(text.clone())
        })
        .await;
    }

    /// Says something on its control socket.
    ///
    /// # Errors
    /// When nobody listens there now.
    pub async fn ask(&self, request: &Request) -> Result<Answer, String> {
        let error = |error: std::io::Error| error.to_string();
        let stream = UnixStream::connect(self.path("socket")).await;
        let (read, mut write) = stream.map_err(error)?.into_split();
        let line = format!("{}\n", serde_json::to_string(request).unwrap());
        write.write_all(line.as_bytes()).await.map_err(error)?;
        let answer = BufReader::new(read).lines().next_line().await;
        let answer = answer.map_err(error)?.ok_or("it hung up")?;
        serde_json::from_str(&answer).map_err(|why| why.to_string())
    }
}
