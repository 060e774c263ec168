//! Marks to pixels. Knows no screen by name.

use embedded_graphics::Pixel;
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::canvas::{Part as PartOf, meet};
use crate::layout::layout;
use crate::shape::{Coverage, Part, coverage, slab};
use crate::sheet::{Mark, Sheet};
use crate::{Canvas, Panel, Picture, Screen};

/// Draws a whole screen; every pixel of the panel is covered, nothing outside it is touched.
pub fn paint(screen: &Screen, panel: &Panel, picture: &mut Picture) {
    let all = Rectangle::new(Point::zero(), panel.size);
    paint_part(&[layout(screen, panel)], all, panel, picture);
}

/// Draws what lies in a part of a panel, and touches nothing beside it.
///
/// Only into a picture: what is made for any canvas is compiled in the crate that calls it, and on a phone only this one
/// is compiled for speed.
pub(crate) fn paint_part(sheets: &[Sheet], part: Rectangle, panel: &Panel, picture: &mut Picture) {
    // Accents of capitals reach above their line, on small panels above the panel.
    let part = part.intersection(&Rectangle::new(Point::zero(), panel.size));
    let marks = sheets.iter().flat_map(|sheet| &sheet.marks);
    // What is filled later need not be drawn on before.
    let fills = marks
        .clone()
        .enumerate()
        .filter(|(_, mark)| mark.fills(&part));
    let hidden = fills.last().map_or(0, |(index, _)| index);
    let mut seen = marks.skip(hidden).filter(|mark| meet(&mark.area(), &part));
    let mut target = PartOf::new(picture, part);
    let Ok(()) = seen.try_for_each(|mark| draw(mark, &mut target));
}

pub(crate) fn draw<D>(mark: &Mark, target: &mut D) -> Result<(), D::Error>
where
    D: Canvas,
{
    match mark {
        Mark::Fill { area, color } => target.fill_solid(area, *color),
        Mark::Card {
            area,
            radius,
            ink,
            behind,
        } => {
            target.fill_solid(area, *ink)?;
            round(area, *radius, [*behind, *ink], target)
        }
        Mark::Shape {
            area,
            parts,
            scale,
            ink,
            behind,
        } => {
            let brush = Brush {
                parts,
                scale: *scale,
                corner: area.top_left,
                colors: [*behind, *ink],
            };
            brush.draw(*area, target)
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

/// Makes the corners of a filled rectangle round: what is worked out for one is the same at the other three.
fn round<D>(
    area: &Rectangle,
    radius: u32,
    colors: [Rgb888; 2],
    target: &mut D,
) -> Result<(), D::Error>
where
    D: Canvas,
{
    let corner = area.size.component_min(Size::new_equal(radius));
    let far = area.size - corner;
    let corners = [
        (0, 0),
        (far.width, 0),
        (0, far.height),
        (far.width, far.height),
    ]
    .map(|(x, y)| Rectangle::new(area.top_left + Size::new(x, y), corner));
    let seen = target.bounding_box();
    if !corners.iter().any(|corner| meet(corner, &seen)) {
        return Ok(());
    }
    let brush = Brush {
        parts: &[slab(area.size, radius)],
        scale: 1.0,
        corner: area.top_left,
        colors,
    };
    let last = area.top_left + area.size - Size::new_equal(1);
    for row in corners[0].rows() {
        for column in corners[0].columns() {
            let (color, _) = brush.run(Point::new(column, row));
            // From here on it is full.
            if Some(&color) == colors.last() {
                break;
            }
            let across = area.top_left + (last - Point::new(column, row));
            for (x, y) in [
                (column, row),
                (across.x, row),
                (column, across.y),
                (across.x, across.y),
            ] {
                target.run(Point::new(x, y), 1, color)?;
            }
        }
    }
    Ok(())
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
        // What nobody sees need not be worked out.
        let area = area.intersection(&target.bounding_box());
        let Size { width, height } = area.size;
        let (mut x, mut y) = (0, 0);
        let runs = std::iter::from_fn(|| {
            if x >= width {
                (x, y) = (0, y + 1);
            }
            let at = (y < height).then_some(area.top_left + Size::new(x, y))?;
            let (color, length) = self.run(at);
            let length = length.min(width - x);
            x += length;
            Some((Some(color), length))
        });
        target.runs(&area, runs)
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
