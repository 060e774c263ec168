//! The sizes of the letters that the bitmaps for panels of two colours lack.

use std::error::Error;

use super::alphabet::Alphabet;
use super::bitmap::Letter;
use super::dots::Dots;
use super::table::{self, Lines};

/// Pixels for each em of what stands beside regular and bold bitmaps: capitals are as high as theirs, 8 to 19 rows.
const REGULAR: [u8; 2] = [11, 15];
const BOLD: [u8; 4] = [15, 16, 19, 26];

/// Rust source: all of them, and one that has no letter.
pub(in super::super) fn crisp(is_wanted: impl Fn(&str) -> bool) -> Result<String, Box<dyn Error>> {
    let mut source = String::new();
    if !is_wanted("crisp") {
        return Ok(source);
    }
    let regular = REGULAR.map(|em| ("REGULAR", dejavu::sans_condensed::regular(), em));
    let bold = BOLD.map(|em| ("BOLD", dejavu::sans_condensed::bold(), em));
    let characters = Alphabet::Others.characters();
    let has = Dots::new(dejavu::sans_condensed::bold(), 16)?;
    let characters: Vec<char> = characters
        .into_iter()
        .filter(|c| has.letter(*c).is_some())
        .collect();
    for (weight, typeface, em) in regular.into_iter().chain(bold) {
        let dots = Dots::new(typeface, em)?;
        let letters: Vec<Letter> = characters.iter().filter_map(|c| dots.letter(*c)).collect();
        let name = format!("{weight}_{em}");
        table::write(
            &name,
            Alphabet::Others.name(),
            &NO_LINES,
            &letters,
            &mut source,
        )?;
    }
    table::write("NONE", "&[]", &NO_LINES, &[], &mut source)?;
    table::write_characters(Alphabet::Others.name(), &characters, &mut source)?;
    Ok(source)
}

/// They stand on the line of the bitmaps.
const NO_LINES: Lines = Lines {
    line: 0,
    baseline: 0,
    capitals: 0,
};
