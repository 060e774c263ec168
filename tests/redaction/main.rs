//! Secrets stay secret: a whole day at a desk with every log line of every crate kept, then a search for everything that
//! must not be in a log, in the database, or on the phone's flash.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rig::{Impostor, Message, World};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Not a number that turns up by itself, as four digits would.
const PIN: &str = "7391046285";
const WRONG_PIN: &str = "5820394716";
const RITA: &str = "01132991077";
const RITA_IN_TOML: &str = "[[users]]\nextension = \"01132991077\"\nname = \"Rita Day\"\npin = \"7391046285\"\n[site.policy]\noffline = 28800";

/// Every log line of this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The digest answers in what a phone sent to its registrar, with the phone's own random parts of them.
fn digest_answers(seen: &[Message]) -> BTreeSet<String> {
    let headers = seen
        .iter()
        .flat_map(|m| m.text.lines())
        .filter(|line| line.starts_with("Authorization:"));
    headers
        .filter_map(|line| line.split_once("response=\"")?.1.split_once('"'))
        .map(|(response, _)| response.to_owned())
        .collect()
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack
        .windows(needle.len())
        .any(|w| w == needle.as_bytes())
}

/// What a person does in a day: a wrong PIN, the right one, a power cut, a take-over by oneself, a log-out, and both PINs
/// while the server is away.
async fn a_day_at_the_desk(world: &mut World) {
    let phone = world.site.phone(0).await;
    phone.log_in(RITA, WRONG_PIN).await;
    phone.expect_screen("Wrong PIN.").await;
    phone.press(&format!("{PIN}#")).await;
    phone.expect_user(RITA).await;
    let phone = phone.restart().await;
    phone.expect_user(RITA).await;
    let second = world.site.phone(1).await;
    let before = second.state_bytes();
    second.log_in(RITA, PIN).await;
    second.expect_user(RITA).await;
    phone.expect_vacant().await;
    second.log_out().await;
    second.expect_vacant().await;
    second.expect_kept(before).await;
    world.site.https.go_away().await;
    second.expect_server(false).await;
    second.log_in(RITA, WRONG_PIN).await;
    second.expect_screen("Wrong PIN.").await;
    second.press(&format!("{PIN}#")).await;
    second.expect_user(RITA).await;
    world.site.https.come_back().await;
    second.expect_server(true).await;
    second.log_out().await;
    second.expect_vacant().await;
    phone.switch_off().await;
    second.switch_off().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_database_or_flash_holds_a_pin_a_secret_a_digest_answer_or_a_token() {
    let log = Log::default();
    // As lines for people and as JSON, the two forms that the server can be told to write.
    let lines = fmt::layer().with_ansi(false).with_writer(log.clone());
    let json = fmt::layer().json().with_writer(log.clone());
    tracing_subscriber::registry().with(lines).with(json).init();
    let mut world = World::start_with(RITA_IN_TOML, &[]).await;
    let tap = Impostor::that_listens(&world.site.provd);
    world.site.https.redirect(tap.address()).await;
    a_day_at_the_desk(&mut world).await;

    let mut secrets = tap.take_heard().secrets;
    assert!(
        secrets.contains(PIN) && secrets.contains(WRONG_PIN),
        "the tap heard the PINs"
    );
    assert!(
        secrets.len() >= 2 + 2 * 2 + 2 * 2,
        "and two tokens, claims, host's and guest's secrets: {}",
        secrets.len()
    );
    let answers = digest_answers(&world.site.sip.take_seen());
    assert!(
        answers.len() >= 6,
        "the relay saw {} digest answers",
        answers.len()
    );
    secrets.extend(answers);

    let log = log.0.lock().unwrap().clone();
    for part in [
        "TRACE",
        "hotdesk_agent",
        "hotdesk_server",
        "\"level\":\"TRACE\"",
    ] {
        assert!(holds(&log, part), "the log is complete: it holds {part}");
    }
    let mut places = vec![("the log".to_owned(), log)];
    for file in files(world.site.provd.folder()) {
        places.push((file.display().to_string(), fs::read(&file).unwrap()));
    }
    assert!(
        places
            .iter()
            .any(|(name, bytes)| name.contains("sqlite") && holds(bytes, RITA)),
        "the database was read"
    );
    assert!(
        places.iter().any(|(name, _)| name.contains("02005e100011")),
        "the phone's flash was read"
    );
    for (name, bytes) in &places {
        for secret in &secrets {
            assert!(
                !holds(bytes, secret),
                "{name} holds a secret of {} characters: {}",
                secret.len(),
                context(bytes, secret)
            );
        }
    }
}

/// What stands around a secret that was found, so that it can be found in the sources.
fn context(bytes: &[u8], secret: &str) -> String {
    let at = bytes
        .windows(secret.len())
        .position(|w| w == secret.as_bytes())
        .unwrap_or(0);
    let around = &bytes[at.saturating_sub(300)..bytes.len().min(at + secret.len() + 50)];
    String::from_utf8_lossy(around).replace(secret, "<HERE>")
}
