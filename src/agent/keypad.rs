//! The keypad: what hardware sends becomes keys of the phone. Never decides what a key does, and never logs which it was.

mod device;
mod hardware;
mod keymap;
mod listen;
mod pad;
mod press;
mod serve;

pub(crate) use hardware::InputFolder;
pub(crate) use keymap::HookTable;
pub use keymap::Keymap;
#[cfg(test)]
pub(crate) use keymap::Sensor;
pub use listen::show_keys;
pub use press::{Hook, Press};
pub(crate) use serve::{Keypad, Wires};
