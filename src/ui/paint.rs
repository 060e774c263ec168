//! Marks to pixels. Knows no screen by name.

use embedded_graphics::Pixel;
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::prelude::Point;
use embedded_graphics::primitives::Rectangle;

use crate::canvas::{Part as PartOf, meet};
use crate::layout::layout;
use crate::shape::{Coverage, Part, coverage};
use crate::sheet::{Mark, Sheet};
use crate::{Canvas, Panel, Screen};

/// Draws a whole screen; every pixel of the panel is covered, nothing outside it is touched.
///
/// # Errors
/// Only what the target itself reports.
pub fn paint<D>(screen: &Screen, panel: &Panel, target: &mut D) -> Result<(), D::Error>
where
    D: Canvas,
{
    let all = Rectangle::new(Point::zero(), panel.size);
    paint_part(&layout(screen, panel), all, panel, target)
}

/// Draws what lies in a part of a panel, and touches nothing beside it.
pub(crate) fn paint_part<D>(
    sheet: &Sheet,
    part: Rectangle,
    panel: &Panel,
    target: &mut D,
) -> Result<(), D::Error>
where
    D: Canvas,
{
    // Accents of capitals reach above their line, on small panels above the panel.
    let part = part.intersection(&Rectangle::new(Point::zero(), panel.size));
    let seen = |mark: &&Mark| meet(&mark.area(), &part);
    let mut target = PartOf::new(target, part);
    let mut marks = sheet.marks.iter().filter(seen);
    marks.try_for_each(|mark| draw(mark, &mut target))
}

pub(crate) fn draw<D>(mark: &Mark, target: &mut D) -> Result<(), D::Error>
where
    D: Canvas,
{
    match mark {
        Mark::Fill { area, color } => target.fill_solid(area, *color),
        Mark::Shape {
            area,
            parts,
            scale,
            ink,
            behind,
        } => {
            // What nobody sees need not be worked out.
            let seen = area.intersection(&target.bounding_box());
            let brush = Brush {
                parts,
                scale: *scale,
                corner: area.top_left,
                colors: [*behind, *ink],
            };
            brush.draw(seen, target)
        }
        Mark::Text {
            text,
            font,
            at,
            ink,
            behind,
            ..
        } => font.draw(&text.text, *at, [*ink, *behind], target),
        Mark::Logo { logo, at } => {
            target.fill_contiguous(&Rectangle::new(*at, logo.size()), logo.pixels())
        }
        Mark::Bitmap { bitmap, at, ink } => {
            let pixels = bitmap.dots().map(|dot| Pixel(*at + dot, *ink));
            target.draw_iter(pixels)
        }
    }
}

/// How finely the share of a pixel that a shape covers is told apart.
const SHARES: u32 = 255;

/// A smooth shape ready to be drawn.
struct Brush<'a> {
    parts: &'a [Part],
    /// Pixels for each unit of the shape's grid.
    scale: f32,
    /// Where the grid begins.
    corner: Point,
    /// What lies behind, and the ink.
    colors: [Rgb888; 2],
}

impl Brush<'_> {
    fn draw<D>(&self, area: Rectangle, target: &mut D) -> Result<(), D::Error>
    where
        D: Canvas,
    {
        let left = area.top_left.x;
        for y in area.rows() {
            let mut from = 0;
            while from < area.size.width {
                let at = Point::new(left.saturating_add_unsigned(from), y);
                let (color, length) = self.run(at);
                let length = length.clamp(1, area.size.width - from);
                target.run(at, length, color)?;
                from += length;
            }
        }
        Ok(())
    }

    /// The colour of a pixel, and of how many from there on it is the colour.
    fn run(&self, at: Point) -> (Rgb888, u32) {
        // A pixel is judged at its middle.
        let Point { x, y } = at - self.corner;
        let spot = ((x as f32 + 0.5) / self.scale, (y as f32 + 0.5) / self.scale);
        let Coverage { share, same } = coverage(self.parts, spot, self.scale);
        let part = (share * SHARES as f32 + 0.5) as u32;
        (blend(self.colors, part, SHARES), same)
    }
}

/// So much of a whole of ink over what lies behind.
pub(crate) fn blend([behind, ink]: [Rgb888; 2], part: u32, whole: u32) -> Rgb888 {
    if part == 0 {
        return behind;
    }
    if part >= whole {
        return ink;
    }
    let channel = |behind: u8, ink: u8| {
        let rest = whole.saturating_sub(part);
        let sum = u32::from(behind) * rest + u32::from(ink) * part;
        ((sum + whole / 2) / whole.max(1)) as u8
    };
    Rgb888::new(
        channel(behind.r(), ink.r()),
        channel(behind.g(), ink.g()),
        channel(behind.b(), ink.b()),
    )
}
