//! Helvetica as it was drawn by hand for screens of two colours: nothing is smoothed, every pixel is meant.
//!
//! The bitmaps are Adobe's of 1984 to 1994, which may be used, changed and sold freely; they come with all European
//! accents, but without dashes and curly quotes, and without Greek and Cyrillic letters: those are DejaVu's.

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{DrawTarget, Point, Size};
use embedded_graphics::primitives::Rectangle;
use u8g2_fonts::types::{FontColor, VerticalPosition};
use u8g2_fonts::{Error, FontRenderer, fonts};

use super::table::Table;
use super::{Face, Font, Fonts, Metrics, empty_box};
use crate::Canvas;

#[allow(dead_code, reason = "two sizes are for a panel that need not be there")]
mod compiled {
    use super::Table;

    include!(concat!(env!("OUT_DIR"), "/crisp.rs"));
}

/// One size of Helvetica.
#[derive(Debug)]
pub(super) struct Crisp {
    glyphs: FontRenderer,
    /// Rows of a line below the baseline.
    below: u32,
    /// Letters that the bitmaps lack.
    others: &'static Table,
}

/// What a character looks like here.
enum Look {
    Glyph(char, u32),
    Other(char),
    Ellipsis,
    /// A middle dot, which stands between things: the bitmaps have a dash.
    Between,
    Missing,
}

impl Crisp {
    const fn new<F: u8g2_fonts::Font>(below: u32, others: &'static Table) -> Self {
        Self {
            glyphs: FontRenderer::new::<F>(),
            below,
            others,
        }
    }

    pub(super) fn draw<D>(
        &self,
        text: &str,
        at: Point,
        ink: Rgb888,
        target: &mut D,
    ) -> Result<(), D::Error>
    where
        D: Canvas,
    {
        let mut at = Point::new(at.x, at.y.saturating_add_unsigned(self.ascent()));
        for c in text.chars() {
            let look = self.look(c);
            match &look {
                Look::Glyph(c, _) => self.glyph(*c, at, ink, target)?,
                Look::Other(c) => {
                    let mut bytes = [0; 4];
                    let letter = c.encode_utf8(&mut bytes);
                    self.others.draw(letter, at, [ink; 2], target)?;
                }
                Look::Ellipsis => self.ellipsis(at, ink, target)?,
                Look::Between => self.between(at, ink, target)?,
                Look::Missing => self.missing(at, ink, target)?,
            }
            at.x = at.x.saturating_add_unsigned(self.advance(&look));
        }
        Ok(())
    }

    pub(super) fn has(&self, c: char) -> bool {
        !matches!(self.look(c), Look::Missing)
    }

    pub(super) fn measure(&self, text: &str) -> u32 {
        let advance = |sum: u32, c| sum.saturating_add(self.advance(&self.look(c)));
        text.chars().fold(0, advance)
    }

    pub(super) fn metrics(&self) -> Metrics {
        let ascent = self.ascent() as f32;
        Metrics {
            line: self.ascent() + self.below,
            baseline: ascent,
            capitals: ascent,
            hanging: self.below,
            ascent,
            descent: self.below as f32,
            // Two accents on a capital, a cedilla below a tail.
            beyond: [self.ascent() * 3 / 4, self.ascent() / 2],
        }
    }

    /// Rows of a capital.
    fn ascent(&self) -> u32 {
        u32::from(self.glyphs.get_ascent().unsigned_abs())
    }

    fn look(&self, c: char) -> Look {
        let c = plain(c);
        match c {
            '…' => return Look::Ellipsis,
            '·' | '•' => return Look::Between,
            _ => {}
        }
        let found =
            self.glyphs
                .get_rendered_dimensions(c, Point::zero(), VerticalPosition::Baseline);
        match found {
            Ok(found) => Look::Glyph(c, found.advance.x.unsigned_abs()),
            Err(_) if self.others.has(c) => Look::Other(c),
            Err(_) => Look::Missing,
        }
    }

    /// Columns from a character to the next.
    fn advance(&self, look: &Look) -> u32 {
        match look {
            Look::Glyph(_, advance) => *advance,
            Look::Other(c) => self.others.measure(c.encode_utf8(&mut [0; 4])),
            Look::Ellipsis => 3 * self.dot_step(),
            Look::Between => 4,
            Look::Missing => self.box_width() + 2,
        }
    }

    fn glyph<D>(&self, c: char, at: Point, ink: Rgb888, target: &mut D) -> Result<(), D::Error>
    where
        D: DrawTarget<Color = Rgb888>,
    {
        let color = FontColor::Transparent(ink);
        let drawn = self
            .glyphs
            .render(c, at, VerticalPosition::Baseline, color, target);
        match drawn {
            Err(Error::DisplayError(error)) => Err(error),
            // `look` found the glyph, and no background was asked for.
            Ok(_) | Err(Error::GlyphNotFound(_) | Error::BackgroundColorNotSupported) => Ok(()),
        }
    }

    /// Three dots, closer together than three full stops.
    fn ellipsis<D>(&self, at: Point, ink: Rgb888, target: &mut D) -> Result<(), D::Error>
    where
        D: DrawTarget<Color = Rgb888>,
    {
        let dot = self.dot();
        (0..3).try_for_each(|index| {
            let x = at.x.saturating_add_unsigned(index * self.dot_step());
            let corner = Point::new(x, at.y.saturating_sub_unsigned(dot));
            target.fill_solid(&Rectangle::new(corner, Size::new_equal(dot)), ink)
        })
    }

    /// Half way up a capital.
    fn between<D>(&self, at: Point, ink: Rgb888, target: &mut D) -> Result<(), D::Error>
    where
        D: DrawTarget<Color = Rgb888>,
    {
        let up = self.ascent() / 2 + 1;
        let corner = Point::new(at.x + 1, at.y.saturating_sub_unsigned(up));
        target.fill_solid(&Rectangle::new(corner, Size::new_equal(2)), ink)
    }

    /// An empty box, as high as a capital.
    fn missing<D>(&self, at: Point, ink: Rgb888, target: &mut D) -> Result<(), D::Error>
    where
        D: DrawTarget<Color = Rgb888>,
    {
        let size = Size::new(self.box_width(), self.ascent());
        let area = Rectangle::new(at - size.y_axis(), size);
        empty_box(area, ink, target)
    }

    fn box_width(&self) -> u32 {
        self.ascent() / 2 + 1
    }

    /// Columns and rows of one dot of an ellipsis.
    fn dot(&self) -> u32 {
        if self.ascent() > 8 { 2 } else { 1 }
    }

    fn dot_step(&self) -> u32 {
        2 * self.dot()
    }
}

/// The nearest character that these bitmaps have.
fn plain(c: char) -> char {
    match c {
        '\u{a0}' => ' ',
        '–' | '—' => '-',
        '‘' | '’' => '\'',
        '‚' => ',',
        '“' | '”' | '„' => '"',
        'ẞ' => 'ß',
        'ſ' => 's',
        other => other,
    }
}

macro_rules! helvetica {
    ($name:ident, $bitmaps:ident, $below:literal, $others:ident) => {
        static $name: Font = Font(Face::Crisp(Crisp::new::<fonts::$bitmaps>(
            $below,
            &compiled::$others,
        )));
    };
}

helvetica!(REGULAR_8, u8g2_font_helvR08_te, 2, REGULAR_11);
helvetica!(BOLD_8, u8g2_font_helvB08_te, 2, REGULAR_11);
helvetica!(BOLD_10, u8g2_font_helvB10_te, 3, BOLD_15);
#[cfg(feature = "panel-208x104")]
helvetica!(REGULAR_10, u8g2_font_helvR10_te, 3, REGULAR_15);
#[cfg(feature = "panel-208x104")]
helvetica!(BOLD_18, u8g2_font_helvB18_te, 5, BOLD_26);
#[cfg(feature = "panel-208x104")]
helvetica!(FIGURE_24, u8g2_font_helvB24_tr, 1, NONE);
helvetica!(BOLD_12, u8g2_font_helvB12_te, 3, BOLD_16);
helvetica!(BOLD_14, u8g2_font_helvB14_te, 4, BOLD_19);
// Digits and capitals: nothing hangs below the line.
helvetica!(FIGURE_18, u8g2_font_helvB18_tr, 1, NONE);

/// For panels of two colours.
#[cfg(feature = "panel-mono")]
pub(super) const FONTS_MONO: Fonts = Fonts {
    small: &REGULAR_8,
    medium: &BOLD_8,
    large: &BOLD_14,
    between: &[&BOLD_12, &BOLD_10],
    figure: &FIGURE_18,
};

/// For panels of four greys. Too few to smooth an edge with: type stays as it was drawn, greys tell what matters less.
#[cfg(feature = "panel-208x104")]
pub(super) const FONTS_208X104: Fonts = Fonts {
    small: &REGULAR_10,
    medium: &BOLD_10,
    large: &BOLD_18,
    between: &[&BOLD_14, &BOLD_12],
    figure: &FIGURE_24,
};

#[cfg(test)]
mod tests {
    use embedded_graphics::pixelcolor::RgbColor;

    use super::*;
    use crate::Picture;

    fn every_font() -> impl Iterator<Item = &'static Crisp> {
        [&REGULAR_8, &BOLD_8, &BOLD_10, &BOLD_12, &BOLD_14]
            .into_iter()
            .filter_map(|font| match &font.0 {
                Face::Crisp(crisp) => Some(crisp),
                #[cfg(feature = "smooth")]
                Face::Smooth(_) => None,
            })
    }

    #[test]
    fn every_letter_of_europe_in_the_latin_alphabet_is_there() {
        let letters = (' '..='~').chain('\u{a0}'..='ſ');
        let letters: Vec<char> = letters.chain("ȘșȚțẞ–—‘’‚“”„•…€·".chars()).collect();
        for font in every_font() {
            for c in &letters {
                assert!(!matches!(font.look(*c), Look::Missing), "{c:?}");
            }
            assert!(matches!(font.look('山'), Look::Missing));
            assert!(matches!(font.look('🙂'), Look::Missing));
        }
    }

    /// Whatever it is: what is drawn is where it was measured, and rises above a capital only with an accent.
    #[test]
    fn a_character_stays_within_its_measure() {
        for font in every_font() {
            for c in ('!'..='~').chain("…·山ßöÅŁ".chars()) {
                let text = c.to_string();
                let width = font.measure(&text);
                let mut picture = Picture::new(64, 64);
                let at = Point::new(20, 20);
                let Ok(()) = font.draw(&text, at, Rgb888::WHITE, &mut picture);
                let drawn = picture.diff(&Picture::new(64, 64)).unwrap();
                let room = Rectangle::new(
                    at - Point::new(1, 4),
                    Size::new(width + 2, font.metrics().line + 6),
                );
                assert_eq!(drawn.intersection(&room), drawn, "{c:?}");
            }
        }
    }
}
