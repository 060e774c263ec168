//! What is not as it should be in a tenant, each with a sentence and what to do about it. Asks the database, changes nothing.

use sqlx::FromRow;

use crate::column::Json;
use crate::db::Connection;
use crate::error::Answer;
use crate::profiles::Settings;
use crate::{sites, tenants};

/// Findings of one kind; who has more begins with these.
const SAME_KIND_MAX: i64 = 100;
/// Profiles that are looked into.
const PROFILES_MAX: i64 = 2000;
/// How long a phone may be silent: over a weekend and a holiday.
const SILENT_SECONDS: i64 = 4 * 86_400;

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    Phone(i64),
    User(i64),
    Site(i64),
    Webhook(i64),
    Profile(i64),
    Model(String),
    /// The tenant as a whole.
    Tenant,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The same for all of its kind.
    pub(crate) code: &'static str,
    /// What is wrong.
    pub(crate) sentence: String,
    /// What to do about it.
    pub(crate) remedy: &'static str,
    pub(crate) about: About,
}

/// A kind of finding that one statement finds: numbers and names, at most `$2` of them in the tenant `$1`.
struct Check {
    code: &'static str,
    statement: &'static str,
    /// `$3`, in seconds before now, where the statement asks for a time.
    age: Option<i64>,
    about: fn(i64) -> About,
    /// Follows the name.
    says: &'static str,
    remedy: &'static str,
}

const CHECKS: [Check; 7] = [
    Check {
        code: "phone_without_address",
        statement: "SELECT id, name FROM phones WHERE tenant_id = $1 AND trim(address) = '' ORDER BY name LIMIT $2",
        age: None,
        about: About::Phone,
        says: "has no emergency address, and takes no guests.",
        remedy: "Write down where an ambulance should come to.",
    },
    Check {
        code: "phone_without_location",
        statement: "SELECT id, name FROM phones WHERE tenant_id = $1 AND trim(location) = '' ORDER BY name LIMIT $2",
        age: None,
        about: About::Phone,
        says: "has no location, so that nobody finds it from its name alone.",
        remedy: "Write down the floor, room or desk.",
    },
    Check {
        code: "phone_not_enrolled",
        statement: "SELECT id, name FROM phones WHERE tenant_id = $1 AND token_hash IS NULL ORDER BY name LIMIT $2",
        age: None,
        about: About::Phone,
        says: "has never asked for its profile.",
        remedy: "Connect it, and check its MAC address and the address of this server on it.",
    },
    Check {
        code: "phone_silent",
        statement: "SELECT p.id, p.name FROM phones p WHERE p.tenant_id = $1 AND p.token_hash IS NOT NULL AND coalesce(p.last_seen, 0) < $3
                        AND NOT EXISTS (SELECT 1 FROM lines l WHERE l.phone_id = p.id)
                    ORDER BY p.name LIMIT $2",
        age: Some(SILENT_SECONDS),
        about: About::Phone,
        says: "has not been heard of for four days.",
        remedy: "Check its power and network, or remove it.",
    },
    Check {
        code: "user_without_pin",
        statement: "SELECT id, name FROM users WHERE tenant_id = $1 AND pin_hash IS NULL AND hot_desk = $3 AND disabled <> $3
                    ORDER BY name LIMIT $2",
        age: None,
        about: About::User,
        says: "has no PIN, and cannot log in.",
        remedy: "Set a PIN, or take hot desking away.",
    },
    Check {
        code: "user_locked",
        statement: "SELECT u.id, u.name FROM users u JOIN throttles t ON t.subject = 'user:' || u.id
                    WHERE u.tenant_id = $1 AND t.locked_until > $3 ORDER BY u.name LIMIT $2",
        age: Some(0),
        about: About::User,
        says: "is locked after too many wrong PINs.",
        remedy: "Wait until the lock ends, or lift it if they are who they say.",
    },
    Check {
        code: "webhook_dead_letters",
        statement: "SELECT w.id, w.url FROM webhooks w WHERE w.tenant_id = $1 AND EXISTS (
                        SELECT 1 FROM webhook_deliveries d
                        WHERE d.webhook_id = w.id AND d.next_at IS NULL AND d.delivered_at IS NULL)
                    ORDER BY w.url LIMIT $2",
        age: None,
        about: About::Webhook,
        says: "did not take events that it was sent again and again.",
        remedy: "See what it answered, mend it, and send them once more.",
    },
];

/// Everything that is found, the most urgent kinds first.
pub(crate) async fn examine(
    connection: &mut Connection,
    tenant: i64,
    now: i64,
) -> Answer<Vec<Finding>> {
    let mut findings = Vec::new();
    for check in &CHECKS {
        findings.extend(run(connection, check, tenant, now).await?);
    }
    findings.extend(emergency_numbers(connection, tenant).await?);
    findings.extend(licences(connection, tenant).await?);
    findings.extend(profiles(connection, tenant).await?);
    findings.extend(versions(connection, tenant).await?);
    Ok(findings)
}

async fn run(
    connection: &mut Connection,
    check: &Check,
    tenant: i64,
    now: i64,
) -> Result<Vec<Finding>, sqlx::Error> {
    let query = sqlx::query_as(check.statement)
        .bind(tenant)
        .bind(SAME_KIND_MAX);
    let query = match check.age {
        Some(seconds) => query.bind(now.saturating_sub(seconds)),
        // What is true is written differently in the two databases, and bound alike.
        None if check.statement.contains("$3") => query.bind(true),
        None => query,
    };
    let rows: Vec<(i64, String)> = query.fetch_all(connection).await?;
    let found = rows.into_iter().map(|(id, name)| Finding {
        code: check.code,
        sentence: format!("{name} {}", check.says),
        remedy: check.remedy,
        about: (check.about)(id),
    });
    Ok(found.collect())
}

/// A site in another country has other numbers than those that are built in, and nobody would notice until they are dialled.
async fn emergency_numbers(connection: &mut Connection, tenant: i64) -> Answer<Vec<Finding>> {
    let sites = sites::all(connection, tenant).await?;
    let silent = sites
        .iter()
        .filter(|site| !site.rules.0.contains_key("emergency_numbers"));
    let found = silent.map(|site| Finding {
        code: "site_without_emergency_numbers",
        sentence: format!(
            "{} does not say its emergency numbers: the built-in ones hold.",
            site.name
        ),
        remedy: "Write down the numbers of its country.",
        about: About::Site(site.id),
    });
    Ok(found.collect())
}

async fn licences(
    connection: &mut Connection,
    tenant: i64,
) -> Result<Option<Finding>, sqlx::Error> {
    let owner = tenants::find(connection, tenant).await?;
    let Some(bought) = owner.and_then(|tenant| tenant.guest_licences) else {
        return Ok(None);
    };
    let used = tenants::guests(connection, tenant).await?;
    let is_near = used.saturating_mul(10) >= bought.saturating_mul(9);
    Ok(is_near.then(|| Finding {
        code: "licences_nearly_used",
        sentence: format!("{used} of {bought} licences are in use."),
        remedy: "Get more licences, or take hot desking away from users who do not need it.",
        about: About::Tenant,
    }))
}

#[derive(FromRow)]
struct Fitted {
    id: i64,
    model: String,
    owner: String,
    is_group: i64,
    settings: Json<Settings>,
    line_keys: i64,
    phones: i64,
}

/// Profiles with keys that their model cannot show, and groups' profiles that no phone uses. A user's profile is kept for the day
/// on which they sit at such a phone again.
async fn profiles(connection: &mut Connection, tenant: i64) -> Result<Vec<Finding>, sqlx::Error> {
    let rows: Vec<Fitted> = sqlx::query_as(
        "SELECT f.id, f.model, coalesce(g.name, u.name) AS owner, CASE WHEN g.id IS NULL THEN 0 ELSE 1 END AS is_group,
                f.settings, m.line_keys,
                (SELECT count(*) FROM phones p WHERE p.tenant_id = $1 AND p.model = f.model) AS phones
         FROM profiles f JOIN models m ON m.tenant_id = f.tenant_id AND m.name = f.model
         LEFT JOIN groups g ON g.id = f.group_id LEFT JOIN users u ON u.id = f.user_id
         WHERE f.tenant_id = $1 AND (f.group_id IS NOT NULL OR f.settings <> '{}')
         ORDER BY f.user_id, f.id LIMIT $2",
    )
    .bind(tenant)
    .bind(PROFILES_MAX)
    .fetch_all(connection)
    .await?;
    let mut findings = Vec::new();
    for row in rows {
        let last = row.settings.0.keys.keys().last().copied().unwrap_or(0);
        if i64::from(last) > row.line_keys {
            findings.push(Finding {
                code: "profile_hides_keys",
                sentence: format!(
                    "The profile of {} for {} has a key at place {last}, and the model has {}.",
                    row.owner, row.model, row.line_keys
                ),
                remedy: "Move the key to a place that the model has, or correct the model's number of keys.",
                about: About::Profile(row.id),
            });
        }
        if row.is_group != 0 && row.phones == 0 {
            findings.push(Finding {
                code: "profile_without_phone",
                sentence: format!(
                    "The profile of {} for {} is used by no phone.",
                    row.owner, row.model
                ),
                remedy: "Remove it, or check how the phones name their model.",
                about: About::Profile(row.id),
            });
        }
    }
    Ok(findings)
}

#[derive(FromRow)]
struct Running {
    model: String,
    agent_version: String,
    phones: i64,
}

/// Phones on older software than the newest among their model.
async fn versions(connection: &mut Connection, tenant: i64) -> Result<Vec<Finding>, sqlx::Error> {
    let running: Vec<Running> = sqlx::query_as(
        "SELECT model, agent_version, count(*) AS phones FROM phones
         WHERE tenant_id = $1 AND model IS NOT NULL AND agent_version <> ''
         GROUP BY model, agent_version ORDER BY model, agent_version LIMIT $2",
    )
    .bind(tenant)
    .bind(PROFILES_MAX)
    .fetch_all(connection)
    .await?;
    let newest = |model: &str| {
        let same = running.iter().filter(|other| other.model == model);
        same.max_by_key(|other| numbers(&other.agent_version))
    };
    let found = running.iter().filter_map(|old| {
        let newest = newest(&old.model)?;
        let is_old = numbers(&old.agent_version) < numbers(&newest.agent_version);
        is_old.then(|| Finding {
            code: "phones_on_old_version",
            sentence: format!(
                "{} of {} run {}, and {} is the newest.",
                old.phones, old.model, old.agent_version, newest.agent_version
            ),
            remedy: "Update their firmware.",
            about: About::Model(old.model.clone()),
        })
    });
    Ok(found.collect())
}

/// The numbers of a version in their order, so that 0.10 is newer than 0.9.
fn numbers(version: &str) -> Vec<u64> {
    let parts = version.split(|c: char| !c.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(numbers("0.10.0") > numbers("0.9.12"));
        assert!(numbers("1.0") < numbers("1.0.1-rc2"));
        assert_eq!(numbers("unknown"), Vec::<u64>::new());
    }
}
