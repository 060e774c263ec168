//! One function for each kind of body.

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use super::form::{self, cursor};
use crate::layout::choices;
use crate::layout::column::Column;
use crate::layout::{Style, bottom, largest_font, middle, right, without_left};
use crate::measure::{Cut, fit, width, wrap};
use crate::sheet::{Align, Sheet, Type};
use crate::{Body, Fact, Figure, Font, Identity, Ink, Notice, Number, Progress, Steps, icon};

pub(super) fn lay(style: Style<'_>, body: &Body, area: Rectangle, sheet: &mut Sheet) {
    match body {
        Body::Notice(notice) => lay_notice(style, notice, area, sheet),
        Body::Figure(figure) => lay_figure(style, figure, area, sheet),
        Body::Form(form) => form::lay(style, form, area, sheet),
        Body::Steps(steps) => lay_steps(style, steps, area, sheet),
        Body::Identity(who) => lay_identity(style, who, area, sheet),
        Body::Facts(facts) => lay_facts(style, facts, area, sheet),
        Body::Choices(list) => choices::lay(style, list, area, sheet),
        Body::Number(number) => lay_number(style, number, area, sheet),
    }
}

/// Lines that a small sentence may take.
const SENTENCE_LINES: usize = 3;

fn lay_notice(style: Style<'_>, notice: &Notice, area: Rectangle, sheet: &mut Sheet) {
    let (fonts, palette) = (style.panel.fonts, style.palette);
    let mut column = Column::new(style, area, Align::Centre);
    if let Some(logo) = style.logo(notice) {
        column.logo(logo);
    }
    if let Some(kind) = notice.icon {
        let ink = match notice.ink {
            Ink::Plain | Ink::Quiet => palette.quiet,
            Ink::Refusal => palette.refusal,
        };
        column.icon(icon::parts(kind), style.grid(10), ink);
    }
    let room = area.size.width;
    // Refusals are sentences: all of them in one size, so that none shouts louder than another.
    let large = match notice.ink {
        Ink::Plain | Ink::Quiet => Some(fonts.large),
        Ink::Refusal => None,
    };
    let font = largest_font(&notice.title, large, fonts.medium, room);
    column.paragraph(&notice.title, font, palette.text, 2);
    for line in &notice.lines {
        let lines = wrap(fonts.small, line, room, SENTENCE_LINES);
        column.lines(lines, fonts.small, palette.quiet, 2);
    }
    if let Some(code) = &notice.code {
        column.line(code, fonts.small, palette.quiet, 3);
    }
    column.place(sheet);
}

fn lay_figure(style: Style<'_>, figure: &Figure, area: Rectangle, sheet: &mut Sheet) {
    let (fonts, palette) = (style.panel.fonts, style.palette);
    let mut column = Column::new(style, area, Align::Centre);
    column.paragraph(&figure.caption, fonts.medium, palette.ink(figure.ink), 0);
    let font = largest_font(&figure.figure, [fonts.figure], fonts.large, area.size.width);
    column.line(&figure.figure, font, palette.text, 1);
    column.paragraph(&figure.hint, fonts.small, palette.quiet, 1);
    if let Some(code) = &figure.code {
        column.line(code, fonts.small, palette.quiet, 2);
    }
    column.place(sheet);
}

fn lay_steps(style: Style<'_>, steps: &Steps, area: Rectangle, sheet: &mut Sheet) {
    let (fonts, palette) = (style.panel.fonts, style.palette);
    let side = style.grid(4);
    let indent = side + style.grid(3);
    let mut column = Column::new(style, area, Align::Left);
    let font = largest_font(&steps.title, [fonts.large], fonts.medium, area.size.width);
    column.line(&steps.title, font, palette.text, 0);
    let titles = 1;
    for step in &steps.steps {
        let ink = match step.progress {
            Progress::Ongoing => palette.text,
            Progress::Done | Progress::Waiting => palette.quiet,
        };
        column.indented(&step.text, fonts.small, ink, indent);
    }
    let rows = column.place(sheet);
    for (step, placed) in steps.steps.iter().zip(rows.iter().skip(titles)) {
        let ink = match step.progress {
            Progress::Done => palette.quiet,
            Progress::Ongoing => palette.focus,
            Progress::Waiting => palette.unlit,
        };
        let at = Point::new(area.top_left.x, middle(placed.row, side));
        sheet.icon(icon::step(step.progress), at, side, (ink, palette.ground));
    }
}

fn lay_identity(style: Style<'_>, who: &Identity, area: Rectangle, sheet: &mut Sheet) {
    let (fonts, palette) = (style.panel.fonts, style.palette);
    let mut column = Column::new(style, area, Align::Left);
    let side = style.grid(5) / 2;
    let indent = side + style.grid(2);
    let room = area.size.width;
    // A name is read from across the desk: rather two large lines than one of medium size.
    let large = wrap(fonts.large, &who.name, room, 2);
    if large.iter().any(|line| line.shortened) {
        column.paragraph(&who.name, fonts.medium, palette.text, 0);
    } else {
        column.paragraph(&who.name, fonts.large, palette.text, 0);
    }
    column.line(&who.number, fonts.medium, palette.quiet, 0);
    let row = column.len();
    for line in state_lines(&who.state, fonts.small, room.saturating_sub(indent)) {
        column.indented(line, fonts.small, palette.quiet, indent);
    }
    if let Some(placed) = column.place(sheet).get(row) {
        let ink = if who.registered {
            palette.registered
        } else {
            palette.unlit
        };
        let at = Point::new(area.top_left.x, middle(placed.row, side));
        sheet.icon(icon::lamp(who.registered), at, side, (ink, palette.ground));
    }
}

/// Whether calls arrive, and until when: each on a line of its own where one has no room for both.
fn state_lines<'a>(state: &'a str, font: &Font, room: u32) -> Vec<&'a str> {
    if width(font, state) <= room {
        return vec![state];
    }
    state.splitn(2, " · ").collect()
}

fn lay_facts(style: Style<'_>, facts: &[Fact], area: Rectangle, sheet: &mut Sheet) {
    let plain = Type {
        ink: style.palette.text,
        ..style.quiet()
    };
    let row_height = style.grid(6);
    let widest = facts
        .iter()
        .map(|fact| width(style.panel.fonts.small, &fact.label));
    let (least, most) = (area.size.width / 3, area.size.width / 2);
    let labels = widest.max().unwrap_or_default().clamp(least, most);
    let mut row = Rectangle::new(area.top_left, Size::new(area.size.width, row_height));
    for fact in facts {
        if bottom(row) > bottom(area) {
            break;
        }
        let label = Rectangle::new(row.top_left, Size::new(labels, row_height));
        sheet.text(&fact.label, style.quiet(), label, Align::Left);
        let value = without_left(row, labels + style.grid(2));
        sheet.text(&fact.value, plain, value, Align::Left);
        row.top_left.y = bottom(row);
    }
}

fn lay_number(style: Style<'_>, number: &Number, area: Rectangle, sheet: &mut Sheet) {
    let (fonts, palette) = (style.panel.fonts, style.palette);
    let mut column = Column::new(style, area, Align::Centre);
    let (caption, ink) = if number.emergency {
        (fonts.large, palette.text)
    } else {
        (fonts.medium, palette.quiet)
    };
    column.line(&number.caption, caption, ink, 0);
    let row = column.len();
    // The cursor behind the last digit needs room as well.
    let room = area.size.width.saturating_sub(style.grid(4));
    let sizes = [fonts.figure, fonts.large];
    let font = largest_font(&number.digits, sizes, fonts.medium, room);
    column.fitted(
        fit(font, &number.digits, room, Cut::Start),
        font,
        palette.text,
        1,
    );
    if let Some(note) = &number.note {
        column.paragraph(&note.text, fonts.small, palette.ink(note.ink), 1);
    }
    let placed = column.place(sheet);
    if let (true, Some(placed)) = (number.open, placed.get(row)) {
        let height = font.metrics().capitals.round() as u32 + style.grid(2);
        let x = right(placed.text).saturating_add_unsigned(style.grid(1));
        let at = Point::new(x, middle(placed.row, height));
        sheet.fill(
            Rectangle::new(at, Size::new(cursor(style), height)),
            palette.focus,
        );
    }
}
