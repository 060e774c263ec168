//! Keypads that come, go, fail and are held alone, with the test in the place of the hardware.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hotdesk_session::Digit;
use tokio::time::timeout;

use super::*;
use crate::KEYS_WAITING_MAX;
use crate::keypad::pad::Motion::{Down, Up};

const SOON: Duration = Duration::from_secs(10);

/// Devices by path: what they can send, and where what they send comes from. A device is taken when it is opened.
#[derive(Clone, Default)]
struct Bench(Arc<Mutex<HashMap<PathBuf, (About, Wire)>>>);

/// One device: its signals, and whether it is held alone.
struct Wire {
    signals: mpsc::Receiver<io::Result<Signal>>,
    alone: watch::Sender<bool>,
}

impl Source for Wire {
    async fn next(&mut self) -> io::Result<Signal> {
        let gone = || Err(io::ErrorKind::NotConnected.into());
        self.signals.recv().await.unwrap_or_else(gone)
    }

    fn grab(&mut self, alone: bool) -> io::Result<()> {
        self.alone.send_replace(alone);
        Ok(())
    }
}

impl Sources for Bench {
    type Source = Wire;

    fn list(&self) -> Vec<PathBuf> {
        let mut paths: Vec<_> = self.0.lock().unwrap().keys().cloned().collect();
        paths.sort();
        paths
    }

    fn open(&self, path: &Path) -> io::Result<(About, Wire)> {
        let found = self.0.lock().unwrap().remove(path);
        found.ok_or_else(|| io::ErrorKind::PermissionDenied.into())
    }
}

/// The other end of a device.
struct Hand {
    signals: mpsc::Sender<io::Result<Signal>>,
    alone: watch::Receiver<bool>,
}

impl Hand {
    async fn press(&self, code: u16) {
        for motion in [Down, Up] {
            self.signals
                .send(Ok(Signal::Key(code, motion)))
                .await
                .unwrap();
        }
    }

    async fn is_alone(&mut self, alone: bool) {
        let waited = timeout(SOON, self.alone.wait_for(|held| *held == alone)).await;
        waited
            .expect("the keypad was not held as it should be")
            .unwrap();
    }
}

/// A phone with a keypad and nothing else.
struct Desk {
    bench: Bench,
    keys: mpsc::Receiver<Key>,
    devices: watch::Sender<()>,
    typing: watch::Sender<bool>,
    missing: watch::Receiver<String>,
}

impl Desk {
    fn start(grab: Grab) -> Self {
        let (bench, config) = (
            Bench::default(),
            KeypadConfig {
                grab,
                ..KeypadConfig::generic().unwrap()
            },
        );
        let (keys, pressed) = mpsc::channel(KEYS_WAITING_MAX);
        let (devices, news) = watch::channel(());
        let (typing, typed) = watch::channel(false);
        let (missing, told) = watch::channel(String::new());
        let wires = Wires {
            keys,
            devices: news,
            typing: typed,
            missing,
            clock: Clock::system(),
        };
        tokio::spawn(Keypad::new(bench.clone(), config, wires).serve());
        Self {
            bench,
            keys: pressed,
            devices,
            typing,
            missing: told,
        }
    }

    /// Plugs in a device that has the ten digits of a keyboard.
    fn plug(&self, path: &str) -> Hand {
        let (signals, received) = mpsc::channel(1024);
        let (alone, held) = watch::channel(false);
        let about = About {
            keys: (2..=11).collect(),
            ..About::default()
        };
        let wire = Wire {
            signals: received,
            alone,
        };
        self.bench
            .0
            .lock()
            .unwrap()
            .insert(path.into(), (about, wire));
        self.devices.send_replace(());
        Hand {
            signals,
            alone: held,
        }
    }

    async fn key(&mut self) -> Key {
        timeout(SOON, self.keys.recv())
            .await
            .expect("no key came")
            .unwrap()
    }
}

fn digit(c: char) -> Key {
    Key::Digit(Digit::new(c).unwrap())
}

#[tokio::test]
async fn several_keypads_are_one() {
    let mut desk = Desk::start(Grab::Never);
    let (left, right) = (desk.plug("event0"), desk.plug("event1"));
    left.press(2).await;
    assert_eq!(desk.key().await, digit('1'));
    right.press(3).await;
    assert_eq!(desk.key().await, digit('2'));
}

#[tokio::test]
async fn a_keypad_that_went_away_comes_back() {
    let mut desk = Desk::start(Grab::Never);
    let pad = desk.plug("event0");
    pad.press(2).await;
    assert_eq!(desk.key().await, digit('1'));
    drop(pad);
    let lacks = desk.missing.wait_for(|missing| missing.starts_with('0'));
    timeout(SOON, lacks).await.expect("nobody noticed").unwrap();
    let again = desk.plug("event0");
    again.press(3).await;
    assert_eq!(desk.key().await, digit('2'));
}

#[tokio::test]
async fn a_keypad_that_fails_though_its_node_stays_is_tried_again() {
    let mut desk = Desk::start(Grab::Never);
    let pad = desk.plug("event0");
    pad.press(2).await;
    assert_eq!(desk.key().await, digit('1'));
    // No news of devices: only the keypad's own patience finds the new one.
    let (signals, received) = mpsc::channel(16);
    let about = About {
        keys: (2..=11).collect(),
        ..About::default()
    };
    let wire = Wire {
        signals: received,
        alone: watch::Sender::new(false),
    };
    desk.bench
        .0
        .lock()
        .unwrap()
        .insert("event0".into(), (about, wire));
    pad.signals
        .send(Err(io::ErrorKind::Other.into()))
        .await
        .unwrap();
    signals.send(Ok(Signal::Key(4, Down))).await.unwrap();
    assert_eq!(desk.key().await, digit('3'));
}

#[tokio::test]
async fn a_storm_of_keys_loses_none() {
    let mut desk = Desk::start(Grab::Never);
    let pad = desk.plug("event0");
    let storm = 4 * KEYS_WAITING_MAX;
    for _ in 0..storm {
        pad.press(2).await;
    }
    for _ in 0..storm {
        assert_eq!(desk.key().await, digit('1'));
    }
}

#[tokio::test]
async fn a_pin_reaches_nobody_else() {
    let desk = Desk::start(Grab::Entry);
    let mut pad = desk.plug("event0");
    desk.typing.send_replace(true);
    pad.is_alone(true).await;
    let mut late = desk.plug("event1");
    late.is_alone(true).await;
    desk.typing.send_replace(false);
    pad.is_alone(false).await;
    late.is_alone(false).await;
}

#[tokio::test]
async fn a_keypad_may_be_held_always_or_never() {
    let desk = Desk::start(Grab::Always);
    desk.plug("event0").is_alone(true).await;
    assert!(!alone(Grab::Never, true));
}

#[tokio::test]
async fn what_cannot_be_typed_is_told_and_taken_back() {
    let mut desk = Desk::start(Grab::Never);
    let told = desk.missing.wait_for(|missing| missing == "0123456789*#");
    timeout(SOON, told)
        .await
        .expect("without a keypad")
        .unwrap();
    let _pad = desk.plug("event0");
    let told = desk.missing.wait_for(|missing| missing == "*#");
    timeout(SOON, told).await.expect("with ten digits").unwrap();
}
