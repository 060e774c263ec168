//! How wide a text is, and how to make it fit: shortened with an ellipsis, or broken into lines. Never draws.

use crate::Font;
use crate::spelling::drawable;

/// A text that fits its room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fitted {
    pub(crate) text: String,
    /// Columns that it takes.
    pub(crate) width: u32,
    /// Whether something had to be left out.
    pub(crate) shortened: bool,
}

const ELLIPSIS: char = '…';

/// Which end of a text is left out when it is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The end: for names and sentences.
    End,
    /// The beginning: for what is being typed, so that the cursor stays in sight.
    Start,
}

/// Columns that a text takes.
pub(crate) fn width(font: &Font, text: &str) -> u32 {
    font.measure(&drawable(font, text))
}

/// Shortens a text, as it is drawn, until it fits.
pub(crate) fn fit(font: &Font, text: &str, room: u32, cut: Cut) -> Fitted {
    // No glyph worth reading is narrower than a pixel: this bounds the work for a name of any length.
    let most = room as usize + 1;
    let mut chars = text.char_indices();
    let looked_at = match cut {
        Cut::End => chars.nth(most).and_then(|(end, _)| text.get(..end)),
        Cut::Start => chars
            .nth_back(most - 1)
            .and_then(|(start, _)| text.get(start..)),
    };
    let whole = drawable(font, looked_at.unwrap_or(text)).into_owned();
    let whole_width = font.measure(&whole);
    if whole_width <= room {
        return Fitted {
            text: whole,
            width: whole_width,
            shortened: false,
        };
    }
    let chars: Vec<char> = whole.chars().collect();
    let shorter = |keep: usize| shorten(&chars, keep, cut);
    let keep = largest(chars.len(), |keep| font.measure(&shorter(keep)) <= room);
    let text = if keep == 0 {
        String::new()
    } else {
        shorter(keep)
    };
    Fitted {
        width: font.measure(&text),
        text,
        shortened: true,
    }
}

fn shorten(chars: &[char], keep: usize, cut: Cut) -> String {
    match cut {
        Cut::End => {
            let kept: String = chars.iter().take(keep).collect();
            format!("{}{ELLIPSIS}", kept.trim_end())
        }
        Cut::Start => {
            let kept: String = chars
                .iter()
                .skip(chars.len().saturating_sub(keep))
                .collect();
            format!("{ELLIPSIS}{}", kept.trim_start())
        }
    }
}

/// The largest number below `limit` that is fine, where everything below a fine number is fine as well.
fn largest(limit: usize, fine: impl Fn(usize) -> bool) -> usize {
    let (mut good, mut bad) = (0, limit);
    while good + 1 < bad {
        let middle = good + (bad - good) / 2;
        if fine(middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    good
}

/// Breaks a text into at most so many lines between words, the lines about equally long, the last one shortened where
/// the text does not fit.
pub(crate) fn wrap(font: &Font, text: &str, room: u32, lines_max: usize) -> Vec<Fitted> {
    let lines = greedy(font, text, room, lines_max);
    if lines.len() < 2 || lines.iter().any(|line| line.shortened) {
        return lines;
    }
    // The narrowest room that needs no further line makes the lines equal.
    let count = lines.len();
    let narrower = |spare: usize| {
        let narrow = room.saturating_sub(u32::try_from(spare).unwrap_or(room));
        greedy(font, text, narrow, lines_max)
    };
    let spare = largest(room as usize, |spare| {
        let lines = narrower(spare);
        lines.len() == count && !lines.iter().any(|line| line.shortened)
    });
    narrower(spare)
}

/// Fills line after line.
fn greedy(font: &Font, text: &str, room: u32, lines_max: usize) -> Vec<Fitted> {
    let mut lines = Vec::new();
    let mut words = words(text).peekable();
    while words.peek().is_some() && lines.len() < lines_max {
        let mut line = words.next().unwrap_or_default().to_owned();
        let last = lines.len() + 1 == lines_max;
        while let Some(word) = words.peek() {
            let longer = format!("{line} {word}");
            // The last line takes all that is left: what does not fit is cut off there.
            if !last && width(font, &longer) > room {
                break;
            }
            line = longer;
            words.next();
            if line.len() > LINE_BYTES_MAX {
                break;
            }
        }
        lines.push(fit(font, &line, room, Cut::End));
    }
    lines
}

/// What may be broken between: never at a no-break space.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let gap = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}');
    text.split(gap).filter(|word| !word.is_empty())
}

/// No panel has room for a longer line; bounds the work for a text of any length.
const LINE_BYTES_MAX: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PANELS;

    fn small() -> &'static Font {
        PANELS[0].fonts.small
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let fitted = fit(small(), "Jane Doe", 200, Cut::End);
        assert_eq!(fitted.text, "Jane Doe");
        assert!(!fitted.shortened && fitted.width <= 200 && fitted.width > 40);
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis_and_fits_then() {
        let name = "Wilhelmina Featherstonehaugh-Cholmondeley";
        for room in [0, 5, 20, 57, 120, 200] {
            let fitted = fit(small(), name, room, Cut::End);
            assert!(fitted.shortened);
            assert!(width(small(), &fitted.text) <= room, "{room}: {fitted:?}");
            assert!(fitted.text.is_empty() || fitted.text.ends_with('…'));
        }
        assert!(
            fit(small(), name, 200, Cut::End)
                .text
                .starts_with("Wilhelmina F")
        );
    }

    #[test]
    fn what_is_being_typed_loses_its_beginning() {
        let fitted = fit(small(), "00441132991000123456", 80, Cut::Start);
        assert!(fitted.text.starts_with('…') && fitted.text.ends_with("3456"));
        assert!(fitted.width <= 80);
    }

    #[test]
    fn any_text_of_any_length_fits() {
        let odd = [
            "\u{0}\n\t",
            "漢字🙂👩‍👩‍👧",
            "a\u{301}\u{301}\u{301}",
            "\u{202e}Jane",
            "",
        ];
        for text in odd {
            for long in [text.to_owned(), text.repeat(3000)] {
                let fitted = fit(small(), &long, 100, Cut::End);
                assert!(width(small(), &fitted.text) <= 100);
                assert!(!fitted.text.contains(char::is_control));
                for line in wrap(small(), &long, 100, 3) {
                    assert!(line.width <= 100);
                }
            }
        }
    }

    #[test]
    fn lines_are_about_equal_and_lose_no_word() {
        let text = "The telephone system does not accept your number.";
        let lines = wrap(small(), text, 300, 2);
        let joined: Vec<_> = lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(joined.join(" "), text);
        let widths: Vec<_> = lines.iter().map(|l| l.width).collect();
        assert!(widths[0].abs_diff(widths[1]) < 80, "{widths:?}");
    }

    #[test]
    fn more_than_the_lines_hold_is_cut_off_in_the_last() {
        let lines = wrap(small(), &"word ".repeat(100), 100, 3);
        assert_eq!(lines.len(), 3);
        assert!(lines[2].shortened && lines[2].text.ends_with('…'));
        assert!(wrap(small(), "", 100, 3).is_empty());
    }
}
