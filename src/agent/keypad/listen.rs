//! `hotdeskd keys`: shows what every key sends and what the map makes of it, for making a map. The only place that shows
//! digits, because whoever runs it presses the keys.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use evdev::{KeyCode, SwitchCode};
use hotdesk_session::Key;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Press;
use super::device::{About, Source, Sources};
use super::hardware::InputFolder;
use super::keymap::{Keymap, Sensor};
use super::pad::{Motion, Signal};
use crate::devices::{Wanted, Watcher};

/// Signals that may wait to be printed.
const WAITING_MAX: usize = 16;

/// Shows keys until the caller stops listening or nothing can be printed any more.
///
/// # Errors
/// When the output is closed.
pub async fn show_keys(map: &Keymap, out: &mut impl Write) -> io::Result<()> {
    let folder = InputFolder::of_system();
    let mut watcher = Watcher::new(vec![Wanted::Nodes(folder.0.clone())]);
    let (to, mut heard) = mpsc::channel(WAITING_MAX);
    let mut readers = JoinSet::new();
    let mut open: BTreeMap<PathBuf, About> = BTreeMap::new();
    writeln!(
        out,
        "Press keys; Ctrl-C ends. While somebody types a PIN, a running phone keeps its keypad to itself."
    )?;
    loop {
        for path in folder.list() {
            if open.contains_key(&path) {
                continue;
            }
            match folder.open(&path) {
                Ok((about, source)) => {
                    writeln!(out, "{}", introduction(&path, &about, map))?;
                    readers.spawn(read(path.clone(), source, to.clone()));
                    open.insert(path, about);
                }
                Err(error) => writeln!(out, "{}: {error}", path.display())?,
            }
        }
        tokio::select! {
            Some((path, signal)) = heard.recv() => match signal {
                Ok(signal) => {
                    if let Some(line) = line(&path, signal, map) {
                        writeln!(out, "{line}")?;
                    }
                }
                Err(error) => {
                    writeln!(out, "{}: {error}", path.display())?;
                    open.remove(&path);
                }
            },
            () = watcher.changed() => {}
        }
    }
}

async fn read(
    path: PathBuf,
    mut source: impl Source,
    to: mpsc::Sender<(PathBuf, io::Result<Signal>)>,
) {
    loop {
        let signal = source.next().await;
        let over = signal.is_err();
        if to.send((path.clone(), signal)).await.is_err() || over {
            return;
        }
    }
}

fn introduction(path: &Path, about: &About, map: &Keymap) -> String {
    let missing = map.missing(&about.keys);
    let fits = match (map.knows(&about.keys, &about.switches), missing.as_str()) {
        (false, _) => "nothing of it is in the map".to_owned(),
        (true, "") => "the map can dial everything with it".to_owned(),
        (true, missing) => format!("the map has no {missing} on it"),
    };
    format!(
        "{}  name:{}  uniq:{}  ({} keys, {} switches; {fits})",
        path.display(),
        about.name,
        about.uniq,
        about.keys.len(),
        about.switches.len()
    )
}

/// `None` for what says how a key was before anything moved.
fn line(path: &Path, signal: Signal, map: &Keymap) -> Option<String> {
    let (code, value, press) = match signal {
        Signal::Level(..) => return None,
        Signal::Switch(code, on) => {
            let name = format!("{:?} ({code})", SwitchCode(code));
            (name, u8::from(on), map.hook(Sensor::Switch(code), on))
        }
        Signal::Key(code, motion) => {
            let down = motion != Motion::Up;
            let hook = map.hook(Sensor::Key(code), down);
            let name = format!("{:?} ({code})", KeyCode(code));
            let press = map.press(code, false).filter(|_| motion == Motion::Down);
            (name, value(motion), hook.or(press))
        }
    };
    let made = press.map_or_else(|| "-".to_owned(), name);
    Some(format!("{}  {code} = {value}  ->  {made}", path.display()))
}

fn value(motion: Motion) -> u8 {
    match motion {
        Motion::Up => 0,
        Motion::Down => 1,
        Motion::Repeat => 2,
    }
}

/// What a key map calls it.
fn name(press: Press) -> String {
    match press {
        Press::Handset => "handset".to_owned(),
        Press::Speaker => "speaker".to_owned(),
        Press::Lift => "off-hook".to_owned(),
        Press::Lay => "on-hook".to_owned(),
        Press::Key(key) => match key {
            Key::Digit(digit) => digit.char().to_string(),
            Key::Soft(number) => format!("soft{number}"),
            Key::Line(number) => format!("line{number}"),
            Key::Up => "up".to_owned(),
            Key::Down => "down".to_owned(),
            Key::Left => "left".to_owned(),
            Key::Right => "right".to_owned(),
            Key::Ok => "ok".to_owned(),
            Key::Back => "back".to_owned(),
            Key::Clear => "clear".to_owned(),
            Key::Hold(number) => format!("hold{number}"),
            Key::Call => "call".to_owned(),
            Key::HookOff => "off-hook".to_owned(),
            Key::HookOn => "on-hook".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_line_says_code_value_and_meaning() {
        let map = Keymap::load("dial-pad").unwrap();
        let path = Path::new("/dev/input/event0");
        let said = |signal| line(path, signal, &map);
        let down = Signal::Key(KeyCode::KEY_NUMERIC_7.0, Motion::Down);
        assert_eq!(
            said(down).unwrap(),
            "/dev/input/event0  KEY_NUMERIC_7 (519) = 1  ->  7"
        );
        let hook = said(Signal::Switch(0, true)).unwrap();
        assert!(hook.ends_with("SW_LID (0) = 1  ->  off-hook"), "{hook}");
        let strange = said(Signal::Key(0x2ff, Motion::Down)).unwrap();
        assert!(strange.ends_with("(767) = 1  ->  -"), "{strange}");
        assert_eq!(said(Signal::Level(2, true)), None);
    }

    #[test]
    fn every_name_that_is_shown_can_be_written_in_a_map() {
        for written in [
            "7", "*", "soft2", "line3", "up", "down", "left", "right", "ok", "back", "call",
            "handset", "speaker", "off-hook", "on-hook",
        ] {
            assert_eq!(name(Press::named(written).unwrap()), written);
        }
    }

    #[test]
    fn a_keypad_is_introduced_with_what_it_lacks() {
        let map = Keymap::load("generic").unwrap();
        let keys: BTreeSet<u16> = (KeyCode::KEY_1.0..=KeyCode::KEY_9.0).collect();
        let about = About {
            name: "pad".to_owned(),
            keys,
            ..About::default()
        };
        let said = introduction(Path::new("/dev/input/event0"), &about, &map);
        assert!(
            said.contains("name:pad") && said.contains("has no 0*#"),
            "{said}"
        );
        let nothing = introduction(Path::new("/x"), &About::default(), &map);
        assert!(nothing.contains("nothing of it"), "{nothing}");
    }
}
