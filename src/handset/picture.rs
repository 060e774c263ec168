//! Tells a phone's pictures apart. Never changes one.

use std::hash::{DefaultHasher, Hash, Hasher};

use hotdesk_agent::Face;

/// Different for different pictures, so that a page fetches only what it has not drawn. Unlike a count it means the
/// same after the handsets were started again under an open page.
pub(crate) fn fingerprint(face: &Face) -> String {
    let picture = &face.picture;
    let mut hasher = DefaultHasher::new();
    (picture.width(), picture.height(), picture.pixels()).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use hotdesk_ui::Picture;

    use super::*;

    fn face(rgb: &[u8]) -> Face {
        Face {
            picture: Picture::from_pixels(2, 1, rgb.to_vec()).unwrap(),
            ..Face::default()
        }
    }

    #[test]
    fn one_pixel_makes_another_fingerprint() {
        let one = fingerprint(&face(&[0; 6]));
        assert_eq!(one, fingerprint(&face(&[0; 6])));
        assert_ne!(one, fingerprint(&face(&[0, 0, 0, 0, 0, 1])));
    }
}
