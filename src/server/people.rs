//! Phones and users from a TOML file, and the ways in which administrators change them. Both go through the same
//! functions, so that an ended association or a revoked credential is never forgotten.

use crate::column::Json;
use anyhow::{Context, Result};
use hotdesk_provisioning::{DeviceId, Extension, Language, LineKey, Pin, Push, Secret};
use serde::Deserialize;

use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::db::Connection;
use crate::error::{Answer, clash};
use crate::rules::{Elsewhere, Layer, Rules};
use crate::time_zone::TimeZone;
use crate::{manage, phones, sites, tenants, users};

/// A file of phones and users; `assets/demo/people.toml` is an example.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct People {
    /// The tenant's name; left out: the first one. One that is not there is made.
    pub tenant: Option<String>,
    /// The SIP domain of a tenant that is made: one tenant at most goes without.
    pub sip_domain: Option<String>,
    /// The site's settings; left out, they stay as they are.
    pub site: Option<SiteEntry>,
    /// Phones to designate; known ones (by MAC) are changed.
    pub phones: Vec<PhoneEntry>,
    /// Users; known ones (by extension) are changed.
    pub users: Vec<UserEntry>,
    /// Administrators of the portal; known ones (by name) get the password.
    pub admins: Vec<AdminEntry>,
}

/// A site's settings; the first site's where there is none of this name and it is the first one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteEntry {
    /// The site's name; left out, it keeps its own.
    pub name: Option<String>,
    /// What happens when a user who is signed in on one phone logs in on another.
    pub elsewhere: Option<Elsewhere>,
    /// Seconds until an association ends by itself; 0: never.
    pub association_limit: Option<u32>,
    /// The clock on its wall, `Europe/London` or `+01:00`; left out, it stays.
    pub time_zone: Option<TimeZone>,
    /// The other rules that differ from what is built in.
    pub policy: Layer,
}

impl SiteEntry {
    fn rules(&self) -> Result<Layer> {
        let mut rules = self.policy.clone();
        if let Some(elsewhere) = self.elsewhere {
            rules.insert("elsewhere".to_owned(), serde_json::to_value(elsewhere)?);
        }
        if let Some(limit) = self.association_limit {
            rules.insert("association_limit".to_owned(), limit.into());
        }
        Rules::check(&rules)?;
        Ok(rules)
    }
}

/// A phone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneEntry {
    /// Its MAC address.
    pub mac: DeviceId,
    /// The desk's name, "Desk 12".
    pub name: String,
    /// The host's own extension.
    pub extension: Extension,
    /// The model's name.
    #[serde(default)]
    pub model: String,
    /// The site's name; left out: where it is, or the first site.
    #[serde(default)]
    pub site: Option<String>,
    /// The group's name; left out: none.
    #[serde(default)]
    pub group: Option<String>,
    /// Where people find it.
    #[serde(default)]
    pub location: String,
    /// The emergency address; without one the phone takes no guests.
    #[serde(default)]
    pub address: String,
    /// Whether it takes part in hot desking.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The desk's own keys.
    #[serde(default)]
    pub keys: Vec<LineKey>,
}

/// A user.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserEntry {
    /// The full number.
    pub extension: Extension,
    /// Another, shorter way to type the same user.
    #[serde(default)]
    pub short_extension: Option<Extension>,
    /// The name on screens.
    pub name: String,
    /// The site's name; left out: where they are, or the first site.
    #[serde(default)]
    pub site: Option<String>,
    /// The group's name; left out: none.
    #[serde(default)]
    pub group: Option<String>,
    /// The PIN; left out, a known user keeps theirs and a new one has none.
    #[serde(default)]
    pub pin: Option<Pin>,
    /// Whether they may use shared phones.
    #[serde(default = "yes")]
    pub hot_desk: bool,
    /// Whether they are shut out altogether.
    #[serde(default)]
    pub disabled: bool,
    /// Seconds until an association ends by itself, instead of the site's; 0: never.
    #[serde(default)]
    pub association_limit: Option<u32>,
    /// Their keys.
    #[serde(default)]
    pub keys: Vec<LineKey>,
    /// What screens speak while they are signed in; left out: what the phone speaks.
    #[serde(default)]
    pub language: Option<Language>,
}

/// An administrator of the portal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminEntry {
    /// Their account's name.
    pub name: String,
    /// Their password, 8 to 128 characters.
    pub password: Secret,
}

const fn yes() -> bool {
    true
}

/// How many rows an import wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Phones added or changed.
    pub phones: usize,
    /// Users added or changed.
    pub users: usize,
    /// Administrators added or changed.
    pub admins: usize,
}

impl People {
    /// Parses the text of a file.
    ///
    /// # Errors
    /// Says where and what. Values that may be secret are not repeated, other lines of the file may be.
    pub fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error: toml::de::Error| {
            // The full display quotes the offending line, and a PIN may stand on it.
            let line = error
                .span()
                .and_then(|span| text.get(..span.start))
                .map_or(0, |before| before.lines().count());
            // So may the message of a value that has the wrong type: only what is expected is said then.
            let message = error.message();
            let expected = message
                .find("expected")
                .filter(|_| message.starts_with("invalid"));
            let message = expected.and_then(|at| message.get(at..)).unwrap_or(message);
            anyhow::anyhow!("line {line}: {message}")
        })
    }
}

impl App {
    /// Adds and changes what the file names; what it does not name stays. All of it or nothing, but for administrators.
    ///
    /// # Errors
    /// Names the entry that does not fit, for instance because its number is taken.
    pub async fn import(&self, people: &People) -> Result<Imported> {
        let mut hashes = Vec::new();
        for entry in &people.users {
            hashes.push(match &entry.pin {
                Some(pin) => Some(
                    self.hasher()
                        .hash(Secret::new(pin.expose().to_owned()))
                        .await?,
                ),
                None => None,
            });
        }
        let mut change = self.change_everything().await?;
        let tenant = tenant_named(&mut change, people).await?;
        if let Some(site) = &people.site {
            set_site(&mut change, tenant, site).await?;
        }
        for entry in &people.phones {
            let known = phones::by_mac(change.connection(), &entry.mac)
                .await?
                .filter(|phone| phone.tenant_id == tenant);
            manage::save_phone(&mut change, tenant, known.as_ref(), entry, "import")
                .await
                .with_context(|| format!("phone {} ({})", entry.mac, entry.name))?;
        }
        for (entry, hash) in people.users.iter().zip(hashes) {
            let known =
                users::by_number(change.connection(), tenant, entry.extension.as_str()).await?;
            let user = manage::save_user(&mut change, tenant, known.as_ref(), entry, "import")
                .await
                .with_context(|| format!("user {} ({})", entry.extension, entry.name))?;
            if let Some(hash) = hash {
                manage::set_pin(&mut change, &user, &hash, "import").await?;
            }
        }
        let imported = Imported {
            phones: people.phones.len(),
            users: people.users.len(),
            admins: people.admins.len(),
        };
        let now = change.now;
        Entry::new(Event::Imported)
            .tenant(Some(tenant))
            .detail(format!(
                "{} phones, {} users",
                imported.phones, imported.users
            ))
            .actor("import")
            .write(change.connection(), now)
            .await?;
        change.finish().await?;
        for admin in &people.admins {
            self.set_admin_password(&admin.name, &admin.password)
                .await
                .with_context(|| format!("administrator {}", admin.name))?;
        }
        Ok(imported)
    }
}

async fn tenant_named(change: &mut Change, people: &People) -> Result<i64> {
    let Some(name) = people.tenant.as_deref() else {
        return Ok(tenants::FIRST);
    };
    if let Some(tenant) = tenants::by_name(change.connection(), name).await? {
        return Ok(tenant.id);
    }
    let entry = manage::TenantEntry {
        name,
        sip_domain: people.sip_domain.as_deref(),
        guest_licences: None,
    };
    manage::add_tenant(change, &entry, "import")
        .await
        .with_context(|| format!("tenant {name}"))
}

async fn set_site(change: &mut Change, tenant: i64, site: &SiteEntry) -> Result<()> {
    let rules = site.rules().context("the site's settings do not fit")?;
    let known = sites::all(change.connection(), tenant).await?;
    let named = known
        .iter()
        .find(|known| Some(&known.name) == site.name.as_ref());
    let id = named
        .or(known.first())
        .map(|site| site.id)
        .context("a tenant has a site")?;
    sqlx::query(
        "UPDATE sites SET name = coalesce($1, name), time_zone = coalesce($2, time_zone), rules = $3, version = version + 1 WHERE id = $4",
    )
    .bind(site.name.as_deref())
    .bind(site.time_zone.as_ref().map(TimeZone::to_string))
    .bind(Json(&rules))
    .bind(id)
    .execute(change.connection())
    .await
    .context("the site's settings do not fit")?;
    change.push_all(tenant, Push::ProfileChanged);
    Ok(())
}

/// The site that somebody names, or where the thing is already, or the tenant's first.
pub(crate) async fn site_named(
    connection: &mut Connection,
    tenant: i64,
    name: Option<&str>,
    known: Option<i64>,
) -> Answer<i64> {
    if let (None, Some(id)) = (name, known) {
        return Ok(id);
    }
    let sites = sites::all(connection, tenant).await?;
    let found = match name {
        Some(name) => sites.iter().find(|site| site.name == name),
        None => sites.iter().min_by_key(|site| site.id),
    };
    let found =
        found.ok_or_else(|| clash(&format!("There is no site {:?}.", name.unwrap_or_default())))?;
    Ok(found.id)
}

/// The group that somebody names, if anybody does.
pub(crate) async fn group_named(
    connection: &mut Connection,
    tenant: i64,
    name: Option<&str>,
) -> Answer<Option<i64>> {
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    let groups = sites::groups(connection, tenant).await?;
    let found = groups.iter().find(|group| group.name == name);
    let found = found.ok_or_else(|| clash(&format!("There is no group {name:?}.")))?;
    Ok(Some(found.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_data_is_well_formed() {
        let people = People::parse(include_str!("../../assets/demo/people.toml")).unwrap();
        assert_eq!((people.phones.len(), people.users.len()), (3, 5));
    }

    #[test]
    fn an_error_names_the_line_and_never_repeats_a_pin() {
        let text = "[[users]]\nextension = \"2000\"\nname = \"Jane\"\npin = \"987\"\n";
        let error = format!("{:#}", People::parse(text).unwrap_err());
        assert!(error.contains("PIN") && error.contains("line "), "{error}");
        assert!(!error.contains("987"), "{error}");
        let text = "[[users]]\nextension = \"2000\"\nname = \"Jane\"\npin = 98765\n";
        let error = format!("{:#}", People::parse(text).unwrap_err());
        assert!(!error.contains("98765"), "{error}");
    }
}
