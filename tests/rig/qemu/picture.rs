//! What a screen shows, compared pixel by pixel with what it should show.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Pixels of a screen, three bytes each.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    rgb: Vec<u8>,
}

impl Picture {
    /// Reads a PNG with eight bits per channel.
    pub fn read(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut decoder = png::Decoder::new(BufReader::new(file));
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        let mut reader = decoder.read_info().map_err(|e| e.to_string())?;
        let size = reader.output_buffer_size().ok_or("a picture too large")?;
        let mut bytes = vec![0; size];
        let info = reader.next_frame(&mut bytes).map_err(|e| e.to_string())?;
        bytes.truncate(info.buffer_size());
        let rgb = match info.color_type {
            png::ColorType::Rgb => bytes,
            png::ColorType::Rgba => bytes.chunks(4).flat_map(|p| [p[0], p[1], p[2]]).collect(),
            png::ColorType::Grayscale => bytes.iter().flat_map(|&p| [p; 3]).collect(),
            png::ColorType::GrayscaleAlpha => bytes.chunks(2).flat_map(|p| [p[0]; 3]).collect(),
            png::ColorType::Indexed => return Err("a palette was not expanded".to_owned()),
        };
        Ok(Self {
            width: info.width,
            height: info.height,
            rgb,
        })
    }

    /// One of the recorded screens of `tests/golden`, in English.
    #[must_use]
    pub fn golden(panel: &str, name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("golden")
            .join(panel)
            .join("en")
            .join(format!("{name}.png"));
        Self::read(&path).unwrap()
    }

    /// How two pictures differ, in words; `None` when no channel of any pixel differs by more than `tolerance`.
    #[must_use]
    pub fn difference(&self, other: &Self, tolerance: u8) -> Option<String> {
        if (self.width, self.height) != (other.width, other.height) {
            return Some(format!(
                "{}x{} instead of {}x{}",
                self.width, self.height, other.width, other.height
            ));
        }
        let pairs = self.rgb.chunks(3).zip(other.rgb.chunks(3));
        let differing: Vec<usize> = pairs
            .enumerate()
            .filter(|(_, (a, b))| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > tolerance))
            .map(|(at, _)| at)
            .collect();
        let first = *differing.first()?;
        let (x, y) = (first % self.width as usize, first / self.width as usize);
        Some(format!(
            "{} pixels differ, the first at {x},{y}",
            differing.len()
        ))
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{} pixels", self.width, self.height)
    }
}
