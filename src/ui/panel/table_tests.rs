//! Files of panels that are right, and the sentence for each mistake.

use embedded_graphics::prelude::Size;

use super::{BUILT_IN, Look, PANELS, Panel};
use crate::Wording;

/// Two soft keys, and no more than has to be said.
const SMALL: &str = r#"
[panel]
name = "door-panel"
size = "160x96"
depth = 1
fonts = "mono"
status_bar = [0, 0, 160, 12]
body = [2, 14, 156, 60]
soft_keys = [[1, 80, 78, 14], [81, 80, 78, 14]]
"#;

fn wrong(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    Panel::parse(&SMALL.replace(from, to))
        .unwrap_err()
        .to_string()
}

#[test]
fn every_built_in_file_is_right() {
    for text in BUILT_IN {
        if let Err(mistake) = Panel::parse(text) {
            panic!("{mistake} in\n{text}");
        }
    }
    assert_eq!(PANELS.len(), BUILT_IN.len());
}

#[test]
fn a_vendors_panel_needs_no_more_than_places_and_type() {
    let panel = Panel::parse(SMALL).unwrap();
    assert_eq!(panel.name, "door-panel");
    assert_eq!(panel.size, Size::new(160, 96));
    assert_eq!((panel.look, panel.wording), (Look::Mono, Wording::Brief));
    assert_eq!((panel.soft_keys.len(), panel.line_keys.len()), (2, 0));
    assert_eq!(panel.rotation, 0);
}

#[test]
fn a_misplaced_rectangle_is_named_with_what_to_do() {
    check(&[
        (
            "[81, 80, 78, 14]",
            "[81, 80, 80, 14]",
            "soft_keys: number 2: [81, 80, 80, 14] is not within 160x96",
        ),
        (
            "[81, 80, 78, 14]",
            "[60, 80, 78, 14]",
            "soft_keys: number 1: [1, 80, 78, 14] lies on soft_keys: number 2",
        ),
        (
            "[2, 14, 156, 60]",
            "[2, 14, 156, 70]",
            "body: [2, 14, 156, 70] lies on soft_keys: number 1",
        ),
        (
            "[2, 14, 156, 60]",
            "[2, 14, 156, 30]",
            "body: 156x30 is too small for the type of this panel; at least 60x40",
        ),
        (
            "[81, 80, 78, 14]",
            "[81, 80, 20, 14]",
            "soft_keys: number 2: 20x14 is too small",
        ),
        (
            ", [81, 80, 78, 14]",
            "",
            "soft_keys: there are 1; a phone has 2 to 5",
        ),
        (
            "\nbody",
            "\nline_keys = [[100, 20, 60, 14]]\nbody",
            "more_keys: a panel with line keys",
        ),
    ]);
}

#[test]
fn a_wrong_value_is_named_with_what_to_do() {
    check(&[
        ("\"160x96\"", "\"160\"", "size: \"160\" is not understood"),
        ("\"160x96\"", "\"160x9\"", "from 96x48 to 2048x2048"),
        (
            "depth = 1",
            "depth = 3",
            "depth: 3 is not possible; use 1, 2, 4",
        ),
        (
            "depth = 1",
            "depth = 1\nlook = \"colour\"",
            "look: it needs 8 bits for each pixel and panel.depth is 1",
        ),
        (
            "depth = 1",
            "depth = 1\nlook = \"nice\"",
            "look: there is no \"nice\"; use",
        ),
        (
            "depth = 1",
            "depth = 1\nrotation = 45",
            "rotation: 45 is not possible; use 0, 90",
        ),
        (
            "depth = 1",
            "depth = 1\ngrid = 0",
            "grid: 0 is not possible; use 1 to 16",
        ),
        (
            "\"mono\"",
            "\"serif\"",
            "fonts: there is no type called \"serif\" in this program; it has 480x272",
        ),
        (
            "\"mono\"",
            "\"480x272\"",
            "fonts: the type \"480x272\" has smooth edges",
        ),
        ("\"door-panel\"", "\"a/b\"", "name: \"a/b\" is no name"),
    ]);
    let unknown = wrong("depth = 1", "depht = 1");
    assert!(
        unknown.contains("line 5") && unknown.contains("depht"),
        "{unknown}"
    );
}

/// What to replace in the file, by what, and what is said then.
fn check(mistakes: &[(&str, &str, &str)]) {
    for (from, to, expected) in mistakes {
        let message = wrong(from, to);
        assert!(message.starts_with("panel."), "{message}");
        assert!(message.contains(expected), "{message}: {expected}");
    }
}
