//! The `[display]` table as it is written, and what is wrong with it in one sentence.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail, ensure};
use hotdesk_ui::Panel;
use serde::Deserialize;

use super::{
    ChipConfig, Controller, DisplayConfig, FramebufferConfig, LineConfig, Link, Mount, Rotation,
};
use crate::panel::{self, PanelConfig};

/// The panel whose layout is drawn unless the file says otherwise.
const PANEL: &str = "480x272";
/// What a serial panel is clocked with unless the file says otherwise; every controller here takes it.
const SPEED_HZ: u32 = 8_000_000;
/// Clocks that a serial panel can be driven with.
const SPEEDS_HZ: std::ops::RangeInclusive<u32> = 100_000..=80_000_000;
/// Columns and rows that any panel here can have.
const SIDE_MAX: u32 = 480;

/// The table as it is written.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct DisplayTable {
    kind: Option<String>,
    panel: Option<String>,
    theme: Option<String>,
    device: Option<PathBuf>,
    rotation: Option<u16>,
    inverted: Option<bool>,
    text_only: Option<bool>,
    console: Option<PathBuf>,
    high_bit_first: Option<bool>,
    address: Option<u8>,
    dc: Option<LineConfig>,
    reset: Option<LineConfig>,
    speed_hz: Option<u32>,
    size: Option<String>,
    first_column: Option<u32>,
    contrast: Option<u8>,
    bgr: Option<bool>,
}

impl DisplayTable {
    /// What is drawn, the paths of files counting from a folder; and what shows its picture.
    pub(in crate::config) fn checked(
        mut self,
        folder: &Path,
    ) -> anyhow::Result<(PanelConfig, DisplayConfig)> {
        let from_folder = |name: String| match panel::is_file(&name) {
            true => folder.join(&name).display().to_string(),
            false => name,
        };
        let panel = PanelConfig {
            name: from_folder(self.panel.take().unwrap_or_else(|| PANEL.to_owned())),
            theme: self.theme.take().map(from_folder),
        };
        // One of unknown name is reported where the phone starts, which then shows it on the panel that most phones have.
        let layout = match panel::is_file(&panel.name) || panel.theme.is_some() {
            true => Some(panel::panel(&panel)?),
            false => panel::panel(&panel).ok(),
        };
        if let (None, Some(layout)) = (self.rotation, &layout) {
            self.rotation = Some(layout.rotation);
        }
        let kind = self.kind.take();
        let kind = kind.as_deref().unwrap_or("none");
        let config = match controller(kind) {
            Some(controller) => {
                self.refuse(kind, &FRAMEBUFFER_KEYS)?;
                let other = if controller.is_paged() {
                    "bgr"
                } else {
                    "contrast"
                };
                self.refuse(kind, &[other])?;
                let chip = self.chip(kind, controller)?;
                layout.map_or(Ok(()), |layout| fits(&layout, &chip))?;
                DisplayConfig::Chip(chip)
            }
            None if kind == "framebuffer" => {
                self.refuse(kind, &CHIP_KEYS)?;
                DisplayConfig::Framebuffer(self.framebuffer()?)
            }
            None if kind == "none" => DisplayConfig::None,
            None => bail!(
                "display.kind: there is no {kind:?}; use none, framebuffer, ssd1306, sh1106, ssd0303, st7565, st7567, \
                 st7789, ili9341 or ili9488"
            ),
        };
        Ok((panel, config))
    }

    fn framebuffer(self) -> anyhow::Result<FramebufferConfig> {
        Ok(FramebufferConfig {
            mount: self.mount()?,
            device: node(
                "display.device",
                self.device.unwrap_or_else(|| "/dev/fb0".into()),
            )?,
            console: self
                .console
                .map(|path| node("display.console", path))
                .transpose()?,
            high_bit_first: self.high_bit_first,
        })
    }

    fn chip(self, kind: &str, controller: Controller) -> anyhow::Result<ChipConfig> {
        let mount = self.mount()?;
        let (width, height) = match &self.size {
            Some(size) => self::size(size)?,
            None => controller.size(),
        };
        let (columns, rows) = controller.memory();
        let first_column = self.first_column.unwrap_or(0);
        ensure!(
            width.saturating_add(first_column) <= columns && height <= rows,
            "display.size: {width}x{height} from column {first_column} is more than the {columns}x{rows} that {kind} has; \
             see the panel's data sheet"
        );
        ensure!(
            !controller.is_paged() || height % 8 == 0,
            "display.size: {kind} has rows by eights; write 32, 48 or 64"
        );
        let reset = self.reset.clone().map(|line| checked_line("reset", line));
        let contrast = self.contrast;
        let bgr = self.bgr.unwrap_or(false);
        Ok(ChipConfig {
            controller,
            link: self.link(kind, controller)?,
            reset: reset.transpose()?,
            width,
            height,
            first_column,
            mount,
            contrast,
            bgr,
        })
    }

    /// An address is what only I2C has, a line for data and commands what only SPI has.
    fn link(self, kind: &str, controller: Controller) -> anyhow::Result<Link> {
        let device = self.device.ok_or_else(|| {
            anyhow!("display.device: where is the {kind}? write \"/dev/i2c-1\" with address, or \"/dev/spidev0.0\" with dc")
        })?;
        let device = node("display.device", device)?;
        match (self.address, self.dc) {
            (Some(address), None) => {
                ensure!(
                    controller == Controller::Ssd1306,
                    "display.address: {kind} is driven over SPI only; set display.dc instead"
                );
                ensure!(
                    (0x08..=0x77).contains(&address),
                    "display.address: {address:#04x} is not an address of seven bits; 0x3c and 0x3d are usual"
                );
                ensure!(
                    self.speed_hz.is_none(),
                    "display.speed_hz: the kernel sets the speed of an I2C bus; take the key out"
                );
                Ok(Link::I2c { device, address })
            }
            (None, Some(dc)) => {
                let speed_hz = self.speed_hz.unwrap_or(SPEED_HZ);
                ensure!(
                    SPEEDS_HZ.contains(&speed_hz),
                    "display.speed_hz: {speed_hz} is out of range; use {} to {}",
                    SPEEDS_HZ.start(),
                    SPEEDS_HZ.end()
                );
                Ok(Link::Spi {
                    device,
                    dc: checked_line("dc", dc)?,
                    speed_hz,
                })
            }
            (None, None) => bail!(
                "display: how is the {kind} reached? set address for I2C, or dc = {{ chip = \"/dev/gpiochip0\", line = 4 }} \
                 for SPI"
            ),
            (Some(_), Some(_)) => {
                bail!(
                    "display: both address (I2C) and dc (SPI) are set; keep the one that is right"
                )
            }
        }
    }

    fn mount(&self) -> anyhow::Result<Mount> {
        let rotation = match self.rotation.unwrap_or(0) {
            0 => Rotation::None,
            90 => Rotation::Right,
            180 => Rotation::Half,
            270 => Rotation::Left,
            other => bail!("display.rotation: {other} is not possible; use 0, 90, 180 or 270"),
        };
        Ok(Mount {
            rotation,
            inverted: self.inverted.unwrap_or(false),
            text_only: self.text_only.unwrap_or(false),
        })
    }

    /// A key that does nothing would be believed to do something.
    fn refuse(&self, kind: &str, keys: &[&str]) -> anyhow::Result<()> {
        let given = [
            ("console", self.console.is_some()),
            ("high_bit_first", self.high_bit_first.is_some()),
            ("address", self.address.is_some()),
            ("dc", self.dc.is_some()),
            ("reset", self.reset.is_some()),
            ("speed_hz", self.speed_hz.is_some()),
            ("size", self.size.is_some()),
            ("first_column", self.first_column.is_some()),
            ("contrast", self.contrast.is_some()),
            ("bgr", self.bgr.is_some()),
        ];
        for (key, is_given) in given {
            ensure!(
                !is_given || !keys.contains(&key),
                "display.{key}: kind \"{kind}\" has no such thing; take the key out"
            );
        }
        Ok(())
    }
}

/// What only a panel on a bus has.
const CHIP_KEYS: [&str; 8] = [
    "address",
    "dc",
    "reset",
    "speed_hz",
    "size",
    "first_column",
    "contrast",
    "bgr",
];

/// What only a framebuffer has.
const FRAMEBUFFER_KEYS: [&str; 2] = ["console", "high_bit_first"];

fn controller(kind: &str) -> Option<Controller> {
    match kind {
        "ssd1306" | "ssd1309" | "sh1106" | "ssd0303" => Some(Controller::Ssd1306),
        "st7565" | "st7567" => Some(Controller::St7565),
        "st7789" => Some(Controller::St7789),
        "ili9341" => Some(Controller::Ili9341),
        "ili9488" => Some(Controller::Ili9488),
        _ => None,
    }
}

fn fits(layout: &Panel, chip: &ChipConfig) -> anyhow::Result<()> {
    let panel = &layout.name;
    let (width, height) = chip.mount.turned((chip.width, chip.height));
    ensure!(
        chip.mount.text_only || layout.size.width <= width && layout.size.height <= height,
        "display.panel: {panel} does not fit on {width}x{height}; choose a smaller panel, check display.size and \
         display.rotation, or set text_only = true"
    );
    Ok(())
}

fn size(text: &str) -> anyhow::Result<(u32, u32)> {
    let side = |text: &str| {
        let side = text.parse().ok();
        side.filter(|side| (1..=SIDE_MAX).contains(side))
    };
    text.split_once('x')
        .and_then(|(width, height)| Some((side(width)?, side(height)?)))
        .ok_or_else(|| {
            anyhow!(
                "display.size: {text:?} is not understood; write columns and rows, as in \"128x64\""
            )
        })
}

fn checked_line(key: &str, line: LineConfig) -> anyhow::Result<LineConfig> {
    let chip = node(&format!("display.{key}.chip"), line.chip)?;
    Ok(LineConfig { chip, ..line })
}

/// Nodes are told by their whole paths: the folder is watched for their coming.
fn node(key: &str, path: PathBuf) -> anyhow::Result<PathBuf> {
    ensure!(
        path.is_absolute() && path != Path::new("/"),
        "{key}: {} is not the whole path of a node; write it from /dev on",
        path.display()
    );
    Ok(path)
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
