//! What rules add up to, in plain English: for whoever sets them. Pure.

use hotdesk_provisioning::{AfterPowerLoss, Takeover, VacantCalls};

use crate::rules::{Elsewhere, Rules};

/// One sentence for what happens to people, one for what phones may do.
pub(crate) fn explain(rules: &Rules) -> String {
    let ends = ends(rules);
    let elsewhere = match rules.elsewhere {
        Elsewhere::Move => "whoever signs in on another phone moves there",
        Elsewhere::Ask => {
            "whoever signs in on another phone moves there unless somebody at the first one says no"
        }
        Elsewhere::Refuse => "whoever is signed in cannot sign in on another phone",
        Elsewhere::Many => "people may be signed in on several phones at once",
    };
    let takeover = match rules.phone.takeover {
        Takeover::Ask => "an occupied phone can be taken over after a question",
        Takeover::Allow => "an occupied phone can be taken over without a question",
        Takeover::Forbid => "an occupied phone cannot be taken over",
    };
    let leaving = match (rules.phone.confirm_logout, rules.phone.logout_pin) {
        (_, true) => "logging out needs the PIN",
        (true, false) => "logging out asks once",
        (false, false) => "logging out is one key",
    };
    let vacant = match rules.phone.vacant_calls {
        VacantCalls::EmergencyOnly => "emergency numbers only".to_owned(),
        VacantCalls::Internal => format!(
            "emergency numbers and numbers of up to {} digits",
            rules.phone.internal_digits_max
        ),
        VacantCalls::All => "any number".to_owned(),
    };
    let restart = match rules.phone.after_power_loss {
        AfterPowerLoss::Resume => "After a power loss people are back at once.",
        AfterPowerLoss::AskServer => {
            "After a power loss people are back once the server has agreed."
        }
        AfterPowerLoss::LogOut => "After a power loss people are signed out.",
    };
    let away = match rules.phone.offline {
        0 => "While the server is away nobody can sign in.".to_owned(),
        seconds => format!(
            "While the server is away, whoever signed in on the phone within the last {} can sign in there again.",
            span(seconds)
        ),
    };
    let numbers: Vec<&str> = rules
        .phone
        .emergency_numbers
        .iter()
        .map(|number| number.as_str())
        .collect();
    format!(
        "People are signed out {ends}; {elsewhere}, {takeover}, and {leaving}. A phone that nobody uses may dial {vacant}; \
         {} can be dialled always. {restart} {away} After {} wrong PINs one has to wait.",
        listed(&numbers, "and"),
        rules.attempts_free,
    )
}

fn ends(rules: &Rules) -> String {
    let mut ends = Vec::new();
    if rules.association_limit > 0 {
        ends.push(format!("after {}", span(rules.association_limit)));
    }
    if let Some(idle) = rules.phone.idle_limit {
        ends.push(format!("after {} without a key press", span(idle)));
    }
    let times: Vec<String> = rules.log_out_at.iter().map(ToString::to_string).collect();
    if !times.is_empty() {
        let times: Vec<&str> = times.iter().map(String::as_str).collect();
        ends.push(format!("at {}", listed(&times, "and")));
    }
    if ends.is_empty() {
        return "only by a log-out".to_owned();
    }
    let ends: Vec<&str> = ends.iter().map(String::as_str).collect();
    let stay = if rules.phone.stay {
        " unless they press Stay"
    } else {
        ""
    };
    format!("{}{stay}", listed(&ends, "or"))
}

/// Seconds in the largest unit that they fill.
pub(crate) fn span(seconds: u32) -> String {
    let (number, unit) = match seconds {
        s if s > 0 && s % 86_400 == 0 => (s / 86_400, "day"),
        s if s > 0 && s % 3600 == 0 => (s / 3600, "hour"),
        s if s > 0 && s % 60 == 0 => (s / 60, "minute"),
        s => (s, "second"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

fn listed(parts: &[&str], last: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_built_in_rules_in_words() {
        assert_eq!(
            explain(&Rules::default()),
            "People are signed out after 12 hours unless they press Stay; whoever signs in on another phone moves there, an occupied \
             phone can be taken over after a question, and logging out asks once. A phone that nobody uses may dial emergency \
             numbers and numbers of up to 5 digits; 112, 999 and 911 can be dialled always. After a power loss people are back at \
             once. While the server is away nobody can sign in. After 5 wrong PINs one has to wait."
        );
    }

    #[test]
    fn every_limit_is_named() {
        let layer = json!({ "association_limit": 0, "idle_limit": 1800, "log_out_at": ["12:00", "20:00"], "stay": false });
        let rules = Rules::of([layer.as_object().unwrap()]).unwrap();
        let said = explain(&rules);
        assert!(
            said.starts_with(
                "People are signed out after 30 minutes without a key press or at 12:00 and 20:00;"
            ),
            "{said}"
        );
        let never = json!({ "association_limit": 0 });
        let rules = Rules::of([never.as_object().unwrap()]).unwrap();
        assert!(explain(&rules).starts_with("People are signed out only by a log-out;"));
    }
}
