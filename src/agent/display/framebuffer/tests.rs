//! Pictures in a file that stands for frame memory.

use std::io::{Read, Seek};
use std::os::unix::fs::FileExt;
use std::path::Path;

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::kernel::{Bitfield, Fixed, Variable};
use super::*;
use crate::config::{Mount, Rotation};
use crate::display::samples::face;

/// What is in memory where nothing was written.
const UNTOUCHED: u8 = 0x5a;

fn memory(bytes: usize) -> Memory {
    let file = tempfile::tempfile().unwrap();
    file.write_all_at(&vec![UNTOUCHED; bytes], 0).unwrap();
    Memory::new(file, bytes)
}

fn contents(mut file: &File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Red 8 bits of 32, in memory with two rows before the picture and a gap after each row.
fn described(width: u32, height: u32) -> (Fixed, Variable) {
    let field = |offset| Bitfield {
        offset,
        length: 8,
        msb_right: 0,
    };
    let line_length = 4 * width + 8;
    let fixed = Fixed {
        smem_len: line_length * (height + 2),
        visual: 2,
        line_length,
        ..Fixed::default()
    };
    let variable = Variable {
        xres: width,
        yres: height,
        yoffset: 2,
        xoffset: 1,
        bits_per_pixel: 32,
        red: field(16),
        green: field(8),
        blue: field(0),
        ..Variable::default()
    };
    (fixed, variable)
}

/// Shows a face of which everything may be different.
fn show(screen: &mut Screen, face: &Face) -> anyhow::Result<()> {
    screen.show(face, &face.changed_since(None))
}

fn screen(width: u32, height: u32) -> (Screen, Fixed) {
    let (fixed, variable) = described(width, height);
    let format = Format::new(&fixed, &variable, None).unwrap();
    let placing = Placing::new(Mount::default(), width, height);
    let memory = memory(fixed.smem_len as usize);
    (Screen::new(memory, format, placing), fixed)
}

/// The red part of every pixel that is shown.
fn reds(screen: &Screen, fixed: &Fixed) -> Vec<Vec<u8>> {
    let bytes = contents(screen.memory.node());
    let rows = bytes.chunks(fixed.line_length as usize).skip(2);
    let pixels = |row: &[u8]| {
        let pixels = row[4..].chunks(4).take(screen.format.width as usize);
        pixels.map(|pixel| pixel[2]).collect()
    };
    rows.map(pixels).collect()
}

#[test]
fn a_picture_is_centred_in_memory_and_what_is_beside_the_rows_is_left_alone() {
    let (mut screen, fixed) = screen(4, 4);
    let numbered = face(2, 2, |x, y| [(1 + x + 2 * y) as u8, 0, 0]);
    show(&mut screen, &numbered).unwrap();
    assert_eq!(
        reds(&screen, &fixed),
        [[0, 0, 0, 0], [0, 1, 2, 0], [0, 3, 4, 0], [0, 0, 0, 0]]
    );
    let bytes = contents(screen.memory.node());
    assert_eq!(bytes.len(), fixed.smem_len as usize);
    let stride = fixed.line_length as usize;
    assert!(
        bytes[..2 * stride + 4]
            .iter()
            .all(|byte| *byte == UNTOUCHED)
    );
    for row in bytes.chunks(stride).skip(2) {
        assert_eq!(row[..4], [UNTOUCHED; 4]);
        assert_eq!(row[4 + 16..], [UNTOUCHED; 4]);
    }
}

#[test]
fn only_what_is_damaged_is_written() {
    let (mut screen, fixed) = screen(4, 4);
    show(&mut screen, &face(4, 4, |_, _| [9, 0, 0])).unwrap();
    // Whatever is written from now on is seen against this.
    let bytes = fixed.smem_len as usize;
    let untouched = vec![UNTOUCHED; bytes];
    screen.memory.write(0, &untouched).unwrap();
    let mut damage = Damage::default();
    screen.show(&face(4, 4, |_, _| [7; 3]), &damage).unwrap();
    let kept = [UNTOUCHED; 4];
    assert_eq!(reds(&screen, &fixed), [kept; 4]);
    damage.add(Rectangle::new(Point::new(1, 2), Size::new(2, 2)));
    screen
        .show(&face(4, 4, |x, y| [(10 * y + x) as u8; 3]), &damage)
        .unwrap();
    let row = |left, right| [UNTOUCHED, left, right, UNTOUCHED];
    assert_eq!(
        reds(&screen, &fixed),
        [kept, kept, row(21, 22), row(31, 32)]
    );
}

#[test]
fn a_node_that_takes_nothing_is_an_error() {
    let (screen, _) = screen(4, 4);
    let path = tempfile::NamedTempFile::new().unwrap();
    let read_only = File::open(path.path()).unwrap();
    let mut screen = Screen::new(Memory::new(read_only, 16), screen.format, screen.placing);
    let error = show(&mut screen, &face(4, 4, |_, _| [0; 3])).unwrap_err();
    assert!(error.to_string().contains("framebuffer"));
}

#[test]
fn a_node_that_is_no_framebuffer_is_said_with_its_key() {
    let config = |device: &Path| FramebufferConfig {
        device: device.to_owned(),
        console: None,
        mount: Mount::default(),
        high_bit_first: None,
    };
    let said = |device: &Path| {
        let error = Framebuffer::open(&config(device)).err().unwrap();
        format!("{error:#}")
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(said(file.path()).contains("display.device"));
    assert!(said(Path::new("/dev/fb77")).contains("as soon as it appears"));
}

/// Whatever a driver says, memory outside of what it says it has is never written: a description is refused, or every
/// byte that a picture changes lies inside.
#[test]
fn no_description_makes_a_picture_leave_its_memory() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let (fixed, variable) = hostile(&mut random);
        let order = [None, Some(true), Some(false)][random.next_u32() as usize % 3];
        let Ok(format) = Format::new(&fixed, &variable, order) else {
            continue;
        };
        accepted += 1;
        let rows = 0..format.height;
        let row_bytes = format::tests::row_bytes(&format);
        let end = rows.map(|y| format.offset(0, y) + row_bytes).max();
        assert!(
            end.unwrap() <= fixed.smem_len as usize,
            "{fixed:?} {variable:?}"
        );
        let mut out = Vec::new();
        let row: Vec<_> = (0..format.width).map(|x| [x as u8; 3]).collect();
        format.pack(&row, &mut out);
        assert_eq!(out.len(), row_bytes, "{fixed:?} {variable:?}");
        if fixed.smem_len < 4096 {
            draw(&fixed, format, &mut random);
        }
    }
    assert!(accepted > 200, "only {accepted} descriptions were accepted");
}

fn draw(fixed: &Fixed, format: Format, random: &mut ChaCha8Rng) {
    let rotations = [
        Rotation::None,
        Rotation::Right,
        Rotation::Half,
        Rotation::Left,
    ];
    let mount = Mount {
        rotation: rotations[random.next_u32() as usize % 4],
        ..Mount::default()
    };
    let placing = Placing::new(mount, format.width, format.height);
    let mut screen = Screen::new(memory(fixed.smem_len as usize), format, placing);
    let picture = face(11, 5, |x, y| [x as u8, y as u8, 0xff]);
    show(&mut screen, &picture).unwrap();
    let mut damage = Damage::default();
    let mut any = |below: u32| (random.next_u32() % below) as i32;
    let (corner, size) = (Point::new(any(11), any(5)), Point::new(any(11), any(5)));
    damage.add(Rectangle::with_corners(corner, size));
    screen.show(&picture, &damage).unwrap();
    let length = contents(screen.memory.node()).len();
    assert_eq!(length, fixed.smem_len as usize, "{fixed:?}");
}

/// A description in which each value is plausible, at an edge, or anything.
fn hostile(random: &mut ChaCha8Rng) -> (Fixed, Variable) {
    let mut any = |plausible: &[u32]| match random.next_u32() % 16 {
        0 => random.next_u32(),
        1 => [0, 1, 7, u32::MAX, u32::MAX - 1][random.next_u32() as usize % 5],
        _ => plausible[random.next_u32() as usize % plausible.len()],
    };
    let field = |any: &mut dyn FnMut(&[u32]) -> u32| Bitfield {
        offset: any(&[0, 5, 8, 11, 16]),
        length: any(&[5, 6, 8]),
        msb_right: any(&[0]),
    };
    let fixed = Fixed {
        smem_len: any(&[600, 2048, 4000, 65_536, 1 << 20]),
        kind: any(&[0]),
        visual: any(&[0, 1, 2, 2, 2, 3, 4, 5]),
        line_length: any(&[4, 16, 64, 128, 1920]),
        ..Fixed::default()
    };
    let variable = Variable {
        xres: any(&[1, 8, 13, 32, 480]),
        yres: any(&[1, 5, 8, 31, 272]),
        xoffset: any(&[0, 0, 8]),
        yoffset: any(&[0, 0, 3]),
        bits_per_pixel: any(&[1, 2, 4, 8, 16, 24, 32]),
        grayscale: any(&[0, 1]),
        red: field(&mut any),
        green: field(&mut any),
        blue: field(&mut any),
        transp: field(&mut any),
        nonstd: any(&[0]),
        ..Variable::default()
    };
    (fixed, variable)
}

#[test]
fn a_node_that_went_and_came_is_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let node = folder.path().join("fb0");
    std::fs::write(&node, "old").unwrap();
    let open = File::open(&node).unwrap();
    assert!(is_same(&open, &node));
    std::fs::rename(&node, folder.path().join("fb1")).unwrap();
    assert!(!is_same(&open, &node), "it went");
    std::fs::write(&node, "new").unwrap();
    assert!(!is_same(&open, &node), "another one came");
}
