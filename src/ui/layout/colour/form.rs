//! Fields to fill: labels at the left, values on cards, a sentence below.

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::layout::{Style, bottom, inset, middle, right, typed, without_left, without_right};
use crate::measure::wrap;
use crate::sheet::{Align, Sheet, Type};
use crate::{Form, FormField, Note, icon};

/// Columns of a cursor, and of the edge of the field that has it.
pub(super) fn cursor(style: Style<'_>) -> u32 {
    (style.grid(1) / 2).max(2)
}

/// Columns and rows of one hidden character.
fn dot(style: Style<'_>) -> u32 {
    style.grid(7) / 4
}

/// Columns from one hidden character to the next.
fn dot_step(style: Style<'_>) -> u32 {
    style.grid(11) / 4
}

/// Lines that a note may take.
const NOTE_LINES: u32 = 2;

pub(super) fn lay(style: Style<'_>, form: &Form, area: Rectangle, sheet: &mut Sheet) {
    let (field_height, gap) = (style.grid(10), style.grid(4));
    let count = u32::try_from(form.fields.len()).unwrap_or(u32::MAX);
    let note_height = NOTE_LINES * style.panel.fonts.small.line_height();
    // Room for the note is kept whether there is one or not: fields never jump.
    let total = count
        .saturating_mul(field_height + gap)
        .saturating_add(note_height);
    let labels = area.size.width / 4;
    let mut row = Rectangle::new(
        Point::new(area.top_left.x, middle(area, total)),
        Size::new(area.size.width, field_height),
    );
    for field in &form.fields {
        if bottom(row) > bottom(area) {
            return;
        }
        let label = Rectangle::new(row.top_left, Size::new(labels, field_height));
        sheet.text(&field.label, style.quiet(), label, Align::Left);
        lay_field(style, field, without_left(row, labels), sheet);
        row.top_left.y = bottom(row).saturating_add_unsigned(gap);
    }
    if let Some(note) = &form.below() {
        row.size.height = note_height;
        lay_note(style, note, without_left(row, labels), sheet);
    }
}

fn lay_field(style: Style<'_>, field: &FormField, area: Rectangle, sheet: &mut Sheet) {
    let (palette, radius) = (style.palette, style.panel.radius);
    let (caret, dot, dot_step) = (cursor(style), dot(style), dot_step(style));
    if field.focused {
        sheet.card(area, radius, palette.focus, palette.ground);
        let inner = inset(area, caret, caret);
        let radius = radius.saturating_sub(caret);
        sheet.card(inner, radius, palette.card, palette.focus);
    } else {
        sheet.card(area, radius, palette.card, palette.ground);
    }
    let mut room = inset(area, style.grid(3), 0);
    if let Some(letters) = &field.letters {
        let type_ = Type {
            behind: palette.card,
            ..style.quiet()
        };
        let covered = sheet.text(letters, type_, room, Align::Right);
        room = without_right(room, covered.size.width + style.grid(2));
    }
    let room = without_right(room, caret + style.grid(2));
    let font = style.panel.fonts.medium;
    let type_ = Type {
        font,
        ink: palette.text,
        behind: palette.card,
    };
    let text = typed::text(style, field, (room, type_, dot_step), sheet);
    let mut x = right(text);
    if text.size.width > 0 {
        x = x.saturating_add_unsigned(dot_step - dot);
    }
    let gaps = (dot_step - dot, caret);
    let mut caret_at =
        typed::cursor_in_text(field, font, text).or_else(|| typed::cursor_in_front(field, x, gaps));
    for index in 0..field.dots {
        if x.saturating_add_unsigned(dot) > right(room) {
            break;
        }
        match typed::dot(field, index) {
            Some(readable) => x = typed::readable(readable, x, (area, type_, dot_step), sheet),
            None => {
                let at = Point::new(x, middle(area, dot));
                sheet.icon(icon::dot(), at, dot, (palette.text, palette.card));
                x = x.saturating_add_unsigned(dot_step);
            }
        }
        if typed::cursor_is_behind(field, index) {
            caret_at = Some(typed::cursor_between(field, x, gaps));
        }
    }
    if field.focused {
        let height = style.grid(6);
        let at = Point::new(caret_at.unwrap_or(x), middle(area, height));
        sheet.fill(Rectangle::new(at, Size::new(caret, height)), palette.focus);
    }
}

fn lay_note(style: Style<'_>, note: &Note, area: Rectangle, sheet: &mut Sheet) {
    let font = style.panel.fonts.small;
    let mut row = area;
    row.size.height = font.line_height();
    if let Some(code) = &note.code {
        let covered = sheet.text(code, style.quiet(), row, Align::Right);
        row = without_right(row, covered.size.width + style.grid(4));
    }
    let type_ = Type {
        ink: style.palette.ink(note.ink),
        ..style.quiet()
    };
    for line in wrap(font, &note.text, row.size.width, NOTE_LINES as usize) {
        sheet.line(line, type_, row, Align::Left);
        row.top_left.y = bottom(row);
    }
}
