//! What the kernel says about a framebuffer and a virtual terminal, and the few things they are told, and frame memory that is
//! mapped. The only file with unsafe code: these requests have no other interface. Never knows what a picture is.
#![expect(
    unsafe_code,
    reason = "ioctl and mmap: the numbers and the layouts are those of linux/fb.h and linux/kd.h"
)]

use std::ffi::c_void;
use std::os::fd::AsFd;

use rustix::io::{Errno, Result};
use rustix::ioctl::{Getter, IntegerSetter, Ioctl, IoctlOutput, Opcode, ioctl};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

const FBIOGET_VSCREENINFO: Opcode = 0x4600;
const FBIOGET_FSCREENINFO: Opcode = 0x4602;
const FBIOPUTCMAP: Opcode = 0x4605;
const FBIOBLANK: Opcode = 0x4611;
const KDSETMODE: Opcode = 0x4b3a;
const KDGETMODE: Opcode = 0x4b3b;

/// Colours of a palette at most: what eight bits can name.
pub(super) const PALETTE_MAX: usize = 256;

/// `struct fb_bitfield`: which bits of a pixel hold one colour.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bitfield {
    /// The lowest bit.
    pub(crate) offset: u32,
    /// How many.
    pub(crate) length: u32,
    /// Whether the highest bit is the lowest in memory.
    pub(crate) msb_right: u32,
}

/// `struct fb_var_screeninfo`: what can be changed.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Columns that are shown.
    pub(crate) xres: u32,
    /// Rows that are shown.
    pub(crate) yres: u32,
    pub(super) xres_virtual: u32,
    pub(super) yres_virtual: u32,
    /// Columns of memory before the first that is shown.
    pub(crate) xoffset: u32,
    /// Rows of memory before the first that is shown.
    pub(crate) yoffset: u32,
    /// Bits from one pixel to the next.
    pub(crate) bits_per_pixel: u32,
    /// 1 for grey, above that a FOURCC code.
    pub(crate) grayscale: u32,
    /// Where red is.
    pub(crate) red: Bitfield,
    /// Where green is.
    pub(crate) green: Bitfield,
    /// Where blue is.
    pub(crate) blue: Bitfield,
    /// Where opacity is.
    pub(crate) transp: Bitfield,
    /// Nonzero for a format of the driver's own.
    pub(crate) nonstd: u32,
    pub(super) rest: [u32; 19],
}

/// `struct fb_fix_screeninfo`: what cannot.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fixed {
    pub(super) id: [u8; 16],
    pub(super) smem_start: usize,
    /// Bytes of the frame memory.
    pub(crate) smem_len: u32,
    /// How pixels are laid out: 0 is one after the other.
    pub(crate) kind: u32,
    pub(super) type_aux: u32,
    /// What a pixel's value means.
    pub(crate) visual: u32,
    pub(super) steps: [u16; 3],
    /// Bytes from one row to the next.
    pub(crate) line_length: u32,
    pub(super) mmio_start: usize,
    pub(super) mmio_len: u32,
    pub(super) accel: u32,
    pub(super) capabilities: u16,
    pub(super) reserved: [u16; 2],
}

impl Fixed {
    /// The driver's name, as far as it can be read.
    pub(crate) fn name(&self) -> String {
        let name = self.id.iter().take_while(|byte| **byte != 0);
        name.map(|byte| char::from(*byte))
            .filter(char::is_ascii_graphic)
            .collect()
    }
}

/// What the kernel says now.
pub(crate) fn describe(framebuffer: impl AsFd) -> Result<(Fixed, Variable)> {
    // SAFETY: the request fills the one structure that its number belongs to, and any bytes are a valid value of it.
    let fixed = unsafe { ioctl(&framebuffer, Getter::<FBIOGET_FSCREENINFO, Fixed>::new()) }?;
    Ok((fixed, mode(framebuffer)?))
}

/// The part of it that other programs may change at any time.
pub(crate) fn mode(framebuffer: impl AsFd) -> Result<Variable> {
    // SAFETY: as for the other part.
    unsafe { ioctl(framebuffer, Getter::<FBIOGET_VSCREENINFO, Variable>::new()) }
}

/// `struct fb_cmap`: a palette or a ramp for each colour.
#[repr(C)]
struct ColorMap {
    start: u32,
    len: u32,
    red: *const u16,
    green: *const u16,
    blue: *const u16,
    transp: *const u16,
}

// SAFETY: the request reads a `struct fb_cmap` and, behind its three pointers, `len` values each.
unsafe impl Ioctl for ColorMap {
    type Output = ();
    const IS_MUTATING: bool = false;

    fn opcode(&self) -> Opcode {
        FBIOPUTCMAP
    }

    fn as_ptr(&mut self) -> *mut c_void {
        std::ptr::from_mut(self).cast()
    }

    unsafe fn output_from_ptr(_: IoctlOutput, _: *mut c_void) -> Result<()> {
        Ok(())
    }
}

/// Makes the values from 0 on so many greys from black to white.
pub(crate) fn set_greys(framebuffer: impl AsFd, greys: usize) -> Result<()> {
    let greys = greys.clamp(2, PALETTE_MAX);
    let last = greys.saturating_sub(1).max(1);
    let ramp: Vec<u16> = (0..greys)
        .map(|grey| u16::try_from(grey * usize::from(u16::MAX) / last).unwrap_or(u16::MAX))
        .collect();
    let map = ColorMap {
        start: 0,
        len: u32::try_from(ramp.len()).unwrap_or_default(),
        red: ramp.as_ptr(),
        green: ramp.as_ptr(),
        blue: ramp.as_ptr(),
        transp: std::ptr::null(),
    };
    // SAFETY: the ramp outlives the call, and the kernel only reads it.
    unsafe { ioctl(framebuffer, map) }
}

/// Has the display lit: a driver may keep it dark until somebody asks, or the console have put it to sleep.
pub(crate) fn unblank(framebuffer: impl AsFd) -> Result<()> {
    // FB_BLANK_UNBLANK is 0.
    // SAFETY: the request takes a number, no pointer.
    unsafe { ioctl(framebuffer, IntegerSetter::<FBIOBLANK>::new_usize(0)) }
}

/// What a virtual terminal does with its screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TerminalMode {
    /// It writes text and a cursor on it.
    Text,
    /// It leaves it alone.
    Graphics,
}

/// What the terminal does now.
pub(crate) fn terminal_mode(terminal: impl AsFd) -> Result<TerminalMode> {
    // SAFETY: the request writes one int.
    let mode = unsafe { ioctl(terminal, Getter::<KDGETMODE, i32>::new()) }?;
    Ok(if mode == 0 {
        TerminalMode::Text
    } else {
        TerminalMode::Graphics
    })
}

/// Tells the terminal what to do.
pub(crate) fn set_terminal_mode(terminal: impl AsFd, mode: TerminalMode) -> Result<()> {
    let number = match mode {
        TerminalMode::Text => 0,
        TerminalMode::Graphics => 1,
    };
    // SAFETY: the request takes a number, no pointer.
    unsafe { ioctl(terminal, IntegerSetter::<KDSETMODE>::new_usize(number)) }
}

/// The frame memory of a driver, in ours. Dropping it ends that.
#[derive(Debug)]
pub(super) struct Mapping {
    start: *mut c_void,
    bytes: usize,
}

// SAFETY: the memory belongs to the mapping alone, wherever it is sent.
unsafe impl Send for Mapping {}

impl Mapping {
    /// Maps the first bytes of a node.
    pub(super) fn new(node: impl AsFd, bytes: usize) -> Result<Self> {
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the kernel chooses a place where nothing of ours is.
        let start = unsafe {
            mmap(
                std::ptr::null_mut(),
                bytes,
                access,
                MapFlags::SHARED,
                node,
                0,
            )
        }?;
        Ok(Self { start, bytes })
    }

    /// Copies bytes to a place; an error if they do not lie inside.
    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) -> Result<()> {
        let end = at.checked_add(bytes.len());
        if end.is_none_or(|end| end > self.bytes) {
            return Err(Errno::FAULT);
        }
        // SAFETY: source and target are as long as said, and what was mapped is none of ours.
        unsafe {
            let target = self.start.cast::<u8>().add(at);
            target.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        }
        Ok(())
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: nothing points into it any more. That it stays mapped would be no harm.
        let _ = unsafe { munmap(self.start, self.bytes) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_structures_are_as_long_as_the_kernel_writes() {
        // linux/fb.h: 40 words; and 80 bytes where a long has eight, 68 where it has four.
        assert_eq!(size_of::<Variable>(), 160);
        let expected = if cfg!(target_pointer_width = "64") {
            80
        } else {
            68
        };
        assert_eq!(size_of::<Fixed>(), expected);
        assert_eq!(std::mem::offset_of!(Variable, red), 32);
        assert_eq!(std::mem::offset_of!(Variable, nonstd), 80);
    }

    #[test]
    fn a_file_that_is_no_framebuffer_is_refused() {
        let file = tempfile::tempfile().unwrap();
        assert!(describe(&file).is_err());
        assert!(set_greys(&file, 16).is_err());
        assert!(unblank(&file).is_err());
        assert!(terminal_mode(&file).is_err());
        assert!(set_terminal_mode(&file, TerminalMode::Text).is_err());
    }
}
