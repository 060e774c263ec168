//! What holds for every screen besides its look: it keeps still, it has order, its type can be read.

use std::collections::BTreeMap;
use std::time::Duration;

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use hotdesk_session::Activity;

use crate::layout::layout;
use crate::looks_tests::{Case, everything, letters};
use crate::sheet::Mark;
use crate::{Look, PANELS};

/// Capitals of this many rows can be read at arm's length: on glasses of some hundred dots to the inch 2.5 mm in colour, and
/// on those with coarser dots five rows, the least that tells E from B.
fn least_capitals(look: Look, width: u32) -> f32 {
    match look {
        Look::Mono => 5.0,
        Look::Grey => 6.0,
        Look::Colour if width < 480 => 8.0,
        Look::Colour if width < 800 => 10.0,
        Look::Colour => 13.0,
    }
}

#[test]
fn no_type_is_smaller_than_can_be_read() {
    let mut smallest = BTreeMap::new();
    for Case { panel, sample, .. } in everything() {
        for mark in layout(&sample.screen(panel), panel).marks {
            let Mark::Text { font, .. } = mark else {
                continue;
            };
            let capitals = font.metrics().capitals;
            let least: &mut f32 = smallest.entry(&panel.name).or_insert(capitals);
            *least = least.min(capitals);
        }
    }
    for panel in PANELS.iter() {
        let (found, least) = (
            smallest[&panel.name],
            least_capitals(panel.look, panel.size.width),
        );
        assert!(found >= least, "{}: {found} rows", panel.name);
    }
}

/// Something with edges: a plain rectangle, a card with its round corners, a picture.
#[derive(Debug, Clone, Copy)]
struct Thing {
    area: Rectangle,
    is_picture: bool,
}

/// The things of a screen in the order of drawing.
fn things(marks: &[Mark]) -> Vec<Thing> {
    let thing = |mark: &Mark| {
        let is_picture = match mark {
            Mark::Fill { .. } | Mark::Card { .. } => false,
            Mark::Shape { .. } | Mark::Bitmap { .. } | Mark::Logo { .. } => true,
            Mark::Text { .. } => return None,
        };
        let area = mark.area();
        Some(Thing { area, is_picture })
    };
    let things = marks.iter().filter_map(thing);
    things.filter(|thing| !thing.area.is_zero_sized()).collect()
}

fn apart(one: &Rectangle, other: &Rectangle) -> bool {
    one.intersection(other).is_zero_sized()
}

/// Lines meet where they are the edges of a frame.
fn is_line(area: &Rectangle) -> bool {
    area.size.width.min(area.size.height) <= 2
}

fn within(inner: &Rectangle, outer: &Rectangle) -> bool {
    inner.intersection(outer) == *inner
}

#[test]
fn cards_lie_within_each_other_or_apart_and_words_and_pictures_on_one_or_beside_it() {
    for case in everything() {
        let marks = layout(&case.screen(), case.panel).marks;
        let things = things(&marks);
        for (index, first) in things.iter().enumerate() {
            for second in &things[index + 1..] {
                let (one, other) = (&first.area, &second.area);
                let frame = is_line(one) && is_line(other);
                let tidy = frame || apart(one, other) || within(other, one) && !first.is_picture;
                assert!(tidy, "{}: {first:?} and {second:?}", case.name);
            }
        }
        for mark in &marks {
            let Mark::Text { text, font, at, .. } = mark else {
                continue;
            };
            let (area, words) = letters(text, font, *at);
            if area.is_zero_sized() {
                continue;
            }
            for thing in &things {
                let on_it = !thing.is_picture && within(&inked(area), &thing.area);
                let cursor = thing.area.size.width <= 3 && within(&thing.area, &area);
                let tidy = on_it || cursor || apart(&inked(area), &thing.area);
                assert!(tidy, "{}: {words:?} {area:?} and {thing:?}", case.name);
            }
        }
    }
}

/// Accents and descenders may touch an edge; what one reads is between them.
fn inked(area: Rectangle) -> Rectangle {
    let at = Point::new(area.top_left.x, area.top_left.y + 1);
    let height = area.size.height.saturating_sub(2);
    Rectangle::new(at, Size::new(area.size.width, height))
}

#[test]
fn nothing_blinks() {
    const STEP: Duration = Duration::from_millis(100);
    for case in everything() {
        let mut shown = vec![case.screen()];
        for step in 1..=35 {
            let screen = case
                .sample
                .screen_after(STEP * step, case.language, case.panel);
            if shown.last() != Some(&screen) {
                assert!(!shown.contains(&screen), "{} comes back", case.name);
                shown.push(screen);
            }
        }
        // A countdown, and the clock once.
        assert!(shown.len() <= 6, "{}: {} screens", case.name, shown.len());
    }
}

/// Whether somebody waits for an answer from elsewhere.
fn waits(activity: &Activity) -> bool {
    match activity {
        Activity::Admitting(_) | Activity::Switching(_) | Activity::Leaving(_) => true,
        Activity::LogoutPin(logout) => logout.asking,
        Activity::ChangePin(change) => change.asking,
        Activity::EndElsewhere(question) => question.asking,
        Activity::Expiring(expiring) => expiring.asking,
        Activity::Enrolling(_)
        | Activity::Home
        | Activity::Entering(_)
        | Activity::ConfirmTakeover(_)
        | Activity::Refused(_)
        | Activity::LockedOut(_)
        | Activity::ConfirmLogout(_)
        | Activity::Evicted(_)
        | Activity::Diagnostics
        | Activity::Menu(_)
        | Activity::Consent(_)
        | Activity::Done(_) => false,
    }
}

/// From the first moment, so before 300 ms have passed.
#[test]
fn whoever_waits_is_told_what_for() {
    let mut seen = 0;
    for case in everything() {
        if case.sample.dialling.is_some() || !waits(&case.sample.activity) {
            continue;
        }
        seen += 1;
        let text = case.screen().to_text();
        assert!(
            text.contains('…') || text.contains("[>]"),
            "{}:\n{text}",
            case.name
        );
    }
    assert!(seen > 0, "samples of waiting");
}
