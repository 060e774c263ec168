//! What holds for the table of panels: everything has its place, every key its whole word, two colours are two.

use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::prelude::Point;
use embedded_graphics::primitives::{PointsIter, Rectangle};
use hotdesk_session::{Action, Activity};

use crate::layout::layout;
use crate::measure::width;
use crate::sheet::Mark;
use crate::text::Words;
use crate::{Language, Wording, languages};
use crate::{Look, PANELS, Panel, Picture, gallery, paint};

fn places(panel: &Panel) -> Vec<Rectangle> {
    let keys = panel.soft_keys.iter().chain(&panel.line_keys);
    keys.copied().chain([panel.status_bar]).collect()
}

#[test]
fn every_place_is_on_its_panel_and_keys_share_none() {
    for panel in PANELS.iter() {
        let glass = Rectangle::new(Point::zero(), panel.size);
        let places = places(panel);
        for (index, place) in places.iter().enumerate() {
            assert_eq!(place.intersection(&glass), *place, "{}", panel.name);
            for other in &places[index + 1..] {
                let both = place.intersection(other);
                assert!(both.is_zero_sized(), "{}: {both:?}", panel.name);
            }
        }
        for body in [panel.body, panel.body_beside(panel.line_keys.len())] {
            assert_eq!(body.intersection(&glass), body, "{}", panel.name);
        }
    }
}

/// Keys below the glass share its width evenly; a label is over its own key and over no other.
#[test]
fn every_label_stands_above_its_key() {
    for panel in PANELS.iter() {
        let count = panel.soft_keys.len() as i32;
        for (index, label) in (0..).zip(&panel.soft_keys) {
            let key = panel.size.width as i32 * (2 * index + 1) / (2 * count);
            let off = label.center().x - key;
            assert!(off.abs() <= 2, "{}: key {index} by {off}", panel.name);
        }
    }
}

#[test]
fn every_action_has_room_on_every_key() {
    let mut faults = Vec::new();
    for panel in PANELS.iter() {
        let narrowest = panel.soft_keys.iter().map(|key| key.size.width).min();
        let air = match panel.look {
            Look::Colour => 4 * panel.grid,
            Look::Grey => 2 * panel.grid,
            Look::Mono => 0,
        };
        for (action, can_be_primary) in actions() {
            for language in languages() {
                let label = Words::new(language, panel.wording).action(action);
                // Whoever is signed in finds it at the left, and only there.
                let room = if action == Action::LogOut {
                    panel.soft_keys.first().map(|key| key.size.width)
                } else {
                    narrowest
                };
                let font = if can_be_primary && panel.look != Look::Colour {
                    panel.fonts.medium
                } else {
                    panel.fonts.small
                };
                let needs = width(font, label) + air;
                if Some(needs) > room {
                    faults.push(format!("{}: {label} {needs}", panel.name));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Each with whether it can be what moves the person forward.
fn actions() -> [(Action, bool); 26] {
    [
        (Action::LogIn, true),
        (Action::LogOut, false),
        (Action::SwitchUser, false),
        (Action::Emergency, false),
        (Action::Language, false),
        (Action::Next, true),
        (Action::Submit, true),
        (Action::Delete, false),
        (Action::Cancel, false),
        (Action::Confirm, true),
        (Action::Retry, true),
        (Action::Stay, true),
        (Action::Call, true),
        (Action::Dismiss, true),
        (Action::Menu, false),
        (Action::Select, true),
        (Action::SmallLetters, false),
        (Action::CapitalLetters, false),
        (Action::Digits, false),
        (Action::Deny, false),
        (Action::Answer, true),
        (Action::Reject, false),
        (Action::HangUp, false),
        (Action::Hold, false),
        (Action::Resume, true),
        (Action::More, false),
    ]
}

#[test]
fn what_is_for_two_colours_has_two() {
    for panel in PANELS.iter().filter(|panel| panel.look == Look::Mono) {
        for sample in gallery::all() {
            let mut picture = Picture::new(panel.size.width, panel.size.height);
            paint(&sample.screen(panel), panel, &mut picture);
            let area = Rectangle::new(Point::zero(), panel.size);
            for color in area.points().filter_map(|at| picture.pixel(at)) {
                let known = [Rgb888::BLACK, Rgb888::WHITE].contains(&color);
                assert!(known, "{} {}: {color:?}", panel.name, sample.name);
            }
        }
    }
}

#[test]
fn logging_in_or_out_is_on_every_idle_screen() {
    for panel in PANELS.iter() {
        let words = [Action::LogIn, Action::LogOut]
            .map(|action| Words::new(Language::English, panel.wording).action(action));
        for sample in gallery::all() {
            let covered = sample.dialling.is_some() || sample.call.is_some();
            if sample.activity != Activity::Home || covered {
                continue;
            }
            let first_key = panel.soft_keys[0];
            let there =
                layout(&sample.screen(panel), panel)
                    .marks
                    .into_iter()
                    .any(|mark| match mark {
                        Mark::Text { text, at, .. } => {
                            words.contains(&text.text.as_str()) && first_key.contains(at)
                        }
                        Mark::Fill { .. }
                        | Mark::Card { .. }
                        | Mark::Shape { .. }
                        | Mark::Bitmap { .. }
                        | Mark::Logo { .. } => false,
                    });
            assert!(there, "{} {}", panel.name, sample.name);
        }
    }
}

#[test]
fn a_panel_is_found_by_its_name_and_says_as_much_as_it_has_room_for() {
    for panel in PANELS.iter() {
        assert_eq!(
            Panel::named(&panel.name).map(|found| found.size),
            Some(panel.size)
        );
        let brief = panel.wording == Wording::Brief;
        assert_eq!(brief, panel.size.width < 240, "{}", panel.name);
    }
    assert!(Panel::named("640x480").is_none());
}
