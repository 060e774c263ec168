//! What stands in a field: readable text, hidden characters, the one that was typed last, and where the cursor is.

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use super::{Style, right};
use crate::measure::{Cut, fit, width};
use crate::sheet::{Align, Sheet, Type};
use crate::{Font, FormField, Readable};

/// Sets the readable text; answers where it stands. `step` is from one hidden character to the next.
pub(super) fn text(
    style: Style<'_>,
    field: &FormField,
    (room, type_, step): (Rectangle, Type, u32),
    sheet: &mut Sheet,
) -> Rectangle {
    let dots = u32::try_from(field.dots).unwrap_or(u32::MAX);
    // Hidden characters may fill what the readable ones leave, and at least half of the field.
    let kept = dots.saturating_mul(step).min(room.size.width / 2);
    let readable = room.size.width.saturating_sub(kept);
    let font = style.panel.fonts.medium;
    let fitted = fit(font, &field.text, readable, Cut::Start);
    sheet.line(fitted, type_, room, Align::Left)
}

/// Where the cursor stands when it is not behind everything but within the readable text.
pub(super) fn cursor_in_text(field: &FormField, font: &Font, text: Rectangle) -> Option<i32> {
    if field.dots > 0 || field.behind_cursor == 0 {
        return None;
    }
    let length = field.text.chars().count();
    let before = length.saturating_sub(field.behind_cursor);
    let behind: String = field.text.chars().skip(before).collect();
    let at = right(text).saturating_sub_unsigned(width(font, &behind));
    Some(at.max(text.top_left.x))
}

/// The character to show instead of this hidden one, counted from 0 at the left.
pub(super) fn dot(field: &FormField, index: usize) -> Option<Readable> {
    field.readable.filter(|_| cursor_is_behind(field, index))
}

/// Whether the cursor stands right behind this hidden character.
pub(super) fn cursor_is_behind(field: &FormField, index: usize) -> bool {
    let behind = index.saturating_add(1).saturating_add(field.behind_cursor);
    behind == field.dots
}

/// Where the cursor stands when it is in front of all hidden characters, the first of which would be at `first`.
pub(super) fn cursor_in_front(field: &FormField, first: i32, gaps: (u32, u32)) -> Option<i32> {
    let in_front = field.dots > 0 && field.behind_cursor >= field.dots;
    in_front.then(|| cursor_between(field, first, gaps))
}

/// Where a cursor of some columns stands before the next hidden character, of which a gap keeps it apart.
pub(super) fn cursor_between(field: &FormField, next: i32, (gap, cursor): (u32, u32)) -> i32 {
    if field.behind_cursor == 0 {
        return next;
    }
    next.saturating_sub_unsigned(gap.saturating_add(cursor).div_ceil(2))
}

/// Sets the character that can still be read; answers where the next one begins.
pub(super) fn readable(
    Readable(c): Readable,
    x: i32,
    (area, type_, step): (Rectangle, Type, u32),
    sheet: &mut Sheet,
) -> i32 {
    let text = c.to_string();
    let wide = width(type_.font, &text).saturating_add(1).max(step);
    let room = Rectangle::new(
        Point::new(x, area.top_left.y),
        Size::new(wide, area.size.height),
    );
    sheet.text(&text, type_, room, Align::Left);
    x.saturating_add_unsigned(wide)
}
