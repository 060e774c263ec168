//! Pictures to and from PNG files.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use hotdesk_ui::Picture;

/// Writes a picture, small rather than fast: most have so few colours that a table of them is shorter.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write(path: &Path, picture: &Picture) -> Result<(), Box<dyn Error>> {
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    // Plain areas and type are smallest as they are.
    encoder.set_filter(png::Filter::NoFilter);
    match with_table(picture.pixels()) {
        Some((table, indexes)) => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(table);
            encoder.write_header()?.write_image_data(&indexes)?;
        }
        None => {
            encoder.set_color(png::ColorType::Rgb);
            let mut writer = encoder.write_header()?;
            writer.write_image_data(picture.pixels())?;
        }
    }
    Ok(())
}

/// The colours in the order in which they appear, and for each pixel which it is; `None` when there are too many.
fn with_table(pixels: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut table, mut places) = (Vec::new(), HashMap::new());
    let index = pixels.chunks(3).map(|color| {
        if let Some(place) = places.get(color) {
            return Some(*place);
        }
        let place = u8::try_from(places.len()).ok()?;
        places.insert(color, place);
        table.extend_from_slice(color);
        Some(place)
    });
    let indexes = index.collect::<Option<_>>()?;
    Some((table, indexes))
}

/// Reads a picture that [`write`] wrote.
///
/// # Errors
/// When there is no such file or it holds something else.
pub(crate) fn read(path: &Path) -> Result<Picture, Box<dyn Error>> {
    let file = BufReader::new(File::open(path)?);
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info()?;
    let length = reader.output_buffer_size().ok_or("too big")?;
    let mut pixels = vec![0; length];
    let info = reader.next_frame(&mut pixels)?;
    pixels.truncate(info.buffer_size());
    Picture::from_pixels(info.width, info.height, pixels).ok_or_else(|| "not 8-bit RGB".into())
}
