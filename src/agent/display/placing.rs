//! Where each pixel of the glass gets its colour: turned, centred, inverted. Knows no hardware.

use std::sync::Arc;

use super::strip::strip;
use crate::Face;
use crate::config::{Mount, Rotation};

/// Red, green and blue.
pub(crate) type Rgb = [u8; 3];

/// What is around a picture that is smaller than the glass.
const BORDER: Rgb = [0; 3];

/// What is to be seen: a picture with its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Three bytes for each pixel, row by row from the top left.
    pub(crate) rgb: Arc<[u8]>,
}

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
    pub(crate) fn source(&self, face: &Face) -> Source {
        if self.mount.text_only {
            let (width, height) = self.mount.turned((self.width, self.height));
            return strip(&face.text, width, height);
        }
        Source {
            width: face.width,
            height: face.height,
            rgb: Arc::clone(&face.rgb),
        }
    }

    /// Whether the whole of a picture is on the glass.
    pub(crate) fn fits(&self, source: &Source) -> bool {
        let (width, height) = self.mount.turned((source.width, source.height));
        width <= self.width && height <= self.height
    }

    /// One row of the glass from the left: as many colours as it has columns.
    pub(crate) fn row<'a>(&'a self, source: &'a Source, y: u32) -> impl Iterator<Item = Rgb> + 'a {
        let invert = if self.mount.inverted { 0xff } else { 0 };
        (0..self.width).map(move |x| {
            let color = self.pixel(source, x, y).unwrap_or(BORDER);
            color.map(|part| part ^ invert)
        })
    }

    /// The rows that differ between two pictures, from the top; all when there was none before.
    pub(crate) fn changed_rows<'a>(
        &'a self,
        before: Option<&'a Source>,
        now: &'a Source,
    ) -> impl Iterator<Item = u32> + 'a {
        let same = before.is_some_and(|before| before == now);
        let rows = if same { 0 } else { self.height };
        (0..rows)
            .filter(move |&y| before.is_none_or(|before| !self.row(before, y).eq(self.row(now, y))))
    }

    /// The colour of the picture at a place of the glass; `None` beside the picture.
    fn pixel(&self, source: &Source, x: u32, y: u32) -> Option<Rgb> {
        let (width, height) = self.mount.turned((source.width, source.height));
        let x = centred(x, self.width, width)?;
        let y = centred(y, self.height, height)?;
        // Both are inside, so nothing below goes under zero.
        let from_right = |side: u32, at: u32| side.saturating_sub(at.saturating_add(1));
        let (x, y) = match self.mount.rotation {
            Rotation::None => (x, y),
            Rotation::Right => (y, from_right(source.height, x)),
            Rotation::Half => (from_right(source.width, x), from_right(source.height, y)),
            Rotation::Left => (from_right(source.width, y), x),
        };
        let index = (y as usize)
            .checked_mul(source.width as usize)?
            .checked_add(x as usize)?
            .checked_mul(3)?;
        match source.rgb.get(index..index.checked_add(3)?) {
            Some(&[red, green, blue]) => Some([red, green, blue]),
            Some(_) | None => None,
        }
    }
}

/// How bright a colour looks, 0 to 255 (ITU-R BT.601).
pub(crate) fn brightness([red, green, blue]: Rgb) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from((sum + 500) / 1000).unwrap_or(u8::MAX)
}

/// The place in something centred on a glass, or shown in its middle part if it is larger; `None` beside it.
fn centred(at: u32, glass: u32, side: u32) -> Option<u32> {
    let inside = if side <= glass {
        at.checked_sub((glass - side) / 2)?
    } else {
        at.checked_add((side - glass) / 2)?
    };
    (inside < side).then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::super::samples::face;
    use super::*;

    fn placed(rotation: Rotation, width: u32, height: u32) -> Vec<Vec<u8>> {
        let mount = Mount {
            rotation,
            ..Mount::default()
        };
        let placing = Placing::new(mount, width, height);
        // Numbered 1 to 6: 1 2 3 above 4 5 6.
        let source = placing.source(&face(3, 2, |x, y| [(1 + x + 3 * y) as u8, 0, 0]));
        let row = |y| placing.row(&source, y).map(|[red, ..]| red).collect();
        (0..height).map(row).collect()
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

    #[test]
    fn only_rows_that_differ_are_changed() {
        let placing = Placing::new(Mount::default(), 4, 4);
        let before = placing.source(&face(4, 4, |_, _| [0; 3]));
        let after = placing.source(&face(4, 4, |x, y| [u8::from((x, y) == (3, 2)), 0, 0]));
        let changed = |a, b| placing.changed_rows(a, b).collect::<Vec<_>>();
        assert_eq!(changed(Some(&before), &after), [2]);
        assert_eq!(changed(Some(&after), &after), [0; 0]);
        assert_eq!(changed(None, &after), [0, 1, 2, 3]);
    }

    #[test]
    fn light_and_dark_are_changed_over_with_the_border() {
        let mount = Mount {
            inverted: true,
            ..Mount::default()
        };
        let placing = Placing::new(mount, 3, 1);
        let source = placing.source(&face(1, 1, |_, _| [0xf0, 0, 0xff]));
        let row: Vec<_> = placing.row(&source, 0).collect();
        assert_eq!(row, [[0xff; 3], [0x0f, 0xff, 0], [0xff; 3]]);
    }
}
