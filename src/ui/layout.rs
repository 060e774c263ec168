//! Where everything of a screen goes on a panel. Decides places and sizes; draws nothing.

mod body;
mod column;
mod form;

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::measure::width;
use crate::sheet::{Align, Sheet, Type};
use crate::theme::{CALM, EMERGENCY, Palette};
use crate::{Body, LineKeyLabel, Panel, Screen, SoftKey, StatusBar, icon};

/// What the parts of a layout share.
#[derive(Clone, Copy)]
pub(crate) struct Style<'a> {
    pub(crate) panel: &'a Panel,
    pub(crate) palette: &'a Palette,
}

/// Sets a screen on a panel.
pub(crate) fn layout(screen: &Screen, panel: &Panel) -> Sheet {
    let style = Style {
        panel,
        palette: palette(&screen.body),
    };
    let mut sheet = Sheet::default();
    sheet.fill(
        Rectangle::new(Point::zero(), panel.size),
        style.palette.ground,
    );
    style.status_bar(&screen.status_bar, &mut sheet);
    let area = if screen.line_keys.is_empty() {
        panel.body
    } else {
        panel.body_beside_keys
    };
    body::lay(style, &screen.body, area, &mut sheet);
    for (label, area) in screen.line_keys.iter().zip(panel.line_keys) {
        style.line_key(label, *area, &mut sheet);
    }
    let left_out = screen.line_keys.len().saturating_sub(panel.line_keys.len());
    if left_out > 0 {
        let more = format!("+{left_out}");
        let room = inset(panel.more_keys, style.grid(3), 0);
        sheet.text(&more, style.quiet(), room, Align::Right);
    }
    for (key, area) in screen.soft_keys.iter().zip(panel.soft_keys) {
        if let Some(key) = key {
            style.soft_key(key, *area, &mut sheet);
        }
    }
    sheet
}

fn palette(body: &Body) -> &'static Palette {
    match body {
        Body::Number(number) if number.emergency => &EMERGENCY,
        Body::Notice(_)
        | Body::Figure(_)
        | Body::Form(_)
        | Body::Steps(_)
        | Body::Identity(_)
        | Body::Facts(_)
        | Body::Number(_) => &CALM,
    }
}

impl Style<'_> {
    /// So many steps of the grid, in pixels.
    pub(crate) fn grid(&self, steps: u32) -> u32 {
        self.panel.grid.saturating_mul(steps)
    }

    /// Small text on the ground, beside the main thing.
    pub(crate) fn quiet(&self) -> Type {
        Type {
            font: self.panel.fonts.small,
            ink: self.palette.quiet,
            behind: self.palette.ground,
        }
    }

    /// Clock at the right, a warning before it, the title in what is left.
    fn status_bar(&self, bar: &StatusBar, sheet: &mut Sheet) {
        let area = self.panel.status_bar;
        sheet.fill(area, self.palette.bar);
        let type_ = |ink| Type {
            font: self.panel.fonts.small,
            ink,
            behind: self.palette.bar,
        };
        let mut room = inset(area, self.grid(3), 0);
        if let Some(clock) = &bar.clock {
            let covered = sheet.text(clock, type_(self.palette.on_bar), room, Align::Right);
            room = without_right(room, covered.size.width + self.grid(4));
        }
        if let Some(warning) = &bar.warning {
            let colors = (self.palette.warning, self.palette.bar);
            let side = self.grid(4);
            let text = sheet.text(&warning.text, type_(colors.0), room, Align::Right);
            room = without_right(room, text.size.width + self.grid(2) + side);
            let at = Point::new(right(room), middle(area, side));
            sheet.icon(icon::parts(warning.icon), at, side, colors);
            room = without_right(room, self.grid(4));
        }
        sheet.text(
            &bar.title,
            type_(self.palette.on_bar_quiet),
            room,
            Align::Left,
        );
    }

    fn soft_key(&self, key: &SoftKey, area: Rectangle, sheet: &mut Sheet) {
        let (fill, ink) = if key.primary {
            (self.palette.primary, self.palette.on_primary)
        } else {
            (self.palette.key, self.palette.on_key)
        };
        sheet.card(area, self.panel.radius, fill, self.palette.ground);
        let type_ = Type {
            font: self.panel.fonts.small,
            ink,
            behind: fill,
        };
        sheet.text(
            &key.label,
            type_,
            inset(area, self.grid(2), 0),
            Align::Centre,
        );
    }

    fn line_key(&self, key: &LineKeyLabel, area: Rectangle, sheet: &mut Sheet) {
        let fill = self.palette.card;
        sheet.card(area, self.panel.radius, fill, self.palette.ground);
        let mut room = inset(area, self.grid(3), 0);
        if let Some(kind) = key.icon {
            let side = self.grid(4);
            room = without_right(room, side);
            let at = Point::new(right(room), middle(area, side));
            sheet.icon(icon::parts(kind), at, side, (self.palette.quiet, fill));
            room = without_right(room, self.grid(2));
        }
        let type_ = Type {
            font: self.panel.fonts.small,
            ink: self.palette.text,
            behind: fill,
        };
        sheet.text(&key.label, type_, room, Align::Left);
    }

    /// The largest of some fonts in which a text fits on one line, else the last of them.
    pub(crate) fn largest_font(
        text: &str,
        fonts: &[&'static crate::Font],
        smallest: &'static crate::Font,
        room: u32,
    ) -> &'static crate::Font {
        fonts
            .iter()
            .copied()
            .find(|font| width(font, text) <= room)
            .unwrap_or(smallest)
    }
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
