//! The frame of a screen on panels with colours: status bar, cards for soft keys and line keys.

mod body;
mod form;

use embedded_graphics::prelude::Point;
use embedded_graphics::primitives::Rectangle;

use super::{Layer, Style, inset, middle, right, without_right};
use crate::measure::width;
use crate::sheet::{Align, Sheet, Type};
use crate::{KeyLamp, LineKeyLabel, Screen, SoftKey, StatusBar, icon};

pub(super) fn lay(layer: Layer, style: Style<'_>, screen: &Screen, sheet: &mut Sheet) {
    let (area, left_out) = style.body_area(screen);
    match layer {
        Layer::StatusBar => style.status_bar(&screen.status_bar, sheet),
        Layer::Body => body::lay(style, &screen.body, area, sheet),
        Layer::LineKeys => {
            for (label, area) in screen.line_keys.iter().zip(&style.panel.line_keys) {
                style.line_key(label, *area, sheet);
            }
            if left_out > 0 {
                let room = inset(style.panel.more_keys, style.grid(3), 0);
                sheet.text(&format!("+{left_out}"), style.quiet(), room, Align::Right);
            }
        }
        Layer::SoftKeys => {
            for (key, area) in screen.soft_keys.iter().zip(&style.panel.soft_keys) {
                if let Some(key) = key {
                    style.soft_key(key, *area, sheet);
                }
            }
        }
    }
}

impl Style<'_> {
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
        for sign in bar.signs.iter().rev() {
            let side = self.grid(4);
            let at = Point::new(
                right(room).saturating_sub_unsigned(side),
                middle(area, side),
            );
            let colors = (self.palette.on_bar, self.palette.bar);
            sheet.icon(icon::parts(*sign), at, side, colors);
            room = without_right(room, side + self.grid(3));
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
        if key.is_blank() {
            return;
        }
        let fill = self.palette.card;
        sheet.card(area, self.panel.radius, fill, self.palette.ground);
        let mut room = inset(area, self.grid(3), 0);
        if let Some(lamp) = key.lamp {
            let side = self.grid(3);
            let ink = match lamp {
                KeyLamp::Free => self.palette.registered,
                KeyLamp::Ringing | KeyLamp::Messages => self.palette.warning,
                KeyLamp::Busy => self.palette.refusal,
            };
            room = without_right(room, side);
            let at = Point::new(right(room), middle(area, side));
            sheet.icon(icon::lamp(true), at, side, (ink, fill));
            room = without_right(room, self.grid(2));
        }
        let side = self.grid(4);
        let font = self.panel.fonts.small;
        let whole = width(font, &key.label) + side + self.grid(2) <= room.size.width;
        // A lamp says more than the icon beside it, and the label more than both.
        if let Some(kind) = key.icon.filter(|_| whole || key.lamp.is_none()) {
            room = without_right(room, side);
            let at = Point::new(right(room), middle(area, side));
            sheet.icon(icon::parts(kind), at, side, (self.palette.quiet, fill));
            room = without_right(room, self.grid(2));
        }
        let type_ = Type {
            font,
            ink: self.palette.text,
            behind: fill,
        };
        sheet.text(&key.label, type_, room, Align::Left);
    }
}
