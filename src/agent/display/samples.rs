//! Faces for tests.

use hotdesk_ui::Picture;

use super::Display;
use crate::Face;

/// A face of this size whose pixels a function paints.
pub(crate) fn face(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Face {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = places.flat_map(|(x, y)| pixel(x, y));
    Face {
        text: "Vacant desk | 10:24\n===\nbody\n===\n[> Log In] [] [Info]\n".to_owned(),
        picture: Picture::from_pixels(width, height, pixels.collect()).unwrap(),
        ..Face::default()
    }
}

/// Shows a face of which everything may be different.
pub(crate) fn show(display: &mut dyn Display, face: &Face) -> anyhow::Result<()> {
    display.show(face, &face.changed_since(None))
}
