//! What a theme may say, what is refused with which words, and where a logo stands.

use super::*;
use crate::gallery;
use crate::sheet::Mark;
use crate::{Look, PANELS, Panel};

fn mistake(text: &str) -> String {
    Theme::parse(text, Look::Colour).unwrap_err().to_string()
}

#[test]
fn built_in_themes_are_whole_and_can_be_read() {
    for name in ["dark", "light"] {
        for look in [Look::Colour, Look::Grey, Look::Mono] {
            assert!(Theme::named(name, look).is_some(), "{name}");
        }
    }
    assert!(Theme::named("pink", Look::Colour).is_none());
    let [dark, light] = ["dark", "light"].map(|name| Theme::named(name, Look::Colour).unwrap());
    assert_eq!(Theme::of(Look::Colour), dark);
    assert_ne!(dark.calm, light.calm);
    // An emergency call is the same whoever chose the colours.
    assert_eq!(dark.emergency, light.emergency);
}

#[test]
fn an_emergency_call_can_be_read() {
    for pair in contrast::pairs(&EMERGENCY) {
        // A field or a lamp is never shown during one.
        if pair.least < contrast::WORDS {
            continue;
        }
        let ((ink, one), (behind, other)) = (pair.ink, pair.behind);
        let found = contrast(one, other);
        assert!(found >= pair.least, "{ink} on {behind}: {found}");
    }
}

#[test]
fn a_vendors_accent_is_on_the_main_key_with_words_that_can_be_read() {
    for accent in ["#c4122f", "#ffd400", "#000000", "#ffffff", "#808080"] {
        for base in ["dark", "light"] {
            let text = format!("[theme]\nbase = \"{base}\"\naccent = \"{accent}\"\n");
            let (theme, logo) = Theme::parse(&text, Look::Colour).unwrap();
            let p = theme.calm;
            assert_eq!(p.primary, colour(accent));
            assert!(contrast(p.on_primary, p.primary) >= 4.5, "{accent} {base}");
            assert!(contrast(p.focus, p.ground) >= 3.0, "{accent} {base}");
            assert_eq!(logo, None);
        }
    }
}

fn colour(text: &str) -> Rgb888 {
    rgb(u32::from_str_radix(&text[1..], 16).unwrap())
}

#[test]
fn a_colour_can_be_changed_alone() {
    let text = "[theme]\nbase = \"light\"\nbar = \"#ffffff\"\nlogo = \"logo.bmp\"\n";
    let (theme, logo) = Theme::parse(text, Look::Colour).unwrap();
    assert_eq!(theme.calm.bar, Rgb888::WHITE);
    assert_eq!(
        theme.calm.ground,
        Theme::named("light", Look::Colour).unwrap().calm.ground
    );
    assert_eq!(logo.as_deref(), Some("logo.bmp"));
    // A panel without colours takes the logo alone.
    let (theme, logo) = Theme::parse(text, Look::Mono).unwrap();
    assert_eq!(theme, Theme::of(Look::Mono));
    assert!(logo.is_some());
}

#[test]
fn every_mistake_says_where_it_is_and_what_to_do() {
    for (text, expected) in [
        (
            "[theme]\nbase = \"dark\"\nquiet = \"#20262d\"\n",
            "theme.quiet: it cannot be told apart from ground",
        ),
        (
            "[theme]\nbase = \"pink\"\n",
            "theme.base: there is no \"pink\"; use",
        ),
        (
            "[theme]\nbase = \"dark\"\naccent = \"blue\"\n",
            "theme.accent: \"blue\" is no colour; write",
        ),
        (
            "[theme]\nbase = \"dark\"\nbar = \"#12345\"\n",
            "theme.bar: \"#12345\" is no colour",
        ),
        (
            "[theme]\nbase = \"dark\"\nbar = \"#ääá\"\n",
            "theme.bar: \"#ääá\" is no colour",
        ),
        (
            "[theme]\nbase = \"dark\"\nglow = \"#123456\"\n",
            "theme.glow: there is no such key; there are base, accent, logo, ground",
        ),
        (
            "[theme]\nground = \"#123456\"\n",
            "theme.base: without it every colour is needed, and there is no bar, on_bar",
        ),
        ("[theme]\nbase = 3\n", "line 2: invalid type"),
        ("[them]\n", "line 1: unknown field"),
        ("", "missing field"),
    ] {
        let found = mistake(text);
        assert!(found.contains(expected), "{text}\n{found}\n{expected}");
    }
}

/// A BMP file of 24 bits for each pixel, all of one colour.
fn bmp(width: u32, height: u32, [r, g, b]: [u8; 3]) -> Vec<u8> {
    let row = (width * 3).div_ceil(4) * 4;
    let data = row * height;
    let mut file = b"BM".to_vec();
    for number in [
        54 + data,
        0,
        54,
        40,
        width,
        height,
        1 | 24 << 16,
        0,
        data,
        2835,
        2835,
        0,
        0,
    ] {
        file.extend(number.to_le_bytes());
    }
    for _ in 0..height {
        let mut line = [b, g, r].repeat(width as usize);
        line.resize(row as usize, 0);
        file.extend(line);
    }
    file
}

#[test]
fn a_logo_is_a_picture_of_a_size_that_fits() {
    let logo = Logo::from_bmp(&bmp(3, 2, [196, 18, 47])).unwrap();
    assert_eq!(logo.size(), embedded_graphics::prelude::Size::new(3, 2));
    assert!(logo.pixels().eq([rgb(0xc4_122f); 6]));
    for (file, expected) in [
        (
            bmp(401, 2, [0; 3]),
            "a logo of 401x2 cannot be shown; use 1x1 to 400x160",
        ),
        (bmp(0, 2, [0; 3]), "this is no BMP file"),
        (Vec::new(), "this is no BMP file"),
        (b"BM".repeat(40), "this is no BMP file"),
    ] {
        let found = Logo::from_bmp(&file).unwrap_err();
        assert!(found.contains(expected), "{found}");
    }
    // What is cut off is black, never a panic.
    let whole = bmp(30, 20, [255; 3]);
    for length in 0..whole.len() {
        let _ = Logo::from_bmp(&whole[..length]);
    }
}

#[test]
fn a_logo_stands_above_the_invitation_where_it_fits_and_nowhere_else() {
    for panel in PANELS.iter() {
        let size = (panel.body.size.width / 4, panel.body.size.height / 4);
        let logo = Logo::from_bmp(&bmp(size.0, size.1, [196, 18, 47])).unwrap();
        let theme = Theme::of(panel.look).with_logo(logo, panel.look);
        let branded = Panel {
            theme,
            ..panel.clone()
        };
        for sample in gallery::all() {
            let screen = sample.screen(panel);
            let marks = crate::layout::layout(&screen, &branded).marks;
            let logos: Vec<_> = marks
                .iter()
                .filter(|mark| matches!(mark, Mark::Logo { .. }))
                .collect();
            let invites = sample.name.starts_with("vacant") || sample.name == "trouble-vacant";
            assert!(
                logos.len() <= usize::from(invites),
                "{} {}",
                panel.name,
                sample.name
            );
            if sample.name == "vacant" {
                let place = logos[0].area();
                assert_eq!(place.intersection(&panel.body), place, "{}", panel.name);
            }
        }
    }
}
