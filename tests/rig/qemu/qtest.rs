//! qtest: the pins of a running machine, as a board tester touches them.

use std::collections::VecDeque;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use crate::eventually;

/// Longest wait for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// Bytes that are read at once: the wires of a panel change a few hundred thousand times in a second.
const READ_BYTES: usize = 65_536;

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
    chip: String,
    edges: VecDeque<Edge>,
}

impl Qtest {
    /// Connects as soon as the socket is there; edges of the chip's outputs are reported from now on.
    pub(super) async fn connect(socket: &Path, chip: String) -> Self {
        let stream = eventually("QEMU's test socket", async || {
            UnixStream::connect(socket).await
        })
        .await;
        let (reader, writer) = stream.into_split();
        let mut pins = Self {
            lines: BufReader::with_capacity(READ_BYTES, reader).lines(),
            writer,
            chip,
            edges: VecDeque::new(),
        };
        let watch = format!("irq_intercept_out {}", pins.chip);
        pins.command(&watch).await;
        pins
    }

    /// Puts a level on an input of the chip.
    pub async fn set(&mut self, pin: u8, high: bool) {
        let (chip, level) = (&self.chip, u8::from(high));
        let order = format!("set_irq_in {chip} unnamed-gpio-in {pin} {level}");
        self.command(&order).await;
    }

    /// Waits until an output of the chip changes to this level, and forgets the edges before.
    ///
    /// # Panics
    /// When it does not within 20 seconds.
    pub async fn expect(&mut self, pin: u8, high: bool) {
        let wanted = Edge { pin, high };
        let mut seen = Vec::new();
        while let Some(edge) = self.edge(ANSWER_MAX).await {
            if edge == wanted {
                return;
            }
            seen.push(edge);
        }
        panic!("{wanted:?} does not come, only {seen:?}");
    }

    /// The next edge that came, waiting for it no longer than `patience`.
    pub async fn edge(&mut self, patience: Duration) -> Option<Edge> {
        if let Some(edge) = self.edges.pop_front().or_else(|| self.edge_at_hand()) {
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

    /// The edge in a line that was read already. Millions of them make a picture: no clock is set up to wait for it.
    fn edge_at_hand(&mut self) -> Option<Edge> {
        let reader = self.lines.get_mut();
        let read = reader.buffer();
        let end = read.iter().position(|byte| *byte == b'\n')?;
        let found = edge(std::str::from_utf8(&read[..end]).ok()?)?;
        Pin::new(reader).consume(end + 1);
        Some(found)
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
