//! Smooth shapes: how much of a pixel each covers. Never knows a colour.

use embedded_graphics::prelude::Size;

/// A place in a drawing, in units of its grid.
pub(crate) type Spot = (f32, f32);

/// A shape on a grid; a stroke lies half to either side of its line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    Disc {
        centre: Spot,
        radius: f32,
    },
    Ring {
        centre: Spot,
        radius: f32,
        stroke: f32,
    },
    Line {
        from: Spot,
        to: Spot,
        stroke: f32,
    },
    Slab {
        from: Spot,
        to: Spot,
        radius: f32,
    },
    Frame {
        from: Spot,
        to: Spot,
        radius: f32,
        stroke: f32,
    },
}

/// A step of a drawing: adds ink or takes away what lies there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Part {
    Ink(Shape),
    Gap(Shape),
}

/// A rectangle with round corners, on a grid of pixels that begins so many rows below its top.
pub(crate) fn slab(size: Size, radius: u32, rows_above: u32) -> Part {
    let top = -(rows_above as f32);
    Part::Ink(Shape::Slab {
        from: (0.0, top),
        to: (size.width as f32, size.height as f32 + top),
        radius: radius as f32,
    })
}

/// How much of the pixel around a spot a drawing covers, 0 to 1; `scale` is pixels for each unit of the grid.
pub(crate) fn coverage(parts: &[Part], spot: Spot, scale: f32) -> f32 {
    let covered = |shape: &Shape| (0.5 - shape.distance(spot) * scale).clamp(0.0, 1.0);
    parts.iter().fold(0.0, |ink: f32, part| match part {
        Part::Ink(shape) => ink.max(covered(shape)),
        Part::Gap(shape) => ink.min(1.0 - covered(shape)),
    })
}

impl Shape {
    /// How far outside the shape a spot lies; negative inside.
    fn distance(&self, spot: Spot) -> f32 {
        match *self {
            Self::Disc { centre, radius } => length(minus(spot, centre)) - radius,
            Self::Ring {
                centre,
                radius,
                stroke,
            } => (length(minus(spot, centre)) - radius).abs() - stroke / 2.0,
            Self::Line { from, to, stroke } => to_line(spot, from, to) - stroke / 2.0,
            Self::Slab { from, to, radius } => to_slab(spot, from, to, radius),
            Self::Frame {
                from,
                to,
                radius,
                stroke,
            } => to_slab(spot, from, to, radius).abs() - stroke / 2.0,
        }
    }
}

fn to_line(spot: Spot, from: Spot, to: Spot) -> f32 {
    let along = minus(to, from);
    let offset = minus(spot, from);
    let span = dot(along, along).max(f32::EPSILON);
    let part = (dot(offset, along) / span).clamp(0.0, 1.0);
    length((offset.0 - along.0 * part, offset.1 - along.1 * part))
}

fn to_slab(spot: Spot, from: Spot, to: Spot, radius: f32) -> f32 {
    let centre = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
    let inner = minus(minus(to, centre), (radius, radius));
    let away = minus(spot, centre);
    let (x, y) = (away.0.abs() - inner.0, away.1.abs() - inner.1);
    length((x.max(0.0), y.max(0.0))) + x.max(y).min(0.0) - radius
}

fn minus(a: Spot, b: Spot) -> Spot {
    (a.0 - b.0, a.1 - b.1)
}

fn dot(a: Spot, b: Spot) -> f32 {
    a.0 * b.0 + a.1 * b.1
}

/// Not `hypot`: the square root is exact on every machine, so a picture is the same everywhere.
fn length(a: Spot) -> f32 {
    dot(a, a).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disc_is_full_inside_empty_outside_and_smooth_between() {
        let disc = [Part::Ink(Shape::Disc {
            centre: (5.0, 5.0),
            radius: 3.0,
        })];
        assert_eq!(coverage(&disc, (5.0, 5.0), 1.0), 1.0);
        assert_eq!(coverage(&disc, (5.0, 9.0), 1.0), 0.0);
        assert_eq!(coverage(&disc, (8.0, 5.0), 1.0), 0.5);
    }

    #[test]
    fn a_gap_takes_ink_away_and_ink_above_it_comes_back() {
        let bar = Shape::Line {
            from: (0.0, 5.0),
            to: (10.0, 5.0),
            stroke: 4.0,
        };
        let spot = (5.0, 5.0);
        assert_eq!(coverage(&[Part::Ink(bar), Part::Gap(bar)], spot, 1.0), 0.0);
        let again = [Part::Ink(bar), Part::Gap(bar), Part::Ink(bar)];
        assert_eq!(coverage(&again, spot, 1.0), 1.0);
    }

    #[test]
    fn a_slab_has_straight_sides_and_round_corners() {
        let slab = [Part::Ink(Shape::Slab {
            from: (0.0, 0.0),
            to: (20.0, 10.0),
            radius: 4.0,
        })];
        assert_eq!(coverage(&slab, (10.0, 0.5), 1.0), 1.0);
        assert!(coverage(&slab, (0.5, 0.5), 1.0) < 0.2);
        assert_eq!(coverage(&slab, (4.0, 4.0), 1.0), 1.0);
    }
}
