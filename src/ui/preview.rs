//! What a phone shows, without the phone: a screen as JSON becomes a picture as PNG. For the portal, for support, for whoever
//! makes a panel or a theme. Never opens a file.

use std::collections::HashMap;
use std::fmt;

use png::{BitDepth, ColorType, Compression, Encoder, Filter};
use serde::Deserialize;

use crate::theme::Theme;
use crate::{Panel, Picture, Screen, paint};

/// Bytes of a state that is read. A screen full of text has some two thousand.
pub const STATE_BYTES_MAX: usize = 64 * 1024;

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewError(String);

impl fmt::Display for PreviewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PreviewError {}

/// What a phone answers when it is asked for its screen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    screen: Screen,
    /// The names of its panel and, where it is not the panel's own, its theme: in what a phone sends to its server.
    #[serde(default)]
    panel: Option<String>,
    #[serde(default)]
    theme: Option<String>,
}

/// The screen in a state: `{"screen": {…}}`, as `hotdeskd screen --json` prints it.
///
/// # Errors
/// When it is longer than [`STATE_BYTES_MAX`] or not a state: what is wrong and where.
pub fn screen(state: &str) -> Result<Screen, PreviewError> {
    read(state).map(|state| state.screen)
}

/// The picture of a phone's screen, as PNG, from what the phone sent to its server. A panel of a vendor's own file is not known
/// here, nor is a theme; without the theme it has the panel's own colours.
///
/// # Errors
/// As [`screen`] and [`preview`], and when there is no panel of that name.
pub fn sent(state: &str) -> Result<Vec<u8>, PreviewError> {
    let State {
        screen,
        panel,
        theme,
    } = read(state)?;
    let name = panel.unwrap_or_default();
    let panel = Panel::named(&name);
    let mut panel = panel
        .ok_or_else(|| PreviewError(format!("there is no panel {name:?} here")))?
        .clone();
    if let Some(theme) = theme.and_then(|name| Theme::named(&name, panel.look)) {
        panel.theme = theme;
    }
    preview(&screen, &panel)
}

fn read(state: &str) -> Result<State, PreviewError> {
    if state.len() > STATE_BYTES_MAX {
        let problem = format!("a state has at most {STATE_BYTES_MAX} bytes");
        return Err(PreviewError(problem));
    }
    serde_json::from_str(state).map_err(|problem| PreviewError(problem.to_string()))
}

/// A screen on a panel, as PNG.
///
/// # Errors
/// When a picture of that size cannot be written, which no panel has.
pub fn preview(screen: &Screen, panel: &Panel) -> Result<Vec<u8>, PreviewError> {
    let mut picture = Picture::new(panel.size.width, panel.size.height);
    paint(screen, panel, &mut picture);
    png(&picture, Effort::Small)
}

/// How much work a file is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// It is looked at once.
    Quick,
    /// It is kept.
    Small,
}

/// The very pixels as PNG. Most screens have so few colours that a table of them is shorter.
///
/// # Errors
/// When there are no pixels.
pub fn png(picture: &Picture, effort: Effort) -> Result<Vec<u8>, PreviewError> {
    encode(picture, effort).map_err(|problem| PreviewError(problem.to_string()))
}

fn encode(picture: &Picture, effort: Effort) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(match effort {
        Effort::Quick => Compression::Fast,
        Effort::Small => Compression::High,
    });
    let table = with_table(picture.pixels());
    let bytes = match &table {
        Some((table, indexes)) => {
            // Plain areas and type are smallest as they are.
            encoder.set_filter(Filter::NoFilter);
            encoder.set_color(ColorType::Indexed);
            encoder.set_palette(table);
            indexes
        }
        None => {
            encoder.set_color(ColorType::Rgb);
            picture.pixels()
        }
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(bytes)?;
    writer.finish()?;
    Ok(file)
}

/// The colours in the order in which they appear, and for each pixel which it is; `None` when there are too many.
fn with_table(pixels: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut table, mut places) = (Vec::new(), HashMap::new());
    // Most pixels are like the one before.
    let mut last: (&[u8], u8) = (&[], 0);
    let index = pixels.chunks(3).map(|color| {
        if last.0 != color {
            let next = u8::try_from(places.len());
            let place = match places.get(color) {
                Some(place) => *place,
                None => {
                    let place = next.ok()?;
                    places.insert(color, place);
                    table.extend_from_slice(color);
                    place
                }
            };
            last = (color, place);
        }
        Some(last.1)
    });
    let indexes = index.collect::<Option<_>>()?;
    Some((table, indexes))
}

#[cfg(test)]
#[path = "preview_tests.rs"]
mod tests;
