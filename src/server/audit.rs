//! The audit: one row for everything that somebody may ask about later, with names as they were then. Never holds a PIN,
//! a secret or a token.

use hotdesk_provisioning::{EndReason, RefusalCode};
use serde::Serialize;
use sqlx::FromRow;

use crate::db::Connection;

use crate::phones::Phone;
use crate::users::User;
use crate::webhooks::{self, Kind, Thing, Told};

/// Longest free text of a row, in characters; the rest is cut.
const DETAIL_MAX: usize = 500;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// Extension and PIN were right: an association was opened.
    Admitted,
    /// A log-in was refused, by the server or by what the phone saw.
    Refused,
    /// The phone registered the guest.
    SignedIn,
    /// An association ended.
    Ended,
    /// Somebody dialled an emergency number.
    EmergencyCalled,
    /// An emergency call was over.
    EmergencyEnded,
    /// An administrator looked at a phone's screen.
    ScreenSeen,
    /// A log-out was refused for its PIN.
    LogOutRefused,
    /// The person pressed Stay.
    Extended,
    /// The phone erased what the guest left behind.
    Wiped,
    /// A phone got its token.
    Enrolled,
    /// Somebody else claimed to be a phone that has enrolled.
    EnrolRefused,
    /// A token was used by another phone than it was made for.
    TokenMisused,
    /// A phone was added or changed.
    PhoneChanged,
    /// A user was added or changed.
    UserChanged,
    /// A user's PIN was set.
    PinSet,
    /// A user wanted another PIN and did not know the old one.
    PinChangeRefused,
    /// A user could not sign in to their own page.
    PinRefused,
    /// A user's or phone's lock was lifted.
    Unlocked,
    /// An administrator signed in to the portal.
    AdminSignedIn,
    /// Somebody failed to sign in to the portal.
    AdminRefused,
    /// Phones and users were read from a file.
    Imported,
    /// A tenant, site, group, model, profile or another setting was changed.
    SettingsChanged,
}

impl Event {
    /// Every event with its name in the database and in plain English.
    const TABLE: [(Self, &'static str, &'static str); 23] = [
        (Self::Admitted, "admitted", "PIN accepted"),
        (Self::Refused, "refused", "Log-in refused"),
        (Self::SignedIn, "signed_in", "Signed in"),
        (Self::Ended, "ended", "Signed out"),
        (Self::EmergencyCalled, "emergency_called", "Emergency call"),
        (
            Self::EmergencyEnded,
            "emergency_ended",
            "Emergency call over",
        ),
        (Self::ScreenSeen, "screen_seen", "Screen looked at"),
        (Self::LogOutRefused, "log_out_refused", "Log-out refused"),
        (Self::Extended, "extended", "Stayed longer"),
        (Self::Wiped, "wiped", "Traces erased"),
        (Self::Enrolled, "enrolled", "Phone enrolled"),
        (Self::EnrolRefused, "enrol_refused", "Enrolment refused"),
        (Self::TokenMisused, "token_misused", "Token misused"),
        (Self::PhoneChanged, "phone_changed", "Phone changed"),
        (Self::UserChanged, "user_changed", "User changed"),
        (Self::PinSet, "pin_set", "PIN set"),
        (
            Self::PinChangeRefused,
            "pin_change_refused",
            "PIN change refused",
        ),
        (Self::PinRefused, "pin_refused", "PIN refused"),
        (Self::Unlocked, "unlocked", "Unlocked"),
        (
            Self::AdminSignedIn,
            "admin_signed_in",
            "Administrator signed in",
        ),
        (Self::AdminRefused, "admin_refused", "Administrator refused"),
        (Self::Imported, "imported", "Data imported"),
        (
            Self::SettingsChanged,
            "settings_changed",
            "Settings changed",
        ),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::TABLE
            .iter()
            .find(|row| row.0 == self)
            .map_or("", |row| row.1)
    }

    /// Every event's name in the database and in plain English.
    pub(crate) fn titles() -> impl Iterator<Item = (&'static str, &'static str)> {
        Self::TABLE
            .into_iter()
            .map(|(_, name, title)| (name, title))
    }

    /// The event in plain English, from its name in the database.
    pub(crate) fn title(name: &str) -> &'static str {
        Self::TABLE
            .iter()
            .find(|row| row.1 == name)
            .map_or("Other", |row| row.2)
    }
}

/// A row to be written.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    event: Event,
    code: Option<RefusalCode>,
    phone: Option<&'a Phone>,
    user: Option<&'a User>,
    extension: &'a str,
    association: Option<&'a str>,
    attempt: Option<&'a str>,
    tenant: Option<i64>,
    reason: Option<&'a EndReason>,
    detail: String,
    actor: &'a str,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(event: Event) -> Self {
        Self {
            event,
            code: None,
            phone: None,
            user: None,
            extension: "",
            association: None,
            attempt: None,
            tenant: None,
            reason: None,
            detail: String::new(),
            actor: "",
        }
    }

    pub(crate) fn code(self, code: Option<RefusalCode>) -> Self {
        Self { code, ..self }
    }

    /// Whose it is; a phone's or a user's own tenant needs no saying.
    pub(crate) fn tenant(self, tenant: Option<i64>) -> Self {
        Self { tenant, ..self }
    }

    pub(crate) fn phone(self, phone: &'a Phone) -> Self {
        Self {
            phone: Some(phone),
            tenant: Some(phone.tenant_id),
            ..self
        }
    }

    pub(crate) fn user(self, user: Option<&'a User>) -> Self {
        let tenant = user.map(|user| user.tenant_id).or(self.tenant);
        Self {
            user,
            tenant,
            ..self
        }
    }

    pub(crate) fn typed(self, extension: &'a str) -> Self {
        Self { extension, ..self }
    }

    pub(crate) fn association(self, id: &'a str) -> Self {
        Self {
            association: Some(id),
            ..self
        }
    }

    pub(crate) fn attempt(self, id: &'a str) -> Self {
        Self {
            attempt: Some(id),
            ..self
        }
    }

    pub(crate) fn detail(self, detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..self
        }
    }

    /// Why an association ended.
    pub(crate) fn reason(self, reason: &'a EndReason) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    pub(crate) fn actor(self, actor: &'a str) -> Self {
        Self { actor, ..self }
    }

    /// Writes the row, unless this attempt already has one for this event.
    pub(crate) async fn write(
        self,
        connection: &mut Connection,
        at: i64,
    ) -> Result<(), sqlx::Error> {
        let code = self.code.map(code_name);
        let detail: String = self.detail.chars().take(DETAIL_MAX).collect();
        let written = sqlx::query(
            "INSERT INTO audits (tenant_id, at, event, code, short, phone_id, phone_name, extension, user_id, user_name,
                                 association_id, attempt, detail, actor)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT (phone_id, attempt, event) WHERE attempt IS NOT NULL DO NOTHING",
        )
        .bind(self.tenant)
        .bind(at)
        .bind(self.event.name())
        .bind(code.clone())
        .bind(self.code.map(RefusalCode::short))
        .bind(self.phone.map(|p| p.id))
        .bind(self.phone.map_or("", |p| &p.name))
        .bind(self.extension)
        .bind(self.user.map(|u| u.id))
        .bind(self.user.map_or("", |u| &u.name))
        .bind(self.association)
        .bind(self.attempt)
        .bind(detail.clone())
        .bind(self.actor)
        .execute(&mut *connection)
        .await?;
        // What was written down already has been told already.
        if written.rows_affected() == 0 {
            return Ok(());
        }
        self.tell(connection, (at, code.as_deref(), &detail)).await
    }

    /// Lets webhooks know.
    async fn tell(
        &self,
        connection: &mut Connection,
        (at, code, detail): (i64, Option<&str>, &str),
    ) -> Result<(), sqlx::Error> {
        let kind = Kind::of(self.event, self.code, self.reason);
        let (Some(kind), Some(tenant)) = (kind, self.tenant) else {
            return Ok(());
        };
        let thing = |id, name, extension| Thing {
            id,
            name,
            extension,
        };
        let told = Told {
            at,
            tenant,
            phone: self.phone.map(|p| thing(p.id, &p.name, &p.extension)),
            user: self.user.map(|u| thing(u.id, &u.name, &u.extension)),
            extension: self.extension,
            code,
            association: self.association,
            detail,
            actor: self.actor,
        };
        webhooks::enqueue(connection, kind, &told).await
    }
}

/// The protocol's own name of a code.
fn code_name(code: RefusalCode) -> String {
    serde_json::to_value(code)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// A row as it is read.
#[derive(Debug, FromRow, Serialize)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) at: i64,
    pub(crate) event: String,
    pub(crate) code: Option<String>,
    pub(crate) short: Option<String>,
    pub(crate) phone_id: Option<i64>,
    pub(crate) phone_name: String,
    pub(crate) extension: String,
    pub(crate) user_id: Option<i64>,
    pub(crate) user_name: String,
    pub(crate) association_id: Option<String>,
    pub(crate) detail: String,
    pub(crate) actor: String,
}

/// Which rows to read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter<'a> {
    /// Of this tenant; an operator may see those that concern none.
    pub(crate) tenant: Option<i64>,
    /// What names, numbers, code, detail or actor contain.
    pub(crate) text: &'a str,
    /// The event's name in the database.
    pub(crate) event: &'a str,
    /// Of this phone.
    pub(crate) phone: Option<i64>,
    /// Of this user.
    pub(crate) user: Option<i64>,
    /// Not before, seconds since 1970.
    pub(crate) since: Option<i64>,
    /// Before, seconds since 1970.
    pub(crate) until: Option<i64>,
    /// Older than the row with this id.
    pub(crate) before: Option<i64>,
}

/// The rows that fit, newest first.
pub(crate) async fn list(
    connection: &mut Connection,
    filter: &Filter<'_>,
    count: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as(
        "SELECT * FROM audits
         WHERE id < $1 AND (tenant_id = $2 OR $2 IS NULL)
           AND ($3 = '' OR lower(phone_name || ' ' || user_name || ' ' || extension || ' ' || coalesce(short, '') || ' ' ||
                                 actor || ' ' || detail) LIKE $4 ESCAPE '!')
           AND ($5 = '' OR event = $5)
           AND (phone_id = $6 OR $6 IS NULL) AND (user_id = $7 OR $7 IS NULL)
           AND at >= $8 AND at < $9
         ORDER BY id DESC LIMIT $10",
    )
    .bind(filter.before.unwrap_or(i64::MAX))
    .bind(filter.tenant)
    .bind(filter.text)
    .bind(contains(filter.text))
    .bind(filter.event)
    .bind(filter.phone)
    .bind(filter.user)
    .bind(filter.since.unwrap_or(i64::MIN))
    .bind(filter.until.unwrap_or(i64::MAX))
    .bind(count)
    .fetch_all(connection)
    .await
}

/// The pattern of LIKE (with `!` as its escape) for texts that contain this one, whatever the case.
pub(crate) fn contains(text: &str) -> String {
    let mut pattern = "%".to_owned();
    for c in text.to_lowercase().chars() {
        if "%_!".contains(c) {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_one_name() {
        for (event, name, title) in Event::TABLE {
            assert_eq!(event.name(), name);
            assert_eq!(Event::title(name), title);
        }
    }
}
