//! A controller of panels with one bit for each pixel.

use super::PanelChip;
use crate::qemu::Picture;

/// A controller whose memory is pages of eight rows, one bit for each pixel, as ST7565 has it.
#[derive(Debug, Clone)]
pub struct PageChip {
    size: (u32, u32),
    memory: Vec<u8>,
    page: u32,
    column: u32,
    /// A command that takes the next byte.
    takes: Option<u8>,
    on: bool,
    all_points: bool,
    reversed: bool,
}

/// Columns that are in memory, on the glass or not.
const PAGE_COLUMNS: u32 = 132;

impl PageChip {
    /// One whose glass has so many columns and rows.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            size: (width, height),
            memory: vec![0x55; (PAGE_COLUMNS * height.div_ceil(8)) as usize],
            page: 0,
            column: 0,
            takes: None,
            on: false,
            all_points: false,
            reversed: false,
        }
    }
}

impl PanelChip for PageChip {
    /// ST7565 version 2.1, table 16.
    fn command(&mut self, byte: u8) {
        if self.takes.take().is_some() {
            return;
        }
        let low = u32::from(byte & 0x0f);
        match byte {
            0x00..=0x0f => self.column = self.column & 0xf0 | low,
            0x10..=0x1f => self.column = self.column & 0x0f | low << 4,
            0xa4 | 0xa5 => self.all_points = byte == 0xa5,
            0xa6 | 0xa7 => self.reversed = byte == 0xa7,
            0xae | 0xaf => self.on = byte == 0xaf,
            0xb0..=0xbf => self.page = low,
            // The strength of the picture, and of its supply.
            0x81 | 0xf8 => self.takes = Some(byte),
            _ => {}
        }
    }

    fn data(&mut self, byte: u8) {
        let at = self.page * PAGE_COLUMNS + self.column;
        if self.column < PAGE_COLUMNS
            && let Some(kept) = self.memory.get_mut(at as usize)
        {
            *kept = byte;
        }
        self.column += 1;
    }

    fn picture(&self) -> Result<Picture, String> {
        if !self.on || self.all_points {
            return Err(format!("on: {}, all points: {}", self.on, self.all_points));
        }
        let (width, height) = self.size;
        Ok(Picture::painted(width, height, |x, y| {
            let byte = self.memory[(y / 8 * PAGE_COLUMNS + x) as usize];
            let is_set = byte >> (y % 8) & 1 == 1;
            [if is_set == self.reversed { 0 } else { 0xff }; 3]
        }))
    }
}
