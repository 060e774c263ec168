//! Every screen against its golden text and picture in `tests/golden/<panel>/`. `HOTDESK_GOLDEN=update` records them anew;
//! look at the difference before it is committed.

use std::path::{Path, PathBuf};

use crate::gallery::{self, png_file};
use crate::{PANELS, Panel, Picture, paint};

/// Whether to record instead of comparing.
fn recording() -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is told by its environment to record"
    )]
    let wish = std::env::var("HOTDESK_GOLDEN");
    wish.is_ok_and(|wish| wish == "update")
}

fn goldens(panel: &Panel) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/golden")
        .join(panel.name)
}

/// Where the actual files go when they are not what they should be.
fn actuals(panel: &Panel) -> PathBuf {
    let mut folder = std::env::current_exe().unwrap();
    while folder.file_name().is_some_and(|name| name != "debug") && folder.pop() {}
    folder.join("golden-actual").join(panel.name)
}

fn picture_of(screen: &crate::Screen, panel: &Panel) -> Picture {
    let mut picture = Picture::new(panel.size.width, panel.size.height);
    let Ok(()) = paint(screen, panel, &mut picture);
    picture
}

#[test]
fn every_screen_says_and_looks_what_its_golden_files_show() {
    let mut differing = Vec::new();
    for panel in PANELS {
        let folder = if recording() {
            goldens(panel)
        } else {
            actuals(panel)
        };
        std::fs::create_dir_all(&folder).unwrap();
        for sample in gallery::all() {
            let screen = sample.screen(panel.wording);
            let (text, picture) = (screen.to_text(), picture_of(&screen, panel));
            let [text_file, picture_file] =
                ["txt", "png"].map(|kind| format!("{}.{kind}", sample.name));
            let said = std::fs::read_to_string(goldens(panel).join(&text_file));
            if said.ok().as_ref() != Some(&text) {
                std::fs::write(folder.join(&text_file), &text).unwrap();
                differing.push(text_file);
            }
            let shown = png_file::read(&goldens(panel).join(&picture_file));
            if shown.ok().as_ref() != Some(&picture) {
                png_file::write(&folder.join(&picture_file), &picture).unwrap();
                differing.push(picture_file);
            }
        }
        if !recording() {
            assert!(
                differing.is_empty(),
                "{} golden files differ: {}\nthe actual ones are in {}; look at them beside {}, then record them with \
                 HOTDESK_GOLDEN=update if they are right",
                differing.len(),
                differing.join(" "),
                folder.display(),
                goldens(panel).display(),
            );
        }
    }
}

#[test]
fn every_golden_file_belongs_to_a_screen() {
    for panel in PANELS {
        let names: Vec<_> = gallery::all().into_iter().map(|s| s.name).collect();
        for (index, name) in names.iter().enumerate() {
            assert!(
                !names[..index].contains(name),
                "two samples are called {name}"
            );
        }
        for file in std::fs::read_dir(goldens(panel)).unwrap() {
            let path = file.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap();
            assert!(
                names.contains(&stem),
                "no screen is called {}",
                path.display()
            );
        }
    }
}
