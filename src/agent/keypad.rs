//! The keypad: what hardware sends becomes keys of the phone. Never decides what a key does, and never logs which it was.

mod device;
mod hardware;
mod keymap;
mod listen;
mod pad;
mod press;
mod serve;

pub(crate) use hardware::InputFolder;
pub use keymap::Keymap;
pub use listen::show_keys;
pub use press::{Hook, Press};
pub(crate) use serve::{Keypad, Wires};
