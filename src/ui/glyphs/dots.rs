//! A typeface without shades: DejaVu, whose letters carry instructions for every size, as dots.

use std::error::Error;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{
    DrawSettings, HintingInstance, HintingOptions, OutlineGlyphCollection, OutlinePen, Target,
};
use skrifa::{FontRef, MetadataProvider};
use swash::zeno::{Command, Mask, Origin, Vector};

use super::bitmap::{Bitmap, Letter, OPAQUE};

/// The typeface at one size.
pub(super) struct Dots {
    font: FontRef<'static>,
    outlines: OutlineGlyphCollection<'static>,
    hinting: HintingInstance,
}

impl Dots {
    /// So many pixels for each em.
    pub(super) fn new(typeface: &'static [u8], em: u8) -> Result<Self, Box<dyn Error>> {
        let font = FontRef::new(typeface)?;
        let outlines = font.outline_glyphs();
        let how = HintingOptions::from(Target::Mono);
        let size = Size::new(em.into());
        let hinting = HintingInstance::new(&outlines, size, LocationRef::default(), how)?;
        Ok(Self {
            font,
            outlines,
            hinting,
        })
    }

    /// What a character looks like; `None` when the typeface does not have it.
    pub(super) fn letter(&self, c: char) -> Option<Letter> {
        let glyph = self.font.charmap().map(c)?;
        let mut path = Path::default();
        let settings = DrawSettings::hinted(&self.hinting, false);
        let metrics = self.outlines.get(glyph)?.draw(settings, &mut path).ok()?;
        let unhinted = self
            .font
            .glyph_metrics(self.hinting.size(), LocationRef::default());
        let advance = metrics.advance_width.or(unhinted.advance_width(glyph))?;
        Some(Letter {
            advance: advance.round() as u8,
            bitmap: path.dots().trimmed(),
        })
    }
}

/// An outline that is being drawn.
#[derive(Default)]
struct Path(Vec<Command>);

impl Path {
    /// A dot for each pixel that is a third inside: a stroke may lie between two pixels, and must not be lost.
    fn dots(&self) -> Bitmap {
        let (coverage, placement) = Mask::new(&self.0[..]).origin(Origin::BottomLeft).render();
        // A mask whose size was not asked for first says where its bottom is.
        let top = placement.top + placement.height as i32;
        let dot = |coverage: u8| if coverage >= 85 { OPAQUE } else { 0 };
        Bitmap {
            left: placement.left,
            top,
            width: placement.width as usize,
            height: placement.height as usize,
            shades: coverage.into_iter().map(dot).collect(),
        }
    }
}

impl OutlinePen for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.push(Command::MoveTo(Vector::new(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.push(Command::LineTo(Vector::new(x, y)));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (control, end) = (Vector::new(cx, cy), Vector::new(x, y));
        self.0.push(Command::QuadTo(control, end));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let controls = [Vector::new(ax, ay), Vector::new(bx, by)];
        let [first, second] = controls;
        self.0
            .push(Command::CurveTo(first, second, Vector::new(x, y)));
    }

    fn close(&mut self) {
        self.0.push(Command::Close);
    }
}
