//! Rows of a table of users.

use anyhow::Context as _;
use hotdesk_provisioning::{Language, Pin};

use super::row::{Cells, Effect, effect, merged, number, place, said, truth};
use crate::change::Change;
use crate::db::Connection;
use crate::error::{Answer, wrong};
use crate::people::UserEntry;
use crate::{manage, users};

/// The columns, in the order of an export; `pin` comes in and never goes out.
pub(super) const COLUMNS: [&str; 9] = [
    "extension",
    "short_extension",
    "name",
    "site",
    "group",
    "hot_desk",
    "disabled",
    "language",
    "pin",
];

/// Does what a row says.
pub(super) async fn save(
    change: &mut Change,
    tenant: i64,
    cells: &Cells,
    pin_hash: Option<&str>,
    actor: &str,
) -> Answer<Effect> {
    let extension = number(cells.get("extension").map_or("", String::as_str))?;
    let known = users::by_number(change.connection(), tenant, extension.as_str()).await?;
    let known = known.filter(|user| user.extension == extension.as_str());
    let before = match &known {
        Some(user) => Some(cells_of(change.connection(), user).await?),
        None => None,
    };
    let pin = cells.get("pin").filter(|pin| !pin.is_empty());
    if let Some(pin) = pin {
        Pin::parse(pin).map_err(|_| wrong("A PIN has 4 to 64 characters."))?;
    }
    let mut after = merged(before.as_ref(), cells);
    after.remove("pin");
    let text = |column: &str| after.get(column).cloned().unwrap_or_default();
    let short = text("short_extension");
    let language = text("language");
    let entry = UserEntry {
        extension,
        short_extension: if short.is_empty() {
            None
        } else {
            Some(number(&short)?)
        },
        name: text("name"),
        site: Some(text("site")).filter(|site| !site.is_empty()),
        group: Some(text("group")),
        pin: None,
        hot_desk: truth(&after, "hot_desk", true)?,
        disabled: truth(&after, "disabled", false)?,
        association_limit: known
            .as_ref()
            .and_then(|user| user.association_limit)
            .and_then(|s| u32::try_from(s).ok()),
        keys: known
            .as_ref()
            .map(|user| user.keys.0.clone())
            .unwrap_or_default(),
        language: match language.as_str() {
            "" => None,
            code => {
                Some(Language::parse(code).ok_or_else(|| wrong("No phone speaks this language."))?)
            }
        },
    };
    let mut effect = effect(before.as_ref(), &after);
    let saved = if effect == Effect::Same {
        known.context("what is the same is known")?
    } else {
        manage::save_user(change, tenant, known.as_ref(), &entry, actor).await?
    };
    if let Some(hash) = pin_hash {
        manage::set_pin(change, &saved, hash, actor).await?;
    }
    if pin.is_some() {
        match &mut effect {
            Effect::Change(columns) => columns.push("pin".to_owned()),
            Effect::Same => effect = Effect::Change(vec!["pin".to_owned()]),
            Effect::Add | Effect::Wrong(_) => {}
        }
    }
    Ok(effect)
}

/// A user as a row.
pub(super) async fn cells_of(connection: &mut Connection, user: &users::User) -> Answer<Cells> {
    let (site, group) = place(connection, user.tenant_id, user.site_id, user.group_id).await?;
    let values = [
        user.extension.clone(),
        user.short_extension.clone().unwrap_or_default(),
        user.name.clone(),
        site,
        group,
        said(user.hot_desk),
        said(user.disabled),
        user.language().map_or("", Language::code).to_owned(),
    ];
    Ok(COLUMNS.map(str::to_owned).into_iter().zip(values).collect())
}
