//! Phones and users from a TOML file, and the ways in which administrators change them. Both go through the same
//! functions, so that an ended association or a revoked credential is never forgotten.

use anyhow::{Context, Result};
use hotdesk_provisioning::{DeviceId, Extension, Language, LineKey, Pin, Policy, Secret};
use serde::Deserialize;
use sqlx::types::Json;

use crate::app::{App, Change};
use crate::audit::{Entry, Event};
use crate::sites::{self, Elsewhere};
use crate::{manage, phones, users};

/// A file of phones and users; `assets/demo/people.toml` is an example.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct People {
    /// The site's settings; left out, they stay as they are.
    pub site: Option<SiteEntry>,
    /// Phones to designate; known ones (by MAC) are changed.
    pub phones: Vec<PhoneEntry>,
    /// Users; known ones (by extension) are changed.
    pub users: Vec<UserEntry>,
    /// Administrators of the portal; known ones (by name) get the password.
    pub admins: Vec<AdminEntry>,
}

/// A site's settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteEntry {
    /// The site's name.
    pub name: String,
    /// What happens when a user who is signed in on one phone logs in on another.
    pub elsewhere: Elsewhere,
    /// Seconds until an association ends by itself; 0: never.
    pub association_limit: u32,
    /// Minutes east of UTC.
    pub utc_offset_minutes: i16,
    /// What the phones obey.
    pub policy: Policy,
}

impl Default for SiteEntry {
    fn default() -> Self {
        Self {
            name: "Main".to_owned(),
            elsewhere: Elsewhere::Move,
            association_limit: 12 * 3600,
            utc_offset_minutes: 0,
            policy: Policy::default(),
        }
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
        let mut change = self.change().await?;
        if let Some(site) = &people.site {
            set_site(&mut change, site).await?;
        }
        for entry in &people.phones {
            let known = phones::by_mac(change.connection(), &entry.mac).await?;
            manage::save_phone(&mut change, known.as_ref(), entry, "import")
                .await
                .with_context(|| format!("phone {} ({})", entry.mac, entry.name))?;
        }
        for (entry, hash) in people.users.iter().zip(hashes) {
            let known = users::by_number(change.connection(), entry.extension.as_str()).await?;
            let user = manage::save_user(&mut change, known.as_ref(), entry, "import")
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

async fn set_site(change: &mut Change, site: &SiteEntry) -> Result<()> {
    sqlx::query(
        "UPDATE site SET name = ?, elsewhere = ?, association_limit = ?, utc_offset_minutes = ?, policy = ? WHERE id = ?",
    )
    .bind(&site.name)
    .bind(site.elsewhere)
    .bind(site.association_limit)
    .bind(site.utc_offset_minutes)
    .bind(Json(&site.policy))
    .bind(sites::MAIN)
    .execute(change.connection())
    .await
    .context("the site's settings do not fit")?;
    let every_phone: Vec<i64> = sqlx::query_scalar("SELECT id FROM phone WHERE site = ?")
        .bind(sites::MAIN)
        .fetch_all(change.connection())
        .await?;
    for phone in every_phone {
        change.push(phone, hotdesk_provisioning::Push::ProfileChanged);
    }
    Ok(())
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
