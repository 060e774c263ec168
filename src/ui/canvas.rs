//! What is painted on, and a part of it: embedded-graphics' targets with one cheap way to draw many small pieces.

use embedded_graphics::Pixel;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{Dimensions, DrawTarget, Point, Size};
use embedded_graphics::primitives::Rectangle;

/// A target for screens. Most of what a screen costs is pieces of rows: letters have nothing else.
pub trait Canvas: DrawTarget<Color = Rgb888> {
    /// Draws so many pixels of a row from a point to the right; what lies outside is dropped.
    ///
    /// # Errors
    /// Only what the target itself reports.
    fn run(&mut self, from: Point, length: u32, color: Rgb888) -> Result<(), Self::Error> {
        self.fill_solid(&Rectangle::new(from, Size::new(length, 1)), color)
    }

    /// Draws an area as runs of pixels, one behind the other and on into the next row, and asks for no more of them when it
    /// is full. A run without a colour leaves alone what is there.
    ///
    /// # Errors
    /// Only what the target itself reports.
    fn runs(
        &mut self,
        area: &Rectangle,
        runs: impl Iterator<Item = (Option<Rgb888>, u32)>,
    ) -> Result<(), Self::Error> {
        one_by_one(self, area, runs)
    }
}

/// Runs on a canvas that need not hold all of their area.
pub(crate) fn one_by_one<C: Canvas + ?Sized>(
    canvas: &mut C,
    area: &Rectangle,
    runs: impl Iterator<Item = (Option<Rgb888>, u32)>,
) -> Result<(), C::Error> {
    let Size { width, height } = area.size;
    let (mut x, mut y) = (0, 0);
    for (color, mut count) in runs {
        while count > 0 {
            if y == height {
                return Ok(());
            }
            let here = count.min(width - x);
            if let Some(color) = color {
                canvas.run(area.top_left + Size::new(x, y), here, color)?;
            }
            x += here;
            count -= here;
            if x == width {
                (x, y) = (0, y + 1);
            }
        }
    }
    Ok(())
}

/// A part of a canvas: nothing beside it is touched.
#[derive(Debug)]
pub(crate) struct Part<'a, C> {
    canvas: &'a mut C,
    area: Rectangle,
    /// The first column and row after it.
    end: Point,
}

impl<'a, C> Part<'a, C> {
    pub(crate) fn new(canvas: &'a mut C, area: Rectangle) -> Self {
        let end = end(&area);
        Self { canvas, area, end }
    }
}

/// The first column right of an area and the first row below it.
fn end(area: &Rectangle) -> Point {
    let Point { x, y } = area.top_left;
    Point::new(
        x.saturating_add_unsigned(area.size.width),
        y.saturating_add_unsigned(area.size.height),
    )
}

/// Whether two areas have a pixel in common.
pub(crate) fn meet(a: &Rectangle, b: &Rectangle) -> bool {
    let (a_end, b_end) = (end(a), end(b));
    let start = a.top_left.component_max(b.top_left);
    let end = a_end.component_min(b_end);
    start.x < end.x && start.y < end.y
}

/// Whether an area holds every pixel of another.
pub(crate) fn holds(area: &Rectangle, inner: &Rectangle) -> bool {
    let (start, end, inner_end) = (area.top_left, end(area), end(inner));
    let Point { x, y } = inner.top_left;
    start.x <= x && start.y <= y && inner_end.x <= end.x && inner_end.y <= end.y
}

impl<C: Canvas> Canvas for Part<'_, C> {
    fn run(&mut self, from: Point, length: u32, color: Rgb888) -> Result<(), C::Error> {
        if from.y < self.area.top_left.y || from.y >= self.end.y {
            return Ok(());
        }
        let start = from.x.max(self.area.top_left.x);
        let end = from.x.saturating_add_unsigned(length).min(self.end.x);
        if start >= end {
            return Ok(());
        }
        self.canvas
            .run(Point::new(start, from.y), end.abs_diff(start), color)
    }

    fn runs(
        &mut self,
        area: &Rectangle,
        runs: impl Iterator<Item = (Option<Rgb888>, u32)>,
    ) -> Result<(), C::Error> {
        if holds(&self.area, area) {
            self.canvas.runs(area, runs)
        } else {
            one_by_one(self, area, runs)
        }
    }
}

impl<C: Canvas> Dimensions for Part<'_, C> {
    fn bounding_box(&self) -> Rectangle {
        self.area
    }
}

impl<C: Canvas> DrawTarget for Part<'_, C> {
    type Color = Rgb888;
    type Error = C::Error;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), C::Error>
    where
        I: IntoIterator<Item = Pixel<Rgb888>>,
    {
        let area = self.area;
        let inside = pixels.into_iter().filter(|Pixel(at, _)| area.contains(*at));
        self.canvas.draw_iter(inside)
    }

    fn fill_solid(&mut self, area: &Rectangle, color: Rgb888) -> Result<(), C::Error> {
        self.canvas
            .fill_solid(&area.intersection(&self.area), color)
    }
}

#[cfg(test)]
mod tests {
    use embedded_graphics::prelude::RgbColor;

    use super::*;
    use crate::Picture;

    const PART: Rectangle = Rectangle::new(Point::new(2, 1), Size::new(4, 2));

    /// Whatever is drawn by whatever way: what a part keeps is what of it lies in the part.
    #[test]
    fn a_part_keeps_to_itself() {
        let mut whole = Picture::new(9, 5);
        let Ok(()) = whole.fill_solid(&PART, Rgb888::RED);
        let mut picture = Picture::new(9, 5);
        let mut part = Part::new(&mut picture, PART);
        for y in -1..7 {
            let Ok(()) = part.run(Point::new(-3, y), 40, Rgb888::RED);
        }
        assert_eq!(picture, whole);
        let mut part = Part::new(&mut picture, PART);
        for (from, length) in [
            ((-3, 1), 5),
            ((6, 1), 3),
            ((3, 0), 2),
            ((3, 3), 2),
            ((3, 1), 0),
        ] {
            let Ok(()) = part.run(from.into(), length, Rgb888::GREEN);
        }
        let Ok(()) = part.draw_iter([Pixel(Point::new(6, 2), Rgb888::GREEN)]);
        assert_eq!(picture, whole);
    }

    /// Whether their area lies in the part, across its edge or outside of the picture.
    #[test]
    fn runs_draw_what_each_of_them_would() {
        let runs = [
            (Some(Rgb888::RED), 3),
            (None, 4),
            (Some(Rgb888::GREEN), 1),
            (Some(Rgb888::BLUE), 30),
        ];
        let mut white = Picture::new(9, 5);
        let Ok(()) = white.fill_solid(&white.bounding_box(), Rgb888::WHITE);
        let corners = (-4..10).flat_map(|x| (-3..6).map(move |y| Point::new(x, y)));
        for area in corners.map(|corner| Rectangle::new(corner, Size::new(4, 3))) {
            for part in [PART, Rectangle::new(Point::zero(), Size::new(9, 5))] {
                let mut together = white.clone();
                let Ok(()) = Part::new(&mut together, part).runs(&area, runs.into_iter());
                let mut apart = white.clone();
                let mut canvas = Part::new(&mut apart, part);
                let Ok(()) = one_by_one(&mut canvas, &area, runs.into_iter());
                assert_eq!(together, apart, "{area:?}");
            }
        }
    }

    #[test]
    fn areas_meet_where_they_have_a_pixel_in_common() {
        let at = |x, y, width, height| Rectangle::new(Point::new(x, y), Size::new(width, height));
        let meets = |other| meet(&PART, &other) && meet(&other, &PART);
        assert!(meets(at(5, 2, 1, 1)) && meets(at(0, 0, 3, 2)));
        assert!(!meets(at(6, 1, 3, 3)) && !meets(at(0, 0, 2, 9)) && !meets(at(3, 1, 0, 1)));
    }
}
