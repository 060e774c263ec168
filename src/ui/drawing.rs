//! What is drawn already, so that the next screen costs only what differs. Decides what to paint; never how.

use crate::layout::Layer;
use crate::paint::paint_part;
use crate::sheet::{Mark, Sheet};
use crate::{Damage, Panel, Picture, Screen};

/// The last screen on one picture, and the marks that it was drawn from.
#[derive(Debug, Default)]
pub struct Drawing {
    shown: Option<Screen>,
    /// One for each layer, the lowest first.
    sheets: [Sheet; Layer::ALL.len()],
    /// What the next layer is set on: kept for its room.
    spare: Sheet,
}

impl Drawing {
    /// Draws a screen over the one that was drawn before on the same picture and panel, and says where: pixels outside the
    /// answer are as they were. Everything is drawn when there was none before.
    pub fn update(&mut self, screen: Screen, panel: &Panel, picture: &mut Picture) -> Damage {
        let mut damage = Damage::default();
        for (layer, sheet) in Layer::ALL.into_iter().zip(&mut self.sheets) {
            let shown = self.shown.as_ref();
            if shown.is_some_and(|shown| layer.is_same(shown, &screen)) {
                continue;
            }
            self.spare.marks.clear();
            layer.lay(&screen, panel, &mut self.spare);
            add_changes(&sheet.marks, &self.spare.marks, &mut damage);
            std::mem::swap(sheet, &mut self.spare);
        }
        let damage = match self.shown.replace(screen) {
            Some(_) => damage.within(panel.size),
            None => Damage::whole(panel.size),
        };
        for area in damage.rectangles() {
            paint_part(&self.sheets, *area, panel, picture);
        }
        damage
    }
}

/// Where two lists of marks draw something different. What both have in the same order draws the same pixels wherever no
/// other mark reaches.
fn add_changes(before: &[Mark], now: &[Mark], damage: &mut Damage) {
    let mut left = before;
    for mark in now {
        match left.iter().position(|old| old == mark) {
            Some(kept) => {
                let (gone, rest) = left.split_at(kept);
                left = rest.get(1..).unwrap_or_default();
                gone.iter().for_each(|old| damage.add(old.area()));
            }
            None => damage.add(mark.area()),
        }
    }
    left.iter().for_each(|old| damage.add(old.area()));
}

#[cfg(test)]
mod tests {
    use embedded_graphics::prelude::Point;
    use embedded_graphics::primitives::Rectangle;

    use super::*;
    use crate::gallery::{self, Sample};
    use crate::goldens::one_in;
    use crate::{Body, PANELS, paint};

    fn picture(panel: &Panel) -> Picture {
        Picture::new(panel.size.width, panel.size.height)
    }

    fn painted(sample: &Sample, panel: &Panel) -> Picture {
        let mut picture = picture(panel);
        paint(&sample.screen(panel), panel, &mut picture);
        picture
    }

    /// After any screen comes any other: what is drawn over it must be what is drawn on nothing.
    #[test]
    fn a_screen_drawn_over_another_is_the_screen() {
        for panel in PANELS.iter() {
            let samples: Vec<_> = gallery::all().into_iter().step_by(one_in()).collect();
            let whole: Vec<_> = samples
                .iter()
                .map(|sample| painted(sample, panel))
                .collect();
            let mut drawing = Drawing::default();
            let mut over = picture(panel);
            // Steps of several sizes bring many pairs together.
            for step in [1, 5, 31] {
                for number in 0..samples.len() {
                    let index = number * step % samples.len();
                    let sample = &samples[index];
                    drawing.update(sample.screen(panel), panel, &mut over);
                    assert!(over == whole[index], "{} {}", panel.name, sample.name);
                }
            }
        }
    }

    #[test]
    fn the_same_screen_again_draws_nothing() {
        for panel in PANELS.iter() {
            let mut drawing = Drawing::default();
            let mut picture = picture(panel);
            let sample = &gallery::all()[0];
            let screen = sample.screen(panel);
            let first = drawing.update(screen.clone(), panel, &mut picture);
            assert_eq!(first, Damage::whole(panel.size));
            let second = drawing.update(screen.clone(), panel, &mut picture);
            assert!(second.is_empty());
        }
    }

    /// One more digit changes the digits and the cursor, not the screen.
    #[test]
    fn a_digit_changes_a_small_part() {
        let samples = gallery::all();
        let sample = samples
            .iter()
            .find(|sample| sample.name == "login-extension");
        for panel in PANELS.iter() {
            let mut drawing = Drawing::default();
            let mut picture = picture(panel);
            let mut screen = sample.unwrap().screen(panel);
            let mut typed = |digits: &str| {
                let Body::Form(form) = &mut screen.body else {
                    panic!("{screen:?}");
                };
                digits.clone_into(&mut form.fields[0].text);
                let damage = drawing.update(screen.clone(), panel, &mut picture);
                let all = Rectangle::new(Point::zero(), panel.size);
                assert!(
                    damage
                        .rectangles()
                        .iter()
                        .all(|area| area.intersection(&all) == *area)
                );
                let areas = damage.rectangles().iter().map(|area| area.size);
                areas.map(|size| size.width * size.height).sum::<u32>()
            };
            let (all, changed) = (typed("201"), typed("2019"));
            assert!(changed * 10 < all, "{}: {changed} of {all}", panel.name);
        }
    }
}
