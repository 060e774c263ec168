//! A display and the keys around it. The panels that are built in are files in `assets/panels`; a vendor's own panel is a
//! file like them, read when the phone starts.

mod table;
#[cfg(test)]
mod table_tests;

use std::sync::LazyLock;

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

pub use table::PanelError;

pub(crate) use table::line_of;

use crate::theme::{Palette, Theme};
use crate::{Fonts, Wording};

/// A display and the keys around it.
#[derive(Debug, Clone)]
pub struct Panel {
    /// Its name in a configuration file.
    pub name: String,
    /// Columns and rows.
    pub size: Size,
    /// Bits for each pixel.
    pub depth: u8,
    /// How far the picture is turned on the glass, clockwise, in degrees: 0, 90, 180 or 270.
    pub rotation: u16,
    /// What it can show.
    pub look: Look,
    /// How much it has room to say.
    pub wording: Wording,
    /// The strip at the top.
    pub status_bar: Rectangle,
    /// Where the body goes on a screen without line keys.
    pub body: Rectangle,
    /// One label above each hardware soft key, from the left.
    pub soft_keys: Vec<Rectangle>,
    /// One label beside each hardware line key, in the order in which they are given to a person's keys.
    pub line_keys: Vec<Rectangle>,
    /// Where it says how many keys have no place on this panel.
    pub more_keys: Rectangle,
    /// Type.
    pub fonts: Fonts,
    /// The step of the grid that everything is set on, in pixels.
    pub grid: u32,
    /// How round the corners of cards are, in pixels.
    pub radius: u32,
    /// Colours and logo.
    pub theme: Theme,
}

/// What a layout can make use of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Colours or many greys: cards, smooth edges.
    Colour,
    /// Four greys: cards, type and pictures drawn by hand.
    Grey,
    /// Two colours: lines, tabs, hand-drawn pictures.
    Mono,
}

/// Every panel that is built in.
pub static PANELS: LazyLock<Vec<Panel>> = LazyLock::new(|| {
    // One that could not be read would be missing here, which a test would see.
    let read = |text: &&str| Panel::parse(text).ok();
    BUILT_IN.iter().filter_map(read).collect()
});

/// The files of the panels whose type is compiled in.
const BUILT_IN: &[&str] = &[
    #[cfg(feature = "panel-480x272")]
    include_str!("../../assets/panels/480x272.toml"),
    #[cfg(feature = "panel-800x480")]
    include_str!("../../assets/panels/800x480.toml"),
    #[cfg(feature = "panel-320x240")]
    include_str!("../../assets/panels/320x240.toml"),
    #[cfg(feature = "panel-208x104")]
    include_str!("../../assets/panels/208x104.toml"),
    #[cfg(feature = "panel-mono")]
    include_str!("../../assets/panels/132x64.toml"),
    #[cfg(feature = "panel-mono")]
    include_str!("../../assets/panels/128x64.toml"),
    #[cfg(feature = "panel-mono")]
    include_str!("../../assets/panels/192x64.toml"),
];

impl Panel {
    /// The built-in panel of that name in a configuration file, such as "480x272".
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        PANELS.iter().find(|panel| panel.name == name)
    }

    /// Reads the text of a panel's file.
    ///
    /// # Errors
    /// The first mistake in it: which key, what is wrong and what to do.
    pub fn parse(text: &str) -> Result<Self, PanelError> {
        table::parse(text)
    }

    /// The colours of a screen.
    pub(crate) fn palette(&self, emergency: bool) -> &Palette {
        if emergency {
            &self.theme.emergency
        } else {
            &self.theme.calm
        }
    }

    /// Where the body goes when so many line keys have labels: what they leave of it at either side.
    pub(crate) fn body_beside(&self, labels: usize) -> Rectangle {
        let Some(bottom_right) = self.body.bottom_right() else {
            return self.body;
        };
        let air = match self.look {
            Look::Colour => self.grid.saturating_mul(4),
            Look::Grey | Look::Mono => self.grid,
        };
        let middle = self.size.width as i32 / 2;
        let (mut from, mut to) = (self.body.top_left.x, bottom_right.x);
        for key in self.line_keys.iter().take(labels) {
            if key.center().x < middle {
                let edge = key.top_left.x.saturating_add_unsigned(key.size.width);
                from = from.max(edge.saturating_add_unsigned(air));
            } else {
                let edge = key.top_left.x.saturating_sub(1);
                to = to.min(edge.saturating_sub_unsigned(air));
            }
        }
        let left_over = Point::new(from, self.body.top_left.y);
        Rectangle::with_corners(left_over, Point::new(to.max(from), bottom_right.y))
    }
}
