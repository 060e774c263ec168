//! The virtual handset: real agents with a browser page as display and keypad.
//!
//! Each phone on the page is the same agent that runs on a desk: it enrols, asks the provisioning server, registers and
//! paints its screen itself. This crate hands it key presses and shows its pixels; it never decides what a phone does.

mod config;
mod desk;
mod guard;
mod handset;
mod layout;
mod machine;
mod picture;
mod qmp;
mod rack;
mod stream;
mod web;

pub use config::{Config, Kind, PhoneConfig};
pub use handset::Handsets;
pub use machine::{MachineConfig, qcode};
pub use qmp::Qmp;
