//! The agent on a phone: the shell around the session, SIP and the screens.
//!
//! [`Agent::start`] with a [`Config`] and the [`Seams`] runs one phone; [`Agent::faces`] and [`Agent::status`] follow it.
//! What is decided is decided in `hotdesk-session`; this crate carries it out: sockets, HTTPS, flash, control socket.

#![warn(missing_docs)]

mod accounts;
mod agent;
mod asking;
mod backoff;
mod client;
mod clock;
mod config;
mod control;
mod core;
mod deadline;
mod device_key;
mod devices;
pub mod discovery;
mod display;
mod drivers;
mod errand;
mod events;
mod face;
mod gpio;
mod keypad;
mod lamps;
pub mod logging;
mod network;
mod offline;
mod onlooker;
mod panel;
pub mod protocol;
mod run;
mod seal;
mod sse;
mod standin;
mod status;
mod store;
mod tasks;
#[cfg(test)]
mod test_server;
mod timekeeper;
mod timer;
mod tls;
mod transport;
mod wall;

pub use self::core::{Birth, PhoneCore};
pub use accounts::Route;
pub use agent::{Agent, Handles, KEYS_WAITING_MAX, Seams};
pub use clock::Clock;
pub use config::{
    BacklightConfig, ChipConfig, Config, Controller, DeviceChoice, DiscoveryConfig, DisplayConfig,
    Fittings, FramebufferConfig, Grab, KeypadConfig, LampAt, LampConfig, LampsConfig, LineConfig,
    Link, Log, Mount, Rotation, ToneConfig,
};
pub use device_key::{DeviceKey, KEY_BYTES};
pub use display::DisplayTest;
pub use errand::{Errand, Question, Request};
pub use face::{Face, Lamps};
pub use keypad::{Hook, Keymap, Press, show_keys};
pub use panel::{PanelConfig, panel};
pub use status::{ActivityName, Notice, Status, ToneName, User};
pub use timekeeper::{keep_clock, time_server};
