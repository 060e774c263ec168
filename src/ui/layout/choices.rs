//! Things to choose from, one on each row; the one that would be taken stands out.

use embedded_graphics::prelude::Size;
use embedded_graphics::primitives::Rectangle;

use super::{Style, bottom, inset};
use crate::sheet::{Align, Sheet, Type};
use crate::{Choice, Look};

pub(super) fn lay(style: Style<'_>, choices: &[Choice], area: Rectangle, sheet: &mut Sheet) {
    let (palette, font) = (style.palette, style.panel.fonts.medium);
    let mono = style.panel.look == Look::Mono;
    let count = u32::try_from(choices.len()).unwrap_or(u32::MAX).max(1);
    // The air between rows goes before a row does.
    let airy = font.line_height() + style.grid(2);
    let height = airy.min(area.size.height / count).max(font.line_height());
    let rows = (area.size.height / height.max(1)).max(1) as usize;
    let chosen = choices.iter().position(|choice| choice.chosen);
    // What would be taken is always in sight.
    let skipped = chosen.unwrap_or(0).saturating_add(1).saturating_sub(rows);
    let mut row = Rectangle::new(area.top_left, Size::new(area.size.width, height));
    for choice in choices.iter().skip(skipped).take(rows) {
        let (ink, behind) = match (choice.chosen, mono) {
            (false, _) => (palette.text, palette.ground),
            (true, true) => (palette.ground, palette.text),
            (true, false) => (palette.text, palette.card),
        };
        if choice.chosen && mono {
            sheet.fill(row, behind);
        } else if choice.chosen {
            sheet.card(row, style.panel.radius, behind, palette.ground);
            let bar = Rectangle::new(
                row.top_left + Size::new(0, style.grid(1)),
                Size::new(style.grid(1), height.saturating_sub(style.grid(2))),
            );
            sheet.fill(bar, palette.focus);
        }
        let type_ = Type { font, ink, behind };
        sheet.text(
            &choice.label,
            type_,
            inset(row, style.grid(3), 0),
            Align::Left,
        );
        row.top_left.y = bottom(row);
    }
}
