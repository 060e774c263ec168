//! Every screen on every panel in every language against its golden files: a picture each in
//! `tests/golden/<panel>/<language>/`, and what they all say in `screens.txt` beside them. `HOTDESK_GOLDEN=update`
//! records them anew; look at the difference before it is committed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::gallery::{self, png_file};
use crate::{Language, PANELS, Panel, Picture, Screen, languages, paint};

#[path = "../../tests/setting.rs"]
mod setting;

/// Holds what every screen says, each below a line with its name.
const TEXTS: &str = "screens.txt";

/// Whether to record instead of comparing.
fn recording() -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is told by its environment to record"
    )]
    let wish = std::env::var("HOTDESK_GOLDEN");
    wish.is_ok_and(|wish| wish == "update")
}

fn goldens(panel: &Panel, language: Language) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/golden")
        .join(&panel.name)
        .join(language.code())
}

/// Where the actual files go when they are not what they should be.
fn actuals(panel: &Panel, language: Language) -> PathBuf {
    let mut folder = std::env::current_exe().unwrap();
    while folder.file_name().is_some_and(|name| name != "debug") && folder.pop() {}
    let folder = folder.join("golden-actual").join(&panel.name);
    folder.join(language.code())
}

fn picture_of(screen: &Screen, panel: &Panel) -> Picture {
    let mut picture = Picture::new(panel.size.width, panel.size.height);
    paint(screen, panel, &mut picture);
    picture
}

/// Of all pictures, one in so many is looked at (`HOTDESK_ONE_IN`): an emulated processor draws slowly.
pub(crate) fn one_in() -> usize {
    let told = setting::setting("HOTDESK_ONE_IN");
    told.map_or(1, |many| usize::try_from(many).expect("fits"))
}

/// One panel in one language, the so-manieth of them: compares, writes what differs, and says what that is.
fn check(panel: &Panel, language: Language, which: usize) -> Vec<String> {
    let golden = goldens(panel, language);
    let out = if recording() {
        golden.clone()
    } else {
        actuals(panel, language)
    };
    let (mut differing, mut texts) = (Vec::new(), String::new());
    std::fs::create_dir_all(&out).unwrap();
    let samples = gallery::all();
    let first = which * samples.len();
    for (index, sample) in samples.into_iter().enumerate() {
        let screen = sample.screen_in(language, panel);
        texts += &format!("@ {}\n{}\n", sample.name, screen.to_text());
        if !recording() && (first + index) % one_in() != 0 {
            continue;
        }
        let file = format!("{}.png", sample.name);
        let picture = picture_of(&screen, panel);
        let shown = png_file::read(&golden.join(&file));
        if shown.ok().as_ref() != Some(&picture) {
            png_file::write(&out.join(&file), &picture).unwrap();
            differing.push(golden.join(&file).display().to_string());
        }
    }
    let said = std::fs::read_to_string(golden.join(TEXTS)).unwrap_or_default();
    if said != texts {
        std::fs::write(out.join(TEXTS), &texts).unwrap();
        for name in sections_that_differ(&said, &texts) {
            differing.push(format!("{}: {name}", golden.join(TEXTS).display()));
        }
    }
    differing
}

/// Names of the screens of which one file says something else than the other.
fn sections_that_differ<'a>(one: &'a str, other: &'a str) -> Vec<&'a str> {
    let [one, other] = [one, other].map(sections);
    let names = one.keys().chain(other.keys());
    let mut names: Vec<_> = names.copied().collect();
    names.retain(|name| one.get(name) != other.get(name));
    names.sort_unstable();
    names.dedup();
    names
}

fn sections(texts: &str) -> BTreeMap<&str, &str> {
    let parts = texts.split("@ ");
    parts.filter_map(|part| part.split_once('\n')).collect()
}

#[test]
fn every_screen_says_and_looks_what_its_golden_files_show() {
    let differing: Vec<String> = std::thread::scope(|scope| {
        let both = PANELS.iter().flat_map(|panel| {
            let all = languages().into_iter();
            all.map(move |language| (panel, language))
        });
        let checks = both
            .enumerate()
            .map(|(which, (panel, language))| scope.spawn(move || check(panel, language, which)));
        let checks: Vec<_> = checks.collect();
        let found = checks.into_iter().map(|check| check.join().unwrap());
        found.flatten().collect()
    });
    assert!(
        recording() || differing.is_empty(),
        "{} differ from what is shown now:\n{}\nthe actual ones are in golden-actual of the target folder; look at them, \
         then record them with HOTDESK_GOLDEN=update if they are right",
        differing.len(),
        differing.join("\n"),
    );
}

#[test]
fn every_golden_file_belongs_to_a_screen() {
    let names: Vec<_> = gallery::all().into_iter().map(|s| s.name).collect();
    for (index, name) in names.iter().enumerate() {
        let others = &names[..index];
        assert!(!others.contains(name), "two samples are called {name}");
    }
    let known = |path: &Path| {
        let is = |end: &str| path.extension().is_some_and(|found| found == end);
        let stem = path.file_stem().unwrap().to_str().unwrap();
        path.ends_with(TEXTS) || is("png") && names.contains(&stem)
    };
    for panel in PANELS.iter() {
        let english = goldens(panel, Language::English);
        // Without any, the comparison says so.
        let Ok(folders) = std::fs::read_dir(english.parent().unwrap()) else {
            continue;
        };
        for folder in folders.map(|folder| folder.unwrap().path()) {
            let code = folder.file_name().unwrap().to_str().unwrap();
            let mut spoken = languages().into_iter();
            let spoken = spoken.any(|language| language.code() == code);
            for file in std::fs::read_dir(&folder).unwrap() {
                let path = file.unwrap().path();
                match (spoken && known(&path), recording()) {
                    (true, _) => {}
                    (false, true) => std::fs::remove_file(&path).unwrap(),
                    (false, false) => panic!("no screen is called {}", path.display()),
                }
            }
        }
    }
}
