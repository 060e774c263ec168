//! qtest: the pins of a running machine, as a board tester touches them.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use crate::eventually;

/// Longest wait for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// An output pin that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The number of the pin.
    pub pin: u8,
    /// What it is now.
    pub high: bool,
}

/// A connection to the pins.
#[derive(Debug)]
pub struct Qtest {
    lines: Lines<BufReader<OwnedReadHalf>>,
    writer: OwnedWriteHalf,
    edges: VecDeque<Edge>,
}

impl Qtest {
    /// Connects as soon as the socket is there.
    pub async fn connect(socket: &Path) -> Self {
        let stream = eventually("QEMU's test socket", async || {
            UnixStream::connect(socket).await
        })
        .await;
        let (reader, writer) = stream.into_split();
        Self {
            lines: BufReader::new(reader).lines(),
            writer,
            edges: VecDeque::new(),
        }
    }

    /// Reports every edge of the outputs of a device from now on.
    pub async fn watch(&mut self, device: &str) {
        self.command(&format!("irq_intercept_out {device}")).await;
    }

    /// Puts a level on an input of a device.
    pub async fn set(&mut self, device: &str, pin: u8, high: bool) {
        let level = u8::from(high);
        self.command(&format!(
            "set_irq_in {device} unnamed-gpio-in {pin} {level}"
        ))
        .await;
    }

    /// A 32-bit register.
    pub async fn read(&mut self, address: u64) -> u32 {
        let answer = self.command(&format!("readl {address:#x}")).await;
        let digits = answer.trim_start_matches("OK 0x");
        u64::from_str_radix(digits, 16)
            .ok()
            .and_then(|value| u32::try_from(value).ok())
            .unwrap_or_else(|| panic!("not a register: {answer}"))
    }

    /// The next edge that came, waiting for it no longer than `patience`.
    pub async fn edge(&mut self, patience: Duration) -> Option<Edge> {
        if let Some(edge) = self.edges.pop_front() {
            return Some(edge);
        }
        loop {
            let line = tokio::time::timeout(patience, self.lines.next_line())
                .await
                .ok()?;
            if let Some(edge) = edge(&line.ok()??) {
                return Some(edge);
            }
        }
    }

    async fn command(&mut self, command: &str) -> String {
        let asking = async {
            self.writer
                .write_all(format!("{command}\n").as_bytes())
                .await
                .unwrap();
            loop {
                let line = self.lines.next_line().await.unwrap();
                let line = line.expect("QEMU has ended");
                match edge(&line) {
                    Some(edge) => self.edges.push_back(edge),
                    None => return line,
                }
            }
        };
        let answer = tokio::time::timeout(ANSWER_MAX, asking)
            .await
            .unwrap_or_else(|_| panic!("qtest does not answer {command}"));
        assert!(answer.starts_with("OK"), "qtest: {command}: {answer}");
        answer
    }
}

/// `IRQ raise 4` or `IRQ lower 4`, which come unasked.
fn edge(line: &str) -> Option<Edge> {
    let rest = line.strip_prefix("IRQ ")?;
    let (way, pin) = rest.split_once(' ')?;
    Some(Edge {
        pin: pin.parse().ok()?,
        high: way == "raise",
    })
}
