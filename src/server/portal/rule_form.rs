//! The form of rules. Each rule is inherited unless it is set here: an empty field says nothing.

use hotdesk_provisioning::Language;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::{Answer, wrong};
use crate::explain::span;
use crate::rules::{Layer, Rules};
use crate::time_zone::TimeZone;

/// What kind of value a rule has in the form.
#[derive(Debug, Clone, Copy)]
enum Field {
    /// One of these words, each with its name.
    Choice(&'static [(&'static str, &'static str)]),
    /// Yes or no.
    Truth,
    /// A number between these.
    Number(u32, u32),
    /// A span of time in minutes, kept in seconds, up to so many minutes.
    Minutes(u32),
    /// A span of time in hours, kept in seconds, up to so many hours.
    Hours(u32),
    /// Seconds, up to so many.
    Seconds(u32),
    /// Texts with blanks or commas between.
    Texts,
    /// A language's code.
    Tongue,
}

/// A rule: its name, what it is called, and its field. Rules in groups, in the order of the form.
type Line = (&'static str, &'static str, Field);

const SIGNING_IN: [Line; 7] = [
    (
        "elsewhere",
        "Signed in on another phone",
        Field::Choice(&[
            ("move", "Moves here"),
            ("ask", "Ask at the other phone"),
            ("refuse", "Refuse"),
            ("many", "Allow several phones"),
        ]),
    ),
    (
        "takeover",
        "Phone in use by somebody else",
        Field::Choice(&[
            ("ask", "Take over after a question"),
            ("allow", "Take over at once"),
            ("forbid", "Refuse"),
        ]),
    ),
    (
        "consent",
        "Time to answer at the other phone (seconds)",
        Field::Seconds(60),
    ),
    (
        "attempts_free",
        "Wrong PINs before a wait",
        Field::Number(1, 20),
    ),
    ("lock_max", "Longest wait (minutes)", Field::Minutes(44_640)),
    (
        "remember_extension",
        "Offer the last extension",
        Field::Truth,
    ),
    (
        "offline",
        "Server away: may sign in again for (hours; 0: never)",
        Field::Hours(720),
    ),
];

const SIGNING_OUT: [Line; 9] = [
    (
        "association_limit",
        "Limit (minutes; 0: never)",
        Field::Minutes(44_640),
    ),
    (
        "idle_limit",
        "Idle limit (minutes; 0: never)",
        Field::Minutes(10_080),
    ),
    ("log_out_at", "Times of day", Field::Texts),
    ("countdown", "Countdown (seconds)", Field::Seconds(600)),
    ("stay", "Offer Stay", Field::Truth),
    ("confirm_logout", "Log Out asks once", Field::Truth),
    ("logout_pin", "Log Out needs the PIN", Field::Truth),
    (
        "call_defers_max",
        "A call defers it at most (minutes)",
        Field::Minutes(1440),
    ),
    (
        "after_power_loss",
        "After a power loss",
        Field::Choice(&[
            ("resume", "Back at once"),
            ("ask_server", "Back once the server agreed"),
            ("log_out", "Signed out"),
        ]),
    ),
];

const CALLING: [Line; 4] = [
    ("emergency_numbers", "Emergency numbers", Field::Texts),
    (
        "emergency_hold",
        "Reachable after an emergency call (minutes)",
        Field::Minutes(240),
    ),
    (
        "vacant_calls",
        "Vacant phones may dial",
        Field::Choice(&[
            ("emergency_only", "Emergency numbers only"),
            ("internal", "Internal numbers too"),
            ("all", "Any number"),
        ]),
    ),
    (
        "internal_digits_max",
        "Digits of internal numbers",
        Field::Number(1, 20),
    ),
];

const PHONES: [Line; 3] = [
    ("language", "Language of phones", Field::Tongue),
    (
        "keep_host_registered",
        "Desk's number stays reachable beside the guest's",
        Field::Truth,
    ),
    (
        "screen_preview",
        "Administrators may look at screens",
        Field::Truth,
    ),
];

const SECTIONS: [(&str, &[Line]); 4] = [
    ("Signing in", &SIGNING_IN),
    ("Signing out", &SIGNING_OUT),
    ("Calls", &CALLING),
    ("Phones", &PHONES),
];

/// What a form about rules says: a name, a clock, and a text for each rule.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct RuleForm {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    time_zone: String,
    #[serde(flatten)]
    rules: std::collections::BTreeMap<String, String>,
}

impl RuleForm {
    /// The clock, if the form says it.
    pub(crate) fn time_zone(&self, known: Option<&TimeZone>) -> Answer<TimeZone> {
        if self.time_zone.trim().is_empty() {
            return Ok(known.cloned().unwrap_or_default());
        }
        TimeZone::parse(&self.time_zone).ok_or_else(|| {
            wrong("This is no time zone: choose one from the list, or write hours and minutes from UTC as +05:30.")
        })
    }

    /// The layer with what the form says; rules that the form does not show stay as they are.
    pub(crate) fn over(&self, mut layer: Layer) -> Answer<Layer> {
        for (name, title, field) in SECTIONS.iter().flat_map(|(_, lines)| lines.iter()) {
            let Some(text) = self.rules.get(*name) else {
                continue;
            };
            match text.trim() {
                "" => layer.remove(*name),
                text => layer.insert((*name).to_owned(), field.parse(title, text)?),
            };
        }
        Ok(layer)
    }
}

impl Field {
    fn parse(self, title: &str, text: &str) -> Answer<Value> {
        let number = |factor: u32, least: u32, most: u32| {
            let number: u32 = text
                .parse()
                .map_err(|_| wrong(&format!("{title}: this is no number.")))?;
            if !(least..=most).contains(&number) {
                return Err(wrong(&format!("{title}: {least} to {most}.")));
            }
            Ok(json!(number.saturating_mul(factor)))
        };
        match self {
            Self::Choice(_) | Self::Tongue => Ok(json!(text)),
            Self::Truth => Ok(json!(text == "yes")),
            Self::Number(least, most) => number(1, least, most),
            Self::Seconds(most) => number(1, 0, most),
            Self::Hours(most) => number(3600, 0, most),
            Self::Minutes(most) => {
                let seconds = number(60, 0, most)?;
                // No idle limit is "none" and not "at once".
                let is_never = title.starts_with("Idle") && seconds == json!(0);
                Ok(if is_never { Value::Null } else { seconds })
            }
            Self::Texts => {
                let texts: Vec<&str> = text
                    .split([' ', ',', ';'])
                    .filter(|text| !text.is_empty())
                    .collect();
                Ok(json!(texts))
            }
        }
    }

    /// A rule's value as the form shows it.
    fn show(self, value: &Value) -> String {
        match (self, value) {
            (Self::Truth, Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
            (Self::Minutes(_), Value::Null) => "0".to_owned(),
            (Self::Minutes(_), Value::Number(seconds)) => {
                (seconds.as_u64().unwrap_or(0) / 60).to_string()
            }
            (Self::Hours(_), Value::Number(seconds)) => {
                (seconds.as_u64().unwrap_or(0) / 3600).to_string()
            }
            (_, Value::Array(texts)) => {
                let texts: Vec<&str> = texts.iter().filter_map(Value::as_str).collect();
                texts.join(" ")
            }
            (_, Value::String(text)) => text.clone(),
            (_, Value::Null) => String::new(),
            (_, value) => value.to_string(),
        }
    }

    /// The inherited value in words.
    fn inherited(self, value: &Value) -> String {
        let shown = self.show(value);
        match (self, value) {
            (Self::Choice(words), _) => words
                .iter()
                .find(|(word, _)| *word == shown)
                .map_or(shown, |(_, name)| (*name).to_owned()),
            (Self::Minutes(_) | Self::Hours(_), Value::Number(seconds)) => {
                let seconds = seconds
                    .as_u64()
                    .and_then(|s| u32::try_from(s).ok())
                    .unwrap_or(0);
                if seconds == 0 {
                    "never".to_owned()
                } else {
                    span(seconds)
                }
            }
            (Self::Minutes(_), Value::Null) => "never".to_owned(),
            (Self::Tongue, Value::Null) => "as the phone is set".to_owned(),
            (_, Value::Array(texts)) if texts.is_empty() => "none".to_owned(),
            (_, _) => shown,
        }
    }
}

/// Every rule with its own value, if it has one, and what it inherits.
pub(crate) fn draw(own: &Layer) -> Markup {
    let inherited = match serde_json::to_value(Rules::default()) {
        Ok(Value::Object(rules)) => rules,
        Ok(_) | Err(_) => Layer::new(),
    };
    html! {
        @for (title, lines) in SECTIONS {
            section.card {
                h2 { (title) }
                div.grid {
                    @for (name, label, field) in lines {
                        (line(name, label, *field, own.get(*name), inherited.get(*name).unwrap_or(&Value::Null)))
                    }
                }
            }
        }
    }
}

fn line(name: &str, label: &str, field: Field, own: Option<&Value>, inherited: &Value) -> Markup {
    let shown = own.map(|value| field.show(value)).unwrap_or_default();
    let default = field.inherited(inherited);
    let options: Vec<(String, String)> = match field {
        Field::Choice(words) => words
            .iter()
            .map(|(word, name)| ((*word).to_owned(), (*name).to_owned()))
            .collect(),
        Field::Truth => [("yes", "Yes"), ("no", "No")]
            .map(|(word, name)| (word.to_owned(), name.to_owned()))
            .into(),
        Field::Tongue => Language::ALL
            .map(|language| (language.code().to_owned(), language.own_name().to_owned()))
            .into(),
        Field::Number(..)
        | Field::Minutes(_)
        | Field::Hours(_)
        | Field::Seconds(_)
        | Field::Texts => Vec::new(),
    };
    html! {
        label {
            span { (label) }
            @if options.is_empty() {
                input type="text" name=(name) value=(shown) placeholder={ "inherited: " (default) } autocomplete="off";
            } @else {
                select name=(name) {
                    option value="" { "Inherited: " (default) }
                    @for (value, text) in &options { option value=(value) selected[*value == shown] { (text) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_what_is_read_back() {
        let layer = json!({
            "elsewhere": "ask", "association_limit": 3600, "idle_limit": null, "log_out_at": ["12:00", "20:00"],
            "stay": false, "offline": 7200, "emergency_numbers": ["112"], "attempts_free": 3, "language": "de", "codes": { "login": ["*1"] },
        });
        let layer = layer.as_object().unwrap().clone();
        Rules::check(&layer).unwrap();
        let lines = SECTIONS.iter().flat_map(|(_, lines)| lines.iter());
        let rules = lines.map(|(name, _, field)| {
            let shown = layer.get(*name).map(|value| field.show(value));
            ((*name).to_owned(), shown.unwrap_or_default())
        });
        let form = RuleForm {
            rules: rules.collect(),
            ..RuleForm::default()
        };
        assert_eq!(form.over(layer.clone()).unwrap(), layer);
        assert_eq!(form.over(Layer::new()).unwrap().len(), layer.len() - 1);
    }

    #[test]
    fn every_rule_of_the_form_exists() {
        for (name, _, _) in SECTIONS.iter().flat_map(|(_, lines)| lines.iter()) {
            let layer = Layer::from_iter([((*name).to_owned(), json!({ "no": "value" }))]);
            let error = format!("{:#}", Rules::check(&layer).unwrap_err());
            assert!(!error.contains("there is no rule"), "{error}");
        }
    }
}
