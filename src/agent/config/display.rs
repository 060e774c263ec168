//! Which hardware shows the picture. Never opens what it names.

use std::path::PathBuf;

use serde::Deserialize;

mod table;

pub(super) use table::DisplayTable;

/// What shows the picture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DisplayConfig {
    /// Nothing: the phone is used through the control socket, or by a program that shows it in its own way.
    #[default]
    None,
    /// A framebuffer of the kernel.
    Framebuffer(FramebufferConfig),
    /// A panel that this process drives over a bus.
    Chip(ChipConfig),
}

impl DisplayConfig {
    /// The nodes that it needs.
    pub(crate) fn nodes(&self) -> Vec<PathBuf> {
        match self {
            Self::None => Vec::new(),
            Self::Framebuffer(framebuffer) => vec![framebuffer.device.clone()],
            Self::Chip(chip) => chip.nodes(),
        }
    }
}

/// A framebuffer of the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FramebufferConfig {
    /// Its node, such as `/dev/fb0`.
    pub device: PathBuf,
    /// The virtual terminal whose text is kept away while the phone runs; `None`: none is touched.
    pub console: Option<PathBuf>,
    /// How the picture is put on the glass.
    pub mount: Mount,
    /// Whether the first pixel of a byte is in its highest bit, where several share one; `None`: as the kernel says.
    pub high_bit_first: Option<bool>,
}

/// A panel that this process drives over a bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipConfig {
    /// What it understands.
    pub controller: Controller,
    /// How it is reached.
    pub link: Link,
    /// The line that resets it; `None`: it is reset with the board.
    pub reset: Option<LineConfig>,
    /// Columns of the glass as the controller counts them, before any rotation.
    pub width: u32,
    /// Rows of the glass as the controller counts them, before any rotation.
    pub height: u32,
    /// The controller's column that is the first on the glass.
    pub first_column: u32,
    /// How the picture is put on the glass.
    pub mount: Mount,
    /// Whether a colour panel has blue where others have red.
    pub bgr: bool,
    /// From faint to strong; `None`: what the driver finds right.
    pub contrast: Option<u8>,
}

impl ChipConfig {
    fn nodes(&self) -> Vec<PathBuf> {
        let mut nodes = Vec::new();
        match &self.link {
            Link::I2c { device, .. } => nodes.push(device.clone()),
            Link::Spi { device, dc, .. } => nodes.extend([device.clone(), dc.chip.clone()]),
        }
        nodes.extend(self.reset.iter().map(|line| line.chip.clone()));
        nodes
    }
}

/// Controllers that there is a driver for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Controller {
    /// SSD1306 and SSD1309, and what takes their commands in page addressing: SH1106 and SSD0303.
    Ssd1306,
    /// ST7565 and ST7567.
    St7565,
    /// ST7789, 240x320 in colour.
    St7789,
    /// ILI9341, 240x320 in colour.
    Ili9341,
    /// ILI9488, 320x480 in colour.
    Ili9488,
}

/// How a panel is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// I2C: the bus' node and the panel's address of seven bits.
    I2c {
        /// The bus' node, such as `/dev/i2c-1`.
        device: PathBuf,
        /// Seven bits.
        address: u8,
    },
    /// SPI with a line that tells commands from data.
    Spi {
        /// The panel's node, such as `/dev/spidev0.0`.
        device: PathBuf,
        /// Data while high, a command while low.
        dc: LineConfig,
        /// The clock.
        speed_hz: u32,
    },
}

/// One line of a GPIO chip.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineConfig {
    /// The chip's node, such as `/dev/gpiochip0`.
    pub chip: PathBuf,
    /// Which of its lines, from 0.
    pub line: u32,
}

/// How the picture is put on the glass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mount {
    /// How far the panel is turned.
    pub rotation: Rotation,
    /// Light and dark changed over.
    pub inverted: bool,
    /// Draws the two lines that matter most as text instead of the picture, for a panel that no layout fits on.
    pub text_only: bool,
}

impl Mount {
    /// A size after a turn with the glass.
    pub(crate) fn turned(self, (width, height): (u32, u32)) -> (u32, u32) {
        match self.rotation {
            Rotation::None | Rotation::Half => (width, height),
            Rotation::Right | Rotation::Left => (height, width),
        }
    }
}

/// How far the picture is turned, clockwise as one looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// Not at all.
    #[default]
    None,
    /// 90 degrees.
    Right,
    /// 180 degrees.
    Half,
    /// 270 degrees.
    Left,
}

impl Controller {
    /// Columns and rows that its memory has.
    pub(crate) fn memory(self) -> (u32, u32) {
        match self {
            Self::Ssd1306 | Self::St7565 => (132, 64),
            Self::St7789 | Self::Ili9341 => (240, 320),
            Self::Ili9488 => (320, 480),
        }
    }

    /// Columns and rows of the usual glass.
    fn size(self) -> (u32, u32) {
        match self {
            Self::Ssd1306 => (128, 64),
            Self::St7565 | Self::St7789 | Self::Ili9341 | Self::Ili9488 => self.memory(),
        }
    }

    /// Whether its memory is organised in pages of eight rows, one bit for each pixel.
    pub(crate) fn is_paged(self) -> bool {
        match self {
            Self::Ssd1306 | Self::St7565 => true,
            Self::St7789 | Self::Ili9341 | Self::Ili9488 => false,
        }
    }
}
