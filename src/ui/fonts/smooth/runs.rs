//! The pixels of a letter as the build script packed them: half bytes, the low one first. `glyphs/pack.rs` writes them.

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{DrawTarget, Point, Size};
use embedded_graphics::primitives::Rectangle;

/// The darkest shade, as dark as the ink.
pub(super) const OPAQUE: u8 = 14;
/// So much of the darkest: the next half byte says how much, less two. After a 0 it says how much without ink, less one.
const RUN: u8 = OPAQUE + 1;

/// A shade and for how many pixels.
fn run(halves: &mut impl Iterator<Item = u8>) -> Option<(u8, u32)> {
    match halves.next()? {
        0 => Some((0, u32::from(halves.next()?) + 1)),
        RUN => Some((OPAQUE, u32::from(halves.next()?) + 2)),
        shade => Some((shade, 1)),
    }
}

/// The colours of all shades, from none to the darkest.
pub(super) type Shades = [Rgb888; RUN as usize];

/// Neighbours in a row that are drawn at once.
const SPAN_MAX: usize = 64;

/// Draws into an area what is packed in some bytes, and leaves alone what has no ink.
pub(super) struct Brush<'a, D> {
    pub(super) target: &'a mut D,
    shades: Shades,
    colors: [Rgb888; SPAN_MAX],
}

impl<'a, D: DrawTarget<Color = Rgb888>> Brush<'a, D> {
    pub(super) fn new(shades: Shades, target: &'a mut D) -> Self {
        let [none, ..] = shades;
        Self {
            target,
            shades,
            colors: [none; SPAN_MAX],
        }
    }

    pub(super) fn draw(&mut self, packed: &[u8], area: Rectangle) -> Result<(), D::Error> {
        let mut halves = packed.iter().flat_map(|byte| [byte & 15, byte >> 4]);
        let mut at = Point::zero();
        let end = Point::zero() + area.size;
        let mut waiting = 0;
        while at.y < end.y {
            let Some((shade, mut count)) = run(&mut halves) else {
                break;
            };
            while count > 0 && at.y < end.y {
                let here = count.min((end.x - at.x).unsigned_abs());
                waiting = if shade == 0 {
                    self.flush(area.top_left + at, waiting)?
                } else {
                    self.push(area.top_left + at, waiting, (shade, here))?
                };
                at.x = at.x.saturating_add_unsigned(here);
                count -= here;
                if at.x >= end.x {
                    waiting = self.flush(area.top_left + at, waiting)?;
                    at = Point::new(0, at.y + 1);
                }
            }
        }
        Ok(())
    }

    /// Takes in pixels that begin at a place; answers how many are waiting to be drawn.
    fn push(
        &mut self,
        at: Point,
        mut waiting: usize,
        (shade, count): (u8, u32),
    ) -> Result<usize, D::Error> {
        let color = self.shades.get(usize::from(shade)).copied();
        for index in 0..count {
            if waiting == SPAN_MAX {
                waiting = self.flush(at + Size::new(index, 0), waiting)?;
            }
            if let (Some(place), Some(color)) = (self.colors.get_mut(waiting), color) {
                *place = color;
            }
            waiting += 1;
        }
        Ok(waiting)
    }

    /// Draws what is waiting, which ends before a place.
    fn flush(&mut self, end: Point, waiting: usize) -> Result<usize, D::Error> {
        let width = u32::try_from(waiting).unwrap_or_default();
        if width > 0 {
            let start = Point::new(end.x.saturating_sub_unsigned(width), end.y);
            let colors = self.colors.iter().take(waiting).copied();
            self.target
                .fill_contiguous(&Rectangle::new(start, Size::new(width, 1)), colors)?;
        }
        Ok(0)
    }
}
