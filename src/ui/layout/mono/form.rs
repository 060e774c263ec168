//! Fields to fill: the one with the cursor in a frame, the others on a line, a refusal below them inside out.

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use super::{frame, split};
use crate::icon::bitmap;
use crate::layout::{Style, bottom, inset, middle, right, typed, without_left, without_right};
use crate::measure::{width, wrap};
use crate::sheet::{Align, Sheet, Type};
use crate::{Form, FormField, Ink, Note};

/// Columns from one hidden character to the next.
const DOT_STEP: u32 = 6;

pub(super) fn lay(style: Style<'_>, form: &Form, area: Rectangle, sheet: &mut Sheet) {
    let small = style.panel.fonts.small;
    // A field with its air; the lines of the note have what is left, whether there is one or not: fields never jump.
    let field = small.line_height() + style.grid(4);
    let label = |field: &FormField| width(small, &field.label);
    let labels = form.fields.iter().map(label).max().unwrap_or_default() + style.grid(4);
    let mut rest = area;
    for entry in &form.fields {
        if rest.size.height < field {
            return;
        }
        let (row, below) = split(rest, field);
        let row = Rectangle::new(row.top_left, row.size - Size::new(0, 1));
        let label = Rectangle::new(row.top_left, Size::new(labels, row.size.height));
        sheet.text(&entry.label, style.quiet(), label, Align::Left);
        lay_field(style, entry, without_left(row, labels), sheet);
        rest = below;
    }
    if let Some(note) = &form.below() {
        lay_note(style, note, rest, sheet);
    }
}

fn lay_field(style: Style<'_>, field: &FormField, area: Rectangle, sheet: &mut Sheet) {
    let ink = style.palette.text;
    let card = style.palette.card;
    if card != style.palette.ground {
        sheet.fill(area, card);
    }
    if field.focused {
        frame(area, ink, sheet);
    } else if card == style.palette.ground {
        let line = Point::new(area.top_left.x, bottom(area).saturating_sub(1));
        sheet.fill(Rectangle::new(line, Size::new(area.size.width, 1)), ink);
    }
    let mut room = inset(area, style.grid(3), 0);
    if let Some(letters) = &field.letters {
        let type_ = Type {
            behind: card,
            ..style.ink(style.panel.fonts.small)
        };
        let covered = sheet.text(letters, type_, room, Align::Right);
        room = without_right(room, covered.size.width + style.grid(1));
    }
    let room = without_right(room, style.grid(2));
    let font = style.panel.fonts.medium;
    let type_ = Type {
        behind: card,
        ..style.ink(font)
    };
    let text = typed::text(style, field, (room, type_, DOT_STEP), sheet);
    let dot = bitmap::dot();
    let mut x = right(text);
    let gaps = (DOT_STEP.saturating_sub(dot.size().width), 1);
    let mut cursor =
        typed::cursor_in_text(field, font, text).or_else(|| typed::cursor_in_front(field, x, gaps));
    for index in 0..field.dots {
        if x.saturating_add_unsigned(dot.size().width) > right(room) {
            break;
        }
        match typed::dot(field, index) {
            Some(readable) => x = typed::readable(readable, x, (area, type_, DOT_STEP), sheet),
            None => {
                sheet.bitmap(dot, Point::new(x, middle(area, dot.size().height)), ink);
                x = x.saturating_add_unsigned(DOT_STEP);
            }
        }
        if typed::cursor_is_behind(field, index) {
            cursor = Some(typed::cursor_between(field, x, gaps));
        }
    }
    if field.focused {
        let x = cursor.unwrap_or(x);
        let height = area.size.height.saturating_sub(style.grid(4));
        let cursor = Rectangle::new(Point::new(x, middle(area, height)), Size::new(1, height));
        sheet.fill(cursor, ink);
    }
}

fn lay_note(style: Style<'_>, note: &Note, area: Rectangle, sheet: &mut Sheet) {
    let (palette, small) = (style.palette, style.panel.fonts.small);
    let line = small.line_height();
    let mut room = inset(area, style.grid(2), 0);
    if let Some(code) = &note.code {
        room = without_right(room, width(small, code) + style.grid(4));
    }
    let most = (area.size.height / line.max(1)) as usize;
    let lines = wrap(small, &note.text, room.size.width, most);
    let count = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    // A row of air above the letters.
    let height = count.saturating_mul(line) + style.grid(1);
    let band = Rectangle::new(
        Point::new(area.top_left.x, middle(area, height)),
        Size::new(area.size.width, height),
    );
    let (ink, behind) = match note.ink {
        Ink::Plain | Ink::Quiet => (palette.text, palette.ground),
        Ink::Refusal => (palette.ground, palette.text),
    };
    sheet.fill(band, behind);
    let font = small;
    let type_ = Type { font, ink, behind };
    let mut row = Rectangle::new(
        Point::new(
            room.top_left.x,
            bottom(band).saturating_sub_unsigned(count.saturating_mul(line)),
        ),
        Size::new(room.size.width, line),
    );
    if let Some(code) = &note.code {
        let ends = inset(area, style.grid(2), 0);
        let first = Rectangle::new(row.top_left, Size::new(ends.size.width, line));
        sheet.text(code, type_, first, Align::Right);
    }
    for fitted in lines {
        sheet.line(fitted, type_, row, Align::Left);
        row.top_left.y = bottom(row);
    }
}
