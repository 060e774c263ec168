//! A phone made of QEMU: the firmware image on a virtual ARM board, with keypad, screen, lamps and power in a test's hands.
//!
//! Nothing here knows what a phone should do; it only presses, looks and pulls plugs. Every wait is bounded and ends with
//! the last lines of the console.

mod answers;
mod board;
mod console;
mod disk;
mod firmware;
mod frame;
mod lan;
mod machine;
mod picture;
mod qtest;
mod saved;
mod wired;
mod writes;

pub use board::Board;
pub use disk::{Disk, agent_toml};
pub use firmware::Firmware;
pub use frame::{FRAMES, Frame, MOVING_FRAME};
pub use lan::{DhcpServer, in_own_network};
pub use machine::{Machine, Start, time_of_day};
pub use picture::Picture;
pub use qtest::{Edge, Qtest};
pub use wired::{ColorChip, PageChip, PanelChip, Wired};
pub use writes::{Writes, unpack};
