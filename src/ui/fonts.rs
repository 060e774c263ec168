//! Type: M+ rasterised at compile time, four bits of grey for each pixel. The only place that names the font crate's macro.

use embedded_graphics::pixelcolor::Gray4;
use mplusfonts::{BitmapFont, mplus};

/// One size of type. Characters it does not have show as an empty box.
pub type Font = BitmapFont<'static, Gray4, 1>;

/// The sizes that a panel uses.
#[derive(Debug, Clone, Copy)]
pub struct Fonts {
    /// Everything but headlines.
    pub small: &'static Font,
    /// What was typed, and headlines that need two lines.
    pub medium: &'static Font,
    /// Headlines.
    pub large: &'static Font,
    /// Numbers that are read out or watched.
    pub figure: &'static Font,
}

/// A font for names and sentences in the Latin alphabet with all its European accents, as one static. M+ as the crate
/// carries it has no Greek and no Cyrillic letters: `spelling` writes those with Latin ones.
///
/// Hinted, one position for each glyph: at these sizes finer positions only blur (and take four times the room).
macro_rules! alphabetic {
    ($name:ident, $weight:tt, $height:tt) => {
        static $name: Font = mplus!(
            1,
            $weight,
            line_height($height),
            true,
            1,
            4,
            ' '..='~',
            '\u{a0}'..='ſ',
            ["ȘșȚțẞ–—‘’‚“”„•…€"]
        );
    };
}

alphabetic!(SMALL_20, 500, 20);
alphabetic!(MEDIUM_28, 600, 28);
alphabetic!(LARGE_44, 700, 44);

static FIGURE_72: Font = mplus!(
    1,
    600,
    line_height(72),
    true,
    1,
    4,
    '0'..=':',
    'A'..='Z',
    ["…*#+- "]
);

/// For 4.3 inch panels of 480×272.
pub(crate) const FONTS_480X272: Fonts = Fonts {
    small: &SMALL_20,
    medium: &MEDIUM_28,
    large: &LARGE_44,
    figure: &FIGURE_72,
};
