//! How well two colours can be told apart, as WCAG 2.1 counts it.

use embedded_graphics::pixelcolor::{Rgb888, RgbColor};

use super::Palette;

/// Level AA: the least for words.
pub(super) const WORDS: f64 = 4.5;
/// Level AA: the least for pictures and edges that mean something.
pub(super) const SIGNS: f64 = 3.0;

/// The contrast ratio of two colours, from 1, the same, to 21, black and white (WCAG 2.1, "contrast ratio").
#[must_use]
pub fn contrast(one: Rgb888, other: Rgb888) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2.1, "relative luminance".
fn luminance(color: Rgb888) -> f64 {
    let channel = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
}

/// Two colours of a palette that lie on each other, by their keys, and the least contrast between them.
pub(super) struct Pair {
    pub(super) ink: (&'static str, Rgb888),
    pub(super) behind: (&'static str, Rgb888),
    pub(super) least: f64,
}

/// Every pair that a layout uses.
pub(super) fn pairs(palette: &Palette) -> impl Iterator<Item = Pair> {
    let p = palette;
    let (ground, card, bar) = (("ground", p.ground), ("card", p.card), ("bar", p.bar));
    let words = [
        (("text", p.text), ground),
        (("quiet", p.quiet), ground),
        (("refusal", p.refusal), ground),
        (("text", p.text), card),
        (("quiet", p.quiet), card),
        (("on_bar", p.on_bar), bar),
        (("on_bar_quiet", p.on_bar_quiet), bar),
        (("warning", p.warning), bar),
        (("on_key", p.on_key), ("key", p.key)),
        (("on_primary", p.on_primary), ("primary", p.primary)),
    ];
    let signs = [
        (("focus", p.focus), card),
        (("focus", p.focus), ground),
        (("registered", p.registered), ground),
        (("unlit", p.unlit), ground),
    ];
    let words = words.into_iter().map(|pair| (pair, WORDS));
    let signs = signs.into_iter().map(|pair| (pair, SIGNS));
    words
        .chain(signs)
        .map(|((ink, behind), least)| Pair { ink, behind, least })
}
