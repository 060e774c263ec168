//! Writes a picture of every screen, and one sheet with all of them, into a folder.
//!
//! `cargo run -p hotdesk-ui --example screens -- [folder]`; the folder is `target/screens` if none is named.

mod contact_sheet;
#[path = "../../gallery/mod.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "the tests use the rest of it; a sample that does not parse is a mistake in this program"
)]
mod gallery;

use std::error::Error;
use std::path::PathBuf;

use hotdesk_ui::{PANELS, Picture, paint};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1);
    let folder = folder.map_or_else(|| PathBuf::from("target/screens"), PathBuf::from);
    for panel in PANELS.iter() {
        let folder = folder.join(&panel.name);
        std::fs::create_dir_all(&folder)?;
        let mut pictures = Vec::new();
        for sample in gallery::all() {
            let mut picture = Picture::new(panel.size.width, panel.size.height);
            paint(&sample.screen(panel), panel, &mut picture)?;
            let file = folder.join(format!("{}.png", sample.name));
            gallery::png_file::write(&file, &picture)?;
            pictures.push((sample.name, picture));
        }
        let file = folder.with_extension("png");
        gallery::png_file::write(&file, &contact_sheet::of(&pictures, panel)?)?;
        let (count, folder) = (pictures.len(), folder.display());
        println!(
            "{count} screens in {folder}, all of them on {}",
            file.display()
        );
    }
    Ok(())
}
