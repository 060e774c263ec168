//! The typeface and how its letters become pixels: Inter, hinted, one size at a time.

use std::error::Error;

use swash::scale::{Render, ScaleContext, Scaler, Source};
use swash::shape::ShapeContext;
use swash::zeno::Vector;
use swash::{FontRef, GlyphId, Setting};

/// How opaque a pixel of ink is at most.
pub(super) const OPAQUE: u8 = 14;

/// The pixels of a character and where they stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Bitmap {
    /// Columns from the pen to the first with ink.
    pub(super) left: i32,
    /// Rows from the baseline up to the first with ink.
    pub(super) top: i32,
    pub(super) width: usize,
    pub(super) height: usize,
    /// 0 to `OPAQUE`, row by row.
    pub(super) shades: Vec<u8>,
}

/// A character of one size.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) advance: u8,
    pub(super) bitmap: Bitmap,
}

/// One size of one weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// Pixels for each em.
    pub(super) em: f32,
    /// 100 to 900.
    pub(super) weight: f32,
    /// Ems that letters are set closer: the larger, the closer.
    pub(super) closer: f32,
}

/// The typeface at one size.
pub(super) struct Face {
    font: FontRef<'static>,
    cut: Cut,
    shapes: ShapeContext,
    scales: ScaleContext,
}

impl Face {
    pub(super) fn new(cut: Cut) -> Result<Self, Box<dyn Error>> {
        let font =
            FontRef::from_index(ttf_inter::REGULAR, 0).ok_or("the typeface is unreadable")?;
        Ok(Self {
            font,
            cut,
            shapes: ShapeContext::new(),
            scales: ScaleContext::new(),
        })
    }

    /// The rows of a capital.
    pub(super) fn capitals(&self) -> f32 {
        self.font.metrics(&[]).scale(self.cut.em).cap_height
    }

    /// What a character looks like; `None` when the typeface does not have it.
    pub(super) fn letter(&mut self, c: char) -> Option<Letter> {
        let (glyph, advance) = self.shape(c)?;
        let advance = advance - self.cut.closer * self.cut.em;
        let whole = advance.round().max(1.0);
        let mut scaler = self
            .scales
            .builder(self.font)
            .size(self.cut.em)
            .variations([weight(self.cut)])
            .hint(true)
            .build();
        // What rounding adds goes to both sides.
        let bitmap = bitmap(&mut scaler, glyph, (whole - advance) / 2.0);
        Some(Letter {
            advance: whole as u8,
            bitmap: bitmap.trimmed(),
        })
    }

    /// The glyph of a character and how far the pen moves: digits are all equally wide, so that a clock does not jump.
    fn shape(&mut self, c: char) -> Option<(GlyphId, f32)> {
        if self.font.charmap().map(c) == 0 {
            return None;
        }
        let mut shaper = self
            .shapes
            .builder(self.font)
            .size(self.cut.em)
            .variations([weight(self.cut)])
            .features(&[("tnum", 1)])
            .build();
        shaper.add_str(c.encode_utf8(&mut [0; 4]));
        let mut found = None;
        shaper.shape_with(|cluster| {
            found = cluster
                .glyphs
                .first()
                .map(|glyph| (glyph.id, glyph.advance));
        });
        found
    }
}

fn weight(cut: Cut) -> Setting<f32> {
    ("wght", cut.weight).into()
}

fn bitmap(scaler: &mut Scaler<'_>, glyph: GlyphId, aside: f32) -> Bitmap {
    let image = Render::new(&[Source::Outline])
        .offset(Vector::new(aside, 0.0))
        .render(scaler, glyph);
    let image = image.unwrap_or_default();
    let shade = |coverage: &u8| {
        let share = f32::from(*coverage) / f32::from(u8::MAX);
        (share * f32::from(OPAQUE)).round() as u8
    };
    Bitmap {
        left: image.placement.left,
        top: image.placement.top,
        width: image.placement.width as usize,
        height: image.placement.height as usize,
        shades: image.data.iter().map(shade).collect(),
    }
}

impl Bitmap {
    /// How dark it is so many columns right of the pen and rows below the baseline.
    pub(super) fn shade(&self, x: i32, y: i32) -> u8 {
        let column = usize::try_from(x - self.left)
            .ok()
            .filter(|x| *x < self.width);
        let row = usize::try_from(y + self.top)
            .ok()
            .filter(|y| *y < self.height);
        match (column, row) {
            (Some(column), Some(row)) => self.shades[row * self.width + column],
            _ => 0,
        }
    }

    /// Its columns and rows, as `shade` counts them.
    pub(super) fn places(&self) -> impl Iterator<Item = (i32, i32)> + use<> {
        let (left, top) = (self.left, -self.top);
        let (right, bottom) = (left + self.width as i32, top + self.height as i32);
        (top..bottom).flat_map(move |y| (left..right).map(move |x| (x, y)))
    }

    /// Without empty columns and rows around it.
    fn trimmed(&self) -> Self {
        self.only(|_, _| true)
    }

    /// What of its ink lies at some places.
    pub(super) fn only(&self, wanted: impl Fn(i32, i32) -> bool) -> Self {
        let inked: Vec<_> = self
            .places()
            .filter(|(x, y)| self.shade(*x, *y) > 0 && wanted(*x, *y))
            .collect();
        let columns = || inked.iter().map(|(x, _)| *x);
        let rows = || inked.iter().map(|(_, y)| *y);
        let (Some(left), Some(right), Some(top), Some(bottom)) =
            (columns().min(), columns().max(), rows().min(), rows().max())
        else {
            return Self::default();
        };
        let mut part = Self {
            left,
            top: -top,
            width: (right - left + 1) as usize,
            height: (bottom - top + 1) as usize,
            shades: Vec::new(),
        };
        let shade = |(x, y)| if wanted(x, y) { self.shade(x, y) } else { 0 };
        part.shades = part.places().map(shade).collect();
        part
    }
}
