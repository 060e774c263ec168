//! All pictures on one, each with its name below; those of small panels magnified.

use std::convert::Infallible;

use embedded_graphics::Pixel;
use embedded_graphics::pixelcolor::{Rgb888, WebColors};
use embedded_graphics::prelude::{DrawTarget, OriginDimensions, Point, RgbColor, Size};
use embedded_graphics::primitives::{PointsIter, Rectangle};
use hotdesk_ui::{Panel, Picture};

const COLUMNS: usize = 4;
const MARGIN: u32 = 16;
const LABEL: u32 = 24;
/// Columns that a picture should have at least to be looked at.
const WIDTH: u32 = 480;

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
    let colors = [Rgb888::WHITE, Rgb888::CSS_DIM_GRAY];
    sheet.clear(colors[1])?;
    for (index, (name, picture)) in pictures.iter().enumerate() {
        let (row, column) = (index / COLUMNS, index % COLUMNS);
        let at = Point::new(
            (MARGIN + cell.0 * column as u32) as i32,
            (MARGIN + cell.1 * row as u32) as i32,
        );
        copy(picture, at, &mut sheet)?;
        let below = at + Point::new(0, panel.size.height as i32 + 2);
        panel.fonts.small.draw(name, below, colors, &mut sheet)?;
    }
    magnified(&sheet, WIDTH.div_ceil(panel.size.width))
}

fn copy(picture: &Picture, at: Point, sheet: &mut Picture) -> Result<(), Infallible> {
    sheet.draw_iter(pixels(picture).map(|Pixel(point, color)| Pixel(at + point, color)))
}

/// Every pixel as a square.
fn magnified(picture: &Picture, factor: u32) -> Result<Picture, Infallible> {
    let size = picture.size() * factor;
    let mut larger = Picture::new(size.width, size.height);
    for Pixel(at, color) in pixels(picture) {
        let square = Rectangle::new(at * factor as i32, Size::new_equal(factor));
        larger.fill_solid(&square, color)?;
    }
    Ok(larger)
}

fn pixels(picture: &Picture) -> impl Iterator<Item = Pixel<Rgb888>> {
    let area = Rectangle::new(Point::zero(), picture.size());
    area.points()
        .filter_map(|point| Some(Pixel(point, picture.pixel(point)?)))
}
