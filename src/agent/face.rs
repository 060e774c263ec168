//! What a phone shows: its picture, what the picture says, its lamps. Never decides what is on it.

use std::sync::Arc;

/// What a phone looks like at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Face {
    /// What the screen says, as text.
    pub text: String,
    /// Columns of the panel.
    pub width: u32,
    /// Rows of the panel.
    pub height: u32,
    /// Three bytes for each pixel, row by row from the top left.
    pub rgb: Arc<[u8]>,
    /// The lamps beside the display.
    pub lamps: Lamps,
}

/// The lamps beside the display.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lamps {
    /// Messages wait for whoever has the phone.
    pub message_waiting: bool,
    /// Somebody is signed in.
    pub signed_in: bool,
    /// Look at the screen: time is running out, or somebody was signed out.
    pub attention: bool,
}

/// A panel, whatever hardware it is. Called only when the picture or a lamp changed; it must not wait long, because keys
/// are not read meanwhile.
pub trait Display {
    /// Shows a face that differs from the one before.
    fn show(&mut self, face: &Face);
}

/// No panel: the picture is still there for whoever follows [`crate::Agent::faces`].
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDisplay;

impl Display for NoDisplay {
    fn show(&mut self, _face: &Face) {}
}
