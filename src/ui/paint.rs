//! Marks to pixels. Knows no screen by name.

use embedded_graphics::Pixel;
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::prelude::{DrawTarget, DrawTargetExt, Point};
use embedded_graphics::primitives::{PointsIter, Rectangle};

use crate::layout::layout;
use crate::shape::{Part, coverage};
use crate::sheet::Mark;
use crate::{Panel, Screen};

/// Draws a whole screen; every pixel of the panel is covered, nothing outside it is touched.
///
/// # Errors
/// Only what the target itself reports.
pub fn paint<D>(screen: &Screen, panel: &Panel, target: &mut D) -> Result<(), D::Error>
where
    D: DrawTarget<Color = Rgb888>,
{
    // Accents of capitals reach above their line, on small panels above the panel.
    let mut target = target.clipped(&Rectangle::new(Point::zero(), panel.size));
    layout(screen, panel)
        .marks
        .iter()
        .try_for_each(|mark| draw(mark, &mut target))
}

pub(crate) fn draw<D>(mark: &Mark, target: &mut D) -> Result<(), D::Error>
where
    D: DrawTarget<Color = Rgb888>,
{
    match mark {
        Mark::Fill { area, color } => target.fill_solid(area, *color),
        Mark::Shape {
            area,
            parts,
            scale,
            ink,
            behind,
        } => draw_shape(*area, parts, *scale, [*behind, *ink], target),
        Mark::Text {
            text,
            font,
            at,
            ink,
            behind,
            ..
        } => font.draw(&text.text, *at, [*ink, *behind], target),
        Mark::Bitmap { bitmap, at, ink } => {
            let pixels = bitmap.dots().map(|dot| Pixel(*at + dot, *ink));
            target.draw_iter(pixels)
        }
    }
}

fn draw_shape<D>(
    area: Rectangle,
    parts: &[Part],
    scale: f32,
    colors: [Rgb888; 2],
    target: &mut D,
) -> Result<(), D::Error>
where
    D: DrawTarget<Color = Rgb888>,
{
    let pixels = area.points().map(|at| {
        // A pixel is judged at its middle.
        let Point { x, y } = at - area.top_left;
        let spot = ((x as f32 + 0.5) / scale, (y as f32 + 0.5) / scale);
        Pixel(at, mix(colors, coverage(parts, spot, scale)))
    });
    target.draw_iter(pixels)
}

/// So much ink over what lies behind.
fn mix([behind, ink]: [Rgb888; 2], share: f32) -> Rgb888 {
    let channel = |behind: u8, ink: u8| {
        let (behind, ink) = (f32::from(behind), f32::from(ink));
        (behind + (ink - behind) * share).round() as u8
    };
    Rgb888::new(
        channel(behind.r(), ink.r()),
        channel(behind.g(), ink.g()),
        channel(behind.b(), ink.b()),
    )
}
