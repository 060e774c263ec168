//! A controller of colour panels.

use super::PanelChip;
use crate::qemu::Picture;

/// A controller of colour panels with the MIPI command set (DCS), 16 or 18 bits for each pixel.
#[derive(Debug, Clone)]
pub struct ColorChip {
    size: (u32, u32),
    memory: Vec<[u8; 3]>,
    command: u8,
    arguments: Vec<u8>,
    columns: (u32, u32),
    rows: (u32, u32),
    at: (u32, u32),
    pixels: usize,
    awake: bool,
    on: bool,
    inverted: bool,
    /// Whether blue comes where red does otherwise, as the controller is told.
    bgr: bool,
    /// Whether the glass has it so.
    blue_first: bool,
    format: u8,
}

// MIPI DCS 1.3, section 6.
const SLEEP_IN: u8 = 0x10;
const SLEEP_OUT: u8 = 0x11;
const INVERT_OFF: u8 = 0x20;
const INVERT_ON: u8 = 0x21;
const DISPLAY_OFF: u8 = 0x28;
const DISPLAY_ON: u8 = 0x29;
const COLUMNS: u8 = 0x2a;
const ROWS: u8 = 0x2b;
const WRITE: u8 = 0x2c;
const ADDRESS_MODE: u8 = 0x36;
const PIXEL_FORMAT: u8 = 0x3a;
// The formats of section 6.
const RGB565: u8 = 0b101;
const RGB666: u8 = 0b110;

impl ColorChip {
    /// One with so many columns and rows.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            size: (width, height),
            // Memory holds anything at first.
            memory: vec![[0xaa, 0x55, 0xaa]; (width * height) as usize],
            command: 0,
            arguments: Vec::new(),
            columns: (0, width - 1),
            rows: (0, height - 1),
            at: (0, 0),
            pixels: 0,
            awake: false,
            on: false,
            inverted: false,
            bgr: false,
            blue_first: false,
            format: 0,
        }
    }

    /// The same on a glass whose pixels have blue where others have red.
    #[must_use]
    pub fn with_blue_first(mut self) -> Self {
        self.blue_first = true;
        self
    }

    /// How many pixels came since it was reset.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.pixels
    }

    fn argument(&mut self) {
        match (self.command, &self.arguments[..]) {
            (COLUMNS, &[a, b, c, d]) => self.columns = range([a, b, c, d]),
            (ROWS, &[a, b, c, d]) => self.rows = range([a, b, c, d]),
            (ADDRESS_MODE, &[mode]) => self.bgr = mode & 0b1000 != 0,
            (PIXEL_FORMAT, &[format]) => self.format = format & 0b111,
            (WRITE, bytes) => {
                if let Some(color) = color(self.format, bytes) {
                    self.arguments.clear();
                    self.pixel(color);
                }
            }
            _ => {}
        }
    }

    fn pixel(&mut self, color: [u8; 3]) {
        self.pixels += 1;
        let (x, y) = self.at;
        let (width, height) = self.size;
        if x < width && y < height {
            self.memory[(y * width + x) as usize] = color;
        }
        self.at = if x < self.columns.1 {
            (x + 1, y)
        } else if y < self.rows.1 {
            (self.columns.0, y + 1)
        } else {
            (self.columns.0, self.rows.0)
        };
    }
}

impl PanelChip for ColorChip {
    fn command(&mut self, command: u8) {
        self.command = command;
        self.arguments.clear();
        self.at = (self.columns.0, self.rows.0);
        match command {
            SLEEP_IN | SLEEP_OUT => self.awake = command == SLEEP_OUT,
            INVERT_OFF | INVERT_ON => self.inverted = command == INVERT_ON,
            DISPLAY_OFF | DISPLAY_ON => self.on = command == DISPLAY_ON,
            _ => {}
        }
    }

    fn data(&mut self, byte: u8) {
        self.arguments.push(byte);
        self.argument();
    }

    fn picture(&self) -> Result<Picture, String> {
        if !self.awake || !self.on || ![RGB565, RGB666].contains(&self.format) {
            let Self {
                awake, on, format, ..
            } = self;
            return Err(format!("awake: {awake}, on: {on}, format {format}"));
        }
        let (width, height) = self.size;
        Ok(Picture::painted(width, height, |x, y| {
            let mut color = self.memory[(y * width + x) as usize];
            if self.bgr != self.blue_first {
                color.reverse();
            }
            color.map(|part| if self.inverted { !part } else { part })
        }))
    }
}

/// The colour of a pixel, as soon as all of its bytes are there.
fn color(format: u8, bytes: &[u8]) -> Option<[u8; 3]> {
    let part = |value: u16, most: u16| {
        let scaled = (u32::from(value & most) * 255 + u32::from(most / 2)) / u32::from(most);
        u8::try_from(scaled).unwrap()
    };
    match (format, bytes) {
        (RGB565, &[high, low]) => {
            let value = u16::from_be_bytes([high, low]);
            Some([part(value >> 11, 31), part(value >> 5, 63), part(value, 31)])
        }
        // The two lowest bits of each byte mean nothing.
        (RGB666, &[red, green, blue]) => {
            Some([red, green, blue].map(|byte| part(u16::from(byte >> 2), 63)))
        }
        _ => None,
    }
}

fn range([a, b, c, d]: [u8; 4]) -> (u32, u32) {
    let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
    (side(a, b), side(c, d))
}
