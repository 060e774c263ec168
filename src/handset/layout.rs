//! Where things stand on a panel, told to the page so that its keys stand beside their labels.

use anyhow::ensure;
use serde::Serialize;

/// Where labels stand on the panel, so that the page can put its keys beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Layout {
    /// Pixels.
    pub(crate) width: u32,
    /// Pixels.
    pub(crate) height: u32,
    /// From the left.
    pub(crate) soft_keys: Vec<Slot>,
    /// From the top.
    pub(crate) line_keys: Vec<Slot>,
}

/// A rectangle on the panel, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Slot {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Layout {
    /// # Errors
    /// When no panel has this name.
    pub(crate) fn of_panel(name: &str) -> anyhow::Result<Self> {
        ensure!(
            name == "480x272",
            "display.panel: no panel is called {name:?}"
        );
        let slot = |x, y, width, height| Slot {
            x,
            y,
            width,
            height,
        };
        Ok(Self {
            width: 480,
            height: 272,
            soft_keys: [4, 123, 242, 361].map(|x| slot(x, 236, 115, 32)).to_vec(),
            line_keys: [40, 87, 134, 181].map(|y| slot(316, y, 156, 41)).to_vec(),
        })
    }
}
