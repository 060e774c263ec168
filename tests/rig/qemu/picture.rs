//! What a screen shows, compared pixel by pixel with what it should show.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

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

    /// A picture whose pixels a function paints.
    #[must_use]
    pub fn painted(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Self {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgb = places.flat_map(|(x, y)| pixel(x, y)).collect();
        Self { width, height, rgb }
    }

    /// The colour at a place.
    #[must_use]
    pub fn at(&self, x: u32, y: u32) -> [u8; 3] {
        let index = 3 * (y as usize * self.width as usize + x as usize);
        [0, 1, 2].map(|part| self.rgb[index + part])
    }

    /// As it looks when the panel is turned clockwise by so many quarters.
    #[must_use]
    pub fn turned(&self, quarters: u32) -> Self {
        (0..quarters).fold(self.clone(), |from, _| {
            let bottom = from.height - 1;
            Self::painted(from.height, from.width, |x, y| from.at(y, bottom - x))
        })
    }

    /// What of it is seen on a glass of another size: centred, with black around it.
    #[must_use]
    pub fn centred(&self, width: u32, height: u32) -> Self {
        let (left, top) = ((width - self.width) / 2, (height - self.height) / 2);
        Self::painted(width, height, |x, y| {
            let inside =
                (left..left + self.width).contains(&x) && (top..top + self.height).contains(&y);
            if inside {
                self.at(x - left, y - top)
            } else {
                [0; 3]
            }
        })
    }

    /// In the nearest of so many greys from black to white, as bright as the colours were (ITU-R BT.601).
    #[must_use]
    pub fn in_greys(&self, greys: u32) -> Self {
        let steps = f64::from(greys - 1);
        Self::painted(self.width, self.height, |x, y| {
            let [red, green, blue] = self.at(x, y).map(f64::from);
            let bright = (0.299 * red + 0.587 * green + 0.114 * blue).round() / 255.0;
            [((bright * steps).round() / steps * 255.0).round() as u8; 3]
        })
    }

    /// Keeps it in a file, for a person to look at, and says where.
    pub fn keep(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/qemu");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.png"));
        let file = File::create(&path).unwrap();
        let mut encoder = png::Encoder::new(file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&self.rgb).unwrap();
        path
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
