//! Languages that a phone can speak: a code on the wire, a name that whoever speaks it can find in a list.

use serde::{Deserialize, Deserializer, Serialize};

/// A language of screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
    /// Italian.
    #[serde(rename = "it")]
    Italian,
    /// Polish.
    #[serde(rename = "pl")]
    Polish,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 6] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Italian,
        Self::Polish,
    ];

    /// Its code in ISO 639-1.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Italian => "it",
            Self::Polish => "pl",
        }
    }

    /// What it is called by those who speak it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Spanish => "Español",
            Self::Italian => "Italiano",
            Self::Polish => "Polski",
        }
    }

    /// The language of a tag such as "de", "de-AT" or "pl_PL.UTF-8" (RFC 5646, and as systems write it); `None` for one
    /// that no screen speaks.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let code = tag.split(['-', '_', '.']).next().unwrap_or_default();
        let mut all = Self::ALL.into_iter();
        all.find(|language| language.code().eq_ignore_ascii_case(code))
    }

    /// Reads a field that may name a language which this program does not speak: that is no reason to refuse a profile.
    ///
    /// # Errors
    /// When the field holds something else than text.
    pub fn known<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Self>, D::Error> {
        let tag = Option::<String>::deserialize(field)?;
        Ok(tag.and_then(|tag| Self::parse(&tag)))
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        let tag = String::deserialize(field)?;
        Self::parse(&tag).ok_or_else(|| {
            let known = Self::ALL.map(Self::code).join(", ");
            serde::de::Error::custom(format!("no screen speaks {tag:?}, only {known}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_found_by_its_code_whatever_stands_behind_it() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.code()), Some(language));
            let written = serde_json::to_string(&language).unwrap();
            assert_eq!(written, format!("{:?}", language.code()));
            assert_eq!(
                serde_json::from_str::<Language>(&written).unwrap(),
                language
            );
        }
        for tag in ["de-AT", "DE", "de_CH.UTF-8"] {
            assert_eq!(Language::parse(tag), Some(Language::German));
        }
        for tag in ["", "deu", "tlh", "-de"] {
            assert_eq!(Language::parse(tag), None, "{tag}");
        }
        assert!(serde_json::from_str::<Language>("\"tlh\"").is_err());
    }
}
