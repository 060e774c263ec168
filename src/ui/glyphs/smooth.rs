//! The sizes of type for panels with many shades.

use std::error::Error;

use super::alphabet::Alphabet;
use super::bitmap::Letter;
use super::face::{Cut, Face};
use super::table::{self, Lines};

/// One size of type.
#[derive(Debug, Clone, Copy)]
struct Style {
    /// Its name is its role and its line.
    role: &'static str,
    weight: f32,
    /// Large type is set closer.
    closer: f32,
    alphabet: Alphabet,
}

const SMALL: Style = Style {
    role: "SMALL",
    weight: 500.0,
    closer: 0.0,
    alphabet: Alphabet::Letters,
};
const MEDIUM: Style = Style {
    role: "MEDIUM",
    weight: 600.0,
    closer: 0.01,
    alphabet: Alphabet::Letters,
};
const LARGE: Style = Style {
    role: "LARGE",
    weight: 700.0,
    closer: 0.02,
    alphabet: Alphabet::Letters,
};
const FIGURE: Style = Style {
    role: "FIGURE",
    weight: 600.0,
    closer: 0.02,
    alphabet: Alphabet::Figures,
};

/// A panel's cargo feature, and the rows of a line of its small, medium and large type and of its figures. 2.8, 4.3 and
/// 7 inches: the larger the glass, the further away its reader.
const PANELS: [(&str, [u8; 4]); 3] = [
    ("panel-320x240", [18, 24, 36, 56]),
    ("panel-480x272", [20, 28, 44, 72]),
    ("panel-800x480", [26, 36, 60, 104]),
];

/// Rust source: the type of all panels that are wanted.
pub(in super::super) fn smooth(is_wanted: impl Fn(&str) -> bool) -> Result<String, Box<dyn Error>> {
    let mut source = String::new();
    for (feature, lines) in PANELS {
        if is_wanted(feature) {
            for (style, line) in [SMALL, MEDIUM, LARGE, FIGURE].into_iter().zip(lines) {
                write_size(style, line, &mut source)?;
            }
        }
    }
    for alphabet in [Alphabet::Letters, Alphabet::Figures] {
        table::write_characters(alphabet.name(), &written(alphabet)?, &mut source)?;
    }
    Ok(source)
}

/// The characters of an alphabet that the typeface has.
fn written(alphabet: Alphabet) -> Result<Vec<char>, Box<dyn Error>> {
    let mut face = Face::new(Cut {
        em: 16.0,
        weight: 500.0,
        closer: 0.0,
    })?;
    let mut characters: Vec<char> = alphabet.characters().into_iter().collect();
    characters.retain(|c| face.letter(*c).is_some());
    Ok(characters)
}

fn write_size(style: Style, line: u8, source: &mut String) -> Result<(), Box<dyn Error>> {
    let cut = Cut {
        em: em(line),
        weight: style.weight,
        closer: style.closer,
    };
    let mut face = Face::new(cut)?;
    let capitals = face.capitals().round() as i32;
    let characters = written(style.alphabet)?;
    let letters: Vec<Letter> = characters.iter().filter_map(|c| face.letter(*c)).collect();
    let lines = Lines {
        line,
        // Capitals stand in the middle of their line.
        baseline: (i32::from(line) + capitals) / 2,
        capitals,
    };
    let name = format!("{}_{line}", style.role);
    table::write(&name, style.alphabet.name(), &lines, &letters, source)?;
    Ok(())
}

/// Pixels for each em of a line of so many rows: capitals are as high as half a line.
fn em(line: u8) -> f32 {
    f32::from(line) * 0.69
}
