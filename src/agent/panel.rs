//! Which panel is drawn and in which colours: built-in ones by their names, or those of a vendor's files. Decides nothing
//! about how they look.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use hotdesk_ui::theme::{Logo, Theme};
use hotdesk_ui::{Look, PANELS, Panel};

/// What a file's name ends in; no panel's and no theme's name does.
const FILE_ENDING: &str = ".toml";
/// Bytes of a file that says where a few rectangles are, or which colours.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// What is drawn, as a configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelConfig {
    /// The name of a built-in panel, or the path of a panel's file.
    pub name: String,
    /// The name of a built-in theme, or the path of a theme's file; `None`: the panel's own.
    pub theme: Option<String>,
}

impl From<&str> for PanelConfig {
    /// A panel in its own colours.
    fn from(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            theme: None,
        }
    }
}

/// Whether `display.panel` or `display.theme` names a file.
pub(crate) fn is_file(name: &str) -> bool {
    name.ends_with(FILE_ENDING)
}

/// The panel that `display.panel` names, a built-in one or the path of a file like those in `assets/panels`; in the colours
/// that `display.theme` names, those of a built-in theme or of a file like those in `assets/themes`.
///
/// # Errors
/// When there is none, or its file is wrong; the message says which file, which key and what to do.
pub fn panel(config: &PanelConfig) -> anyhow::Result<Arc<Panel>> {
    let name = config.name.as_str();
    let mut panel = if is_file(name) {
        let text = read(Path::new(name), FILE_BYTES_MAX).and_then(text);
        text.and_then(|text| Ok(Panel::parse(&text)?))
            .with_context(|| format!("display.panel: {name}"))?
    } else {
        let built_in = Panel::named(name).ok_or_else(|| {
            let known: Vec<_> = PANELS.iter().map(|panel| panel.name.as_str()).collect();
            anyhow!(
                "display.panel: there is no panel {name:?}; there is {}, or write the path of a file that ends in {FILE_ENDING}",
                known.join(", ")
            )
        })?;
        built_in.clone()
    };
    if let Some(theme) = &config.theme {
        panel.theme = self::theme(theme, panel.look)?;
    }
    Ok(Arc::new(panel))
}

fn theme(name: &str, look: Look) -> anyhow::Result<Theme> {
    if is_file(name) {
        return theme_file(Path::new(name), look).with_context(|| format!("display.theme: {name}"));
    }
    Theme::named(name, look).ok_or_else(|| {
        anyhow!(
            "display.theme: there is no theme {name:?}; use \"dark\", \"light\" or the path of a file that ends in {FILE_ENDING}"
        )
    })
}

/// A logo lies beside the file that names it.
fn theme_file(path: &Path, look: Look) -> anyhow::Result<Theme> {
    let (theme, logo) = Theme::parse(&text(read(path, FILE_BYTES_MAX)?)?, look)?;
    let Some(logo) = logo else {
        return Ok(theme);
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let picture = read(&folder.join(&logo), Logo::BYTES_MAX)
        .and_then(|bytes| Logo::from_bmp(&bytes).map_err(|problem| anyhow!(problem)))
        .with_context(|| format!("theme.logo: {logo}"))?;
    Ok(theme.with_logo(picture, look))
}

/// A file up to a bound: what is behind it is not read.
fn read(path: &Path, most: u64) -> anyhow::Result<Vec<u8>> {
    let file = std::fs::File::open(path).context("cannot be read")?;
    let mut bytes = Vec::new();
    file.take(most)
        .read_to_end(&mut bytes)
        .context("cannot be read")?;
    Ok(bytes)
}

fn text(bytes: Vec<u8>) -> anyhow::Result<String> {
    String::from_utf8(bytes).context("cannot be read")
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
        assert_eq!(panel(&name.into()).unwrap().name, "door");
        std::fs::write(&path, text.replace("depth = 1", "depth = 5")).unwrap();
        let mistake = format!("{:#}", panel(&name.into()).unwrap_err());
        let expected = format!("display.panel: {name}: panel.depth: 5 is not possible");
        assert!(mistake.starts_with(&expected), "{mistake}");
        std::fs::remove_file(&path).unwrap();
        let gone = format!("{:#}", panel(&name.into()).unwrap_err());
        assert!(gone.contains("door.toml: cannot be read"), "{gone}");
    }

    fn themed(theme: &str) -> anyhow::Result<Arc<Panel>> {
        panel(&PanelConfig {
            theme: Some(theme.to_owned()),
            ..PanelConfig::from("480x272")
        })
    }

    #[test]
    fn a_vendors_theme_is_a_file_with_its_logo_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vendor.toml");
        let name = path.to_str().unwrap();
        std::fs::write(&path, "[theme]\nbase = \"light\"\nlogo = \"logo.bmp\"\n").unwrap();
        let found = format!("{:#}", themed(name).unwrap_err());
        assert!(
            found.contains("vendor.toml: theme.logo: logo.bmp: cannot be read"),
            "{found}"
        );
        std::fs::write(folder.path().join("logo.bmp"), BLACK_DOT).unwrap();
        let branded = themed(name).unwrap();
        assert_eq!(branded.theme.logo.as_ref().unwrap().size().width, 1);
        assert_eq!(branded.theme.calm, themed("light").unwrap().theme.calm);
        assert_ne!(
            branded.theme.calm,
            panel(&"480x272".into()).unwrap().theme.calm
        );
        let found = format!("{:#}", themed("pink").unwrap_err());
        assert!(
            found.starts_with("display.theme: there is no theme \"pink\""),
            "{found}"
        );
    }

    /// A BMP file of one black pixel.
    const BLACK_DOT: [u8; 58] = {
        let mut file = [0; 58];
        let parts: [(usize, u8); 9] = [
            (0, b'B'),
            (1, b'M'),
            (2, 58),
            (10, 54),
            (14, 40),
            (18, 1),
            (22, 1),
            (26, 1),
            (28, 24),
        ];
        let mut part = 0;
        while part < parts.len() {
            file[parts[part].0] = parts[part].1;
            part += 1;
        }
        file
    };
}
