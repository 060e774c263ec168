//! Keys in forms: a user's own list, and a drawn phone on which a profile places them. Three fields for each key, sent as three
//! lists of the same length.

use std::collections::BTreeMap;

use hotdesk_provisioning::{DialString, LineKey, LineKeyKind};
use maud::{Markup, html};
use serde::Deserialize;

use crate::error::{Answer, wrong};

/// Longest label.
const LABEL_MAX: usize = 40;
/// Rows for keys that are yet to come.
const SPARE_ROWS: usize = 3;

/// Each kind with its word in forms and its name.
const KINDS: [(LineKeyKind, &str, &str); 6] = [
    (LineKeyKind::SpeedDial, "speed_dial", "Speed dial"),
    (LineKeyKind::Blf, "blf", "Busy lamp"),
    (LineKeyKind::Voicemail, "voicemail", "Voicemail"),
    (LineKeyKind::LogIn, "log_in", "Log In"),
    (LineKeyKind::LogOut, "log_out", "Log Out"),
    (LineKeyKind::Empty, "empty", "Blank"),
];

/// What a form says about keys.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct KeysForm {
    kind: Vec<String>,
    label: Vec<String>,
    value: Vec<String>,
}

impl KeysForm {
    /// The three lists of a larger form.
    pub(crate) fn new(kind: Vec<String>, label: Vec<String>, value: Vec<String>) -> Self {
        Self { kind, label, value }
    }

    /// The keys by their places, from 1; rows without a kind say nothing.
    ///
    /// # Errors
    /// Names the row whose number cannot be dialled.
    pub(crate) fn placed(&self) -> Answer<BTreeMap<u8, LineKey>> {
        let mut keys = BTreeMap::new();
        let rows = self.kind.iter().zip(&self.label).zip(&self.value);
        for (place, ((kind, label), value)) in (1..=u8::MAX).zip(rows) {
            let Some((kind, _, name)) = KINDS.iter().find(|(_, word, _)| word == kind) else {
                continue;
            };
            let label: String = label.trim().chars().take(LABEL_MAX).collect();
            let needs_number = matches!(kind, LineKeyKind::SpeedDial | LineKeyKind::Blf);
            let value = match value.trim() {
                "" if needs_number => {
                    return Err(wrong(&format!(
                        "Key {place} is a {} without a number.",
                        name.to_lowercase()
                    )));
                }
                "" => None,
                text => Some(DialString::parse(text).map_err(|_| {
                    wrong(&format!(
                        "Key {place} cannot dial this: digits, *, # and + can be dialled."
                    ))
                })?),
            };
            keys.insert(
                place,
                LineKey {
                    kind: *kind,
                    label,
                    value,
                },
            );
        }
        Ok(keys)
    }

    /// The keys as a list, without the rows between them that say nothing.
    ///
    /// # Errors
    /// As [`Self::placed`].
    pub(crate) fn list(&self) -> Answer<Vec<LineKey>> {
        Ok(self.placed()?.into_values().collect())
    }
}

/// A user's own keys as rows, with a few to spare.
pub(crate) fn rows(keys: &[LineKey]) -> Markup {
    let spare = std::iter::repeat_n(None, SPARE_ROWS);
    html! {
        table.keys {
            thead { tr { th { "Key" } th { "Does" } th { "Label" } th { "Number" } } }
            tbody {
                @for (place, key) in (1_usize..).zip(keys.iter().map(Some).chain(spare)) {
                    tr {
                        td data-label="Key" { (place) }
                        td data-label="Does" { (kind(place, key, "nothing")) }
                        td data-label="Label" { (label(place, key, "")) }
                        td data-label="Number" { (value(place, key, "")) }
                    }
                }
            }
        }
    }
}

/// A phone with so many keys, drawn with its screen between them; `below` is what is there where this profile says nothing.
pub(crate) fn drawn(
    count: u8,
    keys: &BTreeMap<u8, LineKey>,
    below: &BTreeMap<u8, LineKey>,
    title: &str,
) -> Markup {
    let half = count.div_ceil(2);
    let column = |places: std::ops::RangeInclusive<u8>| {
        html! {
            div.key-column {
                @for place in places {
                    fieldset.key {
                        legend { "Key " (place) }
                        @let under = below.get(&place).map_or("", |key| key.label.as_str());
                        (kind(place.into(), keys.get(&place), if under.is_empty() { "as below" } else { under }))
                        (label(place.into(), keys.get(&place), if under.is_empty() { "Label" } else { under }))
                        (value(place.into(), keys.get(&place), "Number"))
                    }
                }
            }
        }
    };
    html! {
        div.drawn-phone {
            @if half > 0 { (column(1..=half)) }
            div.drawn-screen aria-hidden="true" { span { (title) } }
            @if count > half { (column(half.saturating_add(1)..=count)) }
        }
    }
}

fn kind(place: usize, key: Option<&LineKey>, nothing: &str) -> Markup {
    html! {
        select name="kind" aria-label={ "What key " (place) " does" } {
            option value="" { "– " (nothing) " –" }
            @for (kind, word, name) in KINDS {
                option value=(word) selected[key.is_some_and(|key| key.kind == kind)] { (name) }
            }
        }
    }
}

fn label(place: usize, key: Option<&LineKey>, hint: &str) -> Markup {
    html! {
        input type="text" name="label" maxlength=(LABEL_MAX) aria-label={ "Label of key " (place) } placeholder=[(!hint.is_empty()).then_some(hint)]
            value=(key.map_or("", |key| key.label.as_str()));
    }
}

fn value(place: usize, key: Option<&LineKey>, hint: &str) -> Markup {
    html! {
        input type="text" name="value" maxlength="64" inputmode="tel" aria-label={ "Number of key " (place) } placeholder=[(!hint.is_empty()).then_some(hint)]
            value=(key.and_then(|key| key.value.as_ref()).map_or("", |value| value.as_str()));
    }
}
