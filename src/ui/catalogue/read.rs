//! A file of texts as plain data.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::{Kind, Source};

/// Where a text stands: kind, name, and which part of it.
pub(super) type Key = (Kind, String, String);

/// The texts of one language.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    pub(super) file: String,
    pub(super) code: String,
    pub(super) full: BTreeMap<Key, String>,
    pub(super) brief: BTreeMap<Key, String>,
}

/// A key as it stands in the file.
pub(super) fn shown((kind, name, part): &Key) -> String {
    let dot = if part.is_empty() { "" } else { "." };
    format!("{}.{name}{dot}{part}", kind.section())
}

pub(super) fn read(source: &Source) -> Result<Catalogue, String> {
    let file = &source.file;
    let mut table: Table = source.text.parse().map_err(|e| format!("{file}: {e}"))?;
    let brief = match table.remove("brief") {
        Some(Value::Table(brief)) => brief,
        Some(_) => return Err(format!("{file}: brief: is not a section")),
        None => Table::new(),
    };
    let at_fault = |fault: String| format!("{file}: {fault}");
    Ok(Catalogue {
        file: file.clone(),
        code: source.code.clone(),
        full: sections(&table).map_err(at_fault)?,
        brief: sections(&brief).map_err(|fault| at_fault(format!("brief.{fault}")))?,
    })
}

fn sections(table: &Table) -> Result<BTreeMap<Key, String>, String> {
    let mut texts = BTreeMap::new();
    for (section, entries) in table {
        let mut kinds = Kind::ALL.into_iter();
        let kind = kinds.find(|kind| kind.section() == section);
        let kind = kind.ok_or_else(|| format!("{section}: there is no such section"))?;
        let Value::Table(entries) = entries else {
            return Err(format!("{section}: is not a section"));
        };
        for (name, value) in entries {
            add(kind, name, value, &mut texts)?;
        }
    }
    Ok(texts)
}

fn add(
    kind: Kind,
    name: &str,
    value: &Value,
    texts: &mut BTreeMap<Key, String>,
) -> Result<(), String> {
    let mut put = |part: &str, text: &str| {
        let key = (kind, name.to_owned(), part.to_owned());
        texts.insert(key, text.to_owned());
    };
    match value {
        Value::String(text) => put("", text),
        Value::Table(parts) => {
            for (part, text) in parts {
                let text = text.as_str();
                let section = kind.section();
                put(
                    part,
                    text.ok_or_else(|| format!("{section}.{name}.{part}: is not a text"))?,
                );
            }
        }
        Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_)
        | Value::Array(_) => return Err(format!("{}.{name}: is not a text", kind.section())),
    }
    Ok(())
}
