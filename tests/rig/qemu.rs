//! A phone made of QEMU: the firmware image on a virtual ARM board, with keypad, screen, lamps and power in a test's hands.
//!
//! Nothing here knows what a phone should do; it only presses, looks and pulls plugs. Every wait is bounded and ends with
//! the last lines of the console.

mod console;
mod disk;
mod firmware;
mod machine;
mod picture;
mod qtest;
mod saved;

pub use disk::{Disk, agent_toml};
pub use firmware::Firmware;
pub use machine::{Board, Machine, Start};
pub use picture::Picture;
pub use qtest::{Edge, Qtest};
