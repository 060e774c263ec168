//! Where each pixel of the glass gets its colour: turned, centred, inverted. Knows no hardware.

use std::borrow::Cow;
use std::ops::Range;

use embedded_graphics::prelude::{OriginDimensions, Point, Size};
use embedded_graphics::primitives::Rectangle;
use hotdesk_ui::{Damage, Picture};

use super::strip::strip;
use crate::Face;
use crate::config::{Mount, Rotation};

/// Red, green and blue.
pub(crate) type Rgb = [u8; 3];

/// What is around a picture that is smaller than the glass.
const BORDER: u8 = 0;

/// How pictures are put on a glass of so many columns and rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placing {
    mount: Mount,
    width: u32,
    height: u32,
}

impl Placing {
    pub(crate) fn new(mount: Mount, width: u32, height: u32) -> Self {
        Self {
            mount,
            width,
            height,
        }
    }

    /// What this glass shows of a face.
    pub(crate) fn picture<'a>(&self, face: &'a Face) -> Cow<'a, Picture> {
        if self.mount.text_only {
            let (width, height) = self.mount.turned((self.width, self.height));
            return Cow::Owned(strip(&face.text, width, height));
        }
        Cow::Borrowed(&face.picture)
    }

    /// Whether the whole of a picture is on the glass.
    pub(crate) fn fits(&self, picture: &Picture) -> bool {
        let (width, height) = self.mount.turned((picture.width(), picture.height()));
        width <= self.width && height <= self.height
    }

    /// The parts of the glass that show the damaged parts of a picture; all of it where all of the picture is damaged, or
    /// where the glass shows something else than the picture.
    pub(crate) fn damaged(&self, picture: &Picture, damage: &Damage) -> Vec<Rectangle> {
        let all = Rectangle::new(Point::zero(), Size::new(self.width, self.height));
        if self.mount.text_only || *damage == Damage::whole(picture.size()) {
            return vec![all];
        }
        let areas = damage.rectangles().iter();
        let areas = areas.map(|area| self.turned(picture, area).intersection(&all));
        areas.filter(|area| !area.is_zero_sized()).collect()
    }

    /// Some columns of one row of the glass from the left; what `out` held before is dropped.
    pub(crate) fn row(&self, picture: &Picture, y: u32, columns: &Range<u32>, out: &mut Vec<Rgb>) {
        out.clear();
        let inside = self.turned(picture, &Rectangle::new(Point::zero(), picture.size()));
        let (from, to) = (i64::from(columns.start), i64::from(columns.end));
        let left = i64::from(inside.top_left.x).clamp(from, to);
        let end = i64::from(inside.top_left.x) + i64::from(inside.size.width);
        let right = if inside.rows().contains(&(y as i32)) {
            end.clamp(left, to)
        } else {
            left
        };
        let border = if self.mount.inverted { !BORDER } else { BORDER };
        let count = |columns: i64| usize::try_from(columns).unwrap_or_default();
        out.resize(count(left - from), [border; 3]);
        let corner = inside.top_left;
        let (mut index, step) = self.walk(
            picture,
            left - i64::from(corner.x),
            i64::from(y) - i64::from(corner.y),
        );
        for _ in left..right {
            out.push(self.color(picture, index));
            index = index.wrapping_add_signed(step);
        }
        out.resize(count(to - from), [border; 3]);
    }

    /// Where a part of a picture is on the glass; beside it where the picture is larger.
    fn turned(&self, picture: &Picture, area: &Rectangle) -> Rectangle {
        let (width, height) = (picture.width() as i32, picture.height() as i32);
        let (across, down) = (area.size.width as i32, area.size.height as i32);
        let Point { x, y } = area.top_left;
        let place = match self.mount.rotation {
            Rotation::None => Point::new(x, y),
            Rotation::Right => Point::new(height - y - down, x),
            Rotation::Half => Point::new(width - x - across, height - y - down),
            Rotation::Left => Point::new(y, width - x - across),
        };
        let glass = Point::new(self.width as i32, self.height as i32);
        let (width, height) = self.mount.turned((picture.width(), picture.height()));
        let spare = glass - Point::new(width as i32, height as i32);
        let (across, down) = self.mount.turned((area.size.width, area.size.height));
        // Half of it on either side; a picture that is larger shows its middle.
        Rectangle::new(place + spare / 2, Size::new(across, down))
    }

    /// Which pixel of a picture, counted row by row, is at a place of the turned picture, and how many further its right
    /// neighbour is.
    fn walk(&self, picture: &Picture, x: i64, y: i64) -> (usize, isize) {
        let (width, height) = (i64::from(picture.width()), i64::from(picture.height()));
        let (column, row, step) = match self.mount.rotation {
            Rotation::None => (x, y, 1),
            Rotation::Right => (y, height - 1 - x, -width),
            Rotation::Half => (width - 1 - x, height - 1 - y, -1),
            Rotation::Left => (width - 1 - y, x, width),
        };
        // Nothing is read at a place outside: such an index is behind the end of every picture.
        let index = usize::try_from(row * width + column).unwrap_or(usize::MAX);
        (index, isize::try_from(step).unwrap_or_default())
    }

    fn color(&self, picture: &Picture, index: usize) -> Rgb {
        let invert = if self.mount.inverted { 0xff } else { 0 };
        let start = index.saturating_mul(3);
        match picture.pixels().get(start..start.saturating_add(3)) {
            Some(&[red, green, blue]) => [red ^ invert, green ^ invert, blue ^ invert],
            Some(_) | None => [BORDER; 3],
        }
    }
}

/// How bright a colour looks, 0 to 255 (ITU-R BT.601).
pub(crate) fn brightness([red, green, blue]: Rgb) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from((sum + 500) / 1000).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::samples::face;
    use super::*;

    fn rows(placing: &Placing, face: &Face) -> Vec<Vec<Rgb>> {
        let picture = placing.picture(face);
        let row = |y| {
            let mut row = vec![[0xaa; 3]];
            placing.row(&picture, y, &(0..placing.width), &mut row);
            row
        };
        (0..placing.height).map(row).collect()
    }

    fn turned(rotation: Rotation, width: u32, height: u32) -> Placing {
        let mount = Mount {
            rotation,
            ..Mount::default()
        };
        Placing::new(mount, width, height)
    }

    fn placed(rotation: Rotation, width: u32, height: u32) -> Vec<Vec<u8>> {
        // Numbered 1 to 6: 1 2 3 above 4 5 6.
        let face = face(3, 2, |x, y| [(1 + x + 3 * y) as u8, 0, 0]);
        let rows = rows(&turned(rotation, width, height), &face);
        let reds = |row: Vec<Rgb>| row.into_iter().map(|[red, ..]| red).collect();
        rows.into_iter().map(reds).collect()
    }

    #[test]
    fn a_picture_is_turned_clockwise() {
        assert_eq!(placed(Rotation::None, 3, 2), [[1, 2, 3], [4, 5, 6]]);
        assert_eq!(placed(Rotation::Right, 2, 3), [[4, 1], [5, 2], [6, 3]]);
        assert_eq!(placed(Rotation::Half, 3, 2), [[6, 5, 4], [3, 2, 1]]);
        assert_eq!(placed(Rotation::Left, 2, 3), [[3, 6], [2, 5], [1, 4]]);
    }

    #[test]
    fn a_picture_is_centred_and_its_border_is_dark() {
        assert_eq!(
            placed(Rotation::None, 5, 4),
            [
                [0, 0, 0, 0, 0],
                [0, 1, 2, 3, 0],
                [0, 4, 5, 6, 0],
                [0, 0, 0, 0, 0]
            ]
        );
        assert_eq!(placed(Rotation::None, 1, 2), [[2], [5]]);
        assert_eq!(placed(Rotation::None, 4, 1), [[1, 2, 3, 0]]);
    }

    /// One dot after the other is damaged: on the glass it must be where the picture shows it.
    #[test]
    fn damage_is_where_the_picture_is_also_turned_and_cut_off() {
        let rotations = [
            Rotation::None,
            Rotation::Right,
            Rotation::Half,
            Rotation::Left,
        ];
        for (rotation, (width, height)) in rotations.into_iter().flat_map(|rotation| {
            [(3, 2), (2, 3), (7, 6), (2, 1), (8, 1)].map(|size| (rotation, size))
        }) {
            let placing = turned(rotation, width, height);
            for (x, y) in (0..2).flat_map(|y| (0..3).map(move |x| (x, y))) {
                let dot = face(3, 2, |column, row| [u8::from((column, row) == (x, y)); 3]);
                let mut damage = Damage::default();
                damage.add(Rectangle::new(
                    Point::new(x as i32, y as i32),
                    Size::new(1, 1),
                ));
                let areas = placing.damaged(&dot.picture, &damage);
                let rows = rows(&placing, &dot);
                for (column, row) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
                    let at = Point::new(column as i32, row as i32);
                    let lit = rows[row as usize][column as usize] == [1; 3];
                    let damaged = areas.iter().any(|area| area.contains(at));
                    assert_eq!(
                        lit, damaged,
                        "{rotation:?} {width}x{height}: {x} {y} at {at}"
                    );
                }
            }
        }
    }

    #[test]
    fn where_all_is_damaged_the_border_is_painted_too() {
        let face = face(3, 2, |_, _| [9; 3]);
        let placing = turned(Rotation::Left, 9, 9);
        let all = Damage::whole(face.picture.size());
        let glass = Rectangle::new(Point::zero(), Size::new(9, 9));
        assert_eq!(placing.damaged(&face.picture, &all), [glass]);
        assert!(
            placing
                .damaged(&face.picture, &Damage::default())
                .is_empty()
        );
    }

    #[test]
    fn a_part_of_a_row_is_the_same_as_in_the_whole_row() {
        let face = face(5, 4, |x, y| [x as u8, y as u8, 7]);
        for (width, height) in [(5, 4), (9, 7), (3, 2)] {
            let placing = turned(Rotation::Half, width, height);
            let whole = rows(&placing, &face);
            for (start, end) in (0..=width).flat_map(|end| (0..=end).map(move |start| (start, end)))
            {
                let mut part = Vec::new();
                placing.row(&face.picture, 1, &(start..end), &mut part);
                assert_eq!(part, whole[1][start as usize..end as usize]);
            }
        }
    }

    #[test]
    fn light_and_dark_are_changed_over_with_the_border() {
        let mount = Mount {
            inverted: true,
            ..Mount::default()
        };
        let placing = Placing::new(mount, 3, 1);
        let face = face(1, 1, |_, _| [0xf0, 0, 0xff]);
        assert_eq!(
            rows(&placing, &face),
            [[[0xff; 3], [0x0f, 0xff, 0], [0xff; 3]]]
        );
    }
}
