//! The table of panels: sizes, places, fonts. To add a panel, add a row.

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

#[cfg(feature = "panel-480x272")]
use crate::fonts::FONTS_480X272;
#[cfg(feature = "panel-mono")]
use crate::fonts::FONTS_MONO;
use crate::{Fonts, Wording};

/// A display and the keys around it.
#[derive(Debug, Clone, Copy)]
pub struct Panel {
    /// Its name in a configuration file.
    pub name: &'static str,
    /// Columns and rows.
    pub size: Size,
    /// What it can show.
    pub look: Look,
    /// How much it has room to say.
    pub wording: Wording,
    /// The strip at the top.
    pub status_bar: Rectangle,
    /// Where the body goes on a screen without line keys.
    pub body: Rectangle,
    /// Where the body goes beside line keys.
    pub body_beside_keys: Rectangle,
    /// One label above each hardware soft key, from the left.
    pub soft_keys: &'static [Rectangle],
    /// One label beside each hardware line key, from the top.
    pub line_keys: &'static [Rectangle],
    /// Where it says how many keys have no place on this panel.
    pub more_keys: Rectangle,
    /// Type.
    pub fonts: Fonts,
    /// The step of the grid that everything is set on, in pixels.
    pub grid: u32,
    /// How round the corners of cards are, in pixels.
    pub radius: u32,
}

/// What a layout can make use of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Colours or many greys: cards, smooth edges.
    Colour,
    /// Two colours: lines, tabs, hand-drawn pictures.
    Mono,
}

/// Every panel that there is a layout for.
pub static PANELS: &[Panel] = &[
    #[cfg(feature = "panel-480x272")]
    Panel {
        name: "480x272",
        size: Size::new(480, 272),
        look: Look::Colour,
        wording: Wording::Full,
        status_bar: rectangle(0, 0, 480, 28),
        body: rectangle(24, 36, 432, 192),
        body_beside_keys: rectangle(24, 36, 276, 192),
        soft_keys: &[
            rectangle(4, 236, 115, 32),
            rectangle(123, 236, 115, 32),
            rectangle(242, 236, 115, 32),
            rectangle(361, 236, 115, 32),
        ],
        line_keys: &[
            rectangle(316, 38, 156, 38),
            rectangle(316, 82, 156, 38),
            rectangle(316, 126, 156, 38),
            rectangle(316, 170, 156, 38),
        ],
        more_keys: rectangle(316, 210, 156, 20),
        fonts: FONTS_480X272,
        grid: 4,
        radius: 5,
    },
    #[cfg(feature = "panel-mono")]
    Panel {
        name: "132x64",
        size: Size::new(132, 64),
        look: Look::Mono,
        wording: Wording::Brief,
        status_bar: rectangle(0, 1, 132, 9),
        body: rectangle(2, 13, 128, 40),
        body_beside_keys: rectangle(2, 13, 79, 40),
        soft_keys: &[
            rectangle(0, 53, 33, 11),
            rectangle(34, 53, 32, 11),
            rectangle(67, 53, 32, 11),
            rectangle(100, 53, 32, 11),
        ],
        line_keys: &[
            rectangle(82, 12, 50, 13),
            rectangle(82, 26, 50, 12),
            rectangle(82, 39, 50, 13),
        ],
        more_keys: rectangle(85, 0, 16, 11),
        fonts: FONTS_MONO,
        grid: 1,
        radius: 1,
    },
    #[cfg(feature = "panel-mono")]
    Panel {
        name: "128x64",
        size: Size::new(128, 64),
        look: Look::Mono,
        wording: Wording::Brief,
        status_bar: rectangle(0, 1, 128, 9),
        body: rectangle(2, 13, 124, 40),
        body_beside_keys: rectangle(2, 13, 124, 40),
        soft_keys: &[
            rectangle(0, 53, 33, 11),
            rectangle(34, 53, 31, 11),
            rectangle(66, 53, 31, 11),
            rectangle(98, 53, 30, 11),
        ],
        line_keys: &[],
        more_keys: rectangle(0, 0, 0, 0),
        fonts: FONTS_MONO,
        grid: 1,
        radius: 1,
    },
    #[cfg(feature = "panel-mono")]
    Panel {
        name: "192x64",
        size: Size::new(192, 64),
        look: Look::Mono,
        wording: Wording::Brief,
        status_bar: rectangle(0, 1, 192, 9),
        body: rectangle(2, 13, 188, 40),
        body_beside_keys: rectangle(2, 13, 124, 40),
        soft_keys: &[
            rectangle(0, 53, 48, 11),
            rectangle(49, 53, 47, 11),
            rectangle(97, 53, 47, 11),
            rectangle(145, 53, 47, 11),
        ],
        line_keys: &[
            rectangle(128, 12, 64, 13),
            rectangle(128, 26, 64, 12),
            rectangle(128, 39, 64, 13),
        ],
        more_keys: rectangle(142, 0, 16, 11),
        fonts: FONTS_MONO,
        grid: 1,
        radius: 1,
    },
];

impl Panel {
    /// The panel of that name in a configuration file, such as "480x272".
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        PANELS.iter().find(|panel| panel.name == name)
    }
}

const fn rectangle(x: i32, y: i32, width: u32, height: u32) -> Rectangle {
    Rectangle::new(Point::new(x, y), Size::new(width, height))
}
