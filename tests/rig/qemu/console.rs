//! The serial console: everything it ever printed, and a shell where the image has one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;

use crate::eventually::{eventually, eventually_within};

/// How much of the end belongs into a message.
const TAIL_LINES: usize = 30;
/// Longest that a command in the guest may take.
const COMMAND_MAX: Duration = Duration::from_secs(40);

/// A console, which QEMU copies into a file.
#[derive(Debug)]
pub(super) struct Console {
    keyboard: OwnedWriteHalf,
    log: PathBuf,
    commands: usize,
}

impl Console {
    /// Connects to a console that QEMU also copies into `log`.
    pub(super) async fn connect(socket: &Path, log: &Path) -> Self {
        let stream = eventually("QEMU's console", async || UnixStream::connect(socket).await).await;
        let (mut screen, keyboard) = stream.into_split();
        // What nobody reads would block the guest as soon as the socket is full.
        tokio::spawn(async move { tokio::io::copy(&mut screen, &mut tokio::io::sink()).await });
        Self {
            keyboard,
            log: log.to_owned(),
            commands: 0,
        }
    }

    /// All that was printed so far.
    pub(super) fn text(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).replace('\r', "")
    }

    /// The end of it, for a message.
    pub(super) fn tail(&self) -> String {
        let text = self.text();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }

    /// Waits until something was printed.
    pub(super) async fn expect(&self, what: &str, patience: Duration) {
        eventually_within(patience, &format!("{what:?} on the console"), async || {
            if self.text().contains(what) {
                Ok(())
            } else {
                Err(self.tail())
            }
        })
        .await;
    }

    /// Types one line.
    pub(super) async fn type_line(&mut self, line: &str) {
        let line = format!("{line}\n");
        let typed = self.keyboard.write_all(line.as_bytes()).await;
        typed.expect("the console takes a line");
    }

    /// Carries out a command in the shell and returns what it printed.
    pub(super) async fn run(&mut self, command: &str) -> String {
        self.commands += 1;
        let number = self.commands;
        // The quotes keep the echo of the command from being taken for its output.
        self.type_line(&format!(
            "echo 'be''gin'{number}; {command}; echo 'en''d'{number}"
        ))
        .await;
        let (begin, end) = (format!("begin{number}\n"), format!("end{number}\n"));
        eventually_within(
            COMMAND_MAX,
            &format!("`{command}` in the guest"),
            async || {
                let text = self.text();
                let output = text
                    .rsplit_once(&begin)
                    .and_then(|(_, rest)| rest.split_once(&end));
                output
                    .map(|(output, _)| output.to_owned())
                    .ok_or_else(|| self.tail())
            },
        )
        .await
    }
}
