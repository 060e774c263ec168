//! Faces for tests.

use crate::{Face, Lamps};

/// A face of this size whose pixels a function paints.
pub(crate) fn face(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Face {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    Face {
        text: "Vacant desk | 10:24\n===\nbody\n===\n[> Log In] [] [Info]\n".to_owned(),
        width,
        height,
        rgb: places.flat_map(|(x, y)| pixel(x, y)).collect(),
        lamps: Lamps::default(),
    }
}
