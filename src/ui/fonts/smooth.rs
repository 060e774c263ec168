//! M+ rasterised at compile time, four bits of grey for each pixel.

use embedded_graphics::pixelcolor::{Gray4, Rgb888, RgbColor};
use embedded_graphics::prelude::{DrawTarget, Point};
use embedded_graphics::text::Baseline;
use embedded_graphics::text::renderer::TextRenderer;
use mplusfonts::style::BitmapFontStyle;
use mplusfonts::{BitmapFont, mplus};

use super::{Face, Font, Fonts, Metrics};

/// One size of M+.
#[derive(Debug)]
pub(super) struct Smooth(BitmapFont<'static, Gray4, 1>);

impl Smooth {
    pub(super) fn draw<D>(
        &self,
        text: &str,
        at: Point,
        [ink, behind]: [Rgb888; 2],
        target: &mut D,
    ) -> Result<(), D::Error>
    where
        D: DrawTarget<Color = Rgb888>,
    {
        let mut style = BitmapFontStyle::new(&self.0, ink);
        style.background_color = Some(behind);
        style.draw_string(text, at, Baseline::Top, target)?;
        Ok(())
    }

    pub(super) fn measure(&self, text: &str) -> u32 {
        let style = BitmapFontStyle::new(&self.0, Rgb888::WHITE);
        let metrics = style.measure_string(text, Point::zero(), Baseline::Top);
        let advance = u32::try_from(metrics.next_position.x).unwrap_or_default();
        metrics.bounding_box.size.width.max(advance)
    }

    pub(super) fn metrics(&self) -> Metrics {
        let metrics = &self.0.metrics;
        Metrics {
            line: metrics.line_height(),
            baseline: metrics.top,
            capitals: metrics.cap_height,
            hanging: 0,
            ascent: metrics.ascender,
            descent: -metrics.descender,
        }
    }
}

/// A font for names and sentences in the Latin alphabet with all its European accents, as one static. M+ as the crate
/// carries it has no Greek and no Cyrillic letters: `spelling` writes those with Latin ones.
///
/// Hinted, one position for each glyph: at these sizes finer positions only blur (and take four times the room).
macro_rules! alphabetic {
    ($name:ident, $weight:tt, $height:tt) => {
        static $name: Font = Font(Face::Smooth(Smooth(mplus!(
            1,
            $weight,
            line_height($height),
            true,
            1,
            4,
            ' '..='~',
            '\u{a0}'..='ſ',
            ["ȘșȚțẞ–—‘’‚“”„•…€"]
        ))));
    };
}

/// Digits, and what a code or a number is made of.
macro_rules! figures {
    ($name:ident, $height:tt) => {
        static $name: Font = Font(Face::Smooth(Smooth(mplus!(
            1,
            600,
            line_height($height),
            true,
            1,
            4,
            '0'..=':',
            'A'..='Z',
            ["…*#+- "]
        ))));
    };
}

/// The type of one panel, behind the feature of its name.
macro_rules! fonts {
    ($feature:literal, $name:ident, $small:tt, $medium:tt, $large:tt, $figure:tt) => {
        #[cfg(feature = $feature)]
        pub(super) const $name: Fonts = {
            alphabetic!(SMALL, 500, $small);
            alphabetic!(MEDIUM, 600, $medium);
            alphabetic!(LARGE, 700, $large);
            figures!(FIGURE, $figure);
            Fonts {
                small: &SMALL,
                medium: &MEDIUM,
                large: &LARGE,
                between: &[],
                figure: &FIGURE,
            }
        };
    };
}

// 2.8, 4.3 and 7 inches: the larger the glass, the further away its reader.
fonts!("panel-320x240", FONTS_320X240, 18, 24, 36, 56);
fonts!("panel-480x272", FONTS_480X272, 20, 28, 44, 72);
fonts!("panel-800x480", FONTS_800X480, 26, 36, 60, 104);
