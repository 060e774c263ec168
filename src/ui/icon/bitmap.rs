//! The same icons for panels of two colours, drawn dot by dot. Never knows a colour.

use embedded_graphics::prelude::{Point, Size};

use crate::{Icon, Progress};

/// Rows of a picture from the top; `#` is a dot of ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bitmap(&'static [&'static str]);

impl Bitmap {
    pub(crate) fn size(self) -> Size {
        let width = self.0.iter().map(|row| row.len()).max().unwrap_or_default();
        let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Size::new(count(width), count(self.0.len()))
    }

    /// Every dot of ink.
    pub(crate) fn dots(self) -> impl Iterator<Item = Point> {
        (0..).zip(self.0).flat_map(|(y, row)| {
            (0..)
                .zip(row.bytes())
                .filter(|(_, dot)| *dot == b'#')
                .map(move |(x, _)| Point::new(x, y))
        })
    }
}

/// Beside a line of small text.
pub(crate) fn small(icon: Icon) -> Bitmap {
    Bitmap(match icon {
        Icon::Lock => &[
            "..###..", ".#...#.", ".#...#.", "#######", "###.###", "###.###", "#######",
        ],
        // Too small to tell a network from a server: a warning, and words beside it.
        Icon::NetworkOff | Icon::ServerOff | Icon::PhoneOff => &[
            "....#....",
            "...###...",
            "...#.#...",
            "..##.##..",
            "..##.##..",
            ".#######.",
            ".###.###.",
            "#########",
        ],
        Icon::Message => &[
            "#########",
            "##.....##",
            "#.#...#.#",
            "#..#.#..#",
            "#...#...#",
            "#.......#",
            "#########",
        ],
        Icon::Person => &[
            "..###..", "..###..", "..###..", ".......", ".#####.", "#######", "#######",
        ],
        Icon::Refused => &[
            "#.....#", "##...##", ".##.##.", "..###..", ".##.##.", "##...##", "#.....#",
        ],
    })
}

/// Beside the sentence that a screen is about; pictures that never stand there are the small ones.
pub(crate) fn large(icon: Icon) -> Bitmap {
    match icon {
        Icon::Lock => Bitmap(&[
            "....######....",
            "...########...",
            "..###....###..",
            "..##......##..",
            "..##......##..",
            "..##......##..",
            "##############",
            "##############",
            "######..######",
            "#####....#####",
            "######..######",
            "######..######",
            "######..######",
            "##############",
            "##############",
            ".############.",
        ]),
        Icon::Person => Bitmap(&[
            ".....####.....",
            "....######....",
            "...########...",
            "...########...",
            "...########...",
            "...########...",
            "....######....",
            ".....####.....",
            "..............",
            "...########...",
            ".############.",
            ".############.",
            "##############",
            "##############",
            "##############",
            "##############",
        ]),
        Icon::Refused => Bitmap(&[
            "....######....",
            "..##########..",
            ".############.",
            ".###..##..###.",
            "###....#...###",
            "####......####",
            "#####....#####",
            "#####....#####",
            "####......####",
            "###...#....###",
            ".###..##..###.",
            ".############.",
            "..##########..",
            "....######....",
        ]),
        Icon::NetworkOff | Icon::ServerOff | Icon::Message | Icon::PhoneOff => small(icon),
    }
}

/// The sign before a step.
pub(crate) fn step(progress: Progress) -> Bitmap {
    Bitmap(match progress {
        Progress::Done => &[
            "......#", ".....##", "#...##.", "##.##..", ".###...", "..#....", ".......",
        ],
        Progress::Ongoing => &[
            ".#.....", ".##....", ".###...", ".####..", ".###...", ".##....", ".#.....",
        ],
        Progress::Waiting => &[
            ".......", ".......", "..###..", "..#.#..", "..###..", ".......", ".......",
        ],
    })
}

/// A lamp: a disc when lit, a ring when not.
pub(crate) fn lamp(lit: bool) -> Bitmap {
    Bitmap(if lit {
        &[
            "..###..", ".#####.", "#######", "#######", "#######", ".#####.", "..###..",
        ]
    } else {
        &[
            "..###..", ".#...#.", "#.....#", "#.....#", "#.....#", ".#...#.", "..###..",
        ]
    })
}

/// One hidden character.
pub(crate) fn dot() -> Bitmap {
    Bitmap(&[".##.", "####", "####", ".##."])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_rectangles_of_dots_no_larger_than_their_place() {
        let steps = [Progress::Done, Progress::Ongoing, Progress::Waiting].map(step);
        let small = Icon::ALL.map(small).into_iter().chain(steps);
        let small = small.chain([lamp(true), lamp(false), dot()]);
        let sizes = small.map(|picture| (picture, 9));
        let large = Icon::ALL.map(large).map(|picture| (picture, 16));
        for (picture, most) in sizes.chain(large) {
            let size = picture.size();
            assert!(size.width <= most && size.height <= most, "{picture:?}");
            for row in picture.0 {
                assert_eq!(row.len(), size.width as usize, "{picture:?}");
                assert!(row.bytes().all(|dot| b"#.".contains(&dot)), "{picture:?}");
            }
            assert!(picture.dots().count() > 3);
        }
    }
}
