//! Panels that hang on pins: what arrives at a controller when the levels on its wires change.

mod color;
mod pages;

use super::{Edge, Picture};
pub use color::ColorChip;
pub use pages::PageChip;

/// A panel's controller, so far as pictures need it.
pub trait PanelChip: Clone {
    /// A byte came while the command line was low.
    fn command(&mut self, byte: u8);

    /// A byte came while it was high.
    fn data(&mut self, byte: u8);

    /// What the glass shows.
    ///
    /// # Errors
    /// When it shows nothing, with the reason.
    fn picture(&self) -> Result<Picture, String>;
}

/// A panel that hears what its wires say.
#[derive(Debug)]
pub struct Wired<C> {
    wires: SpiWires,
    /// What is on the glass is its business.
    pub chip: C,
    as_made: C,
}

impl<C: PanelChip> Wired<C> {
    /// One with this controller, before it was reset.
    pub fn new(chip: C) -> Self {
        Self {
            wires: SpiWires::default(),
            as_made: chip.clone(),
            chip,
        }
    }

    /// A line changed its level.
    pub fn edge(&mut self, edge: Edge) {
        match self.wires.word(edge) {
            Some(Word::Reset) => self.chip = self.as_made.clone(),
            Some(Word::Command(byte)) => self.chip.command(byte),
            Some(Word::Data(byte)) => self.chip.data(byte),
            None => {}
        }
    }
}

/// Lines of [`super::Board::Glass`], by number.
const CLOCK: usize = 0;
const DATA: usize = 1;
const SELECT: usize = 2;
const COMMAND: usize = 4;
const RESET: usize = 5;

/// What arrives at a controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// It forgets everything.
    Reset,
    /// Eight bits while the command line was low.
    Command(u8),
    /// Eight bits while it was high.
    Data(u8),
}

/// A serial bus in mode 0 with a line that tells commands from data, and one that resets. Until it was reset, a controller
/// hears nothing: what came before was not all seen.
#[derive(Debug, Default)]
struct SpiWires {
    levels: [bool; 8],
    bits: u8,
    count: u8,
    was_reset: bool,
}

impl SpiWires {
    fn word(&mut self, edge: Edge) -> Option<Word> {
        let pin = usize::from(edge.pin);
        self.levels[pin] = edge.high;
        match pin {
            RESET => {
                self.was_reset = true;
                return Some(Word::Reset);
            }
            // Low while the panel is meant; bits do not count across that.
            SELECT => self.count = 0,
            CLOCK if edge.high && !self.levels[SELECT] => {
                self.bits = self.bits << 1 | u8::from(self.levels[DATA]);
                self.count += 1;
            }
            _ => {}
        }
        if self.count < 8 || !self.was_reset || !self.levels[RESET] {
            return None;
        }
        self.count = 0;
        Some(if self.levels[COMMAND] {
            Word::Data(self.bits)
        } else {
            Word::Command(self.bits)
        })
    }
}
