//! Colour panels that take the MIPI command set over SPI. Only what changed is sent.

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::DrawTarget;
use embedded_hal::delay::DelayNs;
use hotdesk_ui::Damage;
use mipidsi::interface::InterfacePixelFormat;
use mipidsi::models::{ILI9341Rgb565, ILI9488Rgb666, Model, ST7789};
use mipidsi::options::ColorOrder;
use mipidsi::{Builder, NoResetPin};

use super::Display;
use super::bus::{Bus, Reset};
use super::placing::Placing;
use crate::Face;
use crate::config::{ChipConfig, Controller};

/// An open panel.
pub(super) struct Colour<M: Model>
where
    M::ColorFormat: InterfacePixelFormat<u8>,
{
    chip: mipidsi::Display<Bus, M, NoResetPin>,
    bus: Bus,
    _reset: Option<Reset>,
    placing: Placing,
    width: u32,
    height: u32,
}

/// # Errors
/// When the panel cannot be reached.
pub(super) fn open(
    config: &ChipConfig,
    bus: Bus,
    reset: Option<Reset>,
    delay: &mut impl DelayNs,
) -> anyhow::Result<Box<dyn Display>> {
    match config.controller {
        Controller::Ili9341 => Colour::open(config, bus, reset, (ILI9341Rgb565, delay)),
        Controller::Ili9488 => Colour::open(config, bus, reset, (ILI9488Rgb666, delay)),
        Controller::St7789 | Controller::Ssd1306 | Controller::St7565 => {
            Colour::open(config, bus, reset, (ST7789, delay))
        }
    }
}

impl<M> Colour<M>
where
    M: Model + 'static,
    M::ColorFormat: InterfacePixelFormat<u8> + From<Rgb888>,
{
    fn open(
        config: &ChipConfig,
        bus: Bus,
        reset: Option<Reset>,
        (model, delay): (M, &mut impl DelayNs),
    ) -> anyhow::Result<Box<dyn Display>> {
        let order = if config.bgr {
            ColorOrder::Bgr
        } else {
            ColorOrder::Rgb
        };
        let side = |side: u32| u16::try_from(side);
        let chip = Builder::new(model, bus.clone())
            .display_size(side(config.width)?, side(config.height)?)
            .display_offset(side(config.first_column)?, 0)
            .color_order(order)
            .init(delay);
        Ok(Box::new(Self {
            chip: bus.told(chip)?,
            bus,
            _reset: reset,
            placing: Placing::new(config.mount, config.width, config.height),
            width: config.width,
            height: config.height,
        }))
    }
}

impl<M> Display for Colour<M>
where
    M: Model,
    M::ColorFormat: InterfacePixelFormat<u8> + From<Rgb888>,
{
    fn show(&mut self, face: &Face, damage: &Damage) -> anyhow::Result<()> {
        let picture = self.placing.picture(face);
        for area in self.placing.damaged(&picture, damage) {
            let left = area.top_left.x.unsigned_abs();
            let columns = left..left.saturating_add(area.size.width);
            let colors = area.rows().flat_map(|y| {
                let mut row = Vec::with_capacity(area.size.width as usize);
                self.placing
                    .row(&picture, y.unsigned_abs(), &columns, &mut row);
                row
            });
            let colors = colors.map(|[r, g, b]| M::ColorFormat::from(Rgb888::new(r, g, b)));
            self.bus.told(self.chip.fill_contiguous(&area, colors))?;
        }
        Ok(())
    }

    fn summary(&self) -> String {
        format!("{}x{} colour", self.width, self.height)
    }

    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }
}

#[cfg(test)]
#[path = "colour_tests.rs"]
mod tests;
