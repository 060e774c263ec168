//! What holds at a phone and for a user: the built-in rules, changed by what a site says, changed by what a group says. A layer
//! is a JSON object with only the rules that differ (RFC 7396). Pure: asks nobody, writes nothing.

use anyhow::{Context as _, Result, bail};
use hotdesk_provisioning::Policy;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::time_of_day::TimeOfDay;

/// What a site or a group says differently.
pub type Layer = Map<String, Value>;

/// What happens when a user who is signed in on one phone logs in on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Elsewhere {
    /// The old phone is signed out.
    #[default]
    Move,
    /// Whoever is at the old phone is asked; no answer means yes.
    Ask,
    /// The new log-in is refused.
    Refuse,
    /// Both stay.
    Many,
}

/// The rules that hold somewhere: the server's own, and what phones obey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// What happens when a user who is signed in on one phone logs in on another.
    pub elsewhere: Elsewhere,
    /// Seconds until an association ends by itself; 0: never.
    pub association_limit: u32,
    /// Times of day, by the site's clock, at which associations end.
    pub log_out_at: Vec<TimeOfDay>,
    /// Wrong PINs of a user before they have to wait; on one phone, of whichever users, twice as many.
    pub attempts_free: u32,
    /// Seconds of the longest wait after wrong PINs.
    pub lock_max: u32,
    /// Whether administrators may look at the phones' screens.
    pub screen_preview: bool,
    /// What phones obey.
    #[serde(flatten)]
    pub phone: Policy,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            elsewhere: Elsewhere::Move,
            association_limit: 12 * 3600,
            log_out_at: Vec::new(),
            attempts_free: 5,
            lock_max: 15 * 60,
            screen_preview: true,
            phone: Policy::default(),
        }
    }
}

impl Rules {
    /// The rules after these layers, the last one on top.
    ///
    /// # Errors
    /// Names the rule whose value cannot be what it says.
    pub fn of<'a>(layers: impl IntoIterator<Item = &'a Layer>) -> Result<Self> {
        let mut merged = Self::built_in()?;
        for layer in layers {
            for (name, value) in layer {
                if let (Some(Value::Object(known)), Value::Object(changes)) =
                    (merged.get_mut(name), value)
                {
                    known.extend(changes.clone());
                } else {
                    merged.insert(name.clone(), value.clone());
                }
            }
        }
        Self::parse(merged)
    }

    /// Checks what somebody wants a site or a group to say.
    ///
    /// # Errors
    /// Names the first rule that does not exist, or whose value it cannot have.
    pub fn check(layer: &Layer) -> Result<()> {
        let known = Self::built_in()?;
        if let Some(name) = layer.keys().find(|name| !known.contains_key(*name)) {
            bail!("there is no rule {name:?}");
        }
        for (name, value) in layer {
            let alone = Layer::from_iter([(name.clone(), value.clone())]);
            Self::of([&alone])
                .with_context(|| format!("rule {name:?}"))?
                .bounded()
                .with_context(|| format!("rule {name:?}"))?;
        }
        Ok(())
    }

    /// Every rule with its built-in value.
    fn built_in() -> Result<Layer> {
        let Value::Object(mut rules) = serde_json::to_value(Self::default())? else {
            bail!("rules are an object");
        };
        // Left out of JSON where there is none, but a rule all the same.
        rules.entry("language").or_insert(Value::Null);
        Ok(rules)
    }

    fn parse(merged: Layer) -> Result<Self> {
        let rules: Self = serde_json::from_value(Value::Object(merged))?;
        Ok(rules)
    }

    fn bounded(&self) -> Result<()> {
        /// A rule counts in seconds, and a month is longer than anything it is for.
        const SECONDS_MAX: u32 = 31 * 86_400;
        if self.phone.clone().bounded() != self.phone {
            bail!("this is out of range");
        }
        let seconds = [self.association_limit, self.lock_max];
        if seconds.into_iter().any(|seconds| seconds > SECONDS_MAX) {
            bail!("at most {SECONDS_MAX} seconds");
        }
        if !(1..=20).contains(&self.attempts_free) {
            bail!("1 to 20 attempts");
        }
        if self.log_out_at.len() > 24 {
            bail!("at most 24 times of day");
        }
        if self.phone.emergency_numbers.is_empty() {
            bail!("a phone without an emergency number is not allowed");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn layer(value: Value) -> Layer {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_group_changes_what_its_site_says_and_nothing_else() {
        let site = layer(
            json!({ "elsewhere": "ask", "association_limit": 3600, "log_out_at": ["20:00"] }),
        );
        let group = layer(json!({ "association_limit": 0, "codes": { "login": ["*77"] } }));
        let rules = Rules::of([&site, &group]).unwrap();
        assert_eq!(
            (rules.elsewhere, rules.association_limit),
            (Elsewhere::Ask, 0)
        );
        assert_eq!(rules.phone.codes.login.len(), 1);
        assert_eq!(rules.phone.codes.logout, Policy::default().codes.logout);
        assert_eq!(rules.log_out_at.len(), 1);
        assert_eq!(Rules::of([]).unwrap(), Rules::default());
    }

    #[test]
    fn a_wrong_rule_is_named() {
        for (wrong, named) in [
            (json!({ "elswhere": "ask" }), "elswhere"),
            (json!({ "elsewhere": "perhaps" }), "elsewhere"),
            (json!({ "association_limit": -1 }), "association_limit"),
            (
                json!({ "association_limit": 99_999_999 }),
                "association_limit",
            ),
            (json!({ "log_out_at": ["25:00"] }), "log_out_at"),
            (json!({ "emergency_numbers": [] }), "emergency_numbers"),
            (json!({ "attempts_free": 0 }), "attempts_free"),
        ] {
            let error = format!("{:#}", Rules::check(&layer(wrong)).unwrap_err());
            assert!(error.contains(named), "{error}");
        }
        Rules::check(&layer(
            json!({ "language": "de", "idle_limit": null, "takeover": "forbid" }),
        ))
        .unwrap();
    }
}
