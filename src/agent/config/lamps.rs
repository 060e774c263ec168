//! The `[lamps]`, `[backlight]` and `[tone]` tables: what else a phone can say beside its display.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{bail, ensure};
use serde::Deserialize;

/// Words of a command that sounds a tone.
const WORDS_MAX: usize = 32;

/// The lamps beside the display; `None`: there is no such lamp.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LampsConfig {
    /// Messages wait.
    pub message_waiting: Option<LampConfig>,
    /// Somebody is signed in.
    pub signed_in: Option<LampConfig>,
    /// Look at the screen.
    pub attention: Option<LampConfig>,
}

impl LampsConfig {
    /// The nodes that they need.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = PathBuf> {
        let lamps = [&self.message_waiting, &self.signed_in, &self.attention];
        lamps
            .into_iter()
            .flatten()
            .filter_map(|lamp| match &lamp.at {
                LampAt::Led(_) => None,
                LampAt::Line { chip, .. } => Some(chip.clone()),
            })
    }
}

/// One lamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LampConfig {
    /// How it is reached.
    pub at: LampAt,
    /// Whether it blinks rather than being lit, which costs nothing where the kernel does it and is not done elsewhere.
    pub blink: bool,
}

/// How a lamp is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LampAt {
    /// A name under `/sys/class/leds`.
    Led(String),
    /// A line of a GPIO chip.
    Line {
        /// The chip's node.
        chip: PathBuf,
        /// Which of its lines, from 0.
        line: u32,
        /// The lamp is lit while the line is low.
        active_low: bool,
    },
}

/// The light behind the display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BacklightConfig {
    /// Its folder under `/sys/class`, such as `backlight/panel` or `leds/lcd`.
    pub folder: PathBuf,
    /// Dimmed after so long without a key; `None`: never.
    pub dim_after: Option<Duration>,
    /// How bright it is then, in percent.
    pub dim_percent: u8,
    /// Off after so long without a key; `None`: never.
    pub off_after: Option<Duration>,
}

/// What sounds tones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToneConfig {
    /// A program and its words; `{tone}` in a word stands for `done`, `refused` or `attention`.
    Command(Vec<String>),
    /// A beeper under `/dev/input`.
    Beeper(PathBuf),
    /// A PWM channel under `/sys/class/pwm`, such as `pwmchip0/pwm0`.
    Pwm(PathBuf),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct LampsTable {
    message_waiting: Option<LampTable>,
    signed_in: Option<LampTable>,
    attention: Option<LampTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LampTable {
    led: Option<String>,
    chip: Option<PathBuf>,
    line: Option<u32>,
    #[serde(default)]
    active_low: bool,
    #[serde(default)]
    blink: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct BacklightTable {
    device: Option<PathBuf>,
    dim_after_s: Option<u32>,
    dim_percent: Option<u8>,
    off_after_s: Option<u32>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct ToneTable {
    command: Option<Vec<String>>,
    beeper: Option<PathBuf>,
    pwm: Option<PathBuf>,
}

impl LampsTable {
    pub(super) fn checked(self) -> anyhow::Result<LampsConfig> {
        let lamp =
            |name, table: Option<LampTable>| table.map(|table| table.checked(name)).transpose();
        Ok(LampsConfig {
            message_waiting: lamp("message_waiting", self.message_waiting)?,
            signed_in: lamp("signed_in", self.signed_in)?,
            attention: lamp("attention", self.attention)?,
        })
    }
}

impl LampTable {
    fn checked(self, name: &str) -> anyhow::Result<LampConfig> {
        let at = match (self.led, self.chip, self.line) {
            (Some(led), None, None) => {
                let is_name = !led.is_empty() && !led.contains('/') && led != "..";
                ensure!(
                    is_name,
                    "lamps.{name}.led: {led:?} is no name; see `ls /sys/class/leds`"
                );
                ensure!(
                    !self.active_low,
                    "lamps.{name}.active_low: the kernel knows it of its LEDs; take the key out"
                );
                LampAt::Led(led)
            }
            (None, Some(chip), Some(line)) => {
                ensure!(
                    chip.is_absolute(),
                    "lamps.{name}.chip: {} is not the whole path of a node, as in \"/dev/gpiochip0\"",
                    chip.display()
                );
                ensure!(
                    !self.blink,
                    "lamps.{name}.blink: only LEDs of the kernel blink; take the key out"
                );
                LampAt::Line {
                    chip,
                    line,
                    active_low: self.active_low,
                }
            }
            (_, _, _) => bail!(
                "lamps.{name}: where is it? set led = \"...\" of /sys/class/leds, or chip = \"/dev/gpiochip0\" with line = 0"
            ),
        };
        Ok(LampConfig {
            at,
            blink: self.blink,
        })
    }
}

impl BacklightTable {
    /// `None`: nothing that could be dimmed.
    pub(super) fn checked(self) -> anyhow::Result<Option<BacklightConfig>> {
        let Some(folder) = self.device else {
            return Ok(None);
        };
        under_sys_class("backlight.device", "backlight/panel", &folder)?;
        let dim_percent = self.dim_percent.unwrap_or(20);
        ensure!(
            dim_percent <= 100,
            "backlight.dim_percent: {dim_percent} is more than all; use 0 to 100"
        );
        let seconds = |s: u32| Duration::from_secs(s.into());
        Ok(Some(BacklightConfig {
            folder,
            dim_after: self.dim_after_s.map(seconds),
            dim_percent,
            off_after: self.off_after_s.map(seconds),
        }))
    }
}

impl ToneTable {
    /// `None`: nothing that could sound.
    pub(super) fn checked(self) -> anyhow::Result<Option<ToneConfig>> {
        match (self.command, self.beeper, self.pwm) {
            (None, None, None) => Ok(None),
            (Some(words), None, None) => {
                ensure!(
                    (1..=WORDS_MAX).contains(&words.len()),
                    "tone.command: 1 to {WORDS_MAX} words are needed, as in [\"aplay\", \"-q\", \"/usr/share/{{tone}}.wav\"]"
                );
                Ok(Some(ToneConfig::Command(words)))
            }
            (None, Some(path), None) => {
                ensure!(
                    path.is_absolute(),
                    "tone.beeper: write the whole path of a node, as in \"/dev/input/event3\""
                );
                Ok(Some(ToneConfig::Beeper(path)))
            }
            (None, None, Some(folder)) => {
                under_sys_class("tone.pwm", "pwmchip0/pwm0", &folder)?;
                Ok(Some(ToneConfig::Pwm(folder)))
            }
            (_, _, _) => bail!("tone: keep one of command, beeper and pwm"),
        }
    }
}

fn under_sys_class(key: &str, example: &str, folder: &Path) -> anyhow::Result<()> {
    let mut parts = folder.components();
    let inside = parts.all(|part| matches!(part, std::path::Component::Normal(_)));
    ensure!(
        inside,
        "{key}: {} is no folder under /sys/class; write it as in {example:?}",
        folder.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lamps(text: &str) -> anyhow::Result<LampsConfig> {
        toml::from_str::<LampsTable>(text)?.checked()
    }

    #[test]
    fn a_lamp_is_an_led_of_the_kernel_or_a_line() {
        let text = "message_waiting = { led = \"red:mwi\", blink = true }\n\
                    signed_in = { chip = \"/dev/gpiochip0\", line = 4, active_low = true }";
        let config = lamps(text).unwrap();
        let waiting = config.message_waiting.unwrap();
        assert_eq!(
            (waiting.at, waiting.blink),
            (LampAt::Led("red:mwi".to_owned()), true)
        );
        let line = LampAt::Line {
            chip: "/dev/gpiochip0".into(),
            line: 4,
            active_low: true,
        };
        assert_eq!(config.signed_in.unwrap().at, line);
        assert_eq!(config.attention, None);
    }

    #[test]
    fn every_mistake_names_its_key_and_says_what_to_do() {
        let backlight = |text: &str| {
            toml::from_str::<BacklightTable>(text)
                .unwrap()
                .checked()
                .map(|_| ())
        };
        let tone = |text: &str| {
            toml::from_str::<ToneTable>(text)
                .unwrap()
                .checked()
                .map(|_| ())
        };
        for (outcome, key, advice) in [
            (
                lamps("attention = {}").map(|_| ()),
                "lamps.attention",
                "/sys/class/leds",
            ),
            (
                lamps("attention = { led = \"../x\" }").map(|_| ()),
                "lamps.attention.led",
                "ls",
            ),
            (
                lamps("attention = { chip = \"gpiochip0\", line = 1 }").map(|_| ()),
                "chip",
                "/dev/gpiochip0",
            ),
            (
                lamps("attention = { chip = \"/dev/g\", line = 1, blink = true }").map(|_| ()),
                "blink",
                "take",
            ),
            (
                lamps("attention = { led = \"a\", active_low = true }").map(|_| ()),
                "active_low",
                "take",
            ),
            (
                backlight("device = \"/sys/class/backlight/x\""),
                "backlight.device",
                "backlight/panel",
            ),
            (
                backlight("device = \"backlight/x\"\ndim_percent = 101"),
                "dim_percent",
                "0 to 100",
            ),
            (tone("command = []"), "tone.command", "aplay"),
            (
                tone("beeper = \"event3\""),
                "tone.beeper",
                "/dev/input/event3",
            ),
            (tone("pwm = \"../x\""), "tone.pwm", "pwmchip0/pwm0"),
            (
                tone("pwm = \"pwmchip0/pwm0\"\nbeeper = \"/dev/input/event3\""),
                "tone",
                "keep one",
            ),
        ] {
            let said = format!("{:#}", outcome.unwrap_err());
            assert!(said.contains(key) && said.contains(advice), "{key}: {said}");
        }
    }
}
