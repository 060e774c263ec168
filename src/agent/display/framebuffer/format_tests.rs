//! Formats as drivers describe them, and descriptions that no driver should give.

use embedded_graphics::prelude::{Point, Size};

use super::*;

/// A framebuffer whose rows follow each other without a gap.
fn described(width: u32, height: u32, bits: u32, visual: u32) -> (Fixed, Variable) {
    let line_length = (width * bits).div_ceil(8);
    let fixed = Fixed {
        smem_len: line_length * height,
        visual,
        line_length,
        ..Fixed::default()
    };
    let variable = Variable {
        xres: width,
        yres: height,
        bits_per_pixel: bits,
        ..Variable::default()
    };
    (fixed, variable)
}

fn field(offset: u32, length: u32) -> Bitfield {
    Bitfield {
        offset,
        length,
        msb_right: 0,
    }
}

fn color(bits: u32, fields: [(u32, u32); 4]) -> (Fixed, Variable) {
    let (fixed, mut variable) = described(3, 2, bits, VISUAL_TRUECOLOR);
    let [red, green, blue, transp] = fields.map(|(offset, length)| field(offset, length));
    variable = Variable {
        red,
        green,
        blue,
        transp,
        ..variable
    };
    (fixed, variable)
}

/// Bytes of one row as it is shown.
pub(crate) fn row_bytes(format: &Format) -> usize {
    let pixel = format.offset(format.width, 0) - format.offset(0, 0);
    match &format.pixel {
        Pixel::Color(_) => pixel,
        Pixel::Grey(grey) => (format.width as usize * grey.bits as usize).div_ceil(8),
    }
}

fn packed((fixed, variable): (Fixed, Variable), row: &[Rgb]) -> Vec<u8> {
    let format = Format::new(&fixed, &variable, None).unwrap();
    let mut out = vec![0xaa];
    format.pack(row, &mut out);
    assert_eq!(out.len(), row_bytes(&format));
    out
}

const ROW: [Rgb; 3] = [[0xff, 0, 0], [0, 0xff, 0x80], [0x12, 0x34, 0x56]];

#[test]
fn colours_go_where_their_fields_are() {
    let xrgb = color(32, [(16, 8), (8, 8), (0, 8), (0, 0)]);
    let expected = [0, 0, 0xff, 0, 0x80, 0xff, 0, 0, 0x56, 0x34, 0x12, 0];
    assert_eq!(packed(xrgb, &ROW), expected);
    let abgr = color(32, [(0, 8), (8, 8), (16, 8), (24, 8)]);
    let expected = [
        0xff, 0, 0, 0xff, 0, 0xff, 0x80, 0xff, 0x12, 0x34, 0x56, 0xff,
    ];
    assert_eq!(packed(abgr, &ROW), expected);
    let rgb = color(24, [(16, 8), (8, 8), (0, 8), (0, 0)]);
    assert_eq!(
        packed(rgb, &ROW),
        [0, 0, 0xff, 0x80, 0xff, 0, 0x56, 0x34, 0x12]
    );
    let r5g6b5 = color(16, [(11, 5), (5, 6), (0, 5), (0, 0)]);
    // 0xf800, 0x07f0, then 2 and 13 and 10 of 31, 63 and 31.
    let third: u16 = 2 << 11 | 13 << 5 | 10;
    let [low, high] = third.to_le_bytes();
    assert_eq!(packed(r5g6b5, &ROW), [0, 0xf8, 0xf0, 0x07, low, high]);
    let x1r5g5b5 = color(16, [(10, 5), (5, 5), (0, 5), (15, 1)]);
    assert_eq!(packed(x1r5g5b5, &ROW)[..4], [0, 0xfc, 0xf0, 0x83]);
    let r3g3b2 = color(8, [(5, 3), (2, 3), (0, 2), (0, 0)]);
    assert_eq!(packed(r3g3b2, &ROW), [0xe0, 0x1e, 0x05]);
}

#[test]
fn white_is_all_ones_and_black_all_zeros_in_every_field() {
    for format in [
        color(32, [(16, 8), (8, 8), (0, 8), (0, 0)]),
        color(32, [(20, 10), (10, 10), (0, 10), (0, 0)]),
        color(16, [(11, 5), (5, 6), (0, 5), (0, 0)]),
        color(16, [(8, 4), (4, 4), (0, 4), (0, 0)]),
    ] {
        let lengths = format.1.red.length + format.1.green.length + format.1.blue.length;
        let white = packed(format, &[[0xff; 3]; 3]);
        let ones: u32 = white.iter().map(|byte| byte.count_ones()).sum();
        assert_eq!(ones, 3 * lengths);
        assert!(packed(format, &[[0; 3]; 3]).iter().all(|byte| *byte == 0));
    }
}

#[test]
fn greys_share_bytes_in_the_order_that_the_driver_says() {
    let grey = |value: u8| [value; 3];
    let steps = [0, 0x55, 0xaa, 0xff, 0xff].map(grey);
    let four = described(5, 1, 4, VISUAL_PSEUDOCOLOR);
    assert_eq!(packed(four, &steps), [0x50, 0xfa, 0x0f]);
    let two = described(5, 1, 2, VISUAL_PSEUDOCOLOR);
    assert_eq!(packed(two, &steps), [0b1110_0100, 0b11]);
    let one = described(5, 1, 1, VISUAL_MONO_WHITE_IS_1);
    assert_eq!(packed(one, &steps), [0b1_1100]);
    let black_is_one = described(5, 1, 1, VISUAL_MONO_BLACK_IS_1);
    assert_eq!(packed(black_is_one, &steps), [0b0_0011]);
    let mut high_first = described(5, 1, 1, VISUAL_MONO_WHITE_IS_1);
    high_first.1.red.msb_right = 1;
    assert_eq!(packed(high_first, &steps), [0b0011_1000]);
    let eight = described(5, 1, 8, VISUAL_PSEUDOCOLOR);
    assert_eq!(packed(eight, &steps), [0, 0x55, 0xaa, 0xff, 0xff]);
}

#[test]
fn the_configuration_overrules_the_order() {
    let (fixed, variable) = described(8, 1, 1, VISUAL_MONO_WHITE_IS_1);
    let mut out = Vec::new();
    for (order, expected) in [(Some(true), 0x80), (Some(false), 1), (None, 1)] {
        let format = Format::new(&fixed, &variable, order).unwrap();
        let mut row = [[0; 3]; 8];
        row[0] = [0xff; 3];
        format.pack(&row, &mut out);
        assert_eq!(out, [expected]);
    }
}

#[test]
fn a_part_of_a_row_begins_and_ends_with_a_byte() {
    let part = |x, width| Rectangle::new(Point::new(x, 0), Size::new(width, 1));
    let whole = |bits, area| {
        let (fixed, variable) = described(21, 2, bits, VISUAL_PSEUDOCOLOR);
        let format = Format::new(&fixed, &variable, None).unwrap();
        let columns = format.whole_bytes(&area);
        let bytes = format.offset(columns.start, 1) - format.offset(0, 1);
        (columns, bytes)
    };
    assert_eq!(whole(1, part(9, 2)), (8..16, 1));
    assert_eq!(whole(2, part(9, 4)), (8..16, 2));
    assert_eq!(whole(4, part(9, 2)), (8..12, 4));
    assert_eq!(whole(8, part(9, 2)), (9..11, 9));
    // The last byte of a row need not be full.
    assert_eq!(whole(1, part(18, 3)), (16..21, 2));
}

#[test]
fn palettes_are_told_where_the_kernel_has_one() {
    let palette = |(fixed, variable)| Format::new(&fixed, &variable, None).unwrap().palette();
    assert_eq!(palette(described(8, 8, 8, VISUAL_PSEUDOCOLOR)), Some(256));
    assert_eq!(palette(described(8, 8, 1, VISUAL_PSEUDOCOLOR)), Some(2));
    assert_eq!(palette(described(8, 8, 1, VISUAL_MONO_WHITE_IS_1)), None);
    let mut direct = color(16, [(11, 5), (5, 6), (0, 5), (0, 0)]);
    assert_eq!(palette(direct), None);
    direct.0.visual = VISUAL_DIRECTCOLOR;
    assert_eq!(palette(direct), Some(64));
}

#[test]
fn what_cannot_be_packed_is_said_in_a_sentence() {
    let good = || described(8, 8, 32, VISUAL_TRUECOLOR);
    let said = |change: &dyn Fn(&mut Fixed, &mut Variable)| {
        let (mut fixed, mut variable) = good();
        (variable.red, variable.green, variable.blue) = (field(16, 8), field(8, 8), field(0, 8));
        change(&mut fixed, &mut variable);
        Format::new(&fixed, &variable, None)
            .unwrap_err()
            .to_string()
    };
    assert!(said(&|_, v| v.xres = 0).contains("0x8"));
    assert!(said(&|_, v| v.yres = u32::MAX).contains("4294967295"));
    assert!(said(&|_, v| v.bits_per_pixel = 12).contains("12 bits"));
    assert!(said(&|f, _| f.visual = 77).contains("visual 77"));
    assert!(said(&|f, _| f.kind = 4).contains("planes"));
    assert!(said(&|_, v| v.grayscale = 0x3432_4258).contains("FOURCC"));
    assert!(said(&|_, v| v.red.offset = 28).contains("red"));
    assert!(said(&|_, v| v.blue.length = 0).contains("blue"));
    assert!(said(&|_, v| v.green.offset = u32::MAX).contains("green"));
    assert!(said(&|f, _| f.smem_len -= 1).contains("outside"));
    assert!(said(&|f, _| f.line_length -= 1).contains("outside"));
    assert!(said(&|f, _| f.line_length = u32::MAX).contains("outside"));
    assert!(said(&|_, v| v.yoffset = u32::MAX).contains("outside"));
    assert!(said(&|_, v| v.xoffset = 1).contains("outside"));
    let (fixed, mut variable) = described(8, 8, 4, VISUAL_PSEUDOCOLOR);
    variable.xoffset = 1;
    let error = Format::new(&fixed, &variable, None).unwrap_err();
    assert!(error.to_string().contains("xoffset"));
}
