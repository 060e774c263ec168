//! Phones and users as tables of comma-separated values: out, and in with a rehearsal that shows what each row would do. A column
//! that is not in the table stays as it is. All of it or nothing.

use std::collections::BTreeMap;

use anyhow::Context as _;
use csv::{ReaderBuilder, StringRecord, Writer};
use hotdesk_provisioning::{DeviceId, Extension, Language, Pin, Secret};
use sqlx::Executor as _;

use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::db::Connection;
use crate::error::{Answer, Failure, wrong};
use crate::people::{PhoneEntry, UserEntry};
use crate::{manage, phones, sites, users};

/// Rows of one table.
const ROWS_MAX: usize = 5000;

/// Columns of phones, in the order of an export.
const PHONES: [&str; 9] = [
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
/// Columns of users, in the order of an export; `pin` comes in and never goes out.
const USERS: [&str; 9] = [
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

/// What a table is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Phones,
    Users,
}

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

/// A row of the table with what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its line in the table.
    pub(crate) line: u64,
    pub(crate) name: String,
    pub(crate) effect: Effect,
}

/// What became of a table.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) kind: Kind,
    pub(crate) rows: Vec<Row>,
    /// Whether it was done, and not only rehearsed or given up for a wrong row.
    pub(crate) is_done: bool,
}

type Cells = BTreeMap<String, String>;

/// Reads a table and does what it says; a rehearsal only says what it would do.
pub(crate) async fn import(
    app: &App,
    tenant: i64,
    text: &str,
    is_rehearsal: bool,
    actor: &str,
) -> Answer<Outcome> {
    let (kind, table) = parse(text)?;
    let mut hashes = Vec::new();
    for (_, cells) in &table {
        let pin = cells
            .get("pin")
            .filter(|pin| !pin.is_empty() && !is_rehearsal);
        hashes.push(match pin.and_then(|pin| Pin::parse(pin).ok()) {
            Some(pin) => Some(
                app.hasher()
                    .hash(Secret::new(pin.expose().to_owned()))
                    .await?,
            ),
            None => None,
        });
    }
    let mut change = app.change(tenant).await?;
    let mut rows = Vec::new();
    for ((line, cells), hash) in table.iter().zip(&hashes) {
        let effect = one(&mut change, tenant, kind, cells, hash.as_deref(), actor).await?;
        let name = cells
            .get("name")
            .or(cells.get("extension"))
            .cloned()
            .unwrap_or_default();
        rows.push(Row {
            line: *line,
            name,
            effect,
        });
    }
    let is_wrong = rows
        .iter()
        .any(|row| matches!(row.effect, Effect::Wrong(_)));
    let is_done = !is_rehearsal && !is_wrong;
    if is_done {
        let now = change.now;
        Entry::new(Event::Imported)
            .tenant(Some(tenant))
            .detail(format!(
                "{} rows of {}",
                rows.len(),
                if kind == Kind::Phones {
                    "phones"
                } else {
                    "users"
                }
            ))
            .actor(actor)
            .write(change.connection(), now)
            .await?;
        change.finish().await?;
    }
    Ok(Outcome {
        kind,
        rows,
        is_done,
    })
}

fn parse(text: &str) -> Answer<(Kind, Vec<(u64, Cells)>)> {
    let mut reader = ReaderBuilder::new()
        .flexible(false)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        wrong(&format!(
            "Line {line} has another number of columns than the first, or is not text."
        ))
    };
    let columns: Vec<String> = reader
        .headers()
        .map_err(unreadable)?
        .iter()
        .map(str::to_lowercase)
        .collect();
    let is_phones = columns.iter().any(|column| column == "mac");
    let (kind, known) = if is_phones {
        (Kind::Phones, &PHONES)
    } else {
        (Kind::Users, &USERS)
    };
    if let Some(unknown) = columns
        .iter()
        .find(|column| !known.contains(&column.as_str()))
    {
        return Err(wrong(&format!(
            "There is no column {unknown:?}. Columns are {}.",
            known.join(", ")
        )));
    }
    if !is_phones && !columns.iter().any(|column| column == "extension") {
        return Err(wrong(
            "The first line names the columns: a table of phones has mac, one of users has extension.",
        ));
    }
    let mut table = Vec::new();
    for record in reader.records() {
        let record: StringRecord = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = columns
            .iter()
            .cloned()
            .zip(record.iter().map(str::to_owned))
            .collect();
        table.push((line, cells));
        if table.len() > ROWS_MAX {
            return Err(wrong("A table has at most 5000 rows: import it in parts."));
        }
    }
    Ok((kind, table))
}

/// Does what one row says, or nothing of it.
async fn one(
    change: &mut Change,
    tenant: i64,
    kind: Kind,
    cells: &Cells,
    pin_hash: Option<&str>,
    actor: &str,
) -> Answer<Effect> {
    change
        .connection()
        .execute("SAVEPOINT row_of_table")
        .await?;
    let done = match kind {
        Kind::Phones => phone(change, tenant, cells, actor).await,
        Kind::Users => user(change, tenant, cells, pin_hash, actor).await,
    };
    match done {
        Ok(effect) => {
            change
                .connection()
                .execute("RELEASE SAVEPOINT row_of_table")
                .await?;
            Ok(effect)
        }
        Err(Failure::Refused(refusal)) => {
            change
                .connection()
                .execute("ROLLBACK TO SAVEPOINT row_of_table")
                .await?;
            Ok(Effect::Wrong(refusal.message))
        }
        Err(failure) => Err(failure),
    }
}

async fn phone(change: &mut Change, tenant: i64, cells: &Cells, actor: &str) -> Answer<Effect> {
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
        Some(phone) => Some(phone_cells(change.connection(), phone).await?),
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

async fn user(
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
        Some(user) => Some(user_cells(change.connection(), user).await?),
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

fn merged(before: Option<&Cells>, cells: &Cells) -> Cells {
    let mut after = before.cloned().unwrap_or_default();
    after.extend(cells.clone());
    after
}

fn effect(before: Option<&Cells>, after: &Cells) -> Effect {
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

fn number(text: &str) -> Answer<Extension> {
    Extension::parse(text).map_err(|_| wrong("A number has 1 to 20 digits and nothing else."))
}

fn truth(cells: &Cells, column: &str, otherwise: bool) -> Answer<bool> {
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

fn said(truth: bool) -> String {
    if truth { "yes" } else { "no" }.to_owned()
}

async fn phone_cells(connection: &mut Connection, phone: &phones::Phone) -> Answer<Cells> {
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
    Ok(PHONES.map(str::to_owned).into_iter().zip(values).collect())
}

async fn user_cells(connection: &mut Connection, user: &users::User) -> Answer<Cells> {
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
    Ok(USERS.map(str::to_owned).into_iter().zip(values).collect())
}

async fn place(
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

/// Every phone or user of a tenant as a table. PINs are not in it.
pub(crate) async fn export(connection: &mut Connection, tenant: i64, kind: Kind) -> Answer<String> {
    let mut rows: Vec<Cells> = Vec::new();
    let columns: Vec<&str> = match kind {
        Kind::Phones => {
            let every: Vec<phones::Phone> =
                sqlx::query_as("SELECT * FROM phones WHERE tenant_id = $1 ORDER BY name, id")
                    .bind(tenant)
                    .fetch_all(&mut *connection)
                    .await?;
            for phone in &every {
                rows.push(phone_cells(connection, phone).await?);
            }
            PHONES.to_vec()
        }
        Kind::Users => {
            let every: Vec<users::User> =
                sqlx::query_as("SELECT * FROM users WHERE tenant_id = $1 ORDER BY name, id")
                    .bind(tenant)
                    .fetch_all(&mut *connection)
                    .await?;
            for user in &every {
                rows.push(user_cells(connection, user).await?);
            }
            USERS
                .iter()
                .copied()
                .filter(|column| *column != "pin")
                .collect()
        }
    };
    write(
        &columns,
        rows.iter().map(|row| {
            columns
                .iter()
                .map(|column| row.get(*column).cloned().unwrap_or_default())
                .collect()
        }),
    )
}

/// A table as text. A cell that a spreadsheet would run as a formula is quoted as text.
pub(crate) fn write(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Answer<String> {
    let mut writer = Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Failure::from(anyhow::Error::from(error));
    writer.write_record(columns).map_err(failed)?;
    for row in rows {
        let cells = row.iter().map(|cell| {
            let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
            if is_formula {
                format!("'{cell}")
            } else {
                cell.clone()
            }
        });
        writer.write_record(cells).map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(String::from_utf8(bytes).map_err(anyhow::Error::from)?)
}
