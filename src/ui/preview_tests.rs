//! A screen after a way as JSON: the same picture, without secrets, and a sentence for each mistake.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use super::*;
use crate::gallery::{self, png_file::decode};
use crate::{Body, Form, PANELS};

fn state(screen: &Screen) -> String {
    format!("{{\"screen\": {}}}", serde_json::to_string(screen).unwrap())
}

/// What a typed PIN leaves on the glass for a moment.
fn without_secrets(screen: &Screen) -> Screen {
    let mut screen = screen.clone();
    if let Body::Form(Form {
        fields, candidates, ..
    }) = &mut screen.body
    {
        *candidates = None;
        fields.iter_mut().for_each(|field| field.readable = None);
    }
    screen
}

#[test]
fn every_screen_is_the_same_picture_after_a_way_as_json() {
    for panel in PANELS.iter() {
        for sample in gallery::all() {
            let shown = without_secrets(&sample.screen(panel));
            let again = screen(&state(&shown)).unwrap();
            assert_eq!(again, shown, "{} on {}", sample.name, panel.name);
        }
    }
    let panel = Panel::named("480x272").unwrap();
    let shown = gallery::all()[0].screen(panel);
    let mut picture = Picture::new(panel.size.width, panel.size.height);
    paint(&shown, panel, &mut picture);
    let file = preview(&screen(&state(&shown)).unwrap(), panel).unwrap();
    assert!(decode(std::io::Cursor::new(file)).unwrap() == picture);
}

#[test]
fn characters_of_a_pin_do_not_go_along() {
    let panel = Panel::named("480x272").unwrap();
    let secret = |sample: &gallery::Sample| {
        let shown = sample.screen(panel);
        without_secrets(&shown) != shown
    };
    let samples: Vec<_> = gallery::all().into_iter().filter(secret).collect();
    assert!(samples.len() > 1, "samples of a PIN being typed");
    for sample in samples {
        let text = state(&sample.screen(panel));
        for key in ["readable", "candidates"] {
            assert!(!text.contains(key), "{}: {text}", sample.name);
        }
    }
}

#[test]
fn what_a_phone_sends_is_drawn_on_its_panel_in_its_colours() {
    let panel = Panel::named("320x240").unwrap();
    let shown = without_secrets(&gallery::all()[0].screen(panel));
    let text = serde_json::to_string(&shown).unwrap();
    let drawn = |more: &str| sent(&format!("{{\"screen\": {text}{more}}}"));
    let usual = preview(&shown, panel).unwrap();
    assert!(drawn(r#", "panel": "320x240""#).unwrap() == usual);
    let light = drawn(r#", "panel": "320x240", "theme": "light""#).unwrap();
    assert!(light != usual);
    assert!(drawn(r#", "panel": "320x240", "theme": "pink""#).unwrap() == usual);
    let unknown = drawn(r#", "panel": "door""#).unwrap_err().to_string();
    assert_eq!(unknown, "there is no panel \"door\" here");
    assert!(drawn("").is_err());
}

#[test]
fn a_mistake_in_a_state_is_said_with_its_place() {
    let told = |state: &str| screen(state).unwrap_err().to_string();
    assert!(told("").contains("EOF"));
    assert!(told("{\"screen\": {\"mood\": 1}}").contains("mood"));
    let half = "{\"screen\": {\"status_bar\": {\"title\": \"Desk 12\"}}}";
    assert!(
        told(half).contains("missing field `body` at line 1"),
        "{}",
        told(half)
    );
    assert!(told(&" ".repeat(STATE_BYTES_MAX + 1)).contains("65536 bytes"));
}

#[test]
fn pictures_of_many_colours_and_of_few_keep_every_pixel() {
    let mut random = ChaCha8Rng::seed_from_u64(4);
    for colors in [1, 2, 255, 256, 257, 5000] {
        let pixel = |n: u32| {
            let value = n % colors;
            [value as u8, (value >> 8) as u8, 77]
        };
        let pixels = (0..100 * 60).flat_map(|_| pixel(random.next_u32()));
        let picture = Picture::from_pixels(100, 60, pixels.collect()).unwrap();
        for effort in [Effort::Quick, Effort::Small] {
            let file = png(&picture, effort).unwrap();
            assert!(
                decode(std::io::Cursor::new(file)).unwrap() == picture,
                "{colors}"
            );
        }
    }
    assert!(png(&Picture::default(), Effort::Quick).is_err());
}
