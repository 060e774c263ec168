//! Pixels in memory: what a panel, a browser page or a golden picture is made from. Never encodes or stores them.

use std::convert::Infallible;

use embedded_graphics::Pixel;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{Dimensions, DrawTarget, OriginDimensions, Point, RgbColor, Size};
use embedded_graphics::primitives::{PointsIter, Rectangle};

use crate::Canvas;
use crate::canvas::{holds, one_by_one};
use crate::damage::envelope;

/// A drawing of 8 bits for each of red, green and blue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<Bytes>,
}

/// Red, green and blue.
type Bytes = [u8; 3];

fn bytes(color: Rgb888) -> Bytes {
    [color.r(), color.g(), color.b()]
}

impl Picture {
    /// A black picture of so many columns and rows.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        let pixels = vec![Bytes::default(); count(width, height)];
        Self {
            width,
            height,
            pixels,
        }
    }

    /// A picture from its bytes; `None` when there are not exactly three for each pixel.
    #[must_use]
    pub fn from_pixels(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        let mut picture = Self {
            width,
            height,
            pixels: Vec::new(),
        };
        if pixels.len() != count(width, height).checked_mul(size_of::<Bytes>())? {
            return None;
        }
        let pixels = pixels.chunks_exact(size_of::<Bytes>());
        picture.pixels = pixels.filter_map(|bytes| bytes.try_into().ok()).collect();
        Some(picture)
    }

    /// Columns.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Three bytes for each pixel (red, green, blue), row by row from the top left, without padding.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        self.pixels.as_flattened()
    }

    /// The same bytes, given away.
    #[must_use]
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels.into_flattened()
    }

    /// The colour at a point; `None` outside.
    #[must_use]
    pub fn pixel(&self, at: Point) -> Option<Rgb888> {
        let [r, g, b] = *self.pixels.get(self.index(at)?)?;
        Some(Rgb888::new(r, g, b))
    }

    /// The smallest rectangle that holds every pixel in which two pictures differ: what a slow panel has to be sent.
    /// `None` when they are equal; everything when their sizes differ.
    #[must_use]
    pub fn diff(&self, other: &Self) -> Option<Rectangle> {
        if self.size() != other.size() {
            return Some(Rectangle::new(Point::zero(), self.size()));
        }
        let width = self.row_length();
        let rows = self.pixels.chunks_exact(width);
        let mut changed: Option<Rectangle> = None;
        for ((y, ours), theirs) in (0..).zip(rows).zip(other.pixels.chunks_exact(width)) {
            if ours == theirs {
                continue;
            }
            let row = differing_columns(ours, theirs, y);
            changed = Some(match changed {
                Some(area) => envelope(&area, &row),
                None => row,
            });
        }
        changed
    }

    /// Pixels of a row; at least one, for what goes by rows.
    fn row_length(&self) -> usize {
        count(self.width, 1).max(1)
    }

    /// The rows of an area; none when it is not inside.
    fn rows_mut(&mut self, area: &Rectangle) -> impl Iterator<Item = &mut [Bytes]> {
        let inside = holds(&self.bounding_box(), area);
        let start = self.index(area.top_left).filter(|_| inside);
        let (columns, whole) = (count(area.size.width, 1), self.row_length());
        let from = start.unwrap_or(self.pixels.len())..;
        let below = self.pixels.get_mut(from).unwrap_or_default();
        let rows = below.chunks_mut(whole).take(area.size.height as usize);
        rows.filter_map(move |row| row.get_mut(..columns))
    }

    /// Which pixel it is.
    fn index(&self, at: Point) -> Option<usize> {
        let x = u32::try_from(at.x).ok().filter(|x| *x < self.width)?;
        let y = u32::try_from(at.y).ok().filter(|y| *y < self.height)?;
        Some(count(self.width, y) + count(x, 1))
    }
}

/// Pixels of so many columns and rows.
fn count(width: u32, height: u32) -> usize {
    (width as usize).saturating_mul(height as usize)
}

/// The part of one row, known to differ, that differs.
fn differing_columns(ours: &[Bytes], theirs: &[Bytes], y: i32) -> Rectangle {
    let mut columns = (0..)
        .zip(ours.iter().zip(theirs))
        .filter(|(_, (a, b))| a != b)
        .map(|(x, _)| x);
    let first = columns.next().unwrap_or_default();
    let last = columns.last().unwrap_or(first);
    Rectangle::with_corners(Point::new(first, y), Point::new(last, y))
}

impl OriginDimensions for Picture {
    fn size(&self) -> Size {
        Size::new(self.width, self.height)
    }
}

impl Canvas for Picture {
    fn run(&mut self, from: Point, length: u32, color: Rgb888) -> Result<(), Infallible> {
        let (Ok(left), Ok(y)) = (u32::try_from(from.x.max(0)), u32::try_from(from.y)) else {
            return Ok(());
        };
        let right = from.x.saturating_add_unsigned(length);
        let right = u32::try_from(right).unwrap_or_default().min(self.width);
        if left < right && y < self.height {
            let row = count(self.width, y);
            let run = row + left as usize..row + right as usize;
            let pixels = self.pixels.get_mut(run).unwrap_or_default();
            pixels.fill(bytes(color));
        }
        Ok(())
    }

    fn runs(
        &mut self,
        area: &Rectangle,
        runs: impl Iterator<Item = (Option<Rgb888>, u32)>,
    ) -> Result<(), Infallible> {
        if !holds(&self.bounding_box(), area) {
            return one_by_one(self, area, runs);
        }
        let mut rows = self.rows_mut(area);
        let mut row = [].iter_mut();
        for (color, count) in runs {
            let color = color.map(bytes);
            for _ in 0..count {
                let next = row.next().or_else(|| {
                    row = rows.next()?.iter_mut();
                    row.next()
                });
                let Some(pixel) = next else {
                    return Ok(());
                };
                if let Some(color) = color {
                    *pixel = color;
                }
            }
        }
        Ok(())
    }
}

impl DrawTarget for Picture {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Rgb888>>,
    {
        for Pixel(at, color) in pixels {
            let index = self.index(at);
            if let Some(pixel) = index.and_then(|index| self.pixels.get_mut(index)) {
                *pixel = bytes(color);
            }
        }
        Ok(())
    }

    fn fill_contiguous<I>(&mut self, area: &Rectangle, colors: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Rgb888>,
    {
        if !holds(&self.bounding_box(), area) {
            let pixels = area.points().zip(colors);
            return self.draw_iter(pixels.map(|(at, color)| Pixel(at, color)));
        }
        let pixels = self.rows_mut(area).flatten();
        for (pixel, color) in pixels.zip(colors) {
            *pixel = bytes(color);
        }
        Ok(())
    }

    /// By rows rather than by pixels: most of a screen is plain. One row is filled, the others are its copies.
    fn fill_solid(&mut self, area: &Rectangle, color: Rgb888) -> Result<(), Infallible> {
        let area = area.intersection(&self.bounding_box());
        let mut rows = self.rows_mut(&area);
        if let Some(top) = rows.next() {
            top.fill(bytes(color));
            rows.for_each(|row| row.copy_from_slice(top));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dotted(points: &[(i32, i32)]) -> Picture {
        let mut picture = Picture::new(10, 5);
        let dots = points
            .iter()
            .map(|&(x, y)| Pixel(Point::new(x, y), Rgb888::RED));
        let Ok(()) = picture.draw_iter(dots);
        picture
    }

    #[test]
    fn what_is_drawn_outside_is_dropped() {
        let outside = [(-1, 0), (0, -1), (10, 0), (0, 5), (i32::MAX, i32::MIN)];
        assert_eq!(dotted(&outside), Picture::new(10, 5));
        let inside = dotted(&[(9, 4)]);
        assert_eq!(inside.pixel(Point::new(9, 4)), Some(Rgb888::RED));
        assert_eq!(inside.pixel(Point::new(10, 4)), None);
        assert_eq!(inside.pixels().len(), 150);
    }

    #[test]
    fn a_fill_covers_its_part_of_the_picture_and_no_more() {
        let mut filled = Picture::new(10, 5);
        let area = Rectangle::new(Point::new(7, -2), Size::new(9, 4));
        let Ok(()) = filled.fill_solid(&area, Rgb888::RED);
        let corner: Vec<_> = (7..10).flat_map(|x| [(x, 0), (x, 1)]).collect();
        assert_eq!(filled, dotted(&corner));
        let Ok(()) = filled.fill_solid(
            &Rectangle::new(Point::new(20, 20), Size::new(1, 1)),
            Rgb888::RED,
        );
        assert_eq!(filled, dotted(&corner));
    }

    #[test]
    fn a_difference_is_the_box_around_all_changes() {
        let before = dotted(&[]);
        assert_eq!(before.diff(&dotted(&[])), None);
        assert_eq!(
            before.diff(&dotted(&[(2, 1), (7, 3), (4, 2)])),
            Some(Rectangle::new(Point::new(2, 1), Size::new(6, 3)))
        );
        assert_eq!(
            before.diff(&dotted(&[(9, 4)])),
            Some(Rectangle::new(Point::new(9, 4), Size::new(1, 1)))
        );
    }

    #[test]
    fn pictures_of_different_sizes_differ_everywhere() {
        let area = Picture::new(10, 5).diff(&Picture::new(5, 10));
        assert_eq!(area, Some(Rectangle::new(Point::zero(), Size::new(10, 5))));
        assert_eq!(Picture::new(0, 0).diff(&Picture::new(0, 0)), None);
    }

    #[test]
    fn bytes_must_fit_the_size() {
        assert!(Picture::from_pixels(2, 1, vec![0; 6]).is_some());
        assert!(Picture::from_pixels(2, 1, vec![0; 5]).is_none());
        assert!(Picture::from_pixels(u32::MAX, u32::MAX, vec![0; 6]).is_none());
    }
}
