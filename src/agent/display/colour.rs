//! Colour panels that take the MIPI command set over SPI. Only the box around what changed is sent, in bands of rows.

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{DrawTarget, Point, Size};
use embedded_graphics::primitives::Rectangle;
use embedded_hal::delay::DelayNs;
use mipidsi::interface::InterfacePixelFormat;
use mipidsi::models::{ILI9341Rgb565, ILI9488Rgb666, Model, ST7789};
use mipidsi::options::ColorOrder;
use mipidsi::{Builder, NoResetPin};

use super::Display;
use super::bus::{Bus, Reset};
use super::placing::{Placing, Rgb, Source};
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
    shown: Option<Source>,
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
            shown: None,
        }))
    }
}

impl<M> Display for Colour<M>
where
    M: Model,
    M::ColorFormat: InterfacePixelFormat<u8> + From<Rgb888>,
{
    fn show(&mut self, face: &Face) -> anyhow::Result<()> {
        let now = self.placing.source(face);
        // Whatever breaks below: the panel's memory is unknown then.
        let before = self.shown.take();
        for area in changed_areas(&self.placing, before.as_ref(), &now, self.width) {
            let colors = area.rows().flat_map(|y| {
                let row = self.placing.row(&now, y.unsigned_abs());
                let left = area.top_left.x.unsigned_abs() as usize;
                row.skip(left).take(area.size.width as usize)
            });
            let colors = colors.map(|[r, g, b]| M::ColorFormat::from(Rgb888::new(r, g, b)));
            self.bus.told(self.chip.fill_contiguous(&area, colors))?;
        }
        self.shown = Some(now);
        Ok(())
    }

    fn summary(&self) -> String {
        format!("{}x{} colour", self.width, self.height)
    }

    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }
}

/// Bands of neighbouring rows that changed, as wide as what changed in them.
fn changed_areas(
    placing: &Placing,
    before: Option<&Source>,
    now: &Source,
    width: u32,
) -> Vec<Rectangle> {
    let mut bands: Vec<(u32, u32, u32, u32)> = Vec::new();
    for y in placing.changed_rows(before, now) {
        let (left, right) = match before {
            Some(before) => columns(placing.row(before, y), placing.row(now, y)),
            None => (0, width),
        };
        match bands.last_mut() {
            Some((_, bottom, l, r)) if *bottom == y => {
                *bottom += 1;
                (*l, *r) = ((*l).min(left), (*r).max(right));
            }
            Some(_) | None => bands.push((y, y + 1, left, right)),
        }
    }
    let rectangle = |(top, bottom, left, right): (u32, u32, u32, u32)| {
        let at = Point::zero() + Size::new(left, top);
        Rectangle::new(at, Size::new(right - left, bottom - top))
    };
    bands.into_iter().map(rectangle).collect()
}

/// The first column that differs, and the one behind the last.
fn columns(before: impl Iterator<Item = Rgb>, now: impl Iterator<Item = Rgb>) -> (u32, u32) {
    let differing = (0..).zip(before.zip(now)).filter(|(_, (a, b))| a != b);
    let mut differing = differing.map(|(x, _)| x);
    let first = differing.next().unwrap_or(0);
    (first, differing.last().unwrap_or(first) + 1)
}

#[cfg(test)]
#[path = "colour_tests.rs"]
mod tests;
