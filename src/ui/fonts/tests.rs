//! What holds for every font, whatever it is made of and whatever it is asked to write.

use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use super::{Font, Fonts};
use crate::goldens::one_in;
use crate::measure::{Cut, fit, width};
use crate::spelling::drawable;
use crate::{PANELS, Picture};

/// What names are written with, each of a panel's sizes but the figures.
fn for_names(fonts: &Fonts) -> Vec<&'static Font> {
    let mut all = vec![fonts.small, fonts.medium, fonts.large];
    all.extend(fonts.between);
    all
}

fn every_font() -> Vec<&'static Font> {
    let mut all = Vec::new();
    for name in Fonts::names() {
        let fonts = Fonts::named(name).unwrap();
        all.extend(for_names(&fonts));
        all.push(fonts.figure);
    }
    all
}

/// Where a text leaves ink when it is drawn at a point of a picture of this size.
fn ink(font: &Font, text: &str, at: Point, size: Size) -> Option<Rectangle> {
    let nothing = Picture::new(size.width, size.height);
    let mut picture = nothing.clone();
    let colors = [Rgb888::WHITE, Rgb888::BLACK];
    let Ok(()) = font.draw(text, at, colors, &mut picture);
    picture.diff(&nothing)
}

/// Each alphabet letter by letter: those of a name are drawn as it is written.
#[test]
fn names_are_written_with_their_own_letters() {
    let letters = [' '..='~', '\u{a0}'..='ſ', 'Ά'..='ώ', 'Ѐ'..='џ'];
    let singles = "ȘșȚțẞơưҐґҚқҮүӘәӨө–—‘’‚“”„•…·";
    let in_colour = ['Ạ'..='ỹ', 'Ǎ'..='ǜ'];
    for panel in PANELS.iter() {
        let more = in_colour.iter().filter(|_| panel.fonts.is_smooth());
        let wanted = letters.iter().chain(more).cloned().flatten();
        let wanted: Vec<char> = wanted
            // Not what Unicode has not assigned, and not an n after an apostrophe, which is two.
            .filter(|c| c.is_alphabetic() && *c != 'ŉ')
            .chain(singles.chars())
            .collect();
        for font in for_names(&panel.fonts) {
            for c in &wanted {
                assert!(font.has(*c), "{}: {c:?}", panel.name);
            }
            assert!(!font.has('山') && !font.has('🙂'));
        }
    }
}

#[test]
fn digits_are_equally_wide() {
    for font in every_font() {
        let zero = width(font, "0");
        for digit in '0'..='9' {
            assert_eq!(width(font, &digit.to_string()), zero, "{digit}");
        }
    }
}

/// Every character that there is in a font, one by one, and boxes for some that are not: within what was measured.
#[test]
fn any_character_stays_where_its_measure_says() {
    let at = Point::new(20, 40);
    for font in every_font() {
        let known = ('\u{0}'..='\u{2fff}').filter(|c| font.has(*c));
        let known = known.step_by(one_in());
        for c in known.chain("\0\u{301}山🙂\u{e000}\u{fffd}\u{10ffff}".chars()) {
            let text = drawable(font, &c.to_string()).into_owned();
            let reach = font.reach(at, font.measure(&text));
            if let Some(ink) = ink(font, &text, at, Size::new(130, 180)) {
                assert_eq!(ink.intersection(&reach), ink, "{c:?}");
            }
        }
    }
}

/// Nothing that anybody is called can make a phone fail: any text fits any room and is drawn within it.
#[test]
fn any_text_fits_and_stays_in_its_room() {
    let mut state: u32 = 1;
    let mut random = move |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let blocks = [
        0x20, 0xa0, 0x300, 0x370, 0x400, 0x1e00, 0x2000, 0x4e00, 0xfe00, 0x1_f300,
    ];
    for round in (0..60).step_by(one_in()) {
        let text: String = (0..random(40))
            .filter_map(|_| {
                let block = blocks[random(blocks.len() as u32) as usize];
                char::from_u32(block + random(0x60))
            })
            .collect();
        for font in every_font() {
            let room = random(300);
            let at = Point::new(50, 100);
            let fitted = fit(font, &text, room, [Cut::End, Cut::Start][round % 2]);
            assert!(fitted.width <= room, "{text:?}");
            assert_eq!(fitted.width, font.measure(&fitted.text), "{text:?}");
            if let Some(ink) = ink(font, &fitted.text, at, Size::new(400, 250)) {
                let reach = font.reach(at, fitted.width);
                assert_eq!(ink.intersection(&reach), ink, "{text:?}");
            }
        }
    }
}

#[test]
fn what_is_half_outside_is_drawn_half() {
    for font in every_font() {
        let mut whole = Picture::new(60, 150);
        let mut part = Picture::new(30, 150);
        let colors = [Rgb888::WHITE, Rgb888::BLACK];
        for picture in [&mut whole, &mut part] {
            let Ok(()) = font.draw("2019", Point::new(-3, 10), colors, picture);
        }
        let left = Rectangle::new(Point::zero(), Size::new(30, 150));
        for at in embedded_graphics::primitives::PointsIter::points(&left) {
            assert_eq!(part.pixel(at), whole.pixel(at), "{at}");
        }
    }
}
