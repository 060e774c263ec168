//! QMP: QEMU's own control connection, one JSON object on each line.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use crate::eventually;

/// Longest wait for an answer: writing a whole saved state takes a few seconds on a loaded machine.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// A control connection.
#[derive(Debug)]
pub struct Qmp {
    lines: Lines<BufReader<OwnedReadHalf>>,
    writer: OwnedWriteHalf,
}

impl Qmp {
    /// Connects as soon as the socket is there.
    pub async fn connect(socket: &Path) -> Self {
        let stream = eventually("QEMU's control socket", async || {
            UnixStream::connect(socket).await
        })
        .await;
        let (reader, writer) = stream.into_split();
        let lines = BufReader::new(reader).lines();
        let mut qmp = Self { lines, writer };
        qmp.execute("qmp_capabilities", json!({})).await;
        qmp
    }

    /// Carries out one command and returns what it returned; events in between are skipped.
    ///
    /// # Panics
    /// When QEMU refuses, is gone or does not answer.
    pub async fn execute(&mut self, command: &str, arguments: Value) -> Value {
        match self.try_execute(command, arguments).await {
            Ok(answer) => answer,
            Err(why) => panic!("QEMU refuses {command}: {why}"),
        }
    }

    /// The same, but a refusal is an answer.
    pub async fn try_execute(&mut self, command: &str, arguments: Value) -> Result<Value, String> {
        let request = json!({ "execute": command, "arguments": arguments });
        let asking = async {
            self.writer
                .write_all(format!("{request}\n").as_bytes())
                .await
                .map_err(|gone| gone.to_string())?;
            loop {
                let line = self.lines.next_line().await.map_err(|e| e.to_string())?;
                let line = line.ok_or("QEMU has ended")?;
                let mut answer: Value = serde_json::from_str(&line).expect("QMP is JSON");
                if let Some(error) = answer.get("error") {
                    return Err(error["desc"].to_string());
                }
                if let Some(returned) = answer.get_mut("return") {
                    return Ok(returned.take());
                }
            }
        };
        tokio::time::timeout(ANSWER_MAX, asking)
            .await
            .unwrap_or_else(|_| panic!("QEMU does not answer {command}"))
    }
}
