//! Which panel is drawn: a built-in one by its name, or the one of a vendor's file. Decides nothing about how it looks.

use std::io::Read;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use hotdesk_ui::{PANELS, Panel};

/// What a file's name ends in; no panel's name does.
const FILE_ENDING: &str = ".toml";
/// Bytes of a file that says where a few rectangles are.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// Whether `display.panel` names a file.
pub(crate) fn is_file(name: &str) -> bool {
    name.ends_with(FILE_ENDING)
}

/// The panel that `display.panel` names: a built-in one, or the path of a file like those in `assets/panels`.
///
/// # Errors
/// When there is none, or its file is wrong; the message says which file, which key and what to do.
pub fn panel(name: &str) -> anyhow::Result<Arc<Panel>> {
    if is_file(name) {
        return from_file(name).with_context(|| format!("display.panel: {name}"));
    }
    let built_in = Panel::named(name).ok_or_else(|| {
        let known: Vec<_> = PANELS.iter().map(|panel| panel.name.as_str()).collect();
        anyhow!(
            "display.panel: there is no panel {name:?}; there is {}, or write the path of a file that ends in {FILE_ENDING}",
            known.join(", ")
        )
    })?;
    Ok(Arc::new(built_in.clone()))
}

fn from_file(path: &str) -> anyhow::Result<Arc<Panel>> {
    let file = std::fs::File::open(path).context("cannot be read")?;
    let mut text = String::new();
    file.take(FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .context("cannot be read")?;
    Ok(Arc::new(Panel::parse(&text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendors_file_is_a_panel_like_any_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("door.toml");
        let text = include_str!("../../assets/panels/132x64.toml")
            .replace("132x64\"\nsize", "door\"\nsize");
        std::fs::write(&path, &text).unwrap();
        let name = path.to_str().unwrap();
        assert_eq!(panel(name).unwrap().name, "door");
        std::fs::write(&path, text.replace("depth = 1", "depth = 5")).unwrap();
        let mistake = format!("{:#}", panel(name).unwrap_err());
        let expected = format!("display.panel: {name}: panel.depth: 5 is not possible");
        assert!(mistake.starts_with(&expected), "{mistake}");
        std::fs::remove_file(&path).unwrap();
        let gone = format!("{:#}", panel(name).unwrap_err());
        assert!(gone.contains("door.toml: cannot be read"), "{gone}");
    }
}
