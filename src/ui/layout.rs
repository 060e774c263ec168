//! Where everything of a screen goes on a panel. Decides places and sizes; draws nothing.

mod choices;
mod colour;
mod column;
mod mono;
mod typed;

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::measure::width;
use crate::sheet::{Sheet, Type};
use crate::theme::{Logo, Palette};
use crate::{Body, Font, Look, Notice, Panel, Screen};

/// What the parts of a layout share.
#[derive(Clone, Copy)]
pub(crate) struct Style<'a> {
    pub(crate) panel: &'a Panel,
    pub(crate) palette: &'a Palette,
}

/// A part of a screen that is set by itself: as long as it says the same, it need not be set again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Layer {
    /// The ground, and the status bar on it.
    StatusBar,
    Body,
    LineKeys,
    SoftKeys,
}

impl Layer {
    /// All of them, the lowest first.
    pub(crate) const ALL: [Self; 4] = [Self::StatusBar, Self::Body, Self::LineKeys, Self::SoftKeys];

    /// Puts it on a sheet.
    pub(crate) fn lay(self, screen: &Screen, panel: &Panel, sheet: &mut Sheet) {
        let style = Style {
            panel,
            palette: panel.palette(is_emergency(&screen.body)),
        };
        if let Self::StatusBar = self {
            let all = Rectangle::new(Point::zero(), panel.size);
            sheet.fill(all, style.palette.ground);
        }
        match panel.look {
            Look::Colour => colour::lay(self, style, screen, sheet),
            Look::Grey | Look::Mono => mono::lay(self, style, screen, sheet),
        }
    }

    /// Whether it is the same on two screens of one panel: what it says, its place and its colours.
    pub(crate) fn is_same(self, a: &Screen, b: &Screen) -> bool {
        // Line keys take room from the others, and an emergency call has colours of its own.
        let around = |screen: &Screen| {
            let keys = (screen.line_keys.len(), screen.keys_not_shown);
            (keys, is_emergency(&screen.body))
        };
        let says_same = match self {
            Self::StatusBar => a.status_bar == b.status_bar,
            Self::Body => a.body == b.body,
            Self::LineKeys => a.line_keys == b.line_keys,
            Self::SoftKeys => a.soft_keys == b.soft_keys,
        };
        says_same && around(a) == around(b)
    }
}

/// Sets a whole screen on a panel.
pub(crate) fn layout(screen: &Screen, panel: &Panel) -> Sheet {
    let mut sheet = Sheet::with_room();
    for layer in Layer::ALL {
        layer.lay(screen, panel, &mut sheet);
    }
    sheet
}

fn is_emergency(body: &Body) -> bool {
    match body {
        Body::Number(number) => number.emergency,
        Body::Notice(_)
        | Body::Figure(_)
        | Body::Form(_)
        | Body::Steps(_)
        | Body::Identity(_)
        | Body::Facts(_)
        | Body::Choices(_) => false,
    }
}

impl Style<'_> {
    /// So many steps of the grid, in pixels.
    pub(crate) fn grid(&self, steps: u32) -> u32 {
        self.panel.grid.saturating_mul(steps)
    }

    /// The vendor's logo on a screen that shows it.
    fn logo(&self, notice: &Notice) -> Option<&Logo> {
        self.panel.theme.logo.as_ref().filter(|_| notice.logo)
    }

    /// Small text on the ground, beside the main thing.
    pub(crate) fn quiet(&self) -> Type {
        Type {
            font: self.panel.fonts.small,
            ink: self.palette.quiet,
            behind: self.palette.ground,
        }
    }

    /// Where the body goes, and how many keys that have labels have no place on this panel. A panel without line keys
    /// leaves out nothing: nobody looks for them there.
    fn body_area(&self, screen: &Screen) -> (Rectangle, usize) {
        let (labels, keys) = (screen.line_keys.len(), self.panel.line_keys.len());
        if labels == 0 || keys == 0 {
            (self.panel.body, 0)
        } else {
            let left_out = labels.saturating_sub(keys);
            let left_out = left_out.saturating_add(screen.keys_not_shown);
            (self.panel.body_beside(labels), left_out)
        }
    }
}

/// The largest of some fonts in which a text fits on one line, else the last of them.
pub(crate) fn largest_font(
    text: &str,
    fonts: impl IntoIterator<Item = &'static Font>,
    smallest: &'static Font,
    room: u32,
) -> &'static Font {
    fonts
        .into_iter()
        .find(|font| width(font, text) <= room)
        .unwrap_or(smallest)
}

/// The same rectangle, smaller at the sides and at top and bottom.
pub(crate) fn inset(area: Rectangle, sides: u32, ends: u32) -> Rectangle {
    let offset = Point::zero() + Size::new(sides, ends);
    let less = Size::new(sides.saturating_mul(2), ends.saturating_mul(2));
    Rectangle::new(area.top_left + offset, area.size.saturating_sub(less))
}

/// The same rectangle without so many columns at the right.
pub(crate) fn without_right(area: Rectangle, columns: u32) -> Rectangle {
    Rectangle::new(
        area.top_left,
        area.size.saturating_sub(Size::new(columns, 0)),
    )
}

/// The same rectangle without so many columns at the left.
pub(crate) fn without_left(area: Rectangle, columns: u32) -> Rectangle {
    let columns = columns.min(area.size.width);
    Rectangle::new(
        area.top_left + Size::new(columns, 0),
        area.size.saturating_sub(Size::new(columns, 0)),
    )
}

/// The column behind a rectangle.
pub(crate) fn right(area: Rectangle) -> i32 {
    area.top_left.x.saturating_add_unsigned(area.size.width)
}

/// The row behind a rectangle.
pub(crate) fn bottom(area: Rectangle) -> i32 {
    area.top_left.y.saturating_add_unsigned(area.size.height)
}

/// Where something so high begins to stand in the vertical middle of a rectangle.
pub(crate) fn middle(area: Rectangle, height: u32) -> i32 {
    area.top_left
        .y
        .saturating_add_unsigned(area.size.height.saturating_sub(height) / 2)
}
