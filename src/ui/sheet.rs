//! A drawing as a list: what goes where in which colour, every text already fitted. `layout` fills it, `paint` draws it,
//! tests read it.

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::Font;
use crate::canvas::holds;
use crate::icon::{self, Bitmap};
use crate::layout::inset;
use crate::measure::{Cut, Fitted, fit};
use crate::shape::Part;
use crate::theme::Logo;

/// One step of a drawing, in the order of drawing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// A plain rectangle.
    Fill { area: Rectangle, color: Rgb888 },
    /// A rectangle with round corners.
    Card {
        area: Rectangle,
        radius: u32,
        ink: Rgb888,
        /// What lies behind, for smooth corners.
        behind: Rgb888,
    },
    /// A smooth shape.
    Shape {
        area: Rectangle,
        parts: Vec<Part>,
        /// Pixels for each unit of the shape's grid.
        scale: f32,
        ink: Rgb888,
        /// What lies behind, for smooth edges.
        behind: Rgb888,
    },
    /// A picture of two colours, drawn dot by dot; between the dots it leaves what lies behind.
    Bitmap {
        bitmap: Bitmap,
        at: Point,
        ink: Rgb888,
    },
    /// A picture in colours.
    Logo { logo: Logo, at: Point },
    /// A line of text; it may cover its line box with what lies behind.
    Text {
        text: Fitted,
        font: &'static Font,
        /// Top left of the line box.
        at: Point,
        /// Where it has to stay: what was fitted is proven by the tests.
        room: Rectangle,
        ink: Rgb888,
        behind: Rgb888,
    },
}

impl Mark {
    /// A rectangle that holds everything that it draws.
    pub(crate) fn area(&self) -> Rectangle {
        match self {
            Self::Fill { area, .. } | Self::Card { area, .. } | Self::Shape { area, .. } => *area,
            Self::Bitmap { bitmap, at, .. } => Rectangle::new(*at, bitmap.size()),
            Self::Logo { logo, at } => Rectangle::new(*at, logo.size()),
            Self::Text { text, font, at, .. } => font.reach(*at, text.width),
        }
    }

    /// Whether it covers every pixel of a rectangle.
    pub(crate) fn fills(&self, part: &Rectangle) -> bool {
        match self {
            Self::Fill { area, .. } => holds(area, part),
            // Its corners are round.
            Self::Card { area, radius, .. } => holds(&inset(*area, 0, *radius), part),
            Self::Shape { .. } | Self::Bitmap { .. } | Self::Logo { .. } | Self::Text { .. } => {
                false
            }
        }
    }
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    pub(crate) font: &'static Font,
    pub(crate) ink: Rgb888,
    pub(crate) behind: Rgb888,
}

/// Where a text stands in its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
}

/// The list of marks so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    pub(crate) marks: Vec<Mark>,
}

/// More marks than most screens have.
const ROOM: usize = 32;

impl Sheet {
    /// An empty one that need not grow for most screens.
    pub(crate) fn with_room() -> Self {
        Self {
            marks: Vec::with_capacity(ROOM),
        }
    }

    pub(crate) fn fill(&mut self, area: Rectangle, color: Rgb888) {
        self.marks.push(Mark::Fill { area, color });
    }

    /// A card with round corners.
    pub(crate) fn card(&mut self, area: Rectangle, radius: u32, ink: Rgb888, behind: Rgb888) {
        self.marks.push(Mark::Card {
            area,
            radius,
            ink,
            behind,
        });
    }

    /// A drawing on the icon grid, in a square with this top left corner.
    pub(crate) fn icon(
        &mut self,
        parts: Vec<Part>,
        at: Point,
        side: u32,
        colors: (Rgb888, Rgb888),
    ) {
        let (ink, behind) = colors;
        self.marks.push(Mark::Shape {
            area: Rectangle::new(at, Size::new_equal(side)),
            parts,
            scale: side as f32 / icon::GRID,
            ink,
            behind,
        });
    }

    /// A picture of two colours with this top left corner.
    pub(crate) fn bitmap(&mut self, bitmap: Bitmap, at: Point, ink: Rgb888) {
        self.marks.push(Mark::Bitmap { bitmap, at, ink });
    }

    /// The vendor's logo with this top left corner.
    pub(crate) fn logo(&mut self, logo: Logo, at: Point) {
        self.marks.push(Mark::Logo { logo, at });
    }

    /// One line of text in the vertical middle of its room, shortened if need be; answers the columns it covers.
    pub(crate) fn text(
        &mut self,
        text: &str,
        type_: Type,
        room: Rectangle,
        align: Align,
    ) -> Rectangle {
        let fitted = fit(type_.font, text, room.size.width, Cut::End);
        self.line(fitted, type_, room, align)
    }

    /// The same for a text that was fitted already.
    pub(crate) fn line(
        &mut self,
        text: Fitted,
        type_: Type,
        room: Rectangle,
        align: Align,
    ) -> Rectangle {
        let spare = room.size.width.saturating_sub(text.width);
        let indent = match align {
            Align::Left => 0,
            Align::Centre => spare / 2,
            Align::Right => spare,
        };
        let at = Point::new(
            room.top_left.x.saturating_add_unsigned(indent),
            type_.font.top_of_line(room),
        );
        let covered = Rectangle::new(at, Size::new(text.width, type_.font.line_height()));
        self.marks.push(Mark::Text {
            text,
            font: type_.font,
            at,
            room,
            ink: type_.ink,
            behind: type_.behind,
        });
        covered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_fills_all_but_the_rows_of_its_corners() {
        let rows =
            |from: i32, height: u32| Rectangle::new(Point::new(0, from), Size::new(9, height));
        let card = Mark::Card {
            area: rows(0, 20),
            radius: 4,
            ink: Rgb888::default(),
            behind: Rgb888::default(),
        };
        assert!(card.fills(&rows(4, 12)));
        assert!(!card.fills(&rows(3, 9)) && !card.fills(&rows(9, 8)) && !card.fills(&rows(4, 30)));
    }
}
