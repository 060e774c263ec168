//! What phones tell afterwards, written down. A repeated report writes nothing new.

use hotdesk_provisioning::{
    AssociationId, AttemptId, EMERGENCY_NUMBER_MAX, Extension, RefusalCode, Report,
};

use crate::app::App;
use crate::associations;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::error::Answer;
use crate::phones::Phone;
use crate::{screens, users};

/// Names of stores in one report; a phone has a handful.
const STORES_MAX: usize = 32;

/// Takes a report down.
pub(crate) async fn report(app: &App, phone: &Phone, report: &Report) -> Answer<()> {
    if let Report::Screen { screen } = report {
        return screens::keep(app, phone, screen).await;
    }
    let mut change = app.change(phone.tenant_id).await?;
    match report {
        Report::Refused {
            attempt,
            extension,
            code,
            seconds_ago,
        } => {
            refused(
                &mut change,
                phone,
                (attempt, extension, *code),
                *seconds_ago,
            )
            .await?;
        }
        Report::EmergencyCall { .. } => emergency_call(&mut change, phone, report).await?,
        // Kept above, without a change: it is worth nothing a minute later.
        Report::Screen { .. } => {}
        Report::Wiped {
            association,
            stores,
        } => wiped(&mut change, phone, association, stores).await?,
        Report::Status {
            version,
            registered,
            last_switch_ms,
        } => {
            sqlx::query(
                "UPDATE phones SET agent_version = $1, registered = $2, last_seen = $3,
                                  last_switch_ms = coalesce($4, last_switch_ms)
                 WHERE id = $5",
            )
            .bind(version.chars().take(64).collect::<String>())
            .bind(*registered)
            .bind(change.now)
            .bind(last_switch_ms.map(i64::from))
            .bind(phone.id)
            .execute(change.connection())
            .await?;
        }
    }
    change.finish().await?;
    Ok(())
}

async fn refused(
    change: &mut Change,
    phone: &Phone,
    (attempt, extension, code): (&AttemptId, &Extension, RefusalCode),
    seconds_ago: u32,
) -> Answer<()> {
    let at = change.now.saturating_sub(i64::from(seconds_ago));
    let user = users::by_number(change.connection(), phone.tenant_id, extension.as_str()).await?;
    Entry::new(Event::Refused)
        .code(Some(code))
        .phone(phone)
        .user(user.as_ref())
        .typed(extension.as_str())
        .attempt(attempt.as_str())
        .detail("seen by the phone")
        .write(change.connection(), at)
        .await?;
    tracing::info!(
        desk = phone.name,
        code = code.short(),
        "log-in failed on the phone"
    );
    Ok(())
}

async fn wiped(
    change: &mut Change,
    phone: &Phone,
    association: &AssociationId,
    stores: &[String],
) -> Answer<()> {
    let known = associations::of_phone(change.connection(), phone.id, association)
        .await?
        .ok_or(RefusalCode::UnknownAssociation)?;
    let user = users::find(change.connection(), known.user_id).await?;
    let names: Vec<&str> = stores.iter().take(STORES_MAX).map(String::as_str).collect();
    let now = change.now;
    Entry::new(Event::Wiped)
        .phone(phone)
        .user(Some(&user))
        .association(association.as_str())
        // A wipe happens once for each association, so its name serves as the attempt's.
        .attempt(association.as_str())
        .detail(names.join(", "))
        .write(change.connection(), now)
        .await?;
    Ok(())
}

/// Somebody dials an emergency number, or has hung up: written down once, with where help was to come.
async fn emergency_call(change: &mut Change, phone: &Phone, report: &Report) -> Answer<()> {
    let Report::EmergencyCall {
        call,
        number,
        ended,
        seconds_ago,
    } = report
    else {
        return Ok(());
    };
    let at = change.now.saturating_sub(i64::from(*seconds_ago));
    let event = if *ended {
        Event::EmergencyEnded
    } else {
        Event::EmergencyCalled
    };
    let guest = associations::active_on_phone(change.connection(), phone.id).await?;
    let user = match guest {
        Some(guest) => Some(users::find(change.connection(), guest.user_id).await?),
        None => None,
    };
    let number: String = number.chars().take(EMERGENCY_NUMBER_MAX).collect();
    Entry::new(event)
        .phone(phone)
        .user(user.as_ref())
        .attempt(call.as_str())
        .detail(format!("{number}, from {}", phone.address))
        .write(change.connection(), at)
        .await?;
    tracing::warn!(desk = phone.name, ended, "emergency call");
    Ok(())
}
