//! A few lines of text for a glass that no layout fits on: what matters most, and what the soft keys do.

use embedded_graphics::mono_font::iso_8859_1::FONT_5X8;
use embedded_graphics::prelude::Point;
use hotdesk_ui::Picture;

use super::pattern::write;

/// Pixels of a letter.
const LETTER: (u32, u32) = (5, 8);

/// As many lines as fit on a glass of this size, drawn in the smallest letters that can be read.
pub(super) fn strip(text: &str, width: u32, height: u32) -> Picture {
    let mut picture = Picture::new(width, height);
    let columns = (width / LETTER.0) as usize;
    let rows = (height / LETTER.1) as usize;
    let mut at = Point::zero();
    for line in lines(text, rows) {
        let line: String = line.chars().take(columns).collect();
        let Ok(()) = write(&mut picture, &line, at, &FONT_5X8);
        at.y = at.y.saturating_add_unsigned(LETTER.1);
    }
    picture
}

/// The main thing first and the soft keys last; between them what else is there, as far as there is room.
fn lines(text: &str, rows: usize) -> Vec<String> {
    let mut parts = text.split("===\n");
    let (title, body, keys) = (parts.next(), parts.next(), parts.next());
    let title = title.unwrap_or_default();
    let title = title.split(" | ").next().unwrap_or_default().trim();
    let body = || body.unwrap_or_default().lines();
    let heading = body().find_map(|line| line.strip_prefix("# "));
    let mut lines = vec![heading.unwrap_or(title).to_owned()];
    if rows > 2 {
        let rest = body().filter(|line| !line.starts_with(['#', '<', '-']));
        lines.extend(rest.map(str::to_owned));
        lines.truncate(rows - 1);
    }
    if rows > 1 {
        lines.push(labels(keys.unwrap_or_default()));
    }
    lines
}

/// What stands above the soft keys, from the left.
fn labels(keys: &str) -> String {
    let labels = keys.trim().split(']');
    let labels = labels.map(|key| key.trim().trim_start_matches(['[', '>']).trim());
    let labels: Vec<&str> = labels.filter(|label| !label.is_empty()).collect();
    labels.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKING: &str = "Desk 12 · 3001 | 10:42\n===\n# Signing in 2019\n[>] Asking the server…\n===\n\
                          [Cancel] [> Emergency] [] []\n";

    #[test]
    fn the_main_thing_and_the_keys_come_first() {
        assert_eq!(lines(ASKING, 2), ["Signing in 2019", "Cancel Emergency"]);
        assert_eq!(lines(ASKING, 1), ["Signing in 2019"]);
        assert_eq!(
            lines(ASKING, 8),
            [
                "Signing in 2019",
                "[>] Asking the server…",
                "Cancel Emergency"
            ]
        );
        let home = "Desk 12 | 10:42\n===\n===\n[> Log In]\n";
        assert_eq!(lines(home, 2), ["Desk 12", "Log In"]);
        assert_eq!(lines("", 2), ["", ""]);
    }

    #[test]
    fn it_is_as_large_as_the_glass() {
        let picture = strip(ASKING, 96, 16);
        assert_eq!(picture.pixels().len(), 96 * 16 * 3);
        let lit = |rows: std::ops::Range<usize>| {
            let bytes = picture
                .pixels()
                .get(rows.start * 288..rows.end * 288)
                .unwrap();
            bytes.contains(&0xff)
        };
        assert!(lit(0..8) && lit(8..16));
    }
}
