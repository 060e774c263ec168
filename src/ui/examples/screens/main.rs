//! Writes a picture of every screen, and one sheet with all of them, into a folder.
//!
//! `cargo run -p hotdesk-ui --example screens -- [folder [language [theme]]]`: "target/screens", "en" and "dark" if they are
//! left out.

mod contact_sheet;
#[path = "../../gallery/mod.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "the tests use the rest of it; a sample that does not parse is a mistake in this program"
)]
mod gallery;

use std::error::Error;
use std::path::{Path, PathBuf};

use hotdesk_ui::theme::{DEFAULT, Theme};
use hotdesk_ui::{Language, PANELS, Panel, Picture, paint};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |usual: &str| arguments.next().unwrap_or_else(|| usual.to_owned());
    let folder = PathBuf::from(argument("target/screens"));
    let language = Language::parse(&argument("en")).ok_or("there is no such language")?;
    let theme = argument(DEFAULT);
    for panel in PANELS.iter() {
        let theme = Theme::named(&theme, panel.look).ok_or("there is no such theme")?;
        let panel = Panel {
            theme,
            ..panel.clone()
        };
        write(&panel, language, &folder.join(&panel.name))?;
    }
    Ok(())
}

fn write(panel: &Panel, language: Language, folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let mut pictures = Vec::new();
    for sample in gallery::all() {
        let mut picture = Picture::new(panel.size.width, panel.size.height);
        paint(&sample.screen_in(language, panel), panel, &mut picture);
        let file = folder.join(format!("{}.png", sample.name));
        gallery::png_file::write(&file, &picture)?;
        pictures.push((sample.name, picture));
    }
    // Beside the folder: a name may hold a dot.
    let file = PathBuf::from(format!("{}.png", folder.display()));
    gallery::png_file::write(&file, &contact_sheet::of(&pictures, panel)?)?;
    println!(
        "{} screens in {}, all of them on {}",
        pictures.len(),
        folder.display(),
        file.display()
    );
    Ok(())
}
