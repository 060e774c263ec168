//! Backup and restore of a program that is killed while phones write: whatever a phone was told is there afterwards.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hotdesk_provisioning::{AttemptId, Secret};
use reqwest::{Client, StatusCode};
use rustix::process::Signal;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use sqlx::AnyPool;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::listener::trusting;
use crate::office::{claim, database};
use crate::program::{Server, configure_on, provd, run, told};

/// Desks, each with somebody who signs in and out again and again.
const DESKS: usize = 6;
/// Log-ins that are answered before the next thing happens.
const SOME: usize = 12;

/// A server's folder, and the phones that know its authority.
struct Works {
    folder: TempDir,
    database: Option<Secret>,
    tokens: Vec<String>,
    client: Client,
    written: Written,
}

/// What phones were told: each association, and whether it had ended.
#[derive(Clone)]
struct Written {
    told: Arc<Mutex<BTreeMap<String, bool>>>,
    count: watch::Sender<usize>,
}

impl Written {
    fn note(&self, association: &str, ended: bool) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(association.to_owned(), ended);
        let ends = told.values().filter(|ended| **ended).count();
        self.count.send_replace(ends);
    }

    fn so_far(&self) -> BTreeMap<String, bool> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.clone()
    }

    /// Waits for so many more log-outs.
    async fn more(&self, count: usize) {
        let goal = *self.count.borrow() + count;
        let mut counts = self.count.subscribe();
        counts.wait_for(|now| *now >= goal).await.unwrap();
    }
}

fn mac(desk: usize) -> String {
    format!("02005e2000{desk:02x}")
}

fn people() -> String {
    let mut text = String::new();
    for desk in 0..DESKS {
        write!(
            text,
            "[[phones]]\nmac = \"{}\"\nname = \"Desk {desk}\"\nextension = \"31{desk:02}\"\naddress = \"1 Street\"\n\
             [[users]]\nextension = \"41{desk:02}\"\nname = \"User {desk}\"\npin = \"1234\"\n",
            mac(desk)
        )
        .unwrap();
    }
    text
}

impl Works {
    async fn open() -> (Self, Server, String) {
        let folder = tempfile::tempdir().unwrap();
        let database = database().await;
        configure_on(folder.path(), database.as_ref());
        let people_file = folder.path().join("people.toml");
        std::fs::write(&people_file, people()).unwrap();
        assert!(run(folder.path(), &["import", people_file.to_str().unwrap()]).1);
        let (server, at) = start(folder.path());
        let mut works = Self {
            client: client(folder.path()),
            folder,
            database,
            tokens: Vec::new(),
            written: Written {
                told: Arc::default(),
                count: watch::Sender::new(0),
            },
        };
        for desk in 0..DESKS {
            let body = json!({ "device": mac(desk), "claim": claim(&mac(desk)), "model": "HD", "version": "1" });
            let (_, answer) = ask(&works.client, &at, "/v1/enrol", "", &body)
                .await
                .unwrap();
            works
                .tokens
                .push(answer["token"].as_str().unwrap().to_owned());
        }
        (works, server, at)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Everybody signs in and out until the server is gone.
    fn work(&self, at: &str) -> JoinSet<()> {
        let mut shifts = JoinSet::new();
        for (desk, token) in self.tokens.iter().enumerate() {
            let (client, at, token) = (self.client.clone(), at.to_owned(), token.clone());
            let written = self.written.clone();
            shifts.spawn(async move {
                while sign_in_and_out(&client, &at, &token, desk, &written)
                    .await
                    .is_some()
                {}
            });
        }
        shifts
    }

    async fn sql(&self) -> AnyPool {
        let url = match &self.database {
            Some(address) => address.expose().to_owned(),
            None => format!("sqlite://{}", self.path("data/hotdesk.sqlite").display()),
        };
        sqlx::any::install_default_drivers();
        AnyPool::connect(&url).await.unwrap()
    }

    /// Whatever phones were told up to some moment is in the database.
    async fn holds(&self, told: &BTreeMap<String, bool>) {
        let sql = self.sql().await;
        if self.database.is_none() {
            let words: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
                .fetch_all(&sql)
                .await
                .unwrap();
            assert_eq!(words, ["ok"]);
        }
        for (association, ended) in told {
            let state: Option<String> =
                sqlx::query_scalar("SELECT state FROM associations WHERE id = $1")
                    .bind(association)
                    .fetch_optional(&sql)
                    .await
                    .unwrap();
            let state = state.unwrap_or_else(|| panic!("{association} is lost"));
            assert!(
                state == "ended" || (!ended && state == "active"),
                "{association} is {state}, its end was answered: {ended}"
            );
        }
        sql.close().await;
    }
}

fn client(folder: &Path) -> Client {
    let pem = std::fs::read(folder.join("data/ca.pem")).unwrap();
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        roots.add(certificate.unwrap()).unwrap();
    }
    trusting(roots)
}

/// Starts a server; where it answers phones.
fn start(folder: &Path) -> (Server, String) {
    let server = Server::start(folder);
    let line = server.wait_for("phones: https://");
    let text = line["message"].as_str().unwrap();
    let at = text.split_whitespace().nth(1).unwrap().to_owned();
    (server, at)
}

/// None when the server is gone.
async fn ask(
    client: &Client,
    at: &str,
    path: &str,
    token: &str,
    body: &Value,
) -> Option<(StatusCode, Value)> {
    let request = client.post(format!("{at}{path}")).bearer_auth(token);
    let answer = request.body(body.to_string()).send().await.ok()?;
    let status = answer.status();
    let text = answer.text().await.ok()?;
    Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
}

async fn sign_in_and_out(
    client: &Client,
    at: &str,
    token: &str,
    desk: usize,
    written: &Written,
) -> Option<()> {
    let attempt = AttemptId::from_random(rand_of(desk, written)).to_string();
    let body = json!({ "attempt": attempt, "extension": format!("41{desk:02}"), "pin": "1234" });
    let (status, admission) = ask(client, at, "/v1/associations", token, &body).await?;
    assert_eq!(status, StatusCode::CREATED, "{admission}");
    let association = admission["association"].as_str().unwrap();
    let path = |word: &str| format!("/v1/associations/{association}/{word}");
    let body = json!({ "switch_ms": 1 });
    let (status, _) = ask(client, at, &path("commit"), token, &body).await?;
    assert_eq!(status, StatusCode::NO_CONTENT);
    written.note(association, false);
    let body = json!({ "reason": { "kind": "logged_out" } });
    let (status, _) = ask(client, at, &path("end"), token, &body).await?;
    assert_eq!(status, StatusCode::NO_CONTENT);
    written.note(association, true);
    Some(())
}

/// A number that no other attempt has.
fn rand_of(desk: usize, written: &Written) -> u128 {
    let told = written.so_far().len();
    u128::try_from(told * 100 + desk + 1).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_in_mid_write_loses_nothing_that_it_answered() {
    let (works, mut server, mut at) = Works::open().await;
    for _ in 0..2 {
        let shifts = works.work(&at);
        works.written.more(SOME).await;
        server.signal(Signal::KILL);
        assert!(!server.ends());
        shifts.join_all().await;
        works.holds(&works.written.so_far()).await;
        (server, at) = start(works.folder.path());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_busy_server_goes_on_elsewhere_with_all_that_it_had_answered() {
    let (works, server, at) = Works::open().await;
    let shifts = works.work(&at);
    works.written.more(SOME).await;
    let before = works.written.so_far();
    let copy = works.path("copy");
    let (said, made) = run(works.folder.path(), &["backup", copy.to_str().unwrap()]);
    assert!(made, "{said}");
    works.written.more(SOME).await;
    // One that is killed leaves no half of a backup under its name.
    let killed = works.path("killed");
    let mut backup = provd(works.folder.path(), &["backup", killed.to_str().unwrap()])
        .spawn()
        .unwrap();
    backup.kill().unwrap();
    backup.wait().unwrap();
    assert!(!killed.exists() || killed.join("backup.json").exists());
    let (said, restored) = told(works.folder.path(), &["restore", copy.to_str().unwrap()]);
    assert!(!restored && said.contains("stop"), "{said}");
    server.signal(Signal::KILL);
    assert!(!server.ends());
    shifts.join_all().await;

    // Another machine, with nothing but the configuration. A database server is the same one.
    let other = tempfile::tempdir().unwrap();
    configure_on(other.path(), works.database.as_ref());
    let (said, restored) = told(other.path(), &["restore", copy.to_str().unwrap()]);
    assert!(restored, "{said}");
    let there = Works {
        folder: other,
        ..works
    };
    there.holds(&before).await;
    let (_server, at) = start(there.folder.path());
    // Phones believe it, it believes them, and they sign in as before.
    for (desk, token) in there.tokens.iter().enumerate() {
        let body = json!({ "device": mac(desk), "holding": null, "version": "1" });
        let (status, _) = ask(&there.client, &at, "/v1/sync", token, &body)
            .await
            .unwrap();
        assert_eq!(status, StatusCode::OK);
        sign_in_and_out(&there.client, &at, token, desk, &there.written)
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_changes_nothing_and_a_restore_that_was_cut_off_is_begun_again() {
    let (works, server, _) = Works::open().await;
    server.signal(Signal::TERM);
    assert!(server.ends());
    let copy = works.path("copy");
    let copy_name = copy.to_str().unwrap();
    let folder = works.folder.path();
    assert!(run(folder, &["backup", copy_name]).1);
    let (said, made) = told(folder, &["backup", copy_name]);
    assert!(!made && said.contains("is there already"), "{said}");

    let key = std::fs::read(works.path("data/server.key")).unwrap();
    let of_copy = copy.join("server.key");
    std::fs::write(&of_copy, [0; 32]).unwrap();
    let (said, restored) = told(folder, &["restore", copy_name]);
    assert!(
        !restored && said.contains("server.key is not what was written"),
        "{said}"
    );
    assert_eq!(std::fs::read(works.path("data/server.key")).unwrap(), key);
    std::fs::write(&of_copy, &key).unwrap();

    // As a power cut leaves it.
    std::fs::create_dir(works.path("data/restoring")).unwrap();
    let (said, served) = told(folder, &["serve"]);
    assert!(
        !served && said.contains("run hotdesk-provd restore again"),
        "{said}"
    );
    let (said, restored) = told(folder, &["restore", copy_name]);
    assert!(restored && said.contains("before-restore-1"), "{said}");
    assert!(works.path("data/before-restore-1/server.key").exists());
    let (_server, at) = start(folder);
    sign_in_and_out(&works.client, &at, &works.tokens[0], 0, &works.written)
        .await
        .unwrap();
}
