//! Lines and icons one below the other, together in the vertical middle of their area. What does not fit is left out.

use std::iter;

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use super::{Style, bottom, middle, without_left};
use crate::Font;
use crate::measure::{Cut, Fitted, fit, wrap};
use crate::shape::Part;
use crate::sheet::{Align, Sheet, Type};
use crate::theme::Logo;

/// One thing in a column, with the air above it; the first has none.
struct Item {
    gap: u32,
    height: u32,
    what: What,
}

enum What {
    Line {
        text: Fitted,
        font: &'static Font,
        ink: Rgb888,
        indent: u32,
    },
    Icon {
        parts: Vec<Part>,
        ink: Rgb888,
    },
    Logo(Logo),
}

/// A column being filled from the top.
pub(crate) struct Column<'a> {
    style: Style<'a>,
    area: Rectangle,
    align: Align,
    items: Vec<Item>,
}

/// Where a placed line stands, for what is drawn beside it.
pub(crate) struct Placed {
    pub(crate) row: Rectangle,
    pub(crate) text: Rectangle,
}

impl<'a> Column<'a> {
    pub(crate) fn new(style: Style<'a>, area: Rectangle, align: Align) -> Self {
        Self {
            style,
            area,
            align,
            items: Vec::new(),
        }
    }

    pub(crate) fn icon(&mut self, parts: Vec<Part>, side: u32, ink: Rgb888) {
        self.items.push(Item {
            gap: self.style.grid(2),
            height: side,
            what: What::Icon { parts, ink },
        });
    }

    /// The vendor's logo, where it has room.
    pub(crate) fn logo(&mut self, logo: &Logo) {
        let Size { width, height } = logo.size();
        if width <= self.area.size.width {
            self.items.push(Item {
                gap: self.style.grid(2),
                height,
                what: What::Logo(logo.clone()),
            });
        }
    }

    /// One line, whatever its length.
    pub(crate) fn line(&mut self, text: &str, font: &'static Font, ink: Rgb888, gap: u32) {
        let fitted = fit(font, text, self.area.size.width, Cut::End);
        self.fitted(fitted, font, ink, gap);
    }

    /// A line that was fitted already.
    pub(crate) fn fitted(&mut self, text: Fitted, font: &'static Font, ink: Rgb888, gap: u32) {
        self.items.push(Item {
            gap: self.style.grid(gap),
            height: font.line_height(),
            what: What::Line {
                text,
                font,
                ink,
                indent: 0,
            },
        });
    }

    /// A line that leaves room for a sign at its left; only for columns that stand at the left. Answers which item it is.
    pub(crate) fn indented(
        &mut self,
        text: &str,
        font: &'static Font,
        ink: Rgb888,
        indent: u32,
    ) -> usize {
        let room = self.area.size.width.saturating_sub(indent);
        let text = fit(font, text, room, Cut::End);
        let index = self.items.len();
        self.items.push(Item {
            gap: self.style.grid(2),
            height: font.line_height(),
            what: What::Line {
                text,
                font,
                ink,
                indent,
            },
        });
        index
    }

    /// How many items there are.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Up to two lines.
    pub(crate) fn paragraph(&mut self, text: &str, font: &'static Font, ink: Rgb888, gap: u32) {
        let lines = wrap(font, text, self.area.size.width, 2);
        self.lines(lines, font, ink, gap);
    }

    /// The lines of a paragraph that was broken already, the air above the first of them.
    pub(crate) fn lines(&mut self, lines: Vec<Fitted>, font: &'static Font, ink: Rgb888, gap: u32) {
        let gaps = iter::once(gap).chain(iter::repeat(0));
        for (line, gap) in lines.into_iter().zip(gaps) {
            self.fitted(line, font, ink, gap);
        }
    }

    /// Where a picture stands in its row.
    fn align_in(&self, row: Rectangle, size: Size) -> Rectangle {
        let x = match self.align {
            Align::Left | Align::Right => row.top_left.x,
            Align::Centre => row.center().x.saturating_sub_unsigned(size.width / 2),
        };
        Rectangle::new(Point::new(x, row.top_left.y), size)
    }

    fn height(&self) -> u32 {
        let add = |sum: u32, item: &Item| sum.saturating_add(item.gap).saturating_add(item.height);
        self.items.iter().fold(0, add)
    }

    /// Puts everything on the sheet; answers where each item stands.
    ///
    /// Pictures go first when it is too much: they say nothing that the text does not. Then the air between lines goes.
    pub(crate) fn place(mut self, sheet: &mut Sheet) -> Vec<Placed> {
        if self.height() > self.area.size.height {
            self.items
                .retain(|item| matches!(item.what, What::Line { .. }));
        }
        if self.height() > self.area.size.height {
            for item in &mut self.items {
                item.gap = 0;
            }
        }
        if let Some(first) = self.items.first_mut() {
            first.gap = 0;
        }
        let total = self.height();
        let mut y = middle(self.area, total.min(self.area.size.height));
        let behind = self.style.palette.ground;
        let mut placed = Vec::new();
        for item in std::mem::take(&mut self.items) {
            let row = Rectangle::new(
                Point::new(self.area.top_left.x, y.saturating_add_unsigned(item.gap)),
                Size::new(self.area.size.width, item.height),
            );
            if bottom(row) > bottom(self.area) {
                break;
            }
            y = bottom(row);
            let text = match item.what {
                What::Line {
                    text,
                    font,
                    ink,
                    indent,
                } => {
                    let type_ = Type { font, ink, behind };
                    sheet.line(text, type_, without_left(row, indent), self.align)
                }
                What::Icon { parts, ink } => {
                    let place = self.align_in(row, Size::new_equal(item.height));
                    sheet.icon(parts, place.top_left, item.height, (ink, behind));
                    place
                }
                What::Logo(logo) => {
                    let place = self.align_in(row, logo.size());
                    sheet.logo(logo, place.top_left);
                    place
                }
            };
            placed.push(Placed { row, text });
        }
        placed
    }
}
