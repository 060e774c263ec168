//! A framebuffer of the kernel. Only what changed is written.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use hotdesk_ui::Damage;
use tracing::{info, warn};

use super::placing::Placing;
use super::{Display, explain};
use crate::Face;
use crate::config::FramebufferConfig;

mod console;
mod format;
mod kernel;
mod memory;

use console::Console;
use format::Format;
use memory::Memory;

/// Bytes of neighbouring rows that are written at once.
const WRITE_BYTES_MAX: usize = 65_536;

/// An open framebuffer.
pub(super) struct Framebuffer {
    screen: Screen,
    node: PathBuf,
    /// What the kernel said when this was opened.
    mode: kernel::Variable,
    /// Given back after the last picture.
    _console: Option<Console>,
}

impl Framebuffer {
    /// # Errors
    /// When the node is not there, may not be used, or has a format that there is no packer for.
    pub(super) fn open(config: &FramebufferConfig) -> anyhow::Result<Self> {
        let path = config.device.display();
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&config.device)
            .map_err(|why| explain(&config.device, &why))?;
        let (fixed, variable) = kernel::describe(&file)
            .with_context(|| format!("{path} is no framebuffer; set display.device"))?;
        let format = Format::new(&fixed, &variable, config.high_bit_first)
            .with_context(|| path.to_string())?;
        if let Some(steps) = format.palette() {
            kernel::set_greys(&file, steps)
                .with_context(|| format!("{path}: its palette cannot be set"))?;
        }
        // Drivers whose glass is always lit refuse.
        let _ = kernel::unblank(&file);
        // The picture is worth more than a clean background.
        let console = config.console.as_deref().and_then(|terminal| {
            let console = Console::silence(terminal);
            console
                .inspect_err(|why| warn!("text may appear on the picture: {why:#}"))
                .ok()
        });
        info!("{path} ({}): {}", fixed.name(), format.summary());
        let placing = Placing::new(config.mount, format.width, format.height);
        Ok(Self {
            screen: Screen::new(Memory::new(file, fixed.smem_len as usize), format, placing),
            node: config.device.clone(),
            mode: variable,
            _console: console,
        })
    }
}

impl Display for Framebuffer {
    /// Whoever sets another mode, or moves the part of the memory that is shown, tells nobody. So it is asked for.
    fn show(&mut self, face: &Face, damage: &Damage) -> anyhow::Result<()> {
        let mode = kernel::mode(self.screen.memory.node())?;
        ensure!(mode == self.mode, "the display has another mode now");
        self.screen.show(face, damage)
    }

    fn is_stale(&self) -> bool {
        !is_same(self.screen.memory.node(), &self.node)
    }

    fn summary(&self) -> String {
        self.screen.format.summary()
    }

    fn size(&self) -> (u32, u32) {
        (self.screen.format.width, self.screen.format.height)
    }
}

/// Whether an open file is still the one that its name leads to: a node that went and came is another one.
fn is_same(open: &File, node: &Path) -> bool {
    let identity = |data: std::fs::Metadata| (data.dev(), data.ino());
    let known = open.metadata().map(identity);
    known.is_ok_and(|known| node.metadata().map(identity).is_ok_and(|now| now == known))
}

/// Frame memory behind a file, and what it holds.
struct Screen {
    memory: Memory,
    format: Format,
    placing: Placing,
    /// Whether it was said that the picture is too large.
    said: bool,
}

impl Screen {
    fn new(memory: Memory, format: Format, placing: Placing) -> Self {
        Self {
            memory,
            format,
            placing,
            said: false,
        }
    }

    fn show(&mut self, face: &Face, damage: &Damage) -> anyhow::Result<()> {
        let picture = self.placing.picture(face);
        if !self.placing.fits(&picture) && !self.said {
            self.said = true;
            warn!(
                "the picture of {}x{} is larger than the display of {}x{}: set display.panel or display.rotation",
                picture.width(),
                picture.height(),
                self.format.width,
                self.format.height
            );
        }
        let mut band = Band::default();
        let (mut row, mut bytes) = (Vec::new(), Vec::new());
        for area in self.placing.damaged(&picture, damage) {
            let columns = self.format.whole_bytes(&area);
            for y in area.rows().map(i32::unsigned_abs) {
                self.placing.row(&picture, y, &columns, &mut row);
                self.format.pack(&row, &mut bytes);
                band.add(
                    &mut self.memory,
                    self.format.offset(columns.start, y),
                    &bytes,
                )?;
            }
        }
        band.write(&mut self.memory)
    }
}

/// Bytes that lie one after the other and wait to be written.
#[derive(Default)]
struct Band {
    at: usize,
    bytes: Vec<u8>,
}

impl Band {
    fn add(&mut self, memory: &mut Memory, at: usize, bytes: &[u8]) -> anyhow::Result<()> {
        let follows = self.at + self.bytes.len() == at;
        if !follows || self.bytes.len() + bytes.len() > WRITE_BYTES_MAX {
            self.write(memory)?;
            self.at = at;
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn write(&mut self, memory: &mut Memory) -> anyhow::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        memory
            .write(self.at, &self.bytes)
            .context("the framebuffer takes no picture")?;
        self.bytes.clear();
        Ok(())
    }
}

#[cfg(test)]
#[path = "framebuffer/tests.rs"]
mod tests;
