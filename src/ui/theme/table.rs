//! The file of a theme, and what is wrong with one in one sentence: the key, the mistake, what to do. Reads a text, never
//! a file.

use std::collections::BTreeMap;
use std::fmt;

use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use serde::Deserialize;

use super::contrast::{SIGNS, WORDS, contrast, pairs};
use super::{DEFAULT, EMERGENCY, Logo, PAPER, Palette, Theme};
use crate::Look;
use crate::panel::line_of;

/// The files of the themes that are compiled in, by their names in a configuration.
const BUILT_IN: [(&str, &str); 2] = [
    ("dark", include_str!("../../../assets/themes/dark.toml")),
    ("light", include_str!("../../../assets/themes/light.toml")),
];

/// A mistake in the file of a theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeError(String);

impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ThemeError {}

fn mistake(key: &str, problem: impl fmt::Display) -> ThemeError {
    ThemeError(format!("theme.{key}: {problem}"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    theme: Table,
}

#[derive(Deserialize)]
struct Table {
    /// The built-in theme whose colours hold where the file has none.
    base: Option<String>,
    accent: Option<String>,
    logo: Option<String>,
    #[serde(flatten)]
    colours: BTreeMap<String, String>,
}

/// What it is when nothing can be read: two colours are better than none.
const PLAIN: Palette = PAPER;

pub(super) fn default_theme() -> Theme {
    built_in(DEFAULT, Look::Colour).unwrap_or(Theme {
        calm: PLAIN,
        emergency: EMERGENCY,
        logo: None,
    })
}

pub(super) fn built_in(name: &str, look: Look) -> Option<Theme> {
    let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
    parse(text, look).ok().map(|(theme, _)| theme)
}

/// The theme, and the path of its logo as it is written.
pub(super) fn parse(text: &str, look: Look) -> Result<(Theme, Option<String>), ThemeError> {
    let file: File = toml::from_str(text)
        .map_err(|error| ThemeError(line_of(text, error.span(), error.message())))?;
    let Table {
        base,
        accent,
        logo,
        colours,
    } = file.theme;
    let calm = match &base {
        None => PLAIN,
        Some(name) => {
            let known = built_in(name, Look::Colour).ok_or_else(|| {
                mistake(
                    "base",
                    format_args!("there is no {name:?}; use \"dark\" or \"light\""),
                )
            })?;
            known.calm
        }
    };
    let calm = coloured(calm, base.is_none(), accent.as_deref(), colours)?;
    let theme = match look {
        Look::Colour => Theme {
            calm,
            emergency: EMERGENCY,
            logo: None,
        },
        Look::Grey | Look::Mono => Theme::of(look),
    };
    Ok((theme, logo))
}

/// A palette with the colours of a file in it.
fn coloured(
    mut palette: Palette,
    all: bool,
    accent: Option<&str>,
    colours: BTreeMap<String, String>,
) -> Result<Palette, ThemeError> {
    if let Some(accent) = accent {
        palette.accent(colour("accent", accent)?);
    }
    let mut missing: Vec<_> = palette.by_key().map(|(key, _)| key).into();
    for (key, value) in &colours {
        let mut places = palette.by_key();
        let (_, place) = places
            .iter_mut()
            .find(|(known, _)| known == key)
            .ok_or_else(|| {
                let known = missing_keys(&all_keys());
                mistake(
                    key,
                    format_args!("there is no such key; there are base, accent, logo, {known}"),
                )
            })?;
        **place = colour(key, value)?;
        missing.retain(|known| known != key);
    }
    if all && !missing.is_empty() {
        let missing = missing_keys(&missing);
        return Err(mistake(
            "base",
            format_args!(
                "without it every colour is needed, and there is no {missing}; write base = \"dark\" or \"light\""
            ),
        ));
    }
    readable(&palette)?;
    Ok(palette)
}

fn missing_keys(keys: &[&str]) -> String {
    keys.join(", ")
}

fn all_keys() -> Vec<&'static str> {
    PLAIN.clone().by_key().map(|(key, _)| key).into()
}

/// Words that cannot be read are refused where they are written, not found out at a desk.
fn readable(palette: &Palette) -> Result<(), ThemeError> {
    for pair in pairs(palette) {
        let ((ink, one), (behind, other)) = (pair.ink, pair.behind);
        let (found, least) = (contrast(one, other), pair.least);
        if found < least {
            return Err(mistake(
                ink,
                format_args!(
                    "it cannot be told apart from {behind}: their contrast is {found:.1} and {least} is needed; make one of them lighter or darker"
                ),
            ));
        }
    }
    Ok(())
}

fn colour(key: &str, text: &str) -> Result<Rgb888, ThemeError> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    value.map(super::rgb).ok_or_else(|| {
        mistake(
            key,
            format_args!("{text:?} is no colour; write red, green and blue, as in \"#2a69e4\""),
        )
    })
}

impl Palette {
    /// Every colour by its key in a file.
    fn by_key(&mut self) -> [(&'static str, &mut Rgb888); 16] {
        [
            ("ground", &mut self.ground),
            ("bar", &mut self.bar),
            ("on_bar", &mut self.on_bar),
            ("on_bar_quiet", &mut self.on_bar_quiet),
            ("card", &mut self.card),
            ("key", &mut self.key),
            ("on_key", &mut self.on_key),
            ("primary", &mut self.primary),
            ("on_primary", &mut self.on_primary),
            ("focus", &mut self.focus),
            ("text", &mut self.text),
            ("quiet", &mut self.quiet),
            ("refusal", &mut self.refusal),
            ("registered", &mut self.registered),
            ("unlit", &mut self.unlit),
            ("warning", &mut self.warning),
        ]
    }

    /// The vendor's colour where the accent goes: as it is on a key, with whichever of black and white can be read on it,
    /// and as near to it as can be seen where it is an edge.
    fn accent(&mut self, accent: Rgb888) {
        self.primary = accent;
        let white = contrast(Rgb888::WHITE, accent);
        self.on_primary = if white >= WORDS {
            Rgb888::WHITE
        } else {
            Rgb888::BLACK
        };
        let seen = |edge: Rgb888| {
            contrast(edge, self.ground) >= SIGNS && contrast(edge, self.card) >= SIGNS
        };
        let towards = self.text;
        let edges = (0..=STEPS).map(|step| between(accent, towards, step));
        self.focus = edges
            .into_iter()
            .find(|edge| seen(*edge))
            .unwrap_or(towards);
    }
}

/// From an accent to the colour of words.
const STEPS: u8 = 8;

fn between(from: Rgb888, to: Rgb888, step: u8) -> Rgb888 {
    let channel = |from: u8, to: u8| {
        let (step, steps) = (u32::from(step), u32::from(STEPS));
        let sum = u32::from(from) * (steps.saturating_sub(step)) + u32::from(to) * step;
        u8::try_from(sum / steps).unwrap_or(u8::MAX)
    };
    Rgb888::new(
        channel(from.r(), to.r()),
        channel(from.g(), to.g()),
        channel(from.b(), to.b()),
    )
}

impl Theme {
    /// The same with a logo, as a panel of this look shows it.
    #[must_use]
    pub fn with_logo(self, logo: Logo, look: Look) -> Self {
        let logo = match look {
            Look::Colour => logo,
            Look::Grey | Look::Mono => logo.in_two(self.calm.ground, self.calm.text),
        };
        Self {
            logo: Some(logo),
            ..self
        }
    }
}
