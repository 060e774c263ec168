//! What a phone shows: `Screen::of` turns the session's view into plain data, `paint` turns that data into pixels.
//!
//! Both are pure functions. This crate never opens a framebuffer, never reads a clock, a file or the environment, and
//! never decides what happens next: it only says what is.
//!
//! ```text
//! View + Scene ──Screen::of──▶ Screen ──paint + Panel──▶ Picture
//! ```
//!
//! To add a screen: its texts in `assets/i18n`, a function in `screens/`, a sample in `gallery/`. To add a panel: a file in
//! `assets/panels`, which says as well what look it has (`layout/colour`, `layout/mono`) and how much it has room to say. To
//! add a language: a file in `assets/i18n`.
//!
//! A shell compares the new [`Screen`] with the one on the panel and draws only when they differ; a [`Drawing`] then paints
//! only what changed, and its [`Damage`] says where that was.

#![warn(missing_docs)]

#[cfg(not(any(feature = "smooth", feature = "crisp")))]
compile_error!("a phone has a panel: choose at least one of the panel- features");

mod canvas;
mod clock;
mod damage;
mod drawing;
mod dump;
mod fonts;
mod icon;
mod layout;
mod measure;
mod paint;
mod panel;
mod picture;
#[cfg(any(test, feature = "preview"))]
pub mod preview;
mod scene;
mod screen;
mod screens;
mod shape;
mod sheet;
mod spelling;
mod text;
pub mod theme;
mod trouble;

pub use canvas::Canvas;
pub use damage::Damage;
pub use drawing::Drawing;
pub use fonts::{Font, Fonts};
pub use hotdesk_provisioning::Language;
pub use paint::paint;
pub use panel::{Look, PANELS, Panel, PanelError};
pub use picture::Picture;
pub use scene::{Facts, Scene};
pub use screen::{
    Body, Candidates, Choice, Fact, Figure, Form, FormField, Icon, Identity, Ink, KeyLamp,
    LineKeyLabel, Note, Notice, Number, Progress, Readable, Screen, SoftKey, StatusBar, Step,
    Steps, Warning,
};
pub use text::{Wording, languages};
pub use trouble::Trouble;

#[cfg(test)]
extern crate self as hotdesk_ui;
#[cfg(test)]
mod any_tests;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod gallery;
#[cfg(test)]
mod gallery_tests;
#[cfg(test)]
mod goldens;
#[cfg(test)]
mod looks_tests;
#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod panel_tests;
