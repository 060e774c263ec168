//! The typeface and how its letters become pixels: Inter, hinted, one size at a time.

use std::error::Error;

use swash::scale::{Render, ScaleContext, Scaler, Source};
use swash::shape::ShapeContext;
use swash::zeno::Vector;
use swash::{FontRef, GlyphId, Setting};

use super::bitmap::{Bitmap, Letter, OPAQUE};

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
