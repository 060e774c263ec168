//! Associations: rows, queries, and the one way in which an association ends. Opening, committing and the phone's own
//! endings are in the files of this folder.

pub(crate) mod attempts;
pub(crate) mod away;
pub(crate) mod commit;
pub(crate) mod end;
pub(crate) mod guest;
pub(crate) mod limits;
pub(crate) mod open;
pub(crate) mod sync;

use anyhow::{Context, Result};
use hotdesk_provisioning::{AssociationId, EndReason, Push};
use sqlx::FromRow;

use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::column::{Flag, Json, words};
use crate::db::Connection;
use crate::{credentials, offline, phones, users};

/// Where an association stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Admitted; the phone has not registered the guest yet.
    Pending,
    /// The guest is signed in.
    Active,
    /// Over.
    Ended,
}

words!(
    State,
    Pending = "pending",
    Active = "active",
    Ended = "ended"
);

/// A guest on a host until a limit.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Association {
    pub(crate) id: String,
    pub(crate) tenant_id: i64,
    pub(crate) phone_id: i64,
    pub(crate) user_id: i64,
    pub(crate) state: State,
    pub(crate) opened_at: i64,
    pub(crate) ends_at: Option<i64>,
    pub(crate) ends_for: limits::EndsFor,
    pub(crate) reason: Option<Json<EndReason>>,
    /// Whether the phone knows that it ended and has removed its binding.
    #[sqlx(try_from = "Flag")]
    pub(crate) acknowledged: bool,
}

impl Association {
    /// Seconds until it ends by itself, as phones are told.
    pub(crate) fn ends_in(&self, now: i64) -> Option<u32> {
        self.ends_at
            .map(|at| u32::try_from(at.saturating_sub(now).max(0)).unwrap_or(u32::MAX))
    }
}

/// The association of this phone with this name; another phone's is none.
pub(crate) async fn of_phone(
    connection: &mut Connection,
    phone: i64,
    id: &AssociationId,
) -> Result<Option<Association>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM associations WHERE id = $1 AND phone_id = $2")
        .bind(id.as_str())
        .bind(phone)
        .fetch_optional(connection)
        .await
}

/// Who is signed in on this phone.
pub(crate) async fn active_on_phone(
    connection: &mut Connection,
    phone: i64,
) -> Result<Option<Association>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM associations WHERE phone_id = $1 AND state = 'active'")
        .bind(phone)
        .fetch_optional(connection)
        .await
}

/// Where this user is signed in.
pub(crate) async fn active_of_user(
    connection: &mut Connection,
    user: i64,
) -> Result<Vec<Association>, sqlx::Error> {
    sqlx::query_as(
        "SELECT * FROM associations WHERE user_id = $1 AND state = 'active' ORDER BY opened_at",
    )
    .bind(user)
    .fetch_all(connection)
    .await
}

/// What has been opened for this phone and has not been committed.
pub(crate) async fn pending_on_phone(
    connection: &mut Connection,
    phone: i64,
) -> Result<Vec<Association>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM associations WHERE phone_id = $1 AND state = 'pending'")
        .bind(phone)
        .fetch_all(connection)
        .await
}

/// Who ends an association decides what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndedBy<'a> {
    /// The phone said so: nobody needs telling. Its un-REGISTER may still be on its way to the registrar, or wait for the
    /// phone to get its power back, so the credential works on during the grace here as well.
    Phone {
        /// When, seconds since 1970.
        at: i64,
    },
    /// The phone's next association: it knows, and removes its binding during the grace.
    Successor,
    /// The server's rules: the phone is told, and removes its binding during the grace.
    Server,
    /// An administrator: as by the server, under their name.
    Administrator(&'a str),
}

/// Ends an association: its row, its credential, the audit, and the word to the phone.
pub(crate) async fn end(
    change: &mut Change,
    association: &Association,
    reason: EndReason,
    by: EndedBy<'_>,
) -> Result<()> {
    let now = change.now;
    let id = association.id.as_str();
    let of = (association.phone_id, id);
    let until = offline::credential_until(change, of, !by.is_told(), &reason).await?;
    credentials::revoke_guest(change.connection(), id, until).await?;
    let (ended_at, actor) = match by {
        EndedBy::Phone { at } => (at.max(association.opened_at).min(now), ""),
        EndedBy::Successor | EndedBy::Server | EndedBy::Administrator(_) => (now, by.name()),
    };
    sqlx::query(
        "UPDATE associations SET state = 'ended', ended_at = $1, reason = $2, acknowledged = $3 WHERE id = $4",
    )
    .bind(ended_at)
    .bind(Json(&reason))
    .bind(matches!(by, EndedBy::Phone { .. }))
    .bind(id)
    .execute(change.connection())
    .await?;
    let phone = phones::find(change.connection(), association.phone_id).await?;
    let user = users::find(change.connection(), association.user_id).await?;
    let why = describe(&reason);
    tracing::info!(
        association = id,
        desk = phone.name,
        "association ended: {why}"
    );
    Entry::new(Event::Ended)
        .phone(&phone)
        .user(Some(&user))
        .association(id)
        .reason(&reason)
        .detail(why)
        .actor(actor)
        .write(change.connection(), ended_at)
        .await?;
    if by.is_told() {
        let association =
            AssociationId::parse(id).context("a stored association has a bad name")?;
        change.push(
            phone.id,
            Push::Evicted {
                association,
                reason,
            },
        );
    }
    Ok(())
}

impl EndedBy<'_> {
    /// The administrator's name, if it was one.
    fn name(&self) -> &str {
        match self {
            Self::Administrator(name) => name,
            Self::Phone { .. } | Self::Successor | Self::Server => "",
        }
    }

    /// Whether the phone does not know yet.
    fn is_told(&self) -> bool {
        match self {
            Self::Server | Self::Administrator(_) => true,
            Self::Phone { .. } | Self::Successor => false,
        }
    }
}

/// A reason in plain English, for audit and portal.
pub(crate) fn describe(reason: &EndReason) -> String {
    match reason {
        EndReason::LoggedOut => "logged out on the phone".to_owned(),
        EndReason::TakenOver { by } => format!("{by} logged in on this phone"),
        EndReason::Moved { to } => format!("moved to {to}"),
        EndReason::Administrator { by } => format!("ended by administrator {by}"),
        EndReason::Remote => "logged out from elsewhere".to_owned(),
        EndReason::Limit => "time limit reached".to_owned(),
        EndReason::TimeOfDay => "the site's hour to be signed out had come".to_owned(),
        EndReason::BookingEnd => "the booking of the desk was over".to_owned(),
        EndReason::Idle => "phone was not used".to_owned(),
        EndReason::UserDisabled => "user was disabled".to_owned(),
        EndReason::PhoneDisabled => "phone was disabled".to_owned(),
        EndReason::RolledBack => "log-in was not completed".to_owned(),
        EndReason::Displaced => "the telephone system no longer accepted the user here".to_owned(),
        EndReason::Restarted => "phone started anew".to_owned(),
        EndReason::Unknown => "ended for a reason that this version does not know".to_owned(),
    }
}
