//! All pictures on one, each with its name below.

use std::convert::Infallible;

use embedded_graphics::Pixel;
use embedded_graphics::pixelcolor::{Rgb888, RgbColor, WebColors};
use embedded_graphics::prelude::{DrawTarget, Point};
use embedded_graphics::primitives::{PointsIter, Rectangle};
use embedded_graphics::text::Baseline;
use embedded_graphics::text::renderer::TextRenderer;
use hotdesk_ui::{Panel, Picture};
use mplusfonts::style::BitmapFontStyle;

const COLUMNS: usize = 4;
const MARGIN: u32 = 16;
const LABEL: u32 = 24;

pub(crate) fn of(pictures: &[(&str, Picture)], panel: &Panel) -> Result<Picture, Infallible> {
    let cell = (
        panel.size.width + MARGIN,
        panel.size.height + MARGIN + LABEL,
    );
    let rows = pictures.len().div_ceil(COLUMNS);
    let mut sheet = Picture::new(
        cell.0 * COLUMNS as u32 + MARGIN,
        cell.1 * rows as u32 + MARGIN,
    );
    sheet.clear(Rgb888::CSS_DIM_GRAY)?;
    for (index, (name, picture)) in pictures.iter().enumerate() {
        let (row, column) = (index / COLUMNS, index % COLUMNS);
        let at = Point::new(
            (MARGIN + cell.0 * column as u32) as i32,
            (MARGIN + cell.1 * row as u32) as i32,
        );
        copy(picture, at, &mut sheet)?;
        let mut style = BitmapFontStyle::new(panel.fonts.small, Rgb888::WHITE);
        style.background_color = Some(Rgb888::CSS_DIM_GRAY);
        let below = at + Point::new(0, panel.size.height as i32 + 2);
        style.draw_string(name, below, Baseline::Top, &mut sheet)?;
    }
    Ok(sheet)
}

fn copy(picture: &Picture, at: Point, sheet: &mut Picture) -> Result<(), Infallible> {
    let area = Rectangle::new(
        Point::zero(),
        embedded_graphics::prelude::OriginDimensions::size(picture),
    );
    let pixels = area
        .points()
        .filter_map(|point| Some(Pixel(at + point, picture.pixel(point)?)));
    sheet.draw_iter(pixels)
}
