//! Hardware that shows the picture. Never decides what is on it, and never makes the phone wait.
//!
//! A [`Follower`] holds one [`Display`] on a thread of its own and always shows the newest face: a slow bus then delays
//! nothing but its own picture, and pictures that were overtaken are never sent.

use std::io;
use std::path::Path;

use anyhow::anyhow;
use hotdesk_ui::Damage;
use linux_embedded_hal::Delay;
use rustix::io::Errno;

use crate::{ChipConfig, Controller, DisplayConfig, Face};

mod bus;
mod colour;
mod follower;
mod framebuffer;
mod nothing;
mod paged;
mod pattern;
mod placing;
#[cfg(test)]
mod samples;
mod strip;

use bus::{Bus, Reset};
pub(crate) use follower::Follower;
use framebuffer::Framebuffer;
use paged::Paged;
pub use pattern::DisplayTest;

/// An open panel. Dropping it gives it back.
pub(crate) trait Display {
    /// Shows a face of which only so much differs from the one before; the first comes with all of it.
    ///
    /// # Errors
    /// When the panel can no longer be used; it is opened anew before the next face.
    fn show(&mut self, face: &Face, damage: &Damage) -> anyhow::Result<()>;

    /// Whether the hardware behind it is another one than was opened, or none any more. Asked after news of its nodes.
    fn is_stale(&self) -> bool {
        false
    }

    /// What it is, in a few words.
    fn summary(&self) -> String;

    /// Columns and rows of the glass before any rotation.
    fn size(&self) -> (u32, u32);
}

/// Opens what the configuration names.
///
/// # Errors
/// When it is not there or cannot be used; the message says what to do.
fn open(config: &DisplayConfig) -> anyhow::Result<Box<dyn Display>> {
    match config {
        DisplayConfig::Framebuffer(config) => Ok(Box::new(Framebuffer::open(config)?)),
        DisplayConfig::None => Err(anyhow!(
            "no display is configured; set display.kind in the configuration file"
        )),
        DisplayConfig::Chip(config) => open_chip(config),
    }
}

fn open_chip(config: &ChipConfig) -> anyhow::Result<Box<dyn Display>> {
    let bus = Bus::open(&config.link)?;
    let reset = config.reset.as_ref().map(Reset::pulse).transpose()?;
    let chip = match config.controller {
        Controller::Ssd1306 => paged::ssd1306(config, bus.clone())?,
        Controller::St7565 => paged::st7565(config, bus.clone())?,
        Controller::St7789 | Controller::Ili9341 | Controller::Ili9488 => {
            return colour::open(config, bus, reset, &mut Delay);
        }
    };
    Ok(Box::new(Paged::open(config, bus, reset, chip)))
}

/// Why a node cannot be opened, and what to do about it.
fn explain(node: &Path, why: &io::Error) -> anyhow::Error {
    let node = node.display();
    let advice = match Errno::from_io_error(why) {
        Some(Errno::NOENT | Errno::NODEV | Errno::NXIO) => {
            "it is used as soon as it appears; is its driver loaded, and is the name right?"
        }
        Some(Errno::ACCESS | Errno::PERM) => {
            "put the user that hotdeskd runs as into the node's group (see ls -l)"
        }
        Some(Errno::BUSY) => "another program or driver has it; end that one",
        Some(_) | None => "see the kernel's log (dmesg)",
    };
    anyhow!("{node}: {why}; {advice}")
}
