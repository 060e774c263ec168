//! A real agent in a process of its own, for power cuts: `kill -9` leaves nothing but what is on flash.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use hotdesk_agent::{Config, Status};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::watch;

use crate::eventually;

/// A phone that can be killed; killed when dropped.
#[derive(Debug)]
pub struct PhoneProcess {
    child: Child,
    keys: ChildStdin,
    status: watch::Receiver<Option<Status>>,
}

impl PhoneProcess {
    /// Switches it on: the program `hotdesk-phone` of this crate, which is this rig's `Phone` behind a pipe.
    pub async fn start(config: &Config) -> Self {
        std::fs::create_dir_all(&config.state_dir).unwrap();
        let file = config.state_dir.with_extension("toml");
        std::fs::write(&file, text(config)).unwrap();
        let mut child = Command::new(program())
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("hotdesk-phone was built with the tests");
        let keys = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, status) = watch::channel(None);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                sender.send_replace(Some(serde_json::from_str(&line).expect("a status in JSON")));
            }
        });
        let phone = Self {
            child,
            keys,
            status,
        };
        phone.expect(|_| true).await;
        phone
    }

    /// What it said of itself last.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
            .borrow()
            .clone()
            .expect("a phone that has started")
    }

    /// Presses keys, as [`crate::Phone::press`] does.
    pub async fn press(&mut self, keys: &str) {
        self.keys
            .write_all(format!("{keys}\n").as_bytes())
            .await
            .expect("the phone is on");
    }

    /// Waits until its status is as wanted.
    pub async fn expect(&self, is_so: impl Fn(&Status) -> bool) {
        eventually("the phone's status", async || {
            match &*self.status.borrow() {
                Some(status) if is_so(status) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
    }

    /// SIGKILL: it gets no chance to tidy up.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("the process was there");
    }
}

/// Beside the test binary, one folder up: cargo builds a package's programs before its tests.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("test binaries are in target/…/deps");
    folder.join("hotdesk-phone")
}

fn text(config: &Config) -> String {
    let path = |p: &Path| format!("{:?}", p.display().to_string());
    format!(
        "[server]\nurl = \"{}\"\nca_file = {}\n[device]\nmac = \"{}\"\nmodel = \"{}\"\nstate_dir = {}\nkey_file = {}\n\
         [sip]\nlisten = \"{}\"\n",
        config.server_url.as_deref().unwrap_or_default(),
        config.ca_file.as_deref().map(path).unwrap_or_default(),
        config.device,
        config.model,
        path(&config.state_dir),
        path(&config.key_file),
        config.sip_listen
    )
}
