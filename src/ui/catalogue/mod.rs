//! What the phone says, from `assets/i18n` into the program: reads a file for each language, checks it against the
//! English one, and writes all of them as Rust. This runs while the crate is built, never on a phone.

mod check;
mod read;
mod write;

#[cfg(test)]
mod tests;

/// One language as a translator wrote it.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// The name of the file, for whoever has to correct it.
    pub(crate) file: String,
    /// ISO 639-1.
    pub(crate) code: String,
    /// What is in the file.
    pub(crate) text: String,
}

/// The Rust for all languages, English first.
///
/// # Errors
/// Everything that is wrong in any of them, each with file, key and reason.
pub(crate) fn generate(sources: &[Source]) -> Result<String, Vec<String>> {
    let mut faults = Vec::new();
    let mut catalogues = Vec::new();
    for source in sources {
        match read::read(source) {
            Ok(catalogue) => catalogues.push(catalogue),
            Err(fault) => faults.push(fault),
        }
    }
    if let Some(english) = catalogues.first() {
        for catalogue in &catalogues {
            faults.extend(check::check(catalogue, english));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    write::write(&catalogues).map_err(|fault| vec![fault])
}

/// Kinds of texts, in the order in which they are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Message,
    Count,
    Label,
    Action,
    Refusal,
    Ending,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Message,
        Self::Count,
        Self::Label,
        Self::Action,
        Self::Refusal,
        Self::Ending,
    ];

    /// Its section in a file.
    fn section(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Count => "count",
            Self::Label => "label",
            Self::Action => "action",
            Self::Refusal => "refusal",
            Self::Ending => "ending",
        }
    }

    /// What a text of this kind consists of in a language; nothing where it is one text.
    fn parts(self, code: &str) -> &'static [&'static str] {
        match (self, code) {
            (Self::Message | Self::Label | Self::Action, _) => &[""],
            (Self::Refusal | Self::Ending, _) => &["sentence", "advice"],
            (Self::Count, "pl") => &["one", "few", "many"],
            (Self::Count, _) => &["one", "other"],
        }
    }

    /// The parts in the order of their places, which every language has.
    fn places(self, code: &str) -> &'static [&'static str] {
        match (self, code) {
            (Self::Count, "pl") => &["one", "few", "many"],
            (Self::Count, _) => &["one", "other", "other"],
            (kind, code) => kind.parts(code),
        }
    }
}
