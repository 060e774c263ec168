//! The file of a panel, and what is wrong with one in one sentence: the key, the mistake, what to do. Reads a text, never
//! a file.

use std::fmt;
use std::ops::Range;

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use serde::Deserialize;

use super::{Look, Panel};
use crate::theme::Theme;
use crate::{Fonts, Wording};

/// Columns and rows of the smallest and of the largest glass.
const SIDES: [std::ops::RangeInclusive<u32>; 2] = [96..=2048, 48..=2048];
/// Soft keys that a phone may have.
const SOFT_KEYS: std::ops::RangeInclusive<usize> = 2..=5;
/// Line keys that a phone may have.
const LINE_KEYS_MAX: usize = 16;
/// Bytes of a name.
const NAME_MAX: usize = 32;
/// Columns from which on there is room for whole sentences.
const FULL_WORDING_FROM: u32 = 240;

/// A mistake in the file of a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelError(String);

impl fmt::Display for PanelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PanelError {}

fn mistake(key: &str, problem: impl fmt::Display) -> PanelError {
    PanelError(format!("panel.{key}: {problem}"))
}

fn ensure(right: bool, key: &str, problem: impl FnOnce() -> String) -> Result<(), PanelError> {
    if right {
        Ok(())
    } else {
        Err(mistake(key, problem()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    panel: Table,
}

/// Left, top, width and height in pixels.
type Place = [u32; 4];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    size: String,
    depth: u8,
    #[serde(default)]
    rotation: u16,
    look: Option<String>,
    wording: Option<String>,
    fonts: String,
    grid: Option<u32>,
    radius: Option<u32>,
    status_bar: Place,
    body: Place,
    soft_keys: Vec<Place>,
    #[serde(default)]
    line_keys: Vec<Place>,
    more_keys: Option<Place>,
}

pub(super) fn parse(text: &str) -> Result<Panel, PanelError> {
    let file: File = toml::from_str(text)
        .map_err(|error| PanelError(line_of(text, error.span(), error.message())))?;
    let panel = file.panel.panel()?;
    check_places(&panel)?;
    check_room(&panel)?;
    Ok(panel)
}

/// What is wrong with a text, and in which of its lines if that is known.
pub(crate) fn line_of(text: &str, span: Option<Range<usize>>, problem: &str) -> String {
    let Some(span) = span else {
        return problem.to_owned();
    };
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    format!("line {line}: {problem}")
}

impl Table {
    fn panel(self) -> Result<Panel, PanelError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        ensure(
            (1..=NAME_MAX).contains(&self.name.len()) && self.name.chars().all(plain),
            "name",
            || {
                format!(
                    "{:?} is no name; use 1 to {NAME_MAX} letters, digits, dots or dashes",
                    self.name
                )
            },
        )?;
        ensure(
            [0, 90, 180, 270].contains(&self.rotation),
            "rotation",
            || format!("{} is not possible; use 0, 90, 180 or 270", self.rotation),
        )?;
        let size = size(&self.size)?;
        let look = look(self.look.as_deref(), self.depth)?;
        let fonts = fonts(&self.fonts, look)?;
        let (grid, radius) = match look {
            Look::Colour => (4, 5),
            Look::Grey | Look::Mono => (1, 1),
        };
        Ok(Panel {
            size,
            depth: self.depth,
            rotation: self.rotation,
            look,
            wording: wording(self.wording.as_deref(), size)?,
            status_bar: rectangle(self.status_bar),
            body: rectangle(self.body),
            soft_keys: self.soft_keys.into_iter().map(rectangle).collect(),
            line_keys: self.line_keys.into_iter().map(rectangle).collect(),
            more_keys: self.more_keys.map(rectangle).unwrap_or_default(),
            fonts,
            theme: Theme::of(look),
            grid: measure("grid", self.grid.unwrap_or(grid), 1..=16)?,
            radius: measure("radius", self.radius.unwrap_or(radius), 0..=24)?,
            name: self.name,
        })
    }
}

fn measure(
    key: &str,
    value: u32,
    possible: std::ops::RangeInclusive<u32>,
) -> Result<u32, PanelError> {
    let (least, most) = (possible.start(), possible.end());
    ensure(possible.contains(&value), key, || {
        format!("{value} is not possible; use {least} to {most} pixels")
    })?;
    Ok(value)
}

fn size(text: &str) -> Result<Size, PanelError> {
    let [widths, heights] = SIDES;
    text.split_once('x')
        .and_then(|(width, height)| {
            let (width, height) = (width.parse().ok()?, height.parse().ok()?);
            (widths.contains(&width) && heights.contains(&height)).then(|| Size::new(width, height))
        })
        .ok_or_else(|| {
            let [least, most] = [
                (widths.start(), heights.start()),
                (widths.end(), heights.end()),
            ];
            let problem = format!(
                "{text:?} is not understood; write columns and rows from {}x{} to {}x{}, as in \"480x272\"",
                least.0, least.1, most.0, most.1
            );
            mistake("size", problem)
        })
}

/// A look needs as many bits as it has colours.
fn look(given: Option<&str>, depth: u8) -> Result<Look, PanelError> {
    let richest = match depth {
        1 => Look::Mono,
        2 | 4 => Look::Grey,
        8 | 16 | 18 | 24 | 32 => Look::Colour,
        _ => {
            let problem = format!("{depth} is not possible; use 1, 2, 4, 8, 16, 18, 24 or 32 bits");
            return Err(mistake("depth", problem));
        }
    };
    let (look, needs) = match given {
        None => return Ok(richest),
        Some("colour") => (Look::Colour, 8),
        Some("grey") => (Look::Grey, 2),
        Some("mono") => (Look::Mono, 1),
        Some(other) => {
            let problem = format!("there is no {other:?}; use \"colour\", \"grey\" or \"mono\"");
            return Err(mistake("look", problem));
        }
    };
    ensure(depth >= needs, "look", || {
        format!(
            "it needs {needs} bits for each pixel and panel.depth is {depth}; leave the look out"
        )
    })?;
    Ok(look)
}

fn wording(given: Option<&str>, size: Size) -> Result<Wording, PanelError> {
    match given {
        None if size.width < FULL_WORDING_FROM => Ok(Wording::Brief),
        None | Some("full") => Ok(Wording::Full),
        Some("brief") => Ok(Wording::Brief),
        Some(other) => {
            let problem = format!("there is no {other:?}; use \"full\" or \"brief\"");
            Err(mistake("wording", problem))
        }
    }
}

fn fonts(name: &str, look: Look) -> Result<Fonts, PanelError> {
    let fonts = Fonts::named(name).ok_or_else(|| {
        let known: Vec<_> = Fonts::names().collect();
        let problem = format!(
            "there is no type called {name:?} in this program; it has {}",
            known.join(", ")
        );
        mistake("fonts", problem)
    })?;
    ensure(look == Look::Colour || !fonts.is_smooth(), "fonts", || {
        format!(
            "the type {name:?} has smooth edges, which this panel cannot show; use \"208x104\" or \"mono\""
        )
    })?;
    Ok(fonts)
}

fn rectangle([x, y, width, height]: Place) -> Rectangle {
    // A place that begins beyond any glass is beyond this one.
    let at = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    Rectangle::new(Point::new(at(x), at(y)), Size::new(width, height))
}

/// Everything that has a place, by its key and number.
fn places(panel: &Panel) -> Vec<(String, Rectangle)> {
    let numbered = |key: &str, places: &[Rectangle]| -> Vec<_> {
        (1..)
            .zip(places)
            .map(|(number, place): (u32, _)| (format!("{key}: number {number}"), *place))
            .collect()
    };
    let mut all = numbered("soft_keys", &panel.soft_keys);
    all.extend(numbered("line_keys", &panel.line_keys));
    all.push(("status_bar".to_owned(), panel.status_bar));
    all
}

/// What is on the glass, and what does not lie on something else.
fn check_places(panel: &Panel) -> Result<(), PanelError> {
    let count = panel.soft_keys.len();
    ensure(SOFT_KEYS.contains(&count), "soft_keys", || {
        format!(
            "there are {count}; a phone has {} to {}",
            SOFT_KEYS.start(),
            SOFT_KEYS.end()
        )
    })?;
    let count = panel.line_keys.len();
    ensure(count <= LINE_KEYS_MAX, "line_keys", || {
        format!("there are {count}; a phone has at most {LINE_KEYS_MAX}")
    })?;
    ensure(
        panel.line_keys.is_empty() || !panel.more_keys.is_zero_sized(),
        "more_keys",
        || "a panel with line keys says how many have no place; give it one".to_owned(),
    )?;
    let glass = Rectangle::new(Point::zero(), panel.size);
    let body = ("body".to_owned(), panel.body);
    let more = ("more_keys".to_owned(), panel.more_keys);
    let places = places(panel);
    for (key, place) in places.iter().chain([&body, &more]) {
        let inside = place.is_zero_sized() && key == "more_keys"
            || !place.is_zero_sized() && place.intersection(&glass) == *place;
        ensure(inside, key, || {
            let Size { width, height } = panel.size;
            format!(
                "{} is not within {width}x{height}; write [left, top, width, height]",
                written(place)
            )
        })?;
    }
    // The body may run below line keys: beside them it is narrower.
    let below_body = places
        .iter()
        .filter(|(key, _)| !key.starts_with("line_keys"));
    let of_body = below_body.map(|place| (&body, place));
    let pairs = places.iter().enumerate().flat_map(|(index, one)| {
        let others = places.iter().skip(index.saturating_add(1));
        others.map(move |other| (one, other))
    });
    let of_more = places.iter().filter(|(key, _)| key != "status_bar");
    let of_more = of_more.map(|place| (&more, place));
    for ((key, one), (other_key, other)) in pairs.chain(of_body).chain(of_more) {
        ensure(one.intersection(other).is_zero_sized(), key, || {
            format!(
                "{} lies on {other_key}, {}; move one of them",
                written(one),
                written(other)
            )
        })?;
    }
    Ok(())
}

/// Whether each place holds a word in the panel's own type.
fn check_room(panel: &Panel) -> Result<(), PanelError> {
    let line = panel.fonts.small.line_height();
    let letters = panel.fonts.small.metrics().capitals.ceil() as u32;
    let beside = panel.body_beside(panel.line_keys.len());
    let body = [
        ("body".to_owned(), panel.body),
        ("body beside the line keys".to_owned(), beside),
    ];
    for (key, place) in places(panel).iter().chain(&body) {
        let (width, height) = match key.get(..4) {
            Some("soft") => (line.saturating_mul(3), letters.saturating_add(2)),
            Some("line") => (line.saturating_mul(4), letters.saturating_add(2)),
            Some("body") => (line.saturating_mul(6), line.saturating_mul(4)),
            _ => (line.saturating_mul(6), letters),
        };
        let found = place.size;
        ensure(found.width >= width && found.height >= height, key, || {
            format!(
                "{}x{} is too small for the type of this panel; at least {width}x{height} is needed",
                found.width, found.height
            )
        })?;
    }
    Ok(())
}

fn written(place: &Rectangle) -> String {
    let (Point { x, y }, Size { width, height }) = (place.top_left, place.size);
    format!("[{x}, {y}, {width}, {height}]")
}
