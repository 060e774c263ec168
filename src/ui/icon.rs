//! The shapes of icons, on a grid of 24 by 24. Never knows a colour or a size.

pub(crate) mod bitmap;

pub(crate) use bitmap::Bitmap;

use crate::shape::{Part, Shape, Spot};
use crate::{Icon, Progress};

/// Units of the grid that icons are drawn on, in either direction.
pub(crate) const GRID: f32 = 24.0;

/// How thick lines are.
const STROKE: f32 = 2.0;

/// The drawing of an icon.
pub(crate) fn parts(icon: Icon) -> Vec<Part> {
    match icon {
        Icon::Lock => vec![
            frame((7.5, 3.0), (16.5, 17.0), 4.5),
            slab((4.5, 11.0), (19.5, 22.0), 2.0),
        ],
        Icon::Message => vec![
            frame((2.5, 5.0), (21.5, 19.0), 2.0),
            line((3.5, 7.0), (12.0, 13.5)),
            line((12.0, 13.5), (20.5, 7.0)),
        ],
        Icon::Person => vec![disc((12.0, 7.5), 4.5), slab((4.0, 14.0), (20.0, 22.0), 5.0)],
        Icon::Refused => vec![
            ring((12.0, 12.0), 10.0),
            line((8.5, 8.5), (15.5, 15.5)),
            line((15.5, 8.5), (8.5, 15.5)),
        ],
        Icon::NetworkOff => struck(&[
            slab((8.5, 2.0), (15.5, 9.0), 1.5),
            slab((2.0, 15.0), (9.0, 22.0), 1.5),
            slab((15.0, 15.0), (22.0, 22.0), 1.5),
            line((12.0, 9.0), (12.0, 12.0)),
            line((5.5, 12.0), (18.5, 12.0)),
            line((5.5, 12.0), (5.5, 15.0)),
            line((18.5, 12.0), (18.5, 15.0)),
        ]),
        Icon::ServerOff => struck(&[
            slab((2.0, 3.5), (22.0, 11.0), 2.0),
            slab((2.0, 13.0), (22.0, 20.5), 2.0),
            hole((17.5, 7.25), 1.6),
            hole((17.5, 16.75), 1.6),
        ]),
        Icon::PhoneOff => struck(&[
            slab((1.5, 10.0), (8.0, 17.0), 2.0),
            slab((16.0, 10.0), (22.5, 17.0), 2.0),
            slab((1.5, 7.0), (22.5, 12.0), 2.5),
        ]),
    }
}

/// The sign before a step.
pub(crate) fn step(progress: Progress) -> Vec<Part> {
    match progress {
        Progress::Done => vec![
            thick((4.0, 13.0), (9.5, 18.5)),
            thick((9.5, 18.5), (20.0, 6.5)),
        ],
        Progress::Ongoing => vec![ring((12.0, 12.0), 9.5), disc((12.0, 12.0), 5.0)],
        Progress::Waiting => vec![ring((12.0, 12.0), 9.5)],
    }
}

/// A lamp: a disc when lit, a ring when not.
pub(crate) fn lamp(lit: bool) -> Vec<Part> {
    vec![if lit {
        disc((12.0, 12.0), 12.0)
    } else {
        Part::Ink(Shape::Ring {
            centre: (12.0, 12.0),
            radius: 9.5,
            stroke: 5.0,
        })
    }]
}

/// One hidden character.
pub(crate) fn dot() -> Vec<Part> {
    vec![disc((12.0, 12.0), 12.0)]
}

/// The same crossed out from top left to bottom right, with a gap so that the bar stays apart.
fn struck(parts: &[Part]) -> Vec<Part> {
    let (from, to) = ((3.0, 2.0), (22.0, 21.0));
    let gap = Shape::Line {
        from,
        to,
        stroke: 3.0 * STROKE,
    };
    let mut all = parts.to_vec();
    all.push(Part::Gap(gap));
    all.push(line(from, to));
    all
}

fn line(from: Spot, to: Spot) -> Part {
    let stroke = STROKE;
    Part::Ink(Shape::Line { from, to, stroke })
}

fn thick(from: Spot, to: Spot) -> Part {
    let stroke = 1.5 * STROKE;
    Part::Ink(Shape::Line { from, to, stroke })
}

fn ring(centre: Spot, radius: f32) -> Part {
    Part::Ink(Shape::Ring {
        centre,
        radius,
        stroke: STROKE,
    })
}

fn disc(centre: Spot, radius: f32) -> Part {
    Part::Ink(Shape::Disc { centre, radius })
}

/// A disc of whatever lies behind.
fn hole(centre: Spot, radius: f32) -> Part {
    Part::Gap(Shape::Disc { centre, radius })
}

fn slab(from: Spot, to: Spot, radius: f32) -> Part {
    Part::Ink(Shape::Slab { from, to, radius })
}

fn frame(from: Spot, to: Spot, radius: f32) -> Part {
    Part::Ink(Shape::Frame {
        from,
        to,
        radius,
        stroke: STROKE,
    })
}
