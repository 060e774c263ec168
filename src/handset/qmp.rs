//! QMP: the control connection of a QEMU machine, one JSON object on each line.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

/// Longest wait for an answer: a loaded machine is slow, one that takes longer is broken.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// A control connection.
#[derive(Debug)]
pub struct Qmp {
    lines: Lines<BufReader<OwnedReadHalf>>,
    writer: OwnedWriteHalf,
}

impl Qmp {
    /// Connects to the socket of a running machine. A machine talks to one client at a time.
    ///
    /// # Errors
    /// When nobody listens there, or somebody who is not QEMU.
    pub async fn connect(socket: &Path) -> anyhow::Result<Self> {
        let stream = UnixStream::connect(socket)
            .await
            .with_context(|| format!("{}: no machine listens there", socket.display()))?;
        let (reader, writer) = stream.into_split();
        let lines = BufReader::new(reader).lines();
        let mut qmp = Self { lines, writer };
        qmp.execute("qmp_capabilities", json!({})).await?;
        Ok(qmp)
    }

    /// Carries out one command and returns what it returned; events in between are skipped.
    ///
    /// # Errors
    /// When QEMU refuses, is gone, or does not answer.
    pub async fn execute(&mut self, command: &str, arguments: Value) -> anyhow::Result<Value> {
        let request = json!({ "execute": command, "arguments": arguments });
        let asking = async {
            self.writer
                .write_all(format!("{request}\n").as_bytes())
                .await?;
            loop {
                let line = self.lines.next_line().await?;
                let mut answer: Value = serde_json::from_str(&line.context("QEMU has ended")?)?;
                if let Some(error) = answer.get("error") {
                    bail!("QEMU refuses {command}: {}", error["desc"]);
                }
                if let Some(returned) = answer.get_mut("return") {
                    return Ok(returned.take());
                }
            }
        };
        let answer = tokio::time::timeout(ANSWER_MAX, asking).await;
        answer.with_context(|| format!("QEMU does not answer {command}"))?
    }

    /// The path of the first device of a type, which other commands take.
    ///
    /// # Errors
    /// When the machine has none, or as [`Self::execute`].
    pub async fn device(&mut self, kind: &str) -> anyhow::Result<String> {
        let all = "/machine/unattached";
        let listed = self.execute("qom-list", json!({ "path": all })).await?;
        let wanted = format!("child<{kind}>");
        let found = listed
            .as_array()
            .into_iter()
            .flatten()
            .find(|entry| entry["type"] == wanted.as_str());
        let name = found.and_then(|entry| entry["name"].as_str());
        Ok(format!(
            "{all}/{}",
            name.with_context(|| format!("the machine has no {kind}"))?
        ))
    }
}
