//! Texts as Rust: an enum of what can be said, and for each language one long string with the place of every text in it.
//!
//! A text that is part of another is stored once, and a place is four bytes: what a phone carries is little more than
//! the letters.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Kind;
use super::check::placeholders;
use super::read::{Catalogue, Key};

/// Everything that can be said, each with the number of its first place.
type Names<'a> = BTreeMap<(Kind, &'a str), usize>;

pub(super) fn write(catalogues: &[Catalogue]) -> Result<String, String> {
    let english = catalogues.first().ok_or("there is no language")?;
    let names = names(english);
    let mut out = String::new();
    // Writing into a String cannot fail.
    for (kind, name) in [
        (Kind::Message, "Message"),
        (Kind::Count, "Count"),
        (Kind::Label, "Label"),
    ] {
        let _ = write_enum(kind, name, &names, english, &mut out);
    }
    for (kind, function, of) in [
        (Kind::Action, "action", "hotdesk_session::Action"),
        (
            Kind::Refusal,
            "refusal",
            "hotdesk_provisioning::RefusalCode",
        ),
        (Kind::Ending, "ending", "&hotdesk_provisioning::EndReason"),
    ] {
        let _ = write_match(kind, function, of, &names, &mut out);
    }
    let mut texts = Vec::new();
    for catalogue in catalogues {
        texts.push(text_of(catalogue, english, &names)?);
    }
    let all: Vec<_> = catalogues
        .iter()
        .map(|c| c.code.as_str())
        .zip(texts)
        .collect();
    let _ = writeln!(
        out,
        "pub(super) static CATALOGUES: [(&str, Catalogue); {}] = {all:#?};",
        all.len()
    );
    Ok(out.replace("Text {", "Catalogue {"))
}

fn names(english: &Catalogue) -> Names<'_> {
    let said: BTreeSet<_> = english
        .full
        .keys()
        .map(|(kind, name, _)| (*kind, name.as_str()))
        .collect();
    let mut next = 0;
    let numbered = said.into_iter().map(|(kind, name)| {
        let place = next;
        next += kind.places("en").len();
        ((kind, name), place)
    });
    numbered.collect()
}

fn of_kind<'a>(kind: Kind, names: &'a Names<'_>) -> impl Iterator<Item = (String, &'a str, usize)> {
    let mine = names.iter().filter(move |((other, _), _)| *other == kind);
    mine.map(|((_, name), place)| (variant(name), *name, *place))
}

/// "log_in" is `LogIn`.
fn variant(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect()
}

fn write_enum(
    kind: Kind,
    name: &str,
    names: &Names<'_>,
    english: &Catalogue,
    out: &mut String,
) -> std::fmt::Result {
    writeln!(out, "#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]")?;
    writeln!(out, "#[repr(u16)]\npub(crate) enum {name} {{")?;
    for (variant, name, place) in of_kind(kind, names) {
        let mut texts = english.full.iter();
        let text = texts.rfind(|((other, said, _), _)| *other == kind && said == name);
        let text = text.map_or("", |(_, text)| text.as_str());
        writeln!(out, "    /// `{text}`\n    {variant} = {place},")?;
    }
    writeln!(out, "}}")
}

/// A `match` over an enum from elsewhere: whatever it has and English does not say does not compile.
fn write_match(
    kind: Kind,
    function: &str,
    of: &str,
    names: &Names<'_>,
    out: &mut String,
) -> std::fmt::Result {
    writeln!(out, "pub(super) fn {function}_place(of: {of}) -> u16 {{")?;
    writeln!(out, "    use {} as Said;", of.trim_start_matches('&'))?;
    writeln!(out, "    match of {{")?;
    for (variant, _, place) in of_kind(kind, names) {
        writeln!(out, "        Said::{variant} {{ .. }} => {place},")?;
    }
    writeln!(out, "    }}\n}}")
}

/// One language as it is compiled in. The fields are what the derived `Debug` writes.
#[derive(Debug)]
#[expect(
    dead_code,
    reason = "read by the derived Debug, which writes it as Rust"
)]
struct Text {
    text: String,
    full: Places,
    brief: Places,
}

struct Places(Vec<[u16; 2]>);

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "&{:?}", self.0)
    }
}

fn text_of(catalogue: &Catalogue, english: &Catalogue, names: &Names<'_>) -> Result<Text, String> {
    let (mut full, mut brief) = (Vec::new(), Vec::new());
    for (kind, name) in names.keys() {
        for part in kind.places(&catalogue.code) {
            let key = (*kind, (*name).to_owned(), (*part).to_owned());
            let said = catalogue.full.get(&key).map_or("", String::as_str);
            let shorter = catalogue.brief.get(&key).map_or(said, String::as_str);
            full.push(numbered(said, &key, english)?);
            brief.push(numbered(shorter, &key, english)?);
        }
    }
    let mut longest_first: Vec<&String> = full.iter().chain(&brief).collect();
    longest_first.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let mut text = String::new();
    for said in longest_first {
        if !text.contains(said.as_str()) {
            text.push_str(said);
        }
    }
    let place = |said: &String| {
        let start = u16::try_from(text.find(said.as_str())?).ok()?;
        Some([start, u16::try_from(said.len()).ok()?])
    };
    let places = |texts: &[String]| {
        texts
            .iter()
            .map(place)
            .collect::<Option<Vec<_>>>()
            .map(Places)
    };
    let (Some(full), Some(brief)) = (places(&full), places(&brief)) else {
        return Err(format!("{}: says more than 64 kB", catalogue.file));
    };
    Ok(Text { text, full, brief })
}

/// "{name}" as "{0}": parts are filled in by their order in English.
fn numbered(text: &str, key: &Key, english: &Catalogue) -> Result<String, String> {
    let original = english.full.get(key).map_or("{count}", String::as_str);
    let mut out = text.to_owned();
    for (number, name) in placeholders(original)?.into_iter().enumerate() {
        out = out.replace(&format!("{{{name}}}"), &format!("{{{number}}}"));
    }
    // "1 day" has no place of its own, its other forms do.
    Ok(out.replace("{count}", "{0}"))
}
