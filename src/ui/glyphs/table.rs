//! One size of type as Rust source: what `fonts/table.rs` reads.

use std::fmt::{Error, Write};

use super::bitmap::Letter;
use super::pack::{self, Packed};

/// Where letters stand in their line.
pub(super) struct Lines {
    /// Rows from one line to the next.
    pub(super) line: u8,
    /// Rows from the top of a line to the bottom of its capitals.
    pub(super) baseline: i32,
    /// Rows of a capital.
    pub(super) capitals: i32,
}

/// Writes a table of that name; `characters` names what was written with `write_characters`, a letter for each.
pub(super) fn write(
    name: &str,
    characters: &str,
    lines: &Lines,
    letters: &[Letter],
    source: &mut String,
) -> Result<(), Error> {
    let Lines {
        line,
        baseline,
        capitals,
    } = lines;
    let Reach { above, below } = Reach::of(letters);
    let Packed { records, pixels } = pack::pack(letters);
    writeln!(
        source,
        "pub(super) static {name}: Table = Table {{ line: {line}, baseline: {baseline}, capitals: {capitals}, \
         ascent: {above}, descent: {below}, characters: {characters}, records: &{records:?}, pixels: &{pixels:?} }};"
    )
}

/// Writes what a table can write, which several may share.
pub(super) fn write_characters(
    name: &str,
    characters: &[char],
    source: &mut String,
) -> Result<(), Error> {
    let codes: Vec<u32> = characters.iter().copied().map(u32::from).collect();
    writeln!(source, "static {name}: &[u16] = &{codes:?};")
}

/// How far the ink of any letter reaches above the baseline and below it.
struct Reach {
    above: i32,
    below: i32,
}

impl Reach {
    fn of(letters: &[Letter]) -> Self {
        let most = |of: fn(&Letter) -> i32| letters.iter().map(of).max().unwrap_or_default();
        Self {
            above: most(|letter| letter.bitmap.top),
            below: most(|letter| letter.bitmap.height as i32 - letter.bitmap.top),
        }
    }
}
