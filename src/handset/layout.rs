//! Where things stand on a panel, told to the page so that its keys stand beside their labels.

use embedded_graphics::primitives::Rectangle;
use hotdesk_agent::PanelConfig;
use hotdesk_ui::Look;
use serde::Serialize;

/// Where labels stand on the panel, so that the page can put its keys beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Layout {
    /// The panel's name.
    pub(crate) name: String,
    /// The theme's name; empty where it is the panel's own.
    pub(crate) theme: String,
    /// "colour", "grey" or "mono": what the glass is made of.
    pub(crate) look: &'static str,
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
    pub(crate) fn of_panel(config: &PanelConfig) -> anyhow::Result<Self> {
        let panel = hotdesk_agent::panel(config)?;
        let slots = |labels: &[Rectangle]| labels.iter().copied().map(Slot::from).collect();
        Ok(Self {
            name: config.name.clone(),
            theme: config.theme.clone().unwrap_or_default(),
            look: match panel.look {
                Look::Colour => "colour",
                Look::Grey => "grey",
                Look::Mono => "mono",
            },
            width: panel.size.width,
            height: panel.size.height,
            soft_keys: slots(&panel.soft_keys),
            line_keys: slots(&panel.line_keys),
        })
    }
}

impl From<Rectangle> for Slot {
    fn from(label: Rectangle) -> Self {
        Self {
            x: label.top_left.x,
            y: label.top_left.y,
            width: label.size.width,
            height: label.size.height,
        }
    }
}
