//! Letters into few bytes: what a letter shares with a smaller one is stored once, and its pixels as runs.

use std::collections::HashMap;

use super::bitmap::{Bitmap, Letter, OPAQUE};

/// Says that a letter stands on no other.
pub(super) const NO_BASE: u16 = u16::MAX;

/// How many bytes say where a letter stands and where its pixels are.
pub(super) const RECORD: usize = 10;

/// All letters of a size: a record for each, and the pixels of all.
#[derive(Debug, Default)]
pub(super) struct Packed {
    pub(super) records: Vec<[u8; RECORD]>,
    pub(super) pixels: Vec<u8>,
}

/// Packs letters, which keep their order.
pub(super) fn pack(letters: &[Letter]) -> Packed {
    let mut packed = Packed::default();
    let mut known = HashMap::new();
    for (letter, base) in letters.iter().zip(bases(letters)) {
        let rest = match base.and_then(|base| letters.get(base)) {
            Some(base) => letter.bitmap.only(|x, y| !base.bitmap.holds(x, y)),
            None => letter.bitmap.clone(),
        };
        // The same accent stands on many letters.
        let place = *known.entry(rest.shades.clone()).or_insert_with(|| {
            let place = packed.pixels.len();
            packed.pixels.extend(runs(&rest.shades));
            place
        });
        let base = base.map_or(NO_BASE, |base| base as u16);
        packed
            .records
            .push(record(letter.advance, &rest, base, place));
    }
    packed
}

/// As the reader of these bytes takes them apart: `Record::of` in `fonts/table.rs`.
fn record(advance: u8, bitmap: &Bitmap, base: u16, place: usize) -> [u8; RECORD] {
    let [base_low, base_high] = base.to_le_bytes();
    let [low, middle, high, ..] = place.to_le_bytes();
    [
        advance,
        bitmap.left as u8,
        bitmap.top as u8,
        bitmap.width as u8,
        bitmap.height as u8,
        base_low,
        base_high,
        low,
        middle,
        high,
    ]
}

/// For each letter the one whose pixels it has, all of them, and more: an e for an é.
fn bases(letters: &[Letter]) -> Vec<Option<usize>> {
    let ink = |index: usize| letters[index].bitmap.ink();
    let mut order: Vec<usize> = (0..letters.len()).collect();
    // A base comes before what stands on it, so that nothing stands on itself.
    order.sort_by_key(|index| (ink(*index), *index));
    let mut bases = vec![None; letters.len()];
    for (rank, index) in order.iter().enumerate() {
        let letter = &letters[*index];
        let smaller = order[..rank].iter().rev();
        bases[*index] = smaller
            .filter(|base| letters[**base].advance == letter.advance && ink(**base) > 0)
            .find(|base| letter.bitmap.shows(&letters[**base].bitmap))
            .copied();
    }
    bases
}

impl Bitmap {
    fn ink(&self) -> usize {
        self.shades.iter().filter(|shade| **shade > 0).count()
    }

    fn holds(&self, x: i32, y: i32) -> bool {
        let (left, top) = (self.left, -self.top);
        (left..left + self.width as i32).contains(&x)
            && (top..top + self.height as i32).contains(&y)
    }

    /// Whether it looks the same where the other is.
    fn shows(&self, other: &Self) -> bool {
        other.width <= self.width
            && other.height <= self.height
            && other
                .places()
                .all(|(x, y)| self.shade(x, y) == other.shade(x, y))
    }
}

/// Half bytes, the low one first: 0 and a count less one is so much without ink, `RUN` and a count less two so much of
/// the darkest, anything else a shade.
fn runs(shades: &[u8]) -> Vec<u8> {
    const RUN: u8 = OPAQUE + 1;
    let mut halves = Vec::new();
    let mut left = shades;
    while let Some(shade) = left.first() {
        let same = left.iter().take_while(|other| *other == shade).count();
        let taken = match *shade {
            0 => {
                let taken = same.min(16);
                halves.extend([0, (taken - 1) as u8]);
                taken
            }
            OPAQUE if same > 1 => {
                let taken = same.min(17);
                halves.extend([RUN, (taken - 2) as u8]);
                taken
            }
            shade => {
                halves.push(shade);
                1
            }
        };
        left = &left[taken..];
    }
    halves
        .chunks(2)
        .map(|pair| pair[0] | pair.get(1).unwrap_or(&0) << 4)
        .collect()
}
