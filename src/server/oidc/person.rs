//! Who somebody is, from the claims of a token that was checked. Pure.

use serde_json::{Map, Value};

use super::Trouble;
use crate::config::OidcConfig;

/// Most characters of a name or a subject: more is nobody's.
const LENGTH_MAX: usize = 128;

/// Somebody whom the provider knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// The same for as long as they exist there, and nobody else's.
    pub(crate) subject: String,
    /// What they are called now.
    pub(crate) name: String,
    pub(crate) groups: Vec<String>,
}

impl Person {
    /// # Errors
    /// When the claims name nobody.
    pub(crate) fn of(config: &OidcConfig, claims: &Map<String, Value>) -> Result<Self, Trouble> {
        let text = |claim: &str| {
            let text = claims.get(claim).and_then(Value::as_str)?;
            let is_name = (1..=LENGTH_MAX).contains(&text.chars().count())
                && !text.chars().any(char::is_control);
            is_name.then(|| text.to_owned())
        };
        let subject = text("sub").ok_or_else(|| refused("the token has no subject"))?;
        let name = text(&config.person).ok_or_else(|| {
            refused(&format!(
                "the provider does not say who it is: there is no claim {}",
                config.person
            ))
        })?;
        // Whoever may write any address into their own record could be anybody.
        let is_unverified = matches!(claims.get("email_verified"), Some(Value::Bool(false)))
            || claims.get("email_verified").and_then(Value::as_str) == Some("false");
        if config.person == "email" && is_unverified {
            return Err(refused("the provider has not verified this address"));
        }
        Ok(Self {
            subject: format!("{subject} at {}", config.issuer),
            name,
            groups: groups(claims.get(&config.groups)),
        })
    }
}

/// A list, or one group by itself.
fn groups(claim: Option<&Value>) -> Vec<String> {
    let one = claim.and_then(Value::as_str);
    let many = claim.and_then(Value::as_array);
    let many = many.into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(many).map(str::to_owned).collect()
}

fn refused(why: &str) -> Trouble {
    Trouble::Refused(why.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Config;

    fn person(claims: &Value) -> Result<Person, String> {
        let text = "[oidc]\nissuer = \"https://a.example\"\nportal = \"https://b.example\"\nclient_id = \"c\"";
        let config = Config::parse(text).unwrap().oidc.unwrap();
        Person::of(&config, claims.as_object().unwrap()).map_err(|trouble| trouble.to_string())
    }

    #[test]
    fn claims_name_a_person_and_groups() {
        let claims = json!({ "sub": "7", "email": "jo@a.example", "groups": ["one", 2, "three"] });
        let jo = person(&claims).unwrap();
        assert_eq!(jo.subject, "7 at https://a.example");
        assert_eq!(jo.name, "jo@a.example");
        assert_eq!(jo.groups, ["one", "three"]);
        let claims = json!({ "sub": "7", "email": "jo@a.example", "groups": "one" });
        assert_eq!(person(&claims).unwrap().groups, ["one"]);
    }

    #[test]
    fn nobody_is_believed_who_is_not_named() {
        let long = "x".repeat(129);
        for (claims, why) in [
            (json!({ "sub": "7" }), "no claim email"),
            (json!({ "sub": "7", "email": "" }), "no claim email"),
            (json!({ "sub": "7", "email": "a\nb" }), "no claim email"),
            (json!({ "sub": "7", "email": long }), "no claim email"),
            (json!({ "email": "jo@a.example" }), "no subject"),
            (
                json!({ "sub": "7", "email": "jo@a.example", "email_verified": false }),
                "not verified",
            ),
            (
                json!({ "sub": "7", "email": "jo@a.example", "email_verified": "false" }),
                "not verified",
            ),
        ] {
            let said = person(&claims).unwrap_err();
            assert!(said.contains(why), "{claims}: {said}");
        }
    }
}
