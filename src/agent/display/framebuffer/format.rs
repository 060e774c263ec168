//! How a framebuffer's bytes stand for pixels: from what the kernel says to a packer of rows. Pure: never opens anything.

use std::fmt;
use std::ops::Range;

use anyhow::{anyhow, bail, ensure};
use embedded_graphics::primitives::Rectangle;

use super::kernel::{Bitfield, Fixed, PALETTE_MAX, Variable};
use crate::display::placing::{Rgb, brightness};

/// Columns and rows that are shown at most; more is a mistake of a driver.
const SIDE_MAX: u32 = 8192;
/// Columns or rows of memory before the first that is shown, at most.
const OFFSET_MAX: u32 = 65_536;

// linux/fb.h: `type` and `visual`.
const TYPE_PACKED_PIXELS: u32 = 0;
const VISUAL_MONO_BLACK_IS_1: u32 = 0;
const VISUAL_MONO_WHITE_IS_1: u32 = 1;
const VISUAL_TRUECOLOR: u32 = 2;
const VISUAL_PSEUDOCOLOR: u32 = 3;
const VISUAL_DIRECTCOLOR: u32 = 4;
const VISUAL_STATIC_PSEUDOCOLOR: u32 = 5;

/// Where the shown pixels are in the frame memory, and what their bits mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Format {
    /// Columns that are shown.
    pub(crate) width: u32,
    /// Rows that are shown.
    pub(crate) height: u32,
    /// Bytes from one row to the next.
    stride: usize,
    /// The first byte of the first row.
    start: usize,
    pixel: Pixel,
}

/// What the bits of a pixel mean.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Pixel {
    /// Whole bytes with a field for each colour.
    Color(Color),
    /// So many bits of brightness.
    Grey(Grey),
}

/// Whole bytes, the lowest first, with a field for each colour.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Color {
    bytes: usize,
    red: Field,
    green: Field,
    blue: Field,
    /// Steps of the ramp that the values go through, where there is one.
    ramp: Option<usize>,
}

/// Eight bits of brightness or fewer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Grey {
    bits: u32,
    /// Whether the first pixel of a byte is in its highest bits.
    high_bit_first: bool,
    /// Whether the largest value is black.
    black_is_max: bool,
    /// Whether the kernel wants to be told what the values mean.
    palette: bool,
}

impl Format {
    /// Understands what the kernel says. `high_bit_first` overrules it where several pixels share a byte.
    ///
    /// # Errors
    /// When there is no packer for it, or when rows would lie outside the frame memory; the message is a sentence.
    pub(crate) fn new(
        fixed: &Fixed,
        variable: &Variable,
        high_bit_first: Option<bool>,
    ) -> anyhow::Result<Self> {
        let (width, height) = (variable.xres, variable.yres);
        ensure!(
            (1..=SIDE_MAX).contains(&width) && (1..=SIDE_MAX).contains(&height),
            "the driver says that it shows {width}x{height} pixels"
        );
        let bits = variable.bits_per_pixel;
        let pixel = pixel(fixed, variable, high_bit_first)?;
        let outside = || anyhow!("the driver's rows lie outside its memory");
        ensure!(
            variable.xoffset <= OFFSET_MAX && variable.yoffset <= OFFSET_MAX,
            outside()
        );
        let bit = u64::from(variable.xoffset) * u64::from(bits);
        ensure!(
            bit % 8 == 0,
            "the first column begins within a byte; set the driver's xoffset to 0"
        );
        let start = u64::from(variable.yoffset) * u64::from(fixed.line_length) + bit / 8;
        let row = (u64::from(width) * u64::from(bits)).div_ceil(8);
        let end = start + u64::from(height - 1) * u64::from(fixed.line_length) + row;
        ensure!(
            bit / 8 + row <= u64::from(fixed.line_length) && end <= u64::from(fixed.smem_len),
            outside()
        );
        Ok(Self {
            width,
            height,
            stride: fixed.line_length as usize,
            start: usize::try_from(start)?,
            pixel,
        })
    }

    /// How many steps the kernel's palette or ramps need, if they need to be told.
    pub(crate) fn palette(&self) -> Option<usize> {
        match &self.pixel {
            Pixel::Grey(grey) => grey.palette.then_some(1 << grey.bits),
            Pixel::Color(color) => color.ramp,
        }
    }

    /// The columns of an area, with those beside it that share a byte with them.
    pub(crate) fn whole_bytes(&self, area: &Rectangle) -> Range<u32> {
        let shared = match &self.pixel {
            Pixel::Color(_) => 1,
            Pixel::Grey(grey) => grey.per_byte(),
        };
        let left = area.top_left.x.unsigned_abs();
        let right = left
            .saturating_add(area.size.width)
            .next_multiple_of(shared);
        left - left % shared..right.min(self.width)
    }

    /// Where a pixel begins that begins a byte. [`Self::new`] has seen that every row that is shown lies inside.
    pub(crate) fn offset(&self, column: u32, row: u32) -> usize {
        let column = column.min(self.width) as usize;
        let before = match &self.pixel {
            Pixel::Color(color) => column * color.bytes,
            Pixel::Grey(grey) => column / grey.per_byte() as usize,
        };
        self.start + self.stride * row.min(self.height - 1) as usize + before
    }

    /// Packs neighbours of one row, of which the first begins a byte, into `out`, which it empties first.
    pub(crate) fn pack(&self, row: &[Rgb], out: &mut Vec<u8>) {
        out.clear();
        match &self.pixel {
            Pixel::Color(color) => {
                for rgb in row {
                    let value = color.value(*rgb).to_le_bytes();
                    out.extend(value.iter().take(color.bytes));
                }
            }
            Pixel::Grey(grey) => grey.pack(row, out),
        }
    }

    /// The format in a few words, for whoever checks a display.
    pub(crate) fn summary(&self) -> String {
        let Self { width, height, .. } = self;
        let what = match &self.pixel {
            Pixel::Color(color) => color.summary(),
            Pixel::Grey(grey) => grey.summary(),
        };
        format!("{width}x{height} {what}")
    }
}

fn pixel(
    fixed: &Fixed,
    variable: &Variable,
    high_bit_first: Option<bool>,
) -> anyhow::Result<Pixel> {
    let (bits, visual) = (variable.bits_per_pixel, fixed.visual);
    ensure!(
        fixed.kind == TYPE_PACKED_PIXELS && variable.nonstd == 0 && variable.grayscale <= 1,
        "the driver keeps its pixels in planes or in a format of its own (type {}, FOURCC {:#x}); choose a mode with packed \
         pixels",
        fixed.kind,
        variable.grayscale
    );
    let grey = |black_is_max, palette| {
        Pixel::Grey(Grey {
            bits,
            high_bit_first: high_bit_first.unwrap_or(variable.red.msb_right != 0),
            black_is_max,
            palette,
        })
    };
    let unknown = || {
        anyhow!(
            "there is no packer for {bits} bits per pixel of visual {visual}; choose 32, 24, 16, 8, 4, 2 or 1 bits"
        )
    };
    match (visual, bits) {
        (VISUAL_MONO_BLACK_IS_1, 1) => Ok(grey(true, false)),
        (VISUAL_MONO_WHITE_IS_1, 1) => Ok(grey(false, false)),
        (VISUAL_PSEUDOCOLOR, 1 | 2 | 4 | 8) => Ok(grey(false, true)),
        (VISUAL_STATIC_PSEUDOCOLOR, 1 | 2 | 4 | 8) if bits == 1 || variable.grayscale == 1 => {
            Ok(grey(false, false))
        }
        (VISUAL_STATIC_PSEUDOCOLOR, 2 | 4 | 8) => {
            bail!("the driver's palette cannot be changed; choose a mode with more bits per pixel")
        }
        (VISUAL_TRUECOLOR, 1 | 2 | 4) => Ok(grey(false, false)),
        (VISUAL_TRUECOLOR, 8) if variable.grayscale == 1 => Ok(grey(false, false)),
        (VISUAL_TRUECOLOR | VISUAL_DIRECTCOLOR, 8 | 16 | 24 | 32) => {
            color(variable, visual == VISUAL_DIRECTCOLOR).map(Pixel::Color)
        }
        (_, _) => Err(unknown()),
    }
}

/// Colour fields as the kernel gives them, checked against the pixel.
fn color(variable: &Variable, through_ramp: bool) -> anyhow::Result<Color> {
    let bits = variable.bits_per_pixel;
    let fits = |field: &Bitfield| {
        let end = field.offset.checked_add(field.length);
        field.length <= 16 && end.is_some_and(|end| end <= bits) && field.msb_right == 0
    };
    let Variable {
        red, green, blue, ..
    } = *variable;
    for (name, field) in [("red", red), ("green", green), ("blue", blue)] {
        ensure!(
            field.length > 0 && fits(&field),
            "the driver says that {name} is in {} bits from bit {} of {bits}",
            field.length,
            field.offset
        );
    }
    let transp = variable.transp;
    let opaque = if fits(&transp) {
        max(transp) << transp.offset.min(31)
    } else {
        0
    };
    Ok(Color {
        bytes: (bits / 8) as usize,
        // A pixel that is see-through is not seen.
        red: Field::new(red, opaque),
        green: Field::new(green, 0),
        blue: Field::new(blue, 0),
        ramp: through_ramp.then(|| {
            let longest = red.length.max(green.length).max(blue.length);
            PALETTE_MAX.min(1 << longest)
        }),
    })
}

/// The largest value of a field of sixteen bits at most.
fn max(field: Bitfield) -> u32 {
    (1 << field.length) - 1
}

impl Color {
    fn value(&self, [red, green, blue]: Rgb) -> u32 {
        self.red.of(red) | self.green.of(green) | self.blue.of(blue)
    }

    fn summary(&self) -> String {
        let mut fields = [('r', &self.red), ('g', &self.green), ('b', &self.blue)];
        fields.sort_by_key(|(_, field)| std::cmp::Reverse(field.place.offset));
        let fields = fields.map(|(name, field)| format!("{name}{}", field.place.length));
        format!("{} bits {}", self.bytes * 8, fields.concat())
    }
}

/// A field of a colour, and what each of its 256 shades looks like there: every pixel asks three times.
#[derive(Clone, PartialEq, Eq)]
struct Field {
    place: Bitfield,
    shades: Box<[u32; 256]>,
}

impl Field {
    /// With these other bits set in every shade.
    fn new(place: Bitfield, set: u32) -> Self {
        let mut shades = Box::new([set; 256]);
        for (part, shade) in (0..=u8::MAX).zip(shades.iter_mut()) {
            *shade |= in_field(part, place);
        }
        Self { place, shades }
    }

    fn of(&self, part: u8) -> u32 {
        self.shades
            .get(usize::from(part))
            .copied()
            .unwrap_or_default()
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place.fmt(out)
    }
}

/// The nearest value that a field can hold, in its place.
fn in_field(part: u8, field: Bitfield) -> u32 {
    let scaled = (u32::from(part) * max(field) + 127) / 255;
    scaled << field.offset.min(31)
}

impl Grey {
    /// Pixels that share a byte.
    fn per_byte(&self) -> u32 {
        8 / self.bits.clamp(1, 8)
    }

    fn pack(&self, row: &[Rgb], out: &mut Vec<u8>) {
        let per_byte = self.per_byte();
        let top = ((1 << self.bits) - 1) as u32;
        let mut byte = 0;
        let mut filled = 0;
        for rgb in row {
            let value = (u32::from(brightness(*rgb)) * top + 127) / 255;
            let value = if self.black_is_max {
                top - value
            } else {
                value
            };
            let place = if self.high_bit_first {
                per_byte - 1 - filled
            } else {
                filled
            };
            byte |= value << (place * self.bits);
            filled += 1;
            if filled == per_byte {
                out.push((byte & 0xff) as u8);
                (byte, filled) = (0, 0);
            }
        }
        if filled > 0 {
            out.push((byte & 0xff) as u8);
        }
    }

    fn summary(&self) -> String {
        let order = match self.bits {
            8 => "",
            _ if self.high_bit_first => ", high bits first",
            _ => ", low bits first",
        };
        let polarity = if self.black_is_max {
            ", 1 is black"
        } else {
            ""
        };
        format!("{} bits grey{order}{polarity}", self.bits)
    }
}

const _: () = assert!(PALETTE_MAX == 1 << 8);

#[cfg(test)]
#[path = "format_tests.rs"]
pub(super) mod tests;
