//! The boards that QEMU plays: what each is made of.

use super::Firmware;

/// Memory in MiB; the device trees say the same.
const MEMORY: &str = "96";
/// The phone's MAC address, that of the first desk.
const MAC: &str = "02:00:5e:10:00:11";

/// What the machine is made of. Each has a network, a keypad, a data partition and a source of randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Board {
    /// 480x272 pixels of 32 bits, a hook switch and three lamps.
    Phone,
    /// Displays that are read from memory and from pins: `/dev/fb1` to `/dev/fb4` as [`super::MOVING_FRAME`] and
    /// [`super::FRAMES`] have them, and `/dev/spidev0.0` on GPIO lines; one with a screen, `/dev/fb5`; and `/dev/fb0`, of
    /// twelve bits that the driver does not explain.
    Glass,
    /// 480x272 pixels of 32 bits or fewer, and a small glass on I2C. No state of it can be saved.
    Express,
}

impl Board {
    /// Whether QEMU can save its state: a restored Cortex-A9 loops at the first exception.
    pub(super) fn can_be_saved(self) -> bool {
        match self {
            Self::Phone | Self::Glass => true,
            Self::Express => false,
        }
    }

    /// The name of its device tree.
    pub(super) fn tree(self) -> &'static str {
        match self {
            Self::Phone => "phone.dtb",
            Self::Glass => "glass.dtb",
            Self::Express => "express.dtb",
        }
    }

    pub(super) fn arguments(self, firmware: &Firmware) -> Vec<String> {
        let parts = match self {
            Self::Phone | Self::Glass => {
                "-M virt -cpu cortex-a7 -device virtio-gpu-device,id=gpu0,xres=480,yres=272"
            }
            Self::Express => "-M vexpress-a9 -device ssd0303,id=oled0,address=0x3d",
        };
        let tree = firmware.folder().join("boards").join(self.tree());
        let words = format!(
            "{parts} -m {MEMORY} -dtb {} -global virtio-mmio.force-legacy=false \
             -device virtio-keyboard-device,serial=keypad -device virtio-net-device,netdev=net0,mac={MAC} \
             -device virtio-blk-device,drive=data -device virtio-rng-device",
            tree.display()
        );
        words.split_whitespace().map(str::to_owned).collect()
    }
}
