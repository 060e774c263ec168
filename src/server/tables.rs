//! Phones and users as tables of comma-separated values: out, and in with a rehearsal that shows what each row would do. A column
//! that is not in the table stays as it is. All of it or nothing.

mod phones;
mod row;
mod users;

use csv::{ReaderBuilder, StringRecord, Writer};
use hotdesk_provisioning::{Pin, Secret};
use sqlx::Executor as _;

use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::db::Connection;
use crate::error::{Answer, Failure, wrong};
use crate::phones::Phone;
use crate::users::User;
use row::Cells;

pub(crate) use row::Effect;

/// Rows of one table.
const ROWS_MAX: usize = 5000;

/// What a table is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Phones,
    Users,
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
        (Kind::Phones, &phones::COLUMNS)
    } else {
        (Kind::Users, &users::COLUMNS)
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
        Kind::Phones => phones::save(change, tenant, cells, actor).await,
        Kind::Users => users::save(change, tenant, cells, pin_hash, actor).await,
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

/// Every phone or user of a tenant as a table. PINs are not in it.
pub(crate) async fn export(connection: &mut Connection, tenant: i64, kind: Kind) -> Answer<String> {
    let mut rows: Vec<Cells> = Vec::new();
    let columns: Vec<&str> = match kind {
        Kind::Phones => {
            let every: Vec<Phone> =
                sqlx::query_as("SELECT * FROM phones WHERE tenant_id = $1 ORDER BY name, id")
                    .bind(tenant)
                    .fetch_all(&mut *connection)
                    .await?;
            for phone in &every {
                rows.push(phones::cells_of(connection, phone).await?);
            }
            phones::COLUMNS.to_vec()
        }
        Kind::Users => {
            let every: Vec<User> =
                sqlx::query_as("SELECT * FROM users WHERE tenant_id = $1 ORDER BY name, id")
                    .bind(tenant)
                    .fetch_all(&mut *connection)
                    .await?;
            for user in &every {
                rows.push(users::cells_of(connection, user).await?);
            }
            users::COLUMNS
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
