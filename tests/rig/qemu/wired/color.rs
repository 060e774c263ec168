//! A controller of colour panels.

use super::PanelChip;
use crate::qemu::Picture;

/// A controller of colour panels with the MIPI command set (DCS), 16 bits for each pixel.
#[derive(Debug, Clone)]
pub struct ColorChip {
    size: (u32, u32),
    memory: Vec<[u8; 3]>,
    command: u8,
    arguments: Vec<u8>,
    columns: (u32, u32),
    rows: (u32, u32),
    at: (u32, u32),
    awake: bool,
    on: bool,
    inverted: bool,
    bgr: bool,
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
            awake: false,
            on: false,
            inverted: false,
            bgr: false,
            format: 0,
        }
    }

    fn argument(&mut self) {
        match (self.command, &self.arguments[..]) {
            (COLUMNS, &[a, b, c, d]) => self.columns = range([a, b, c, d]),
            (ROWS, &[a, b, c, d]) => self.rows = range([a, b, c, d]),
            (ADDRESS_MODE, &[mode]) => self.bgr = mode & 0b1000 != 0,
            (PIXEL_FORMAT, &[format]) => self.format = format & 0b111,
            (WRITE, &[high, low]) => {
                self.arguments.clear();
                self.pixel(u16::from_be_bytes([high, low]));
            }
            _ => {}
        }
    }

    fn pixel(&mut self, value: u16) {
        let (x, y) = self.at;
        let (width, height) = self.size;
        if x < width && y < height {
            let part = |shift: u16, most: u16| {
                let part = value >> shift & most;
                ((u32::from(part) * 255 + u32::from(most / 2)) / u32::from(most)) as u8
            };
            self.memory[(y * width + x) as usize] = [part(11, 31), part(5, 63), part(0, 31)];
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
        if !self.awake || !self.on || self.format != 0b101 {
            let Self {
                awake, on, format, ..
            } = self;
            return Err(format!("awake: {awake}, on: {on}, format {format}"));
        }
        let (width, height) = self.size;
        Ok(Picture::painted(width, height, |x, y| {
            let mut color = self.memory[(y * width + x) as usize];
            if self.bgr {
                color.reverse();
            }
            color.map(|part| if self.inverted { !part } else { part })
        }))
    }
}

fn range([a, b, c, d]: [u8; 4]) -> (u32, u32) {
    let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
    (side(a, b), side(c, d))
}
