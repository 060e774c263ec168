//! The things that are measured.

use embedded_graphics::prelude::Size;
use hotdesk_ui::{Body, Damage, Drawing, Panel, Picture, Screen, paint};

use crate::gallery;

/// Something that happens on a screen, over and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// The whole log-in screen on nothing.
    Full,
    /// One digit more, then one less.
    Digit,
    /// The minute changes.
    Tick,
    /// The same rectangles, only filled.
    Memset(&'static Task),
}

impl Task {
    pub(crate) const ALL: [Self; 3] = [Self::Full, Self::Digit, Self::Tick];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Full => "full repaint",
            Self::Digit => "a digit",
            Self::Tick => "a minute",
            Self::Memset(Self::Full) => "memset of full repaint",
            Self::Memset(Self::Digit) => "memset of a digit",
            Self::Memset(_) => "memset of a minute",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        let tasks = Self::ALL.into_iter();
        tasks
            .flat_map(|task| [task, task.memset()])
            .find(|task| task.name() == name)
    }

    pub(crate) fn memset(self) -> Self {
        match self {
            Self::Full => Self::Memset(&Self::Full),
            Self::Digit => Self::Memset(&Self::Digit),
            Self::Tick | Self::Memset(_) => Self::Memset(&Self::Tick),
        }
    }

    /// The two screens that change over.
    fn screens(self, panel: &Panel) -> [Screen; 2] {
        let samples = gallery::all();
        let login = samples
            .iter()
            .find(|sample| sample.name == "login-extension");
        let login = login.expect("the sample").screen(panel);
        let mut other = login.clone();
        match self {
            Self::Full => {}
            Self::Digit => {
                let Body::Form(form) = &mut other.body else {
                    panic!("the log-in screen is a form");
                };
                form.fields[0].text.pop();
            }
            Self::Tick => other.status_bar.clock = Some("10:43".to_owned()),
            Self::Memset(task) => return task.screens(panel),
        }
        [other, login]
    }

    fn damage(self, panel: &Panel) -> Damage {
        if self == Self::Full {
            return Damage::whole(panel.size);
        }
        let mut picture = Picture::new(panel.size.width, panel.size.height);
        let mut drawing = Drawing::default();
        let [before, after] = self.screens(panel);
        let Ok(_) = drawing.update(&before, panel, &mut picture);
        let Ok(damage) = drawing.update(&after, panel, &mut picture);
        damage
    }

    pub(crate) fn pixels(self, panel: &Panel) -> u32 {
        let damage = self.damage(panel);
        let pixels = |size: Size| size.width * size.height;
        damage
            .rectangles()
            .iter()
            .map(|area| pixels(area.size))
            .sum()
    }

    /// Does it so many times.
    pub(crate) fn repeat(self, panel: &'static Panel, count: u32) {
        let mut picture = Picture::new(panel.size.width, panel.size.height);
        let [before, after] = self.screens(panel);
        match self {
            Self::Full => {
                for _ in 0..count {
                    let Ok(()) = paint(&after, panel, &mut picture);
                }
            }
            Self::Digit | Self::Tick => {
                let mut drawing = Drawing::default();
                for screen in [&before, &after].into_iter().cycle().take(count as usize) {
                    let Ok(_) = drawing.update(screen, panel, &mut picture);
                }
            }
            Self::Memset(task) => {
                let damage = task.damage(panel);
                let mut pixels = picture.pixels().to_vec();
                for _ in 0..count {
                    fill(&damage, &mut pixels, panel.size.width);
                }
                std::hint::black_box(pixels);
            }
        }
        std::hint::black_box(picture);
    }
}

/// The least that anybody could do: one memset for each row of each rectangle.
fn fill(damage: &Damage, pixels: &mut [u8], width: u32) {
    for area in damage.rectangles() {
        for y in area.rows() {
            let start = 3 * (y * width as i32 + area.top_left.x) as usize;
            let row = &mut pixels[start..start + 3 * area.size.width as usize];
            row.fill(std::hint::black_box(0));
        }
    }
}
