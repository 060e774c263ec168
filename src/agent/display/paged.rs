//! Panels of one bit for each pixel, whose controllers keep eight rows in a page of bytes. What changed is sent, page by
//! page.

use display_interface::{DisplayError, WriteOnlyDataCommand};
use embedded_graphics::primitives::Rectangle;
use hotdesk_ui::{Damage, Picture};
use ssd1306::Ssd1306;
use ssd1306::command::{AddrMode, Command};
use ssd1306::mode::BasicMode;
use ssd1306::prelude::{Brightness, DisplayRotation, DisplaySize};
use st7565::ST7565;
use st7565::displays::GMG12864;
use st7565::modes::RawMode;

use super::Display;
use super::bus::{Bus, Reset};
use super::nothing::{NoPin, NoWait};
use super::placing::{Placing, brightness};
use crate::Face;
use crate::config::ChipConfig;

/// What is light on a panel that knows only light and dark.
const LIGHT: u8 = 128;

/// The one thing that differs between controllers once they run.
pub(super) trait Pages {
    /// Writes bytes into a page from a column on; the lowest bit of each is the topmost of eight rows.
    fn write(&mut self, page: u8, column: u8, bytes: &[u8]) -> Result<(), DisplayError>;
}

/// An open panel.
pub(super) struct Paged {
    chip: Box<dyn Pages>,
    bus: Bus,
    _reset: Option<Reset>,
    placing: Placing,
    width: u32,
    height: u32,
    first_column: u32,
    /// What the panel's memory holds; `None`: anything.
    shown: Option<Vec<u8>>,
}

impl Paged {
    /// # Errors
    /// When the panel does not answer.
    pub(super) fn open(
        config: &ChipConfig,
        bus: Bus,
        reset: Option<Reset>,
        chip: Box<dyn Pages>,
    ) -> Self {
        Self {
            chip,
            bus,
            _reset: reset,
            placing: Placing::new(config.mount, config.width, config.height),
            width: config.width,
            height: config.height,
            first_column: config.first_column,
            shown: None,
        }
    }
}

impl Paged {
    /// Fills the bytes of a page: eight rows of the glass, the topmost in the lowest bits.
    fn fill(&self, picture: &Picture, page: u32, bytes: &mut [u8]) {
        let top = page.saturating_mul(8);
        let mut row = Vec::new();
        bytes.fill(0);
        for (bit, y) in (0..8).zip(top..self.height) {
            self.placing.row(picture, y, &(0..self.width), &mut row);
            for (byte, rgb) in bytes.iter_mut().zip(&row) {
                *byte |= u8::from(brightness(*rgb) >= LIGHT) << bit;
            }
        }
    }
}

impl Display for Paged {
    fn show(&mut self, face: &Face, damage: &Damage) -> anyhow::Result<()> {
        let picture = self.placing.picture(face);
        // Whatever breaks below: the panel's memory is unknown then.
        let before = self.shown.take();
        let bytes = (self.width * self.height.div_ceil(8)) as usize;
        let mut now = before.clone().unwrap_or_else(|| vec![0; bytes]);
        let areas = self.placing.damaged(&picture, damage);
        let width = self.width as usize;
        for (page, row) in (0..).zip(now.chunks_mut(width.max(1))) {
            let shown = |area: &Rectangle| area.rows().any(|y| y.unsigned_abs() / 8 == page);
            if !areas.iter().any(shown) {
                continue;
            }
            self.fill(&picture, page, row);
            let old = before
                .as_ref()
                .and_then(|b| b.chunks(width).nth(page as usize));
            let Some((from, to)) = changed(old, row) else {
                continue;
            };
            let column = self.first_column as usize + from;
            let bytes = row.get(from..to).unwrap_or_default();
            let (Ok(page), Ok(column)) = (u8::try_from(page), u8::try_from(column)) else {
                continue;
            };
            self.bus.told(self.chip.write(page, column, bytes))?;
        }
        self.shown = Some(now);
        Ok(())
    }

    fn summary(&self) -> String {
        format!("{}x{} 1 bit", self.width, self.height)
    }

    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }
}

/// The first byte that differs, and the one behind the last; `None` when none does.
fn changed(before: Option<&[u8]>, now: &[u8]) -> Option<(usize, usize)> {
    let Some(before) = before else {
        return Some((0, now.len()));
    };
    let differs = |(a, b): (&u8, &u8)| a != b;
    let first = before.iter().zip(now).position(differs)?;
    let last = before.iter().zip(now).rposition(differs)?;
    Some((first, last + 1))
}

/// SSD1306 and its relatives in page addressing, which all of them know.
struct Ssd(Ssd1306<Bus, Rows, BasicMode>);

/// Rows of the glass.
#[derive(Debug, Clone, Copy)]
struct Rows(u8);

impl DisplaySize for Rows {
    const WIDTH: u8 = 132;
    const HEIGHT: u8 = 64;
    const DRIVER_COLS: u8 = 132;
    type Buffer = [u8; 0];

    fn configure(&self, bus: &mut impl WriteOnlyDataCommand) -> Result<(), DisplayError> {
        Command::Multiplex(self.0.saturating_sub(1)).send(bus)?;
        // Glasses of 32 rows and fewer have their rows wired one after the other.
        Command::ComPinConfig(self.0 > 32, false).send(bus)
    }
}

impl Pages for Ssd {
    fn write(&mut self, page: u8, column: u8, bytes: &[u8]) -> Result<(), DisplayError> {
        // The crate counts rows and knows sixteen pages.
        self.0.set_row(page.min(15) * 8)?;
        self.0.set_column(column)?;
        self.0.draw(bytes)
    }
}

/// # Errors
/// When the panel does not answer.
pub(super) fn ssd1306(config: &ChipConfig, bus: Bus) -> anyhow::Result<Box<dyn Pages>> {
    let rows = Rows(u8::try_from(config.height)?);
    let mut chip = Ssd1306::new(bus.clone(), rows, DisplayRotation::Rotate0);
    bus.told(chip.init_with_addr_mode(AddrMode::Page))?;
    if let Some(contrast) = config.contrast {
        bus.told(chip.set_brightness(Brightness::custom(2, contrast)))?;
    }
    Ok(Box::new(Ssd(chip)))
}

/// ST7565 and ST7567.
struct St(ST7565<Bus, GMG12864, RawMode, 132, 64, 8>);

impl Pages for St {
    fn write(&mut self, page: u8, column: u8, bytes: &[u8]) -> Result<(), DisplayError> {
        self.0.set_page(page)?;
        self.0.set_column(column)?;
        self.0.write_pixel_data(bytes)
    }
}

/// # Errors
/// When the panel does not answer.
pub(super) fn st7565(config: &ChipConfig, bus: Bus) -> anyhow::Result<Box<dyn Pages>> {
    let mut chip = ST7565::new(bus.clone(), GMG12864).into_raw_mode();
    // The line was pulsed already; this sets the controller up.
    bus.told(chip.reset(&mut NoPin, &mut NoWait))?;
    if let Some(contrast) = config.contrast {
        // Six bits of "electronic volume", for which the crate has no call after the set-up.
        let mut wire = bus.clone();
        let volume = [0x81, contrast >> 2];
        bus.told(wire.send_commands(display_interface::DataFormat::U8(&volume)))?;
    }
    bus.told(chip.display_all_points(false))?;
    bus.told(chip.set_display_on(true))?;
    Ok(Box::new(St(chip)))
}

#[cfg(test)]
#[path = "paged_tests.rs"]
mod tests;
