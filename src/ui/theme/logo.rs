//! The vendor's logo: pixels from a BMP file. Does not know where it is drawn.

use std::sync::Arc;

use embedded_graphics::Pixel;
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::prelude::{OriginDimensions, Point, Size};
use tinybmp::Bmp;

use super::contrast;

/// Columns and rows of the largest logo; a panel shows one only where it has room for it.
const SIDES_MAX: Size = Size::new(400, 160);

/// A picture that stands above the invitation to sign in.
#[derive(Debug, Clone, PartialEq)]
pub struct Logo {
    size: Size,
    /// Row by row from the top left; shared, because a screen is compared with the last one.
    pixels: Arc<[Rgb888]>,
}

impl Logo {
    /// Bytes of the largest file that can hold one.
    pub const BYTES_MAX: u64 = 400 * 160 * 4 + 4096;

    /// Reads a BMP file of 1 to 32 bits for each pixel.
    ///
    /// # Errors
    /// One sentence that says what is wrong with it and what to do.
    pub fn from_bmp(bytes: &[u8]) -> Result<Self, String> {
        let bmp = Bmp::<Rgb888>::from_slice(bytes).map_err(|error| {
            format!("this is no BMP file that can be read ({error:?}); save it as BMP without compression, 24 bits for each pixel")
        })?;
        let size = bmp.size();
        let Size { width, height } = SIDES_MAX;
        if size.width == 0 || size.height == 0 || size.width > width || size.height > height {
            return Err(format!(
                "a logo of {}x{} cannot be shown; use 1x1 to {width}x{height}",
                size.width, size.height
            ));
        }
        let mut pixels =
            vec![Rgb888::BLACK; (size.width as usize).saturating_mul(size.height as usize)];
        for Pixel(at, color) in bmp.pixels() {
            if let Some(pixel) = index(size, at).and_then(|index| pixels.get_mut(index)) {
                *pixel = color;
            }
        }
        let pixels = pixels.into();
        Ok(Self { size, pixels })
    }

    /// Columns and rows.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Its pixels, row by row from the top left.
    pub(crate) fn pixels(&self) -> impl Iterator<Item = Rgb888> + '_ {
        self.pixels.iter().copied()
    }

    /// The same on a panel of two colours: what is dark is ink.
    pub(super) fn in_two(self, paper: Rgb888, ink: Rgb888) -> Self {
        let is_dark =
            |pixel: &Rgb888| contrast(*pixel, Rgb888::WHITE) > contrast(*pixel, Rgb888::BLACK);
        let pixels = self.pixels.iter();
        let pixels = pixels.map(|pixel| if is_dark(pixel) { ink } else { paper });
        Self {
            pixels: pixels.collect(),
            ..self
        }
    }
}

/// Where a pixel stands in the list.
fn index(size: Size, at: Point) -> Option<usize> {
    let (x, y) = (u32::try_from(at.x).ok()?, u32::try_from(at.y).ok()?);
    let inside = x < size.width && y < size.height;
    let row = (y as usize).saturating_mul(size.width as usize);
    inside.then(|| row.saturating_add(x as usize))
}
