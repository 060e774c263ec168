//! A text as a font can draw it: letters and marks that belong together are one letter, and one that the font
//! does not have loses its marks, so that a name can be read rather than guessed from empty boxes. Only for drawing: what a
//! screen says stays as it was written.

use std::borrow::Cow;

use crate::Font;

// Which letter and mark are which letter, in the order of the first two; the build script asks Unicode.
include!(concat!(env!("OUT_DIR"), "/compositions.rs"));

/// A text as it is drawn: control characters, which have no shape, become spaces.
pub(crate) fn drawable<'a>(font: &Font, text: &'a str) -> Cow<'a, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in composed(text) {
        push(font, c, &mut out);
    }
    Cow::Owned(out)
}

fn push(font: &Font, c: char, out: &mut String) {
    if c.is_control() {
        out.push(' ');
    } else if font.has(c) {
        out.push(c);
    } else if let Some((base, _)) = parts(c) {
        push(font, base, out);
    } else if c == 'ŉ' {
        // Two letters that Unicode has as one, and nobody writes so any more.
        out.push_str("'n");
    } else if !is_unseen(c) {
        out.push(c);
    }
}

/// Marks together with their letters, as far as there are such letters; other marks are left out.
fn composed(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text.chars().peekable();
    std::iter::from_fn(move || {
        let mut letter = rest.by_ref().find(|c| !is_mark(*c))?;
        while let Some(mark) = rest.next_if(|c| is_mark(*c)) {
            letter = marked(letter, mark).unwrap_or(letter);
        }
        Some(letter)
    })
}

/// A letter with one more mark. Marks may come in any order: one above before one below.
fn marked(letter: char, mark: char) -> Option<char> {
    compose(letter, mark).or_else(|| {
        let (base, other) = parts(letter)?;
        compose(compose(base, mark)?, other)
    })
}

fn compose(letter: char, mark: char) -> Option<char> {
    let pair = (code(letter)?, code(mark)?);
    let found = COMPOSITIONS.binary_search_by_key(&pair, |[base, mark, _]| (*base, *mark));
    let [_, _, whole] = COMPOSITIONS.get(found.ok()?)?;
    char::from_u32(u32::from(*whole))
}

/// A letter and the last of its marks.
fn parts(letter: char) -> Option<(char, char)> {
    let letter = code(letter)?;
    let found = COMPOSITIONS.iter().find(|[_, _, whole]| *whole == letter);
    let [base, mark, _] = found?;
    Some((
        char::from_u32(u32::from(*base))?,
        char::from_u32(u32::from(*mark))?,
    ))
}

fn code(c: char) -> Option<u16> {
    u16::try_from(u32::from(c)).ok()
}

/// Marks that stand on the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

/// Says how its neighbours are set and has no shape itself.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fonts;

    fn letters() -> &'static Font {
        Fonts::named("480x272").unwrap().small
    }

    fn figures() -> &'static Font {
        Fonts::named("480x272").unwrap().figure
    }

    #[test]
    fn letters_that_a_font_has_are_drawn_as_they_are() {
        for text in [
            "Ελένη Παπαδοπούλου",
            "Юрій Щербак",
            "Nguyễn Thị",
            "山田",
            "🙂",
            "a·b–c…",
            "",
        ] {
            assert_eq!(drawable(letters(), text), text);
        }
        assert_eq!(drawable(letters(), "a\nb\u{0}"), "a b ");
    }

    #[test]
    fn letters_and_their_marks_become_one_whatever_their_order() {
        assert_eq!(drawable(letters(), "Zofi\u{301}e"), "Zofíe");
        assert_eq!(drawable(letters(), "Nguye\u{302}\u{303}n"), "Nguyễn");
        // A dot below comes before a circumflex in Unicode's order, and here after it.
        assert_eq!(drawable(letters(), "Ho\u{302}\u{323}"), "Hộ");
        assert_eq!(
            drawable(letters(), "Ι\u{308}\u{301}ων Ё Е\u{308} й и\u{306}"),
            "Ϊων Ё Ё й й"
        );
    }

    #[test]
    fn marks_that_make_no_letter_and_signs_that_nobody_sees_are_left_out() {
        assert_eq!(drawable(letters(), "\u{301}x\u{20dd}q\u{301}\u{301}"), "xq");
        assert_eq!(
            drawable(letters(), "Ja\u{ad}ne\u{200b}\u{202e}\u{feff}"),
            "Jane"
        );
    }

    #[test]
    fn letters_that_a_font_does_not_have_lose_their_marks() {
        assert_eq!(drawable(figures(), "ŽẤ"), "ZA");
        let mono = Fonts::named("mono").unwrap();
        assert_eq!(
            drawable(mono.large, "Nguyễn Юрій Ελένη"),
            "Nguyên Юрій Ελένη"
        );
        assert_eq!(drawable(letters(), "ŉ"), "'n");
    }
}
