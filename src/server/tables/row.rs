//! A row of a table: its cells by column, and what they change.

use std::collections::BTreeMap;

use hotdesk_provisioning::Extension;

use crate::db::Connection;
use crate::error::{Answer, wrong};
use crate::sites;

/// Texts by the names of their columns.
pub(super) type Cells = BTreeMap<String, String>;

/// What a row does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    Add,
    /// The columns that change.
    Change(Vec<String>),
    Same,
    /// Why it cannot be done.
    Wrong(String),
}

/// What was there, with what the row says over it.
pub(super) fn merged(before: Option<&Cells>, cells: &Cells) -> Cells {
    let mut after = before.cloned().unwrap_or_default();
    after.extend(cells.clone());
    after
}

/// What a row changes.
pub(super) fn effect(before: Option<&Cells>, after: &Cells) -> Effect {
    let Some(before) = before else {
        return Effect::Add;
    };
    let changed: Vec<String> = after
        .iter()
        .filter(|(column, value)| before.get(*column).is_some_and(|known| known != *value))
        .map(|(column, _)| column.clone())
        .collect();
    if changed.is_empty() {
        Effect::Same
    } else {
        Effect::Change(changed)
    }
}

pub(super) fn number(text: &str) -> Answer<Extension> {
    Extension::parse(text).map_err(|_| wrong("A number has 1 to 20 digits and nothing else."))
}

/// Yes or no, or what holds where the cell is empty.
pub(super) fn truth(cells: &Cells, column: &str, otherwise: bool) -> Answer<bool> {
    match cells
        .get(column)
        .map_or("", String::as_str)
        .to_lowercase()
        .as_str()
    {
        "" => Ok(otherwise),
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err(wrong(&format!("{column} is yes or no."))),
    }
}

/// Yes or no.
pub(super) fn said(truth: bool) -> String {
    if truth { "yes" } else { "no" }.to_owned()
}

/// The names of a site and a group.
pub(super) async fn place(
    connection: &mut Connection,
    tenant: i64,
    site: i64,
    group: Option<i64>,
) -> Answer<(String, String)> {
    let site = sites::find(connection, tenant, site)
        .await?
        .map(|site| site.name);
    let group = match group {
        Some(id) => sites::group(connection, tenant, id)
            .await?
            .map(|group| group.name),
        None => None,
    };
    Ok((site.unwrap_or_default(), group.unwrap_or_default()))
}
