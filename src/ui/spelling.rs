//! Letters that our type does not have, spelled with letters that it has: a name in Greek or Cyrillic can be read rather
//! than guessed from empty boxes. Only for drawing: what a screen says stays as it was written.

/// A text as it is drawn: control characters, which have no shape, become spaces.
pub(crate) fn drawable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match spelled(before, c) {
            Some(letters) => push_like(c, letters, &mut out),
            None if c.is_control() => out.push(' '),
            None => out.push(c),
        }
        before = c;
    }
    out
}

/// Keeps a capital a capital: one of them for a letter that is spelled with several.
fn push_like(c: char, letters: &str, out: &mut String) {
    for (index, letter) in letters.chars().enumerate() {
        if index == 0 && c.is_uppercase() {
            out.extend(letter.to_uppercase());
        } else {
            out.push(letter);
        }
    }
}

fn spelled(before: char, c: char) -> Option<&'static str> {
    let small = c.to_lowercase().next().unwrap_or(c);
    match small {
        'ά'..='ώ' | 'ΐ' => greek(before, small),
        'а'..='џ' | 'ґ' => cyrillic(small),
        _ => None,
    }
}

/// After ELOT 743, letter by letter, with the one pair that every reader knows.
fn greek(before: char, small: char) -> Option<&'static str> {
    Some(match small {
        'υ' | 'ύ' if matches!(before, 'ο' | 'Ο') => "u",
        'α' | 'ά' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' | 'έ' => "e",
        'ζ' => "z",
        'η' | 'ή' | 'ι' | 'ί' | 'ϊ' | 'ΐ' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ό' | 'ω' | 'ώ' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'υ' | 'ύ' | 'ϋ' | 'ΰ' => "y",
        'φ' => "f",
        'χ' => "ch",
        'ψ' => "ps",
        _ => return None,
    })
}

/// After the romanisation that passports use, for the Slavic languages.
fn cyrillic(small: char) -> Option<&'static str> {
    Some(match small {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'э' | 'ё' | 'ѐ' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'ѝ' => "i",
        'й' | 'ы' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        'ї' => "yi",
        'є' => "ye",
        'ђ' => "dj",
        'ј' => "j",
        'љ' => "lj",
        'њ' => "nj",
        'ћ' => "ć",
        'џ' | 'ѕ' => "dz",
        'ѓ' => "gj",
        'ќ' => "kj",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greek_and_cyrillic_names_can_be_read() {
        assert_eq!(drawable("Ελένη Παπαδοπούλου"), "Eleni Papadopoulou");
        assert_eq!(drawable("Юрій Щербак"), "Yuriy Shcherbak");
        assert_eq!(drawable("Ђорђе Ћосић"), "Djordje Ćosić");
        assert_eq!(drawable("Ольга"), "Olga");
    }

    #[test]
    fn other_letters_stay_as_they_are() {
        for text in ["Žofie Łukaszewicz", "山田", "🙂", "a·b–c…", ""] {
            assert_eq!(drawable(text), text);
        }
        assert_eq!(drawable("a\nb\u{0}"), "a b ");
    }
}
