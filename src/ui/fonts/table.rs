//! Type as the build script drew it: `glyphs` makes the tables that this reads.

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

#[cfg(feature = "smooth")]
use super::Metrics;
use super::empty_box;
use crate::Canvas;
use crate::canvas::meet;
use crate::paint::blend;
use runs::{OPAQUE, Shades};

mod runs;

/// One size of type.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "smooth"),
    allow(dead_code, reason = "beside bitmaps it has no lines of its own")
)]
pub(super) struct Table {
    pub(super) line: u8,
    /// Rows from the top of a line to the bottom of its capitals.
    pub(super) baseline: u8,
    /// Rows of a capital.
    pub(super) capitals: u8,
    /// Rows that any ink reaches above the baseline, and below it.
    pub(super) ascent: u8,
    pub(super) descent: u8,
    /// What it can write, in order; a record for each.
    pub(super) characters: &'static [u16],
    pub(super) records: &'static [[u8; 10]],
    /// Half bytes, as `runs` reads them.
    pub(super) pixels: &'static [u8],
}

/// A record taken apart.
struct Record {
    /// Columns to the next character.
    advance: u8,
    /// Columns from the pen and rows up from the baseline to the first pixel.
    left: i8,
    top: i8,
    width: u8,
    height: u8,
    /// The character that stands below this one: an e below an accent.
    base: u16,
    /// Where the pixels begin.
    place: usize,
}

impl Record {
    fn of(bytes: [u8; 10]) -> Self {
        let [
            advance,
            left,
            top,
            width,
            height,
            base @ ..,
            low,
            middle,
            high,
        ] = bytes;
        Self {
            advance,
            left: left as i8,
            top: top as i8,
            width,
            height,
            base: u16::from_le_bytes(base),
            place: u32::from_le_bytes([low, middle, high, 0]) as usize,
        }
    }

    fn area(&self, pen: Point) -> Rectangle {
        let corner = pen + Point::new(i32::from(self.left), -i32::from(self.top));
        Rectangle::new(corner, Size::new(self.width.into(), self.height.into()))
    }
}

/// No letter stands on one that stands on one that stands on more than this.
const BASES_MAX: usize = 8;

impl Table {
    pub(super) fn draw<D>(
        &self,
        text: &str,
        at: Point,
        colors: [Rgb888; 2],
        target: &mut D,
    ) -> Result<(), D::Error>
    where
        D: Canvas,
    {
        let [ink, _] = colors;
        let seen = target.bounding_box();
        let shades = shades(colors);
        let mut pen = at + Size::new(0, self.baseline.into());
        for c in text.chars() {
            match self.record(c) {
                Some(letter) => {
                    self.letter(&letter, pen, (seen, &shades), target)?;
                    pen.x = pen.x.saturating_add(letter.advance.into());
                }
                None => {
                    let size = Size::new(self.box_width(), self.capitals.into());
                    let corner = pen - size.y_axis();
                    empty_box(Rectangle::new(corner, size), ink, target)?;
                    pen.x = pen.x.saturating_add_unsigned(self.box_advance());
                }
            }
        }
        Ok(())
    }

    pub(super) fn measure(&self, text: &str) -> u32 {
        text.chars().fold(0, |sum: u32, c| {
            let advance = self.record(c).map(|record| record.advance.into());
            sum.saturating_add(advance.unwrap_or(self.box_advance()))
        })
    }

    pub(super) fn has(&self, c: char) -> bool {
        self.index(c).is_some()
    }

    #[cfg(feature = "smooth")]
    pub(super) fn metrics(&self) -> Metrics {
        Metrics {
            line: self.line.into(),
            baseline: self.baseline.into(),
            capitals: self.capitals.into(),
            hanging: 0,
            ascent: self.ascent.into(),
            descent: self.descent.into(),
            beyond: [
                self.ascent.saturating_sub(self.baseline).into(),
                (self.baseline + self.descent)
                    .saturating_sub(self.line)
                    .into(),
            ],
        }
    }

    fn index(&self, c: char) -> Option<usize> {
        let code = u16::try_from(u32::from(c)).ok()?;
        // Most letters are where they are when none before them is left out.
        let first = self.characters.first()?;
        let guess = usize::from(code.checked_sub(*first)?);
        if self.characters.get(guess) == Some(&code) {
            return Some(guess);
        }
        self.characters.binary_search(&code).ok()
    }

    fn record(&self, c: char) -> Option<Record> {
        self.records.get(self.index(c)?).copied().map(Record::of)
    }

    /// Draws a letter and what it stands on.
    fn letter<D>(
        &self,
        letter: &Record,
        pen: Point,
        how: (Rectangle, &Shades),
        target: &mut D,
    ) -> Result<(), D::Error>
    where
        D: Canvas,
    {
        self.part(letter, pen, how, target)?;
        let mut above = letter.base;
        for _ in 0..BASES_MAX {
            let Some(base) = self.records.get(usize::from(above)) else {
                break;
            };
            let base = Record::of(*base);
            self.part(&base, pen, how, target)?;
            above = base.base;
        }
        Ok(())
    }

    fn part<D>(
        &self,
        part: &Record,
        pen: Point,
        (seen, shades): (Rectangle, &Shades),
        target: &mut D,
    ) -> Result<(), D::Error>
    where
        D: Canvas,
    {
        let area = part.area(pen);
        if !meet(&area, &seen) {
            return Ok(());
        }
        let packed = self.pixels.get(part.place..).unwrap_or_default();
        runs::draw(packed, area, shades, target)
    }

    fn box_width(&self) -> u32 {
        u32::from(self.capitals) * 2 / 3
    }

    /// Columns from an empty box to the next character.
    fn box_advance(&self) -> u32 {
        self.box_width() + u32::from(self.capitals) / 5 + 1
    }
}

/// Every shade between what lies behind and the ink.
fn shades([ink, behind]: [Rgb888; 2]) -> Shades {
    let mut dark = 0;
    [(); OPAQUE as usize + 1].map(|()| {
        let shade = (dark > 0).then(|| blend([behind, ink], dark, OPAQUE.into()));
        dark += 1;
        shade
    })
}
