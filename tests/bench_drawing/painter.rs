//! Who draws: we, another toolkit, or nobody, who only fills.

use hotdesk_ui::{Damage, Drawing, Panel, Picture, Screen, paint};

use crate::peer::{self, Peer};
use crate::task::Task;

/// Repetitions of the shorter and of the longer run.
pub(crate) const FEW: usize = 10;
pub(crate) const MANY: usize = 110;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Painter {
    Hotdesk,
    /// Only on one panel.
    Slint,
    /// The least that anybody could do: one memset for each row of each rectangle that we draw.
    Memset,
}

impl Painter {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hotdesk => "hotdesk",
            Self::Slint => "Slint",
            Self::Memset => "memset",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut all = [Self::Hotdesk, Self::Slint, Self::Memset].into_iter();
        all.find(|painter| painter.name() == name)
    }

    /// Whether it has the log-in screen for this panel.
    pub(crate) fn knows(self, panel: &Panel) -> bool {
        match self {
            Self::Hotdesk | Self::Memset => true,
            Self::Slint => panel.name == peer::PANEL,
        }
    }

    /// Does it so many times.
    pub(crate) fn repeat(self, task: Task, panel: &Panel, count: usize) {
        let screens = task.screens(panel);
        let turns = screens.iter().cycle();
        // As many screens are made and dropped for few repetitions as for many: what that costs falls out.
        let mut made: Vec<Screen> = turns.take(MANY).cloned().collect();
        let turns = made.drain(..count);
        let mut picture = Picture::new(panel.size.width, panel.size.height);
        match (self, task) {
            (Self::Hotdesk, Task::Full) => {
                turns.for_each(|screen| paint(&screen, panel, &mut picture));
            }
            (Self::Hotdesk, Task::Digit | Task::Minute) => {
                let mut drawing = Drawing::default();
                turns.for_each(|screen| {
                    drawing.update(screen, panel, &mut picture);
                });
            }
            (Self::Slint, _) => {
                let mut peer = Peer::new(task, panel);
                turns.for_each(|screen| peer.show(&screen));
                picture = peer.picture();
            }
            (Self::Memset, _) => {
                let damage = task.damage(panel);
                let mut pixels = picture.into_pixels();
                turns.for_each(|_| fill(&damage, &mut pixels, panel.size.width));
                std::hint::black_box(pixels);
                return;
            }
        }
        std::hint::black_box(picture);
    }
}

fn fill(damage: &Damage, pixels: &mut [u8], width: u32) {
    for area in damage.rectangles() {
        for y in area.rows() {
            let start = 3 * (y * width as i32 + area.top_left.x) as usize;
            let row = &mut pixels[start..start + 3 * area.size.width as usize];
            // For longer pieces the C library has an instruction that valgrind counts once for each byte.
            for piece in row.chunks_mut(1024) {
                piece.fill(std::hint::black_box(0));
            }
        }
    }
}
