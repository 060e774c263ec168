//! The things that are measured.

use embedded_graphics::prelude::Size;
use hotdesk_ui::{Body, Damage, Drawing, Panel, Picture, Screen};

use crate::gallery;

/// Something that happens on the log-in screen, over and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// All of it on nothing.
    Full,
    /// One digit more, then one less.
    Digit,
    /// The minute changes.
    Minute,
}

impl Task {
    pub(crate) const ALL: [Self; 3] = [Self::Full, Self::Digit, Self::Minute];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Full => "full repaint",
            Self::Digit => "a digit",
            Self::Minute => "a minute",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.name() == name)
    }

    /// The two screens that change over.
    pub(crate) fn screens(self, panel: &Panel) -> [Screen; 2] {
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
            Self::Minute => other.status_bar.clock = Some("10:43".to_owned()),
        }
        [other, login]
    }

    /// What of the panel we draw.
    pub(crate) fn damage(self, panel: &Panel) -> Damage {
        if self == Self::Full {
            return Damage::whole(panel.size);
        }
        let mut picture = Picture::new(panel.size.width, panel.size.height);
        let mut drawing = Drawing::default();
        let [before, after] = self.screens(panel);
        drawing.update(before, panel, &mut picture);
        drawing.update(after, panel, &mut picture)
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
}
