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

/// A rectangle with round corners, on a grid of pixels.
pub(crate) fn slab(size: Size, radius: u32) -> Part {
    Part::Ink(Shape::Slab {
        from: (0.0, 0.0),
        to: (size.width as f32, size.height as f32),
        radius: radius as f32,
    })
}

/// How much of a pixel a drawing covers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Coverage {
    /// 0 to 1.
    pub(crate) share: f32,
    /// As much as of this pixel it covers of so many in a row that begins with it, in any direction.
    pub(crate) same: u32,
}

/// How much of the pixel around a spot a drawing covers; `scale` is pixels for each unit of the grid.
pub(crate) fn coverage(parts: &[Part], spot: Spot, scale: f32) -> Coverage {
    let (mut ink, mut room) = (0.0_f32, f32::MAX);
    for part in parts {
        let (Part::Ink(shape) | Part::Gap(shape)) = part;
        let away = shape.distance(spot) * scale;
        let covered = (0.5 - away).clamp(0.0, 1.0);
        ink = match part {
            Part::Ink(_) => ink.max(covered),
            Part::Gap(_) => ink.min(1.0 - covered),
        };
        // An edge comes nearer by a pixel with each pixel at most.
        room = room.min(away.abs() - ROOM_LEFT);
    }
    Coverage {
        share: ink,
        same: room.max(0.0) as u32 + 1,
    }
}

/// Half a pixel from the middle of a pixel an edge begins to be seen; and what rounding may hide.
const ROOM_LEFT: f32 = 0.51;

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
        assert_eq!(coverage(&disc, (5.0, 5.0), 1.0).share, 1.0);
        assert_eq!(coverage(&disc, (5.0, 9.0), 1.0).share, 0.0);
        assert_eq!(coverage(&disc, (8.0, 5.0), 1.0).share, 0.5);
    }

    #[test]
    fn a_gap_takes_ink_away_and_ink_above_it_comes_back() {
        let bar = Shape::Line {
            from: (0.0, 5.0),
            to: (10.0, 5.0),
            stroke: 4.0,
        };
        let spot = (5.0, 5.0);
        assert_eq!(
            coverage(&[Part::Ink(bar), Part::Gap(bar)], spot, 1.0).share,
            0.0
        );
        let again = [Part::Ink(bar), Part::Gap(bar), Part::Ink(bar)];
        assert_eq!(coverage(&again, spot, 1.0).share, 1.0);
    }

    #[test]
    fn a_slab_has_straight_sides_and_round_corners() {
        let slab = [Part::Ink(Shape::Slab {
            from: (0.0, 0.0),
            to: (20.0, 10.0),
            radius: 4.0,
        })];
        assert_eq!(coverage(&slab, (10.0, 0.5), 1.0).share, 1.0);
        assert!(coverage(&slab, (0.5, 0.5), 1.0).share < 0.2);
        assert_eq!(coverage(&slab, (4.0, 4.0), 1.0).share, 1.0);
    }

    /// Painting skips what it is told is the same: it has to be, for shapes of every kind and at every size.
    #[test]
    fn as_many_pixels_are_the_same_as_is_said() {
        let (near, far) = ((3.0, 4.0), (20.0, 17.0));
        let (radius, stroke) = (4.0, 2.5);
        let centre = (12.0, 12.0);
        let parts = [
            Part::Ink(Shape::Frame {
                from: near,
                to: far,
                radius,
                stroke,
            }),
            Part::Ink(Shape::Line {
                from: near,
                to: far,
                stroke,
            }),
            Part::Gap(Shape::Ring {
                centre,
                radius,
                stroke,
            }),
            Part::Gap(Shape::Slab {
                from: centre,
                to: far,
                radius,
            }),
            Part::Ink(Shape::Disc {
                centre,
                radius: 1.5,
            }),
        ];
        for parts in [&parts[..], &parts[..1], &parts[4..]] {
            for scale in [0.6, 1.0, 2.7] {
                let at = |x: u16, y: u16| {
                    let middle = |n: u16| (f32::from(n) + 0.5) / scale;
                    coverage(parts, (middle(x), middle(y)), scale)
                };
                for (x, y) in (0..70).flat_map(|x| (0..70).map(move |y| (x, y))) {
                    let Coverage { share, same } = at(x, y);
                    for further in 0..same.min(70) as u16 {
                        assert_eq!(at(x + further, y).share, share, "{x} {y} {further}");
                    }
                }
            }
        }
    }
}
