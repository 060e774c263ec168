//! A picture by which a person sees whether a display is the right way up and has its colours in order.

use std::convert::Infallible;

use embedded_graphics::mono_font::ascii::{FONT_5X8, FONT_9X15};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{
    Dimensions, DrawTarget, Drawable, Point, Primitive, RgbColor, Size,
};
use embedded_graphics::primitives::{PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Baseline, Text};
use hotdesk_ui::Picture;

use super::{Display, open};
use crate::config::Mount;
use crate::{Config, DisplayConfig, Face};

/// Steps of the grey ramp: as many as four bits can tell apart.
const GREYS: u32 = 16;

/// A display that shows the pattern until this is dropped.
pub struct DisplayTest {
    display: Box<dyn Display>,
}

impl DisplayTest {
    /// Opens the display of a configuration and shows the pattern: a white frame on the outermost pixels, a white square in
    /// the top left corner, bars of red, green and blue, a ramp from black to white, and the format in words.
    ///
    /// # Errors
    /// When there is none or it cannot be used; the message says what to do.
    pub fn show(config: &Config) -> anyhow::Result<Self> {
        let (display, mount) = picture_only(config.display.clone());
        let mut display = open(&display)?;
        let (width, height) = mount.turned(display.size());
        let face = pattern(width, height, &display.summary());
        display.show(&face, &face.changed_since(None))?;
        Ok(Self { display })
    }

    /// What the display is, in a few words.
    #[must_use]
    pub fn summary(&self) -> String {
        self.display.summary()
    }
}

/// The same display with its picture as it is, and how it is mounted.
fn picture_only(mut display: DisplayConfig) -> (DisplayConfig, Mount) {
    let mount = match &mut display {
        DisplayConfig::None => &mut Mount::default(),
        DisplayConfig::Framebuffer(framebuffer) => &mut framebuffer.mount,
        DisplayConfig::Chip(chip) => &mut chip.mount,
    };
    mount.text_only = false;
    let mount = *mount;
    (display, mount)
}

/// The pattern as a face of this size.
pub(super) fn pattern(width: u32, height: u32, summary: &str) -> Face {
    let mut picture = Picture::new(width, height);
    let Ok(()) = draw(&mut picture, summary);
    Face {
        text: summary.to_owned(),
        picture,
        ..Face::default()
    }
}

fn draw(picture: &mut Picture, summary: &str) -> Result<(), Infallible> {
    let all = picture.bounding_box();
    let (width, height) = (all.size.width, all.size.height);
    let colors = [
        (Rgb888::RED, "R"),
        (Rgb888::GREEN, "G"),
        (Rgb888::BLUE, "B"),
    ];
    let font = if height < 100 { FONT_5X8 } else { FONT_9X15 };
    for (third, (color, letter)) in (0..).zip(colors) {
        let bar = part(all, (third, 3), (0, 2));
        picture.fill_solid(&bar, color)?;
        write(picture, letter, bar.center(), &font)?;
    }
    for step in 0..GREYS {
        let grey = u8::try_from(step * 255 / (GREYS - 1)).unwrap_or(u8::MAX);
        let patch = part(all, (step, GREYS), (2, 4));
        picture.fill_solid(&patch, Rgb888::new(grey, grey, grey))?;
    }
    let below = part(all, (0, 1), (3, 4));
    let margin = Point::new(4, 1);
    write(picture, summary, below.top_left + margin, &font)?;
    let side = (width.min(height) / 8).max(3);
    picture.fill_solid(
        &Rectangle::new(all.top_left, Size::new_equal(side)),
        Rgb888::WHITE,
    )?;
    let frame = PrimitiveStyle::with_stroke(Rgb888::WHITE, 1);
    // A stroke is centred on the edge of its rectangle: one of a pixel lies on the outermost pixels.
    all.into_styled(frame).draw(picture)
}

/// The `column`th of so many equal columns, in the `row`th of so many equal rows.
fn part(all: Rectangle, column: (u32, u32), row: (u32, u32)) -> Rectangle {
    let span = |side: u32, (number, of): (u32, u32)| {
        let at = |number: u32| side * number / of.max(1);
        (at(number), at(number + 1) - at(number))
    };
    let (x, width) = span(all.size.width, column);
    let (y, height) = span(all.size.height, row);
    Rectangle::new(all.top_left + Size::new(x, y), Size::new(width, height))
}

/// White letters, the top left of the first at a place.
pub(super) fn write(
    picture: &mut Picture,
    text: &str,
    at: Point,
    font: &MonoFont<'_>,
) -> Result<(), Infallible> {
    let style = MonoTextStyle::new(font, Rgb888::WHITE);
    Text::with_baseline(text, at, style, Baseline::Top).draw(picture)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_on_the_outermost_pixels_and_the_square_at_the_top_left() {
        for (width, height) in [(480, 272), (128, 64), (96, 16), (240, 320)] {
            let face = pattern(width, height, "test");
            let at = |x, y| face.picture.pixel(Point::new(x, y)).unwrap();
            let (right, bottom) = (width as i32 - 1, height as i32 - 1);
            for corner in [at(0, 0), at(right, 0), at(0, bottom), at(right, bottom)] {
                assert_eq!(corner, Rgb888::WHITE, "{width}x{height}");
            }
            assert_eq!(at(2, 2), Rgb888::WHITE);
            assert_ne!(at(right - 2, 2), Rgb888::WHITE);
            assert_ne!(at(2, bottom - 1), Rgb888::WHITE);
            let third = width as i32 / 3;
            let bars = [0, 1, 2].map(|bar| at(bar * third + third - 2, 3));
            assert_eq!(bars, [Rgb888::RED, Rgb888::GREEN, Rgb888::BLUE]);
        }
    }

    #[test]
    fn a_tiny_glass_is_no_trouble() {
        for side in 0..5 {
            assert_eq!(
                pattern(side, side, "tiny").picture.pixels().len() as u32,
                side * side * 3
            );
        }
    }
}
