//! A phone's pixels as a browser takes them. Never changes one of them.

use std::hash::{DefaultHasher, Hash, Hasher};

use hotdesk_agent::Face;

/// The picture as PNG, without loss.
///
/// # Errors
/// When there is no picture yet.
pub(crate) fn png(face: &Face) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, face.picture.width(), face.picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(face.picture.pixels())?;
    writer.finish()?;
    Ok(bytes)
}

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
    fn a_png_holds_the_very_pixels() {
        let pixels = [255, 0, 7, 1, 2, 3];
        let bytes = png(&face(&pixels)).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut decoded = [0; 6];
        let info = reader.next_frame(&mut decoded).unwrap();
        assert_eq!((info.width, info.height), (2, 1));
        assert_eq!(decoded, pixels);
    }

    #[test]
    fn one_pixel_makes_another_fingerprint() {
        let one = fingerprint(&face(&[0; 6]));
        assert_eq!(one, fingerprint(&face(&[0; 6])));
        assert_ne!(one, fingerprint(&face(&[0, 0, 0, 0, 0, 1])));
    }
}
