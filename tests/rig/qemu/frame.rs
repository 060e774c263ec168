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
    at: u64,
    stride: usize,
    /// Bytes of a pixel, the lowest first.
    bytes: usize,
    /// The lowest bit and the length of red, green and blue.
    fields: [(u32, u32); 3],
}

/// Those of [`super::Board::Glass`]: 32, 24 and 16 bits for each pixel.
pub const FRAMES: [Frame; 3] = [
    Frame {
        node: "/dev/fb3",
        width: 480,
        height: 272,
        at: 0x45c0_0000,
        stride: 2048,
        bytes: 4,
        fields: [(16, 8), (8, 8), (0, 8)],
    },
    Frame {
        node: "/dev/fb2",
        width: 480,
        height: 272,
        at: 0x45d0_0000,
        stride: 1440,
        bytes: 3,
        fields: [(16, 8), (8, 8), (0, 8)],
    },
    Frame {
        node: "/dev/fb1",
        width: 272,
        height: 480,
        at: 0x45e0_0000,
        stride: 576,
        bytes: 2,
        fields: [(11, 5), (5, 6), (0, 5)],
    },
];

impl Frame {
    /// What it shows now.
    pub async fn picture(&self, machine: &mut Machine) -> Picture {
        let memory = machine
            .memory(self.at, self.stride * self.height as usize)
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
}
