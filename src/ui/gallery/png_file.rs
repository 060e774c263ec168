//! Pictures to and from PNG files.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use hotdesk_ui::Picture;

/// Writes a picture, small rather than fast.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write(path: &Path, picture: &Picture) -> Result<(), Box<dyn Error>> {
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    // Plain areas and type are smallest as they are.
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(picture.pixels())?;
    writer.finish()?;
    Ok(())
}

/// Reads a picture that [`write`] wrote.
///
/// # Errors
/// When there is no such file or it holds something else.
pub(crate) fn read(path: &Path) -> Result<Picture, Box<dyn Error>> {
    let file = BufReader::new(File::open(path)?);
    let mut reader = png::Decoder::new(file).read_info()?;
    let length = reader.output_buffer_size().ok_or("too big")?;
    let mut pixels = vec![0; length];
    let info = reader.next_frame(&mut pixels)?;
    pixels.truncate(info.buffer_size());
    Picture::from_pixels(info.width, info.height, pixels).ok_or_else(|| "not 8-bit RGB".into())
}
