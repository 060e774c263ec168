//! Which characters our own type has. Knows no shapes.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Letters and signs of names and sentences in the Latin, Greek and Cyrillic alphabets.
const LETTERS: [RangeInclusive<char>; 12] = [
    ' '..='~',
    '\u{a0}'..='ſ',
    // Vietnamese, Pinyin, Sámi, Romanian, Livonian.
    'Ơ'..='ơ',
    'Ư'..='ư',
    'Ǎ'..='ǜ',
    'Ǧ'..='ǫ',
    'Ǻ'..='ț',
    'Ȟ'..='ȳ',
    'Ḁ'..='ỹ',
    'Ͱ'..='Ͽ',
    'Ѐ'..='џ',
    'Ґ'..='ӹ',
];
/// The schwa of Azerbaijani, Hausa's hooks, and the signs that texts are set with.
const SINGLE: &str = "ƏəƁɓƊɗƘƙƳƴ–—‘’‚“”„•…€™№";

/// What the bitmaps for panels of two colours lack of them.
const OTHERS: [RangeInclusive<char>; 3] = ['Ά'..='ώ', 'Ѐ'..='џ', 'Ґ'..='ӹ'];

/// What codes, numbers and times are made of.
const FIGURES: &str = "0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ…*#+- ";

/// What a size of type can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Names and sentences.
    Letters,
    /// Greek and Cyrillic letters only.
    Others,
    /// Numbers that are read out or watched.
    Figures,
}

impl Alphabet {
    /// What the source calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Letters => "LETTERS",
            Self::Others => "OTHERS",
            Self::Figures => "FIGURES",
        }
    }

    /// Its characters, in order.
    pub(super) fn characters(self) -> BTreeSet<char> {
        match self {
            Self::Letters => LETTERS
                .into_iter()
                .flatten()
                .chain(SINGLE.chars())
                .collect(),
            Self::Others => OTHERS.into_iter().flatten().collect(),
            Self::Figures => FIGURES.chars().collect(),
        }
    }
}

/// Pairs of a letter and a mark on it that are one letter of the alphabet, as Unicode composes them.
pub(super) fn compositions() -> Vec<[char; 3]> {
    let letters = Alphabet::Letters.characters();
    let marks = '\u{300}'..='\u{36f}';
    let pairs = letters
        .iter()
        .flat_map(|base| marks.clone().map(move |mark| (*base, mark)));
    pairs
        .filter_map(|(base, mark)| {
            let whole = unicode_normalization::char::compose(base, mark)?;
            letters.contains(&whole).then_some([base, mark, whole])
        })
        .collect()
}
