//! Frame memory that no device of QEMU shows: what its bytes mean to whatever would.

use super::{Machine, Picture};

/// A framebuffer in the guest's memory, as the device tree of the board describes it.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// What the guest calls it.
    pub node: &'static str,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    first: First,
    stride: usize,
    /// Bytes of a pixel, the lowest first.
    bytes: usize,
    /// The lowest bit and the length of red, green and blue.
    fields: [(u32, u32); 3],
}

/// Where the first pixel is that is shown.
#[derive(Debug, Clone, Copy)]
enum First {
    /// Always at this address.
    At(u64),
    /// Where the registers of a display controller say, which begin at this address.
    Told(u64),
}

// Registers of WM8505, in bytes after the first: where its memory begins, how many columns a row of it has, and the row and
// the column that are shown first.
const MEMORY: usize = 0x90;
const COLUMNS: usize = 0x9c;
const FIRST_ROW: usize = 0xa0;
const FIRST_COLUMN: usize = 0xa4;
const REGISTERS_BYTES: usize = 0xa8;

/// The one of [`super::Board::Glass`] that is twice as high as what it shows: the guest says which part that is.
pub const MOVING_FRAME: Frame = Frame {
    node: "/dev/fb1",
    width: 480,
    height: 272,
    first: First::Told(0x45f0_0000),
    stride: 1920,
    bytes: 4,
    fields: [(16, 8), (8, 8), (0, 8)],
};

/// Those of [`super::Board::Glass`] that stay where they are: 32, 24 and 16 bits for each pixel.
pub const FRAMES: [Frame; 3] = [
    Frame {
        node: "/dev/fb4",
        width: 480,
        height: 272,
        first: First::At(0x45c0_0000),
        stride: 2048,
        bytes: 4,
        fields: [(16, 8), (8, 8), (0, 8)],
    },
    Frame {
        node: "/dev/fb3",
        width: 480,
        height: 272,
        first: First::At(0x45d0_0000),
        stride: 1440,
        bytes: 3,
        fields: [(16, 8), (8, 8), (0, 8)],
    },
    Frame {
        node: "/dev/fb2",
        width: 272,
        height: 480,
        first: First::At(0x45e0_0000),
        stride: 576,
        bytes: 2,
        fields: [(11, 5), (5, 6), (0, 5)],
    },
];

impl Frame {
    /// What it shows now.
    pub async fn picture(&self, machine: &mut Machine) -> Picture {
        let first = self.first_pixel(machine).await;
        let memory = machine
            .memory(first, self.stride * self.height as usize)
            .await;
        Picture::painted(self.width, self.height, |x, y| {
            let start = y as usize * self.stride + x as usize * self.bytes;
            let bytes = &memory[start..start + self.bytes];
            let value = bytes
                .iter()
                .rev()
                .fold(0, |v, byte| v << 8 | u32::from(*byte));
            self.fields.map(|(lowest, length)| {
                let most = (1 << length) - 1;
                let part = value >> lowest & most;
                ((part * 255 + most / 2) / most) as u8
            })
        })
    }

    async fn first_pixel(&self, machine: &mut Machine) -> u64 {
        let registers = match self.first {
            First::At(address) => return address,
            First::Told(registers) => machine.memory(registers, REGISTERS_BYTES).await,
        };
        let register = |at: usize| {
            let bytes = registers[at..at + 4].try_into().unwrap();
            u64::from(u32::from_le_bytes(bytes))
        };
        let pixels_before = register(FIRST_ROW) * register(COLUMNS) + register(FIRST_COLUMN);
        register(MEMORY) + pixels_before * self.bytes as u64
    }
}
