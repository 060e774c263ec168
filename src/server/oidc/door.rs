//! Whether somebody whom the provider knows may sign in, and as what: by an account that was made for them, else by their groups,
//! taken anew at each sign-in. Counted and written down as passwords are.

use hotdesk_provisioning::Secret;
use sqlx::FromRow;

use super::Person;
use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::column::Flag;
use crate::config::OidcConfig;
use crate::error::Answer;
use crate::roles::Role;
use crate::rules::Rules;
use crate::sessions::{self, Holder};
use crate::tenants;
use crate::throttle::{self, Subject};

/// Whether somebody gets in.
#[derive(Debug)]
pub(crate) enum Door {
    /// With the text of their cookie.
    Open(Secret),
    /// Why not.
    Closed(String),
}

/// What is known of somebody.
#[derive(FromRow)]
struct Known {
    id: i64,
    tenant_id: Option<i64>,
    subject: Option<String>,
    #[sqlx(try_from = "Flag")]
    has_password: bool,
    #[sqlx(try_from = "Flag")]
    from_groups: bool,
    #[sqlx(try_from = "Flag")]
    disabled: bool,
}

/// Begins a session for somebody who has a right to one.
pub(crate) async fn open(app: &App, config: &OidcConfig, person: &Person) -> Answer<Door> {
    let mut change = app.change_everything().await?;
    let now = change.now;
    let subject = Subject::Person(person.subject.clone());
    let record = throttle::load(change.connection(), &subject).await?;
    if let Some(seconds) = record.locked_for(now) {
        return Ok(Door::Closed(wait(seconds)));
    }
    let (tenant, sentence) = match admit(&mut change, config, person).await? {
        Ok(known) => {
            throttle::clear(change.connection(), &subject).await?;
            let holder = Holder::Admin(known.id);
            let token = sessions::begin(change.connection(), holder, now).await?;
            Entry::new(Event::AdminSignedIn)
                .tenant(known.tenant_id)
                .actor(&person.name)
                .detail("at the identity provider")
                .write(change.connection(), now)
                .await?;
            change.finish().await?;
            return Ok(Door::Open(token));
        }
        Err(refused) => refused,
    };
    let failed = throttle::fail(change.connection(), &Rules::default(), &subject, now).await?;
    Entry::new(Event::AdminRefused)
        .tenant(tenant)
        .actor(&person.name)
        .detail(format!("at the identity provider: {sentence}"))
        .write(change.connection(), now)
        .await?;
    change.finish().await?;
    Ok(Door::Closed(
        failed.locked_for.map_or_else(|| sentence.to_owned(), wait),
    ))
}

fn wait(seconds: u32) -> String {
    format!("You were refused too often. Try again in {seconds} seconds.")
}

/// The account with which somebody goes in, or why they do not.
async fn admit(
    change: &mut Change,
    config: &OidcConfig,
    person: &Person,
) -> Answer<Result<Known, (Option<i64>, &'static str)>> {
    const NO_RIGHT: &str = "Your account has no right to use this portal.";
    let known = find(change, person).await?;
    if let Some(known) = known.filter(|known| !known.from_groups) {
        let tenant = known.tenant_id;
        if known.disabled {
            return Ok(Err((tenant, NO_RIGHT)));
        }
        let is_theirs = known.subject.as_ref() == Some(&person.subject);
        if known.has_password || !(is_theirs || known.subject.is_none()) {
            let why = "Somebody else has an account of your name. Ask whoever runs this server.";
            return Ok(Err((tenant, why)));
        }
        bind(change, known.id, person).await?;
        return Ok(Ok(known));
    }
    let Some((role, tenant)) = granted(change, config, person).await? else {
        // What groups gave they take again.
        sqlx::query("DELETE FROM admins WHERE subject = $1 AND from_groups = $2")
            .bind(&person.subject)
            .bind(true)
            .execute(change.connection())
            .await?;
        return Ok(Err((None, NO_RIGHT)));
    };
    sqlx::query(
        "INSERT INTO admins (name, role, tenant_id, subject, from_groups) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO UPDATE SET role = excluded.role, tenant_id = excluded.tenant_id,
             subject = excluded.subject, version = admins.version + 1",
    )
    .bind(&person.name)
    .bind(role)
    .bind(tenant)
    .bind(&person.subject)
    .bind(true)
    .execute(change.connection())
    .await?;
    let known = find(change, person).await?;
    let known = known.filter(|known| !known.disabled);
    Ok(known.ok_or((tenant, NO_RIGHT)))
}

/// Whoever has this subject, else this name. An account that groups gave to somebody of this name who is not the same person any
/// more is taken away: names are given to others, subjects never.
async fn find(change: &mut Change, person: &Person) -> Result<Option<Known>, sqlx::Error> {
    sqlx::query(
        "DELETE FROM admins WHERE from_groups = $3 AND
             ((name = $1 AND subject <> $2) OR (name <> $1 AND subject = $2))",
    )
    .bind(&person.name)
    .bind(&person.subject)
    .bind(true)
    .execute(change.connection())
    .await?;
    sqlx::query_as(
        "SELECT id, tenant_id, subject, password_hash IS NOT NULL AS has_password, from_groups, disabled
         FROM admins WHERE subject = $1 OR name = $2 ORDER BY CASE WHEN subject = $1 THEN 0 ELSE 1 END LIMIT 1",
    )
    .bind(&person.subject)
    .bind(&person.name)
    .fetch_optional(change.connection())
    .await
}

/// The account is this person's from now on, whatever they are called later.
async fn bind(change: &mut Change, id: i64, person: &Person) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE admins SET subject = $1 WHERE id = $2")
        .bind(&person.subject)
        .bind(id)
        .execute(change.connection())
        .await?;
    Ok(())
}

/// What the person's groups give, and in which tenant.
async fn granted(
    change: &mut Change,
    config: &OidcConfig,
    person: &Person,
) -> Result<Option<(Role, Option<i64>)>, sqlx::Error> {
    let mut rows = config.roles.iter();
    let Some(row) = rows.find(|row| person.groups.contains(&row.group)) else {
        return Ok(None);
    };
    if row.role == Role::Operator {
        return Ok(Some((row.role, None)));
    }
    let Some(name) = &row.tenant else {
        return Ok(Some((row.role, Some(tenants::FIRST))));
    };
    let tenant: Option<i64> = sqlx::query_scalar("SELECT id FROM tenants WHERE name = $1")
        .bind(name)
        .fetch_optional(change.connection())
        .await?;
    if tenant.is_none() {
        tracing::error!("oidc.roles names the tenant {name:?}, and there is none");
    }
    Ok(tenant.map(|tenant| (row.role, Some(tenant))))
}

/// Writes down that a sign-in at the provider failed before anybody was named. The row is written a few times and then seldom:
/// anybody can come with a wrong code.
pub(crate) async fn note_refused(app: &App, why: &str) -> Answer<()> {
    let mut change = app.change_everything().await?;
    let now = change.now;
    let subject = Subject::Person(String::new());
    let record = throttle::load(change.connection(), &subject).await?;
    if record.locked_for(now).is_none() {
        throttle::fail(change.connection(), &Rules::default(), &subject, now).await?;
        Entry::new(Event::AdminRefused)
            .detail(format!("at the identity provider: {why}"))
            .write(change.connection(), now)
            .await?;
        change.finish().await?;
    }
    Ok(())
}
