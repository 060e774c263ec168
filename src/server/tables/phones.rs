//! Rows of a table of phones.

use hotdesk_provisioning::DeviceId;

use super::row::{Cells, Effect, effect, merged, number, place, said, truth};
use crate::change::Change;
use crate::db::Connection;
use crate::error::{Answer, wrong};
use crate::people::PhoneEntry;
use crate::{manage, phones};

/// The columns, in the order of an export.
pub(super) const COLUMNS: [&str; 9] = [
    "mac",
    "name",
    "extension",
    "model",
    "site",
    "group",
    "location",
    "address",
    "enabled",
];

/// Does what a row says.
pub(super) async fn save(
    change: &mut Change,
    tenant: i64,
    cells: &Cells,
    actor: &str,
) -> Answer<Effect> {
    let mac = cells.get("mac").map_or("", String::as_str);
    let mac =
        DeviceId::parse(mac).map_err(|_| wrong("A MAC address has twelve hexadecimal digits."))?;
    let known = phones::by_mac(change.connection(), &mac).await?;
    if known
        .as_ref()
        .is_some_and(|phone| phone.tenant_id != tenant)
    {
        return Err(wrong("There is a phone with this MAC address already."));
    }
    let before = match &known {
        Some(phone) => Some(cells_of(change.connection(), phone).await?),
        None => None,
    };
    let after = merged(before.as_ref(), cells);
    let text = |column: &str| after.get(column).cloned().unwrap_or_default();
    let entry = PhoneEntry {
        mac,
        name: text("name"),
        extension: number(&text("extension"))?,
        model: text("model"),
        site: Some(text("site")).filter(|site| !site.is_empty()),
        group: Some(text("group")),
        location: text("location"),
        address: text("address"),
        enabled: truth(&after, "enabled", true)?,
        keys: known
            .as_ref()
            .map(|phone| phone.keys.0.clone())
            .unwrap_or_default(),
    };
    let effect = effect(before.as_ref(), &after);
    if effect != Effect::Same {
        manage::save_phone(change, tenant, known.as_ref(), &entry, actor).await?;
    }
    Ok(effect)
}

/// A phone as a row.
pub(super) async fn cells_of(connection: &mut Connection, phone: &phones::Phone) -> Answer<Cells> {
    let (site, group) = place(connection, phone.tenant_id, phone.site_id, phone.group_id).await?;
    let values = [
        phone.mac.clone(),
        phone.name.clone(),
        phone.extension.clone(),
        phone.model().to_owned(),
        site,
        group,
        phone.location.clone(),
        phone.address.clone(),
        said(phone.enabled),
    ];
    Ok(COLUMNS.map(str::to_owned).into_iter().zip(values).collect())
}
