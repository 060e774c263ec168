//! What can be said, and how: the texts themselves are in `assets/i18n`, one file for each language, and compiled in.
//!
//! A new text is a line in each of those files; a new language is a file, a cargo feature and a row in `Language`.

use hotdesk_provisioning::{EndReason, Language, RefusalCode};
use hotdesk_session::Action;

/// How much room there is for words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Wording {
    /// Whole sentences.
    #[default]
    Full,
    /// As few words as say the same: for panels with four short lines.
    Brief,
}

impl Wording {
    /// Both of them, for tests.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 2] = [Self::Full, Self::Brief];
}

/// What the build script made of the languages: `Message`, `Count` and `Label` with a variant for each text, the places
/// of what is named after enums of other crates, and the texts.
#[allow(
    clippy::unneeded_struct_pattern,
    reason = "one pattern for every variant, whether it holds something or not"
)]
mod compiled {
    use super::Catalogue;

    include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));
}

pub(crate) use compiled::{Count, Label, Message};

/// One language: all texts in one, and where each begins and how long it is.
#[derive(Debug)]
struct Catalogue {
    text: &'static str,
    full: &'static [[u16; 2]],
    brief: &'static [[u16; 2]],
}

/// A sentence, and what the person can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reason {
    /// What is the matter; `{0}` stands for whom or what it concerns.
    pub(crate) sentence: &'static str,
    /// What to do.
    pub(crate) advice: &'static str,
}

/// The languages that this program was built with, English first.
#[must_use]
pub fn languages() -> Vec<Language> {
    let codes = compiled::CATALOGUES.iter();
    codes
        .filter_map(|(code, _)| Language::parse(code))
        .collect()
}

/// A language, said with as many words as there is room for. English stands in for a language that was not built in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    catalogue: &'static Catalogue,
    language: Language,
    wording: Wording,
}

impl Words {
    pub(crate) fn new(language: Language, wording: Wording) -> Self {
        let mut all = compiled::CATALOGUES.iter();
        let spoken = all.find(|(code, _)| *code == language.code());
        let [(_, english), ..] = &compiled::CATALOGUES;
        let (catalogue, language) = match spoken {
            Some((_, catalogue)) => (catalogue, language),
            None => (english, Language::English),
        };
        Self {
            catalogue,
            language,
            wording,
        }
    }

    fn at(self, place: u16) -> &'static str {
        let places = match self.wording {
            Wording::Full => self.catalogue.full,
            Wording::Brief => self.catalogue.brief,
        };
        // The build script wrote both: there is no place without a text.
        let found = places.get(usize::from(place)).copied();
        let [start, length] = found.unwrap_or_default().map(usize::from);
        let text = self.catalogue.text.get(start..start.saturating_add(length));
        text.unwrap_or_default()
    }

    /// A message without anything to fill in.
    pub(crate) fn text(self, message: Message) -> &'static str {
        self.at(message as u16)
    }

    /// A message with what its places stand for, in the order of the English text.
    pub(crate) fn say(self, message: Message, parts: &[&str]) -> String {
        fill(self.text(message), parts)
    }

    /// So many of something, in the form that the language has for such a number.
    pub(crate) fn count(self, what: Count, count: u64) -> String {
        let place = (what as u16).saturating_add(plural_form(self.language, count));
        fill(self.at(place), &[&count.to_string()])
    }

    /// The name of a thing.
    pub(crate) fn label(self, label: Label) -> &'static str {
        self.at(label as u16)
    }

    /// What stands above a soft key.
    pub(crate) fn action(self, action: Action) -> &'static str {
        self.at(compiled::action_place(action))
    }

    /// Why not.
    pub(crate) fn refusal(self, code: RefusalCode) -> Reason {
        self.reason(compiled::refusal_place(code))
    }

    /// Why somebody was signed out, with the name in it filled in, and what to do.
    pub(crate) fn ending(self, reason: &EndReason) -> [String; 2] {
        let said = self.reason(compiled::ending_place(reason));
        let name = match reason {
            EndReason::TakenOver { by } | EndReason::Administrator { by } => by,
            EndReason::Moved { to } => to,
            EndReason::LoggedOut
            | EndReason::Remote
            | EndReason::Limit
            | EndReason::TimeOfDay
            | EndReason::BookingEnd
            | EndReason::Idle
            | EndReason::UserDisabled
            | EndReason::PhoneDisabled
            | EndReason::RolledBack
            | EndReason::Displaced
            | EndReason::Restarted
            | EndReason::Unknown => "",
        };
        [fill(said.sentence, &[name]), said.advice.to_owned()]
    }

    fn reason(self, place: u16) -> Reason {
        Reason {
            sentence: self.at(place),
            advice: self.at(place.saturating_add(1)),
        }
    }
}

/// Which of the three forms of a noun a number takes (Unicode CLDR, cardinals).
fn plural_form(language: Language, count: u64) -> u16 {
    match (language, count) {
        (Language::French, 0) | (_, 1) => 0,
        (Language::Polish, _) => {
            let few = matches!(count % 10, 2..=4) && !matches!(count % 100, 12..=14);
            if few { 1 } else { 2 }
        }
        (
            Language::English
            | Language::German
            | Language::French
            | Language::Spanish
            | Language::Italian,
            _,
        ) => 1,
    }
}

/// Puts the parts in the places of `{0}`, `{1}`. A part is never searched for places itself, so that a name with
/// braces in it stays a name.
pub(crate) fn fill(text: &str, parts: &[&str]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((place, behind)) => {
                let part = place.parse::<usize>().ok().and_then(|n| parts.get(n));
                out.push_str(part.copied().unwrap_or_default());
                rest = behind;
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
