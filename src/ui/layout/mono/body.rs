//! One function for each kind of body: four lines of small type is all there is, so every row counts.

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use super::{form, split};
use crate::icon::bitmap;
use crate::layout::choices;
use crate::layout::column::Column;
use crate::layout::{Style, largest_font, middle, right, without_left, without_right};
use crate::measure::{Cut, fit, width, wrap};
use crate::sheet::{Align, Sheet};
use crate::{Body, Fact, Figure, Font, Icon, Identity, Ink, Notice, Number, Steps};

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

/// A picture has its own column at the left, with the code below it: so the code is always there.
fn lay_notice(style: Style<'_>, notice: &Notice, area: Rectangle, sheet: &mut Sheet) {
    let fonts = style.panel.fonts;
    let mut small: Vec<&str> = notice.lines.iter().map(String::as_str).collect();
    let (title, room, align) = match notice.icon {
        Some(kind) => {
            let taken = sign_and_code(style, kind, notice.code.as_deref(), area, sheet);
            let room = without_left(area, taken + style.grid(3));
            (fonts.medium, room, Align::Left)
        }
        None => {
            small.extend(notice.code.as_deref());
            let (room, align) = match beside_logo(style, notice, area, sheet) {
                Some(room) => (room, Align::Left),
                None => (area, Align::Centre),
            };
            (style.headline(&notice.title, room.size.width), room, align)
        }
    };
    let paragraphs = [(title, notice.title.as_str())];
    let small = small.into_iter().map(|text| (fonts.small, text));
    let paragraphs: Vec<_> = paragraphs.into_iter().chain(small).collect();
    paragraphs_in(style, &paragraphs, (room, align), sheet);
}

/// Draws the vendor's logo at the left and answers what is beside it, where the logo leaves words two thirds of the room.
fn beside_logo(
    style: Style<'_>,
    notice: &Notice,
    area: Rectangle,
    sheet: &mut Sheet,
) -> Option<Rectangle> {
    let logo = style.logo(notice)?;
    let size = logo.size();
    let fits = size.width <= area.size.width / 3 && size.height <= area.size.height;
    fits.then(|| {
        let at = Point::new(area.top_left.x, middle(area, size.height));
        sheet.logo(logo.clone(), at);
        without_left(area, size.width + style.grid(4))
    })
}

/// All of some paragraphs, in up to two lines each while there is room for that, with what air is left between them.
fn paragraphs_in(
    style: Style<'_>,
    paragraphs: &[(&'static Font, &str)],
    (area, align): (Rectangle, Align),
    sheet: &mut Sheet,
) {
    let height = |font: &Font, lines: usize| {
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        font.line_height().saturating_mul(lines)
    };
    // One line of each has to have its place; what is left goes to those that come first.
    let least = paragraphs.iter().map(|(font, _)| height(font, 1)).sum();
    let mut spare = area.size.height.saturating_sub(least);
    let mut set = Vec::new();
    for (font, text) in paragraphs {
        let most = if spare >= height(font, 1) { 2 } else { 1 };
        let lines = wrap(font, text, area.size.width, most);
        spare = spare.saturating_sub(height(font, lines.len().saturating_sub(1)));
        set.push((*font, lines));
    }
    let gaps = u32::try_from(set.len()).unwrap_or(u32::MAX).max(1);
    let gap = (spare / gaps).min(style.grid(4));
    let mut column = Column::new(style, area, align);
    for (font, lines) in set {
        column.lines(lines, font, style.palette.text, gap);
    }
    column.place(sheet);
}

/// Answers how many columns they take.
fn sign_and_code(
    style: Style<'_>,
    kind: Icon,
    code: Option<&str>,
    area: Rectangle,
    sheet: &mut Sheet,
) -> u32 {
    let sign = bitmap::large(kind);
    let font = style.panel.fonts.small;
    let (code_width, code_height) = match code {
        Some(code) => (width(font, code), font.line_height() + style.grid(3)),
        None => (0, 0),
    };
    let size = sign.size();
    let taken = code_width.max(size.width);
    let top = middle(area, size.height + code_height);
    let centred = area
        .top_left
        .x
        .saturating_add_unsigned(taken.saturating_sub(size.width) / 2);
    sheet.bitmap(sign, Point::new(centred, top), style.palette.text);
    if let Some(code) = code {
        let below = top.saturating_add_unsigned(size.height + style.grid(3));
        let row = Rectangle::new(
            Point::new(area.top_left.x, below),
            Size::new(taken, font.line_height()),
        );
        sheet.text(code, style.quiet(), row, Align::Centre);
    }
    taken
}

fn lay_figure(style: Style<'_>, figure: &Figure, area: Rectangle, sheet: &mut Sheet) {
    let fonts = style.panel.fonts;
    let line = fonts.small.line_height();
    let (caption, rest) = split(area, line);
    let font = match figure.ink {
        Ink::Plain | Ink::Quiet => fonts.small,
        Ink::Refusal => fonts.medium,
    };
    sheet.text(&figure.caption, style.ink(font), caption, Align::Centre);
    let (middle, last) = split(rest, rest.size.height.saturating_sub(line));
    let sizes = [fonts.figure, fonts.large];
    let font = largest_font(&figure.figure, sizes, fonts.medium, middle.size.width);
    sheet.text(&figure.figure, style.ink(font), middle, Align::Centre);
    // Either of them alone stands in the middle, both share the line.
    let mut room = last;
    let mut align = Align::Centre;
    if let Some(code) = &figure.code {
        if figure.hint.is_empty() {
            sheet.text(code, style.quiet(), last, Align::Centre);
            return;
        }
        let covered = sheet.text(code, style.quiet(), last, Align::Right);
        room = without_right(last, covered.size.width + style.grid(4));
        align = Align::Left;
    }
    sheet.text(&figure.hint, style.quiet(), room, align);
}

fn lay_steps(style: Style<'_>, steps: &Steps, area: Rectangle, sheet: &mut Sheet) {
    let (fonts, ink) = (style.panel.fonts, style.palette.text);
    let indent = style.grid(11);
    let mut column = Column::new(style, area, Align::Left);
    // One size for all of them: the title does not jump from one step to the next.
    column.line(&steps.title, fonts.medium, ink, 0);
    let titles = 1;
    for step in &steps.steps {
        column.indented(&step.text, fonts.small, ink, indent);
    }
    let rows = column.place(sheet);
    for (step, placed) in steps.steps.iter().zip(rows.iter().skip(titles)) {
        let sign = bitmap::step(step.progress);
        let at = Point::new(area.top_left.x, middle(placed.row, sign.size().height));
        sheet.bitmap(sign, at, ink);
    }
}

/// The name at the top, its number and state always in the same two lines below.
fn lay_identity(style: Style<'_>, who: &Identity, area: Rectangle, sheet: &mut Sheet) {
    let (fonts, ink) = (style.panel.fonts, style.palette.text);
    let line = fonts.small.line_height();
    let (name, rest) = split(area, area.size.height.saturating_sub(2 * line));
    let room = area.size.width;
    let mut column = Column::new(style, name, Align::Left);
    column.paragraph(&who.name, style.headline(&who.name, room), ink, 0);
    column.place(sheet);
    let (number, state) = split(rest, line);
    sheet.text(&who.number, style.quiet(), number, Align::Left);
    let lamp = bitmap::lamp(who.registered);
    let at = Point::new(state.top_left.x, middle(state, lamp.size().height));
    sheet.bitmap(lamp, at, ink);
    let room = without_left(state, lamp.size().width + style.grid(3));
    sheet.text(&who.state, style.quiet(), room, Align::Left);
}

fn lay_facts(style: Style<'_>, facts: &[Fact], area: Rectangle, sheet: &mut Sheet) {
    let line = style.panel.fonts.small.line_height();
    let mut rest = area;
    for fact in facts {
        if rest.size.height < line {
            break;
        }
        let (row, below) = split(rest, line);
        let label = sheet.text(&fact.label, style.quiet(), row, Align::Left);
        let value = without_left(row, label.size.width + style.grid(4));
        let plain = style.ink(style.panel.fonts.small);
        sheet.text(&fact.value, plain, value, Align::Right);
        rest = below;
    }
}

fn lay_number(style: Style<'_>, number: &Number, area: Rectangle, sheet: &mut Sheet) {
    let (fonts, ink) = (style.panel.fonts, style.palette.text);
    let line = fonts.small.line_height();
    let (caption, rest) = split(area, line);
    let font = if number.emergency {
        fonts.medium
    } else {
        fonts.small
    };
    sheet.text(&number.caption, style.ink(font), caption, Align::Centre);
    let (row, last) = split(rest, rest.size.height.saturating_sub(line));
    // The cursor behind the last digit needs room as well.
    let room = area.size.width.saturating_sub(style.grid(4));
    let sizes = [fonts.figure, fonts.large]
        .into_iter()
        .chain(fonts.between.iter().copied());
    let font = largest_font(&number.digits, sizes, fonts.medium, room);
    let fitted = fit(font, &number.digits, room, Cut::Start);
    let digits = sheet.line(fitted, style.ink(font), row, Align::Centre);
    if number.open {
        let height = font.metrics().capitals.round() as u32 + style.grid(2);
        let x = right(digits).saturating_add_unsigned(style.grid(1));
        let cursor = Rectangle::new(Point::new(x, middle(row, height)), Size::new(1, height));
        sheet.fill(cursor, ink);
    }
    if let Some(note) = &number.note {
        sheet.text(&note.text, style.quiet(), last, Align::Centre);
    }
}
