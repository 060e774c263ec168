//! A phone that runs in QEMU: the firmware image on a virtual board, whose screen and keys are the page's.
//!
//! Its agent is out of reach in there. This looks at the screen and the lamps from outside, as a person would, and presses
//! keys.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use hotdesk_agent::{Face, Lamps};
use hotdesk_session::Key;
use hotdesk_ui::Picture;
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::{mpsc, watch};

use crate::layout::Layout;
use crate::qmp::Qmp;
use crate::rack::Ends;

/// How often the screen is looked at: QEMU tells nobody when a picture changes. Costs the machine nothing while it is still.
const LOOK: Duration = Duration::from_millis(150);
/// Presses that may wait.
const KEYS_WAITING_MAX: usize = 64;
/// The device that has the hook switch and the lamps on its lines.
const GPIO: &str = "pl061";
/// Its register that shows all eight lines, on the virt board.
const LINES: u64 = 0x0903_03fc;
/// Lifted while high.
const HOOK_LINE: u8 = 0;

/// A machine to show.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineConfig {
    /// Its `-qmp unix:…` socket.
    pub qmp: PathBuf,
    /// Its `-qtest unix:…` socket: the hook switch.
    pub pins: PathBuf,
    /// The panel that its agent draws, by the name in the panel table.
    pub panel: String,
}

/// Connects to a machine; the future runs until the machine is gone.
pub(crate) async fn connect(
    config: &MachineConfig,
) -> anyhow::Result<(Ends, impl Future<Output = anyhow::Result<()>> + use<>)> {
    let mut qmp = Qmp::connect(&config.qmp).await?;
    let gpio = qmp.device(GPIO).await?;
    let pins = UnixStream::connect(&config.pins)
        .await
        .with_context(|| format!("{}: no machine listens there", config.pins.display()))?;
    let (keys, presses) = mpsc::channel(KEYS_WAITING_MAX);
    let (sender, faces) = watch::channel(Arc::new(Face::default()));
    let layout = Layout::of_panel(&config.panel.as_str().into())?;
    let (_, layouts) = watch::channel(Arc::new(layout));
    let machine = Machine {
        qmp,
        gpio,
        pins: BufReader::new(pins),
        picture: std::env::temp_dir().join(format!("hotdesk-screen-{}.ppm", std::process::id())),
        faces: sender,
    };
    let ends = Ends {
        keys,
        faces,
        layouts,
        choice: None,
    };
    Ok((ends, machine.run(presses)))
}

struct Machine {
    qmp: Qmp,
    gpio: String,
    pins: BufReader<UnixStream>,
    picture: PathBuf,
    faces: watch::Sender<Arc<Face>>,
}

impl Machine {
    async fn run(mut self, mut presses: mpsc::Receiver<Key>) -> anyhow::Result<()> {
        let mut looks = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                _ = looks.tick() => self.look().await?,
                key = presses.recv() => match key {
                    Some(key) => self.press(key).await?,
                    None => return Ok(()),
                },
            }
        }
    }

    async fn look(&mut self) -> anyhow::Result<()> {
        let arguments = json!({ "filename": self.picture });
        self.qmp.execute("screendump", arguments).await?;
        let bytes = std::fs::read(&self.picture)?;
        std::fs::remove_file(&self.picture)?;
        let (width, height, rgb) = portable_pixmap(&bytes).context("QEMU's picture")?;
        let face = Face {
            text: "The screen of a virtual machine".to_owned(),
            picture: Picture::from_pixels(width, height, rgb).context("QEMU's picture")?,
            lamps: self.lamps().await?,
            ..Face::default()
        };
        self.faces.send_if_modified(|shown| {
            let changed = **shown != face;
            if changed {
                *shown = Arc::new(face);
            }
            changed
        });
        Ok(())
    }

    async fn lamps(&mut self) -> anyhow::Result<Lamps> {
        let command = json!({ "command-line": format!("xp /1wx {LINES:#x}") });
        let answer = self.qmp.execute("human-monitor-command", command).await?;
        let lines = answer
            .as_str()
            .and_then(|text| text.trim().rsplit_once("0x"))
            .and_then(|(_, digits)| u32::from_str_radix(digits, 16).ok())
            .with_context(|| format!("the lamps: {answer}"))?;
        Ok(Lamps {
            message_waiting: lines & 1 << 4 != 0,
            signed_in: lines & 1 << 5 != 0,
            attention: lines & 1 << 6 != 0,
        })
    }

    async fn press(&mut self, key: Key) -> anyhow::Result<()> {
        if matches!(key, Key::HookOff | Key::HookOn) {
            return self.hook(key == Key::HookOff).await;
        }
        let Some(code) = qcode(key) else {
            tracing::debug!(?key, "the machine's keyboard has no such key");
            return Ok(());
        };
        let press = |down: bool| {
            let key = json!({ "type": "qcode", "data": code });
            json!({ "type": "key", "data": { "down": down, "key": key } })
        };
        let arguments = json!({ "events": [press(true), press(false)] });
        self.qmp.execute("input-send-event", arguments).await?;
        Ok(())
    }

    async fn hook(&mut self, lifted: bool) -> anyhow::Result<()> {
        let (gpio, level) = (&self.gpio, u8::from(lifted));
        let order = format!("set_irq_in {gpio} unnamed-gpio-in {HOOK_LINE} {level}\n");
        self.pins.get_mut().write_all(order.as_bytes()).await?;
        let mut answer = String::new();
        self.pins.read_line(&mut answer).await?;
        ensure!(answer.starts_with("OK"), "the hook switch: {answer}");
        Ok(())
    }
}

/// What QEMU calls the key that the agent's generic key map takes for this one; `None` for the hook and for keys that a
/// keyboard does not have.
#[must_use]
pub fn qcode(key: Key) -> Option<String> {
    let name = match key {
        Key::Digit(digit) => match digit.char() {
            '*' => "kp_multiply".to_owned(),
            '#' => "kp_divide".to_owned(),
            digit => digit.to_string(),
        },
        Key::Soft(number @ 1..=4) => format!("f{number}"),
        Key::Line(number @ 1..=6) => format!("f{}", number.saturating_add(4)),
        Key::Up => "up".to_owned(),
        Key::Down => "down".to_owned(),
        Key::Left => "left".to_owned(),
        Key::Right => "right".to_owned(),
        Key::Ok => "ret".to_owned(),
        Key::Back => "esc".to_owned(),
        Key::Soft(_)
        | Key::Line(_)
        | Key::Clear
        | Key::Hold(_)
        | Key::Call
        | Key::HookOff
        | Key::HookOn => return None,
    };
    Some(name)
}

/// A picture as QEMU writes it by itself: `P6`, columns, rows, 255, then three bytes for each pixel.
fn portable_pixmap(bytes: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    let mut fields = bytes.splitn(4, |byte| byte.is_ascii_whitespace());
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<u32>().ok();
    (fields.next()? == b"P6").then_some(())?;
    let (width, height) = (number(fields.next()?)?, number(fields.next()?)?);
    let (deepest, pixels) = fields.next()?.split_at_checked(4)?;
    let length = usize::try_from(width.checked_mul(height)?.checked_mul(3)?).ok()?;
    (deepest.trim_ascii() == b"255" && pixels.len() == length)
        .then(|| (width, height, pixels.to_vec()))
}

#[cfg(test)]
mod tests {
    use hotdesk_session::Digit;

    use super::*;

    #[test]
    fn a_picture_of_qemu_is_read_and_a_broken_one_is_not() {
        let picture = b"P6\n2 1\n255\nabcdef";
        assert_eq!(portable_pixmap(picture), Some((2, 1, b"abcdef".to_vec())));
        assert_eq!(portable_pixmap(b"P6\n2 1\n255\nabcde"), None);
        assert_eq!(portable_pixmap(b"P6\n4294967295 2\n255\n"), None);
        assert_eq!(portable_pixmap(b"P5\n2 1\n255\nabcdef"), None);
        assert_eq!(portable_pixmap(b""), None);
    }

    #[test]
    fn every_key_of_the_dial_pad_has_a_code_and_the_hook_has_none() {
        let codes: Vec<_> = "0*#"
            .chars()
            .filter_map(|c| qcode(Key::Digit(Digit::new(c)?)))
            .collect();
        assert_eq!(codes, ["0", "kp_multiply", "kp_divide"]);
        assert_eq!(qcode(Key::Soft(2)).as_deref(), Some("f2"));
        assert_eq!(qcode(Key::Line(1)).as_deref(), Some("f5"));
        assert_eq!(qcode(Key::HookOff), None);
    }
}
