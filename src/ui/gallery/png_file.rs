//! Pictures to and from PNG files.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use hotdesk_ui::Picture;
use hotdesk_ui::preview::{Effort, png};

/// Writes a picture.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write(path: &Path, picture: &Picture) -> Result<(), Box<dyn Error>> {
    Ok(std::fs::write(path, png(picture, Effort::Small)?)?)
}

/// Reads a picture that [`write`] wrote.
///
/// # Errors
/// When there is no such file or it holds something else.
pub(crate) fn read(path: &Path) -> Result<Picture, Box<dyn Error>> {
    decode(BufReader::new(File::open(path)?))
}

/// Reads a picture from the bytes of its file.
///
/// # Errors
/// When they are something else.
pub(crate) fn decode(
    file: impl std::io::BufRead + std::io::Seek,
) -> Result<Picture, Box<dyn Error>> {
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info()?;
    let length = reader.output_buffer_size().ok_or("too big")?;
    let mut pixels = vec![0; length];
    let info = reader.next_frame(&mut pixels)?;
    pixels.truncate(info.buffer_size());
    Picture::from_pixels(info.width, info.height, pixels).ok_or_else(|| "not 8-bit RGB".into())
}
