//! Type: what a font can do, whatever it is made of. Inter with grey edges for panels with colours, hand-drawn bitmaps
//! for panels that have two. The only place that names a font crate.

#[cfg(feature = "crisp")]
mod crisp;
#[cfg(feature = "smooth")]
mod smooth;
mod table;
#[cfg(test)]
mod tests;

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{DrawTarget, Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::Canvas;

/// Every set of type that is compiled in, by its name in the file of a panel.
const NAMED: &[(&str, Fonts)] = &[
    #[cfg(feature = "panel-480x272")]
    ("480x272", smooth::FONTS_480X272),
    #[cfg(feature = "panel-800x480")]
    ("800x480", smooth::FONTS_800X480),
    #[cfg(feature = "panel-320x240")]
    ("320x240", smooth::FONTS_320X240),
    #[cfg(feature = "panel-208x104")]
    ("208x104", crisp::FONTS_208X104),
    #[cfg(feature = "panel-mono")]
    ("mono", crisp::FONTS_MONO),
];

/// One size of type. Characters it does not have show as an empty box.
#[derive(Debug)]
pub struct Font(Face);

#[derive(Debug)]
enum Face {
    #[cfg(feature = "smooth")]
    Smooth(&'static table::Table),
    #[cfg(feature = "crisp")]
    Crisp(crisp::Crisp),
}

/// The sizes that a panel uses.
#[derive(Debug, Clone, Copy)]
pub struct Fonts {
    /// Everything but headlines.
    pub small: &'static Font,
    /// What was typed, and headlines that need two lines.
    pub medium: &'static Font,
    /// Headlines.
    pub large: &'static Font,
    /// Sizes between large and medium for headlines that are too long for the large one, largest first.
    pub between: &'static [&'static Font],
    /// Numbers that are read out or watched.
    pub figure: &'static Font,
}

impl Fonts {
    /// The type of this name in the file of a panel; `None` where it is not compiled in.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut all = NAMED.iter();
        all.find(|(known, _)| *known == name)
            .map(|(_, fonts)| *fonts)
    }

    /// The names of all that are compiled in.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }

    /// Whether its edges are drawn in many shades.
    pub(crate) fn is_smooth(&self) -> bool {
        match &self.medium.0 {
            #[cfg(feature = "smooth")]
            Face::Smooth(_) => true,
            #[cfg(feature = "crisp")]
            Face::Crisp(_) => false,
        }
    }
}

/// Measures of a font, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Metrics {
    /// Rows from one line to the next.
    pub(crate) line: u32,
    /// From the top of a line to the bottom of its capitals.
    pub(crate) baseline: f32,
    /// How high capitals are.
    pub(crate) capitals: f32,
    /// Rows at the bottom of a line in which letters only hang: they do not count when a line is centred.
    pub(crate) hanging: u32,
    /// How far letters reach above the baseline.
    pub(crate) ascent: f32,
    /// How far letters reach below the baseline.
    pub(crate) descent: f32,
    /// Rows that any ink reaches above its line, and below it.
    pub(crate) beyond: [u32; 2],
}

/// Each is made once and lent for ever: the same font is the same place.
impl PartialEq for Font {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Font {
    /// Draws one line of text, the top left of its line box at a point, in the first colour over the second, which lies
    /// behind it already.
    ///
    /// # Errors
    /// Only what the target itself reports.
    pub fn draw<D>(
        &self,
        text: &str,
        at: Point,
        colors: [Rgb888; 2],
        target: &mut D,
    ) -> Result<(), D::Error>
    where
        D: Canvas,
    {
        match &self.0 {
            #[cfg(feature = "smooth")]
            Face::Smooth(smooth) => smooth.draw(text, at, colors, target),
            #[cfg(feature = "crisp")]
            Face::Crisp(crisp) => {
                // Two colours have no edges between them: what lies behind is there already.
                let [ink, _] = colors;
                crisp.draw(text, at, ink, target)
            }
        }
    }

    /// Whether it has a character of its own for this one.
    pub(crate) fn has(&self, c: char) -> bool {
        match &self.0 {
            #[cfg(feature = "smooth")]
            Face::Smooth(smooth) => smooth.has(c),
            #[cfg(feature = "crisp")]
            Face::Crisp(crisp) => crisp.has(c),
        }
    }

    /// Columns that a text takes as it stands.
    pub(crate) fn measure(&self, text: &str) -> u32 {
        match &self.0 {
            #[cfg(feature = "smooth")]
            Face::Smooth(smooth) => smooth.measure(text),
            #[cfg(feature = "crisp")]
            Face::Crisp(crisp) => crisp.measure(text),
        }
    }

    pub(crate) fn metrics(&self) -> Metrics {
        match &self.0 {
            #[cfg(feature = "smooth")]
            Face::Smooth(smooth) => smooth.metrics(),
            #[cfg(feature = "crisp")]
            Face::Crisp(crisp) => crisp.metrics(),
        }
    }

    /// A rectangle that holds all ink of a text of this width whose line box begins at a point: accents and tails leave the
    /// box at its top and bottom, slanted strokes at its sides.
    pub(crate) fn reach(&self, at: Point, width: u32) -> Rectangle {
        let metrics = self.metrics();
        let [above, below] = metrics.beyond;
        let aside = metrics.line / 8 + 1;
        let corner = Size::new(aside, above);
        let more = corner + Size::new(aside, below);
        Rectangle::new(at - corner, Size::new(width, metrics.line) + more)
    }

    /// Rows from one line to the next.
    pub(crate) fn line_height(&self) -> u32 {
        self.metrics().line
    }

    /// Where a line box begins so that its capitals stand in the vertical middle of a room: the box itself need not have
    /// the same air above and below.
    pub(crate) fn top_of_line(&self, room: Rectangle) -> i32 {
        let metrics = self.metrics();
        let middle_of_capitals = metrics.baseline - metrics.capitals / 2.0;
        let height = room.size.height.saturating_sub(metrics.hanging);
        let middle = room.top_left.y as f32 + height as f32 / 2.0;
        (middle - middle_of_capitals).round() as i32
    }
}

/// What stands for a character that a font does not have.
fn empty_box<D>(area: Rectangle, ink: Rgb888, target: &mut D) -> Result<(), D::Error>
where
    D: DrawTarget<Color = Rgb888>,
{
    let inner = area.offset(-1);
    let band = |y: i32| {
        Rectangle::new(
            Point::new(area.top_left.x, y),
            area.size.x_axis() + Size::new(0, 1),
        )
    };
    let post = |x: i32| {
        Rectangle::new(
            Point::new(x, inner.top_left.y),
            inner.size.y_axis() + Size::new(1, 0),
        )
    };
    let Some(last) = area.bottom_right() else {
        return Ok(());
    };
    let first = area.top_left;
    let sides = [band(first.y), band(last.y), post(first.x), post(last.x)];
    sides
        .iter()
        .try_for_each(|side| target.fill_solid(side, ink))
}
