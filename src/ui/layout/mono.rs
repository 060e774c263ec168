//! The frame of a screen on panels of two colours: a rule below the status bar, tabs for soft keys, rules between line
//! keys.

mod body;
mod form;

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use super::{Layer, Style, bottom, inset, middle, right, without_left, without_right};
use crate::icon::bitmap;
use crate::sheet::{Align, Sheet, Type};
use crate::{Font, KeyLamp, LineKeyLabel, Look, Screen, SoftKey, StatusBar};

pub(super) fn lay(layer: Layer, style: Style<'_>, screen: &Screen, sheet: &mut Sheet) {
    let (area, left_out) = style.body_area(screen);
    match layer {
        Layer::StatusBar => style.title_line(&screen.status_bar, left_out, sheet),
        Layer::Body => body::lay(style, &screen.body, area, sheet),
        Layer::LineKeys => {
            let beside_keys = area != style.panel.body;
            if beside_keys {
                style.line_keys(&screen.line_keys, sheet);
            }
        }
        Layer::SoftKeys => {
            for (key, area) in screen.soft_keys.iter().zip(&style.panel.soft_keys) {
                if let Some(key) = key {
                    style.tab(key, *area, sheet);
                }
            }
        }
    }
}

impl Style<'_> {
    /// Clock at the right, how many keys are left out above the keys, the title in what is left. What does not work is
    /// more than where one is: it takes its place.
    fn title_line(&self, bar: &StatusBar, left_out: usize, sheet: &mut Sheet) {
        let area = self.panel.status_bar;
        match self.panel.look {
            Look::Grey | Look::Colour => sheet.fill(area, self.palette.bar),
            Look::Mono => {
                let rule = Size::new(area.size.width, 1);
                let below = Point::new(area.top_left.x, bottom(area).saturating_add(1));
                sheet.fill(Rectangle::new(below, rule), self.palette.on_bar);
            }
        }
        let type_ = Type {
            font: self.panel.fonts.small,
            ink: self.palette.on_bar,
            behind: self.palette.bar,
        };
        let mut room = inset(area, self.grid(2), 0);
        if let Some(clock) = &bar.clock {
            let covered = sheet.text(clock, type_, room, Align::Right);
            room = without_right(room, covered.size.width + self.grid(4));
        }
        for sign in bar.signs.iter().rev() {
            let sign = bitmap::small(*sign);
            let x = right(room).saturating_sub_unsigned(sign.size().width);
            let at = Point::new(x, middle(area, sign.size().height));
            sheet.bitmap(sign, at, self.palette.on_bar);
            room = without_right(room, sign.size().width + self.grid(3));
        }
        if left_out > 0 {
            self.more_keys(left_out, sheet);
            let width = self.panel.more_keys.top_left.x - room.top_left.x;
            room.size.width = u32::try_from(width).unwrap_or_default();
        }
        let title = match &bar.warning {
            Some(warning) => {
                let sign = bitmap::small(warning.icon);
                let at = Point::new(room.top_left.x, middle(area, sign.size().height));
                sheet.bitmap(sign, at, self.palette.warning);
                room = without_left(room, sign.size().width + self.grid(3));
                &warning.text
            }
            None => &bar.title,
        };
        sheet.text(title, type_, room, Align::Left);
    }

    /// A tab that stands on the lower edge, right above its key; bold where it moves the person forward.
    fn tab(&self, key: &SoftKey, area: Rectangle, sheet: &mut Sheet) {
        let (fill, ink, font) = if key.primary {
            (
                self.palette.primary,
                self.palette.on_primary,
                self.panel.fonts.medium,
            )
        } else {
            (
                self.palette.key,
                self.palette.on_key,
                self.panel.fonts.small,
            )
        };
        let (corners, rest) = split(area, 1);
        sheet.fill(inset(corners, self.panel.radius, 0), fill);
        sheet.fill(rest, fill);
        let type_ = Type {
            font,
            ink,
            behind: fill,
        };
        // Letters bring the columns beside them.
        sheet.text(&key.label, type_, area, Align::Centre);
    }

    /// Labels at the right, one beside each key: on cards where there is a grey for them.
    fn line_keys(&self, labels: &[LineKeyLabel], sheet: &mut Sheet) {
        match self.panel.look {
            Look::Grey | Look::Colour => self.line_cards(labels, sheet),
            Look::Mono => self.ruled_line_keys(labels, sheet),
        }
    }

    fn line_cards(&self, labels: &[LineKeyLabel], sheet: &mut Sheet) {
        let places = labels.iter().zip(&self.panel.line_keys);
        for (label, area) in places.filter(|(label, _)| !label.is_blank()) {
            sheet.fill(*area, self.palette.card);
            self.key_label(label, (*area, self.palette.card), 4, sheet);
        }
    }

    /// With rules between them.
    fn ruled_line_keys(&self, labels: &[LineKeyLabel], sheet: &mut Sheet) {
        let keys = &self.panel.line_keys;
        let ink = self.palette.text;
        if let (Some(first), Some(last)) = (keys.first(), keys.last()) {
            let height = bottom(*last).saturating_sub(first.top_left.y);
            let size = Size::new(1, u32::try_from(height).unwrap_or_default());
            sheet.fill(Rectangle::new(first.top_left, size), ink);
        }
        for area in keys.iter().skip(1) {
            let above = area.top_left - Point::new(0, 1);
            sheet.fill(Rectangle::new(above, Size::new(area.size.width, 1)), ink);
        }
        for (label, area) in labels.iter().zip(keys) {
            let place = (without_left(*area, 1), self.palette.ground);
            self.key_label(label, place, 1, sheet);
        }
    }

    /// One label; inside out where the lamp beside the key is lit.
    fn key_label(
        &self,
        label: &LineKeyLabel,
        (area, behind): (Rectangle, Rgb888),
        air: u32,
        sheet: &mut Sheet,
    ) {
        let lit = match label.lamp {
            None | Some(KeyLamp::Free) => false,
            Some(KeyLamp::Ringing | KeyLamp::Busy | KeyLamp::Messages) => true,
        };
        let (ink, behind) = if lit {
            (self.palette.ground, self.palette.text)
        } else {
            (self.palette.text, behind)
        };
        if lit {
            sheet.fill(area, behind);
        }
        let font = self.panel.fonts.small;
        let type_ = Type { font, ink, behind };
        // What rings is marked beside what is merely in use.
        let mark = match label.lamp {
            Some(KeyLamp::Ringing) => "!",
            Some(KeyLamp::Free | KeyLamp::Busy | KeyLamp::Messages) | None => "",
        };
        let room = without_left(area, self.grid(air));
        sheet.text(&format!("{mark}{}", label.label), type_, room, Align::Left);
    }

    /// How many keys are left out, inside out: it is not a part of the words beside it.
    fn more_keys(&self, left_out: usize, sheet: &mut Sheet) {
        let area = self.panel.more_keys;
        let (ink, behind) = (self.palette.ground, self.palette.text);
        sheet.fill(area, behind);
        let font = self.panel.fonts.small;
        let type_ = Type { font, ink, behind };
        sheet.text(&format!("+{left_out}"), type_, area, Align::Centre);
    }

    /// Headlines in the largest type that has room for them on one line; in bold small type otherwise.
    fn headline(&self, text: &str, room: u32) -> &'static Font {
        let fonts = self.panel.fonts;
        let sizes = [fonts.large]
            .into_iter()
            .chain(fonts.between.iter().copied());
        super::largest_font(text, sizes, fonts.medium, room)
    }

    /// The same type in another colour.
    fn ink(&self, font: &'static Font) -> Type {
        Type {
            font,
            ink: self.palette.text,
            behind: self.palette.ground,
        }
    }
}

/// A rectangle of one line only.
fn frame(area: Rectangle, ink: Rgb888, sheet: &mut Sheet) {
    let Size { width, height } = area.size;
    let across = Size::new(width, 1);
    let down = Size::new(1, height);
    let far = area.bottom_right().unwrap_or(area.top_left);
    sheet.fill(Rectangle::new(area.top_left, across), ink);
    sheet.fill(Rectangle::new(area.top_left, down), ink);
    let left_below = Point::new(area.top_left.x, far.y);
    sheet.fill(Rectangle::new(left_below, across), ink);
    let right_above = Point::new(right(area).saturating_sub(1), area.top_left.y);
    sheet.fill(Rectangle::new(right_above, down), ink);
}

/// The uppermost rows of a rectangle, and the rest.
fn split(area: Rectangle, rows: u32) -> (Rectangle, Rectangle) {
    let rows = rows.min(area.size.height);
    let width = area.size.width;
    let upper = Rectangle::new(area.top_left, Size::new(width, rows));
    let lower = Rectangle::new(
        area.top_left + Size::new(0, rows),
        Size::new(width, area.size.height - rows),
    );
    (upper, lower)
}
