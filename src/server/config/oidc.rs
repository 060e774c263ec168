//! The section `[oidc]`: an identity provider at which administrators may sign in beside their local accounts. Says nothing about
//! whether it answers.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use openidconnect::url::{Host, Url};
use serde::Deserialize;

use crate::roles::Role;

/// An identity provider that speaks OpenID Connect. `assets/default/provd.toml` documents each key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// Its name as its discovery document says it, `https://…`.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// A file with the secret that was agreed on; none: the provider asks for none. Relative to the configuration file.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// Where browsers reach the portal, `https://…`: the provider sends them back there.
    pub portal: String,
    /// What stands on the button; none: the provider's host.
    #[serde(default)]
    pub name: Option<String>,
    /// What is asked for, beside `openid`.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// The claim that names the person.
    #[serde(default = "person")]
    pub person: String,
    /// The claim that lists the person's groups.
    #[serde(default = "groups")]
    pub groups: String,
    /// What groups may do; the first that fits counts.
    #[serde(default)]
    pub roles: Vec<GroupRole>,
}

/// What the people of a group may do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRole {
    /// The group, as the provider says it.
    pub group: String,
    pub(crate) role: Role,
    /// The tenant's name; none: the first one, and for operators all of them.
    #[serde(default)]
    pub tenant: Option<String>,
}

fn scopes() -> Vec<String> {
    ["email", "profile"].map(str::to_owned).to_vec()
}

fn person() -> String {
    "email".to_owned()
}

fn groups() -> String {
    "groups".to_owned()
}

impl OidcConfig {
    pub(crate) fn check(&self) -> Result<()> {
        for (key, text) in [("issuer", &self.issuer), ("portal", &self.portal)] {
            let url = Url::parse(text).with_context(|| format!("oidc.{key} is no address"))?;
            ensure!(
                is_safe(&url) && url.query().is_none() && url.fragment().is_none(),
                "oidc.{key} = {text:?}: write https://…; plain http is for this machine alone"
            );
        }
        ensure!(!self.client_id.is_empty(), "oidc.client_id is empty");
        ensure!(!self.person.is_empty(), "oidc.person is empty");
        for row in &self.roles {
            ensure!(!row.group.is_empty(), "oidc.roles: a group has no name");
            ensure!(
                row.role != Role::Operator || row.tenant.is_none(),
                "oidc.roles: operators belong to no tenant, so {:?} names none",
                row.group
            );
        }
        Ok(())
    }

    /// What stands on the button.
    pub(crate) fn shown_name(&self) -> String {
        let host = || {
            let url = Url::parse(&self.issuer).ok()?;
            url.host_str().map(str::to_owned)
        };
        self.name.clone().or_else(host).unwrap_or_default()
    }

    /// An address of the portal.
    pub(crate) fn portal_address(&self, path: &str) -> String {
        format!("{}{path}", self.portal.trim_end_matches('/'))
    }
}

/// Whether what travels there cannot be read on the way.
pub(crate) fn is_safe(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn parse(lines: &str) -> Result<Config, String> {
        let text = format!("[oidc]\nclient_id = \"hotdesk\"\n{lines}");
        Config::parse(&text).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn what_is_left_out_is_usual() {
        let lines = "issuer = \"https://id.example.com/office\"\nportal = \"https://desks.example.com/\"\n\
                     roles = [{ group = \"desks\", role = \"help_desk\", tenant = \"Main\" }]";
        let oidc = parse(lines).unwrap().oidc.unwrap();
        assert_eq!(oidc.shown_name(), "id.example.com");
        assert_eq!(oidc.person, "email");
        assert_eq!(oidc.groups, "groups");
        assert_eq!(
            oidc.portal_address("/sign-in"),
            "https://desks.example.com/sign-in"
        );
    }

    #[test]
    fn a_wrong_key_is_named_with_what_is_expected() {
        let right = "issuer = \"https://a.example\"\nportal = \"http://127.0.0.1:8480\"\n";
        assert!(parse(right).is_ok());
        for (lines, expected) in [
            ("issuer = \"https://a.example\"", "portal"),
            (
                "issuer = \"http://a.example\"\nportal = \"https://b.example\"",
                "oidc.issuer",
            ),
            (
                "issuer = \"https://a.example\"\nportal = \"ftp://b.example\"",
                "oidc.portal",
            ),
            (&format!("{right}person = \"\""), "oidc.person"),
            (
                &format!("{right}roles = [{{ group = \"a\", role = \"king\" }}]"),
                "king",
            ),
            (
                &format!(
                    "{right}roles = [{{ group = \"a\", role = \"operator\", tenant = \"Main\" }}]"
                ),
                "operators belong to no tenant",
            ),
        ] {
            let error = parse(lines).unwrap_err();
            assert!(error.contains(expected), "{lines}: {error}");
        }
    }
}
