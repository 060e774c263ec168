//! The pixels of a letter as the build script packed them: half bytes, the low one first. `glyphs/pack.rs` writes them.

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::primitives::Rectangle;

use crate::Canvas;

/// The darkest shade, as dark as the ink.
pub(super) const OPAQUE: u8 = 14;
/// So much of the darkest: the next half byte says how much, less two. After a 0 it says how much without ink, less one.
const RUN: u8 = OPAQUE + 1;

/// Half bytes, the low one first.
struct Halves<'a> {
    bytes: &'a [u8],
    high: Option<u8>,
}

impl Halves<'_> {
    #[inline]
    fn next(&mut self) -> Option<u8> {
        if let Some(high) = self.high.take() {
            return Some(high);
        }
        let (byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        self.high = Some(byte >> 4);
        Some(byte & 15)
    }

    /// A shade and for how many pixels.
    #[inline]
    fn run(&mut self) -> Option<(u8, u32)> {
        match self.next()? {
            0 => Some((0, u32::from(self.next()?) + 1)),
            RUN => Some((OPAQUE, u32::from(self.next()?) + 2)),
            shade => Some((shade, 1)),
        }
    }
}

/// The colours of all shades: none where there is no ink, up to the darkest.
pub(super) type Shades = [Option<Rgb888>; RUN as usize];

/// Draws into an area what is packed in some bytes, and leaves alone what has no ink.
pub(super) fn draw<D: Canvas>(
    packed: &[u8],
    area: Rectangle,
    shades: &Shades,
    target: &mut D,
) -> Result<(), D::Error> {
    let mut halves = Halves {
        bytes: packed,
        high: None,
    };
    let runs = std::iter::from_fn(|| {
        let (shade, count) = halves.run()?;
        let color = shades.get(usize::from(shade)).copied();
        Some((color.flatten(), count))
    });
    target.runs(&area, runs)
}
