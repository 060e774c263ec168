//! A letter as pixels. Knows no typeface.

/// How opaque a pixel of ink is at most.
pub(super) const OPAQUE: u8 = 14;

/// The pixels of a character and where they stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Bitmap {
    /// Columns from the pen to the first with ink.
    pub(super) left: i32,
    /// Rows from the baseline up to the first with ink.
    pub(super) top: i32,
    pub(super) width: usize,
    pub(super) height: usize,
    /// 0 to `OPAQUE`, row by row.
    pub(super) shades: Vec<u8>,
}

/// A character of one size.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) advance: u8,
    pub(super) bitmap: Bitmap,
}

impl Bitmap {
    /// How dark it is so many columns right of the pen and rows below the baseline.
    pub(super) fn shade(&self, x: i32, y: i32) -> u8 {
        let column = usize::try_from(x - self.left)
            .ok()
            .filter(|x| *x < self.width);
        let row = usize::try_from(y + self.top)
            .ok()
            .filter(|y| *y < self.height);
        match (column, row) {
            (Some(column), Some(row)) => self.shades[row * self.width + column],
            _ => 0,
        }
    }

    /// Its columns and rows, as `shade` counts them.
    pub(super) fn places(&self) -> impl Iterator<Item = (i32, i32)> + use<> {
        let (left, top) = (self.left, -self.top);
        let (right, bottom) = (left + self.width as i32, top + self.height as i32);
        (top..bottom).flat_map(move |y| (left..right).map(move |x| (x, y)))
    }

    /// Without empty columns and rows around it.
    pub(super) fn trimmed(&self) -> Self {
        self.only(|_, _| true)
    }

    /// What of its ink lies at some places.
    pub(super) fn only(&self, wanted: impl Fn(i32, i32) -> bool) -> Self {
        let inked: Vec<_> = self
            .places()
            .filter(|(x, y)| self.shade(*x, *y) > 0 && wanted(*x, *y))
            .collect();
        let columns = || inked.iter().map(|(x, _)| *x);
        let rows = || inked.iter().map(|(_, y)| *y);
        let (Some(left), Some(right), Some(top), Some(bottom)) =
            (columns().min(), columns().max(), rows().min(), rows().max())
        else {
            return Self::default();
        };
        let mut part = Self {
            left,
            top: -top,
            width: (right - left + 1) as usize,
            height: (bottom - top + 1) as usize,
            shades: Vec::new(),
        };
        let shade = |(x, y)| if wanted(x, y) { self.shade(x, y) } else { 0 };
        part.shades = part.places().map(shade).collect();
        part
    }
}
