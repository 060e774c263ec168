//! `hotdesk-provd check`: each finding with the circumstances that cause it, from the program itself.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::certificates::issue;
use crate::program::{configure, run};

/// The findings that begin with this word.
fn findings(folder: &Path, word: &str) -> (Vec<String>, bool) {
    let (printed, success) = run(folder, &["check"]);
    let lines = printed.lines().filter(|line| line.starts_with(word));
    (lines.map(str::to_owned).collect(), success)
}

/// Makes a whole server's data, as its first start does.
fn first_start(folder: &Path) {
    std::fs::write(folder.join("nobody.toml"), "").unwrap();
    let nobody = folder.join("nobody.toml");
    assert!(run(folder, &["import", nobody.to_str().unwrap()]).1);
}

#[test]
fn a_whole_installation_has_nothing_to_say_but_ok() {
    let folder = tempfile::tempdir().unwrap();
    issue(folder.path(), 2200);
    let key = folder.path().join("tls.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    configure(
        folder.path(),
        "certificate = \"tls.pem\"\nkey = \"tls.key\"",
    );
    first_start(folder.path());
    for arguments in [&["check"][..], &["--check"], &["serve", "--check"]] {
        let (printed, success) = run(folder.path(), arguments);
        assert!(success, "{printed}");
        assert!(
            printed.lines().all(|line| line.starts_with("ok ")),
            "{printed}"
        );
        assert!(
            printed.contains("database: answers and is up to date"),
            "{printed}"
        );
    }
}

#[test]
fn what_the_first_start_makes_is_a_note_and_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), "");
    let (notes, success) = findings(folder.path(), "note");
    assert!(success);
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(!folder.path().join("data").exists());
}

#[test]
fn every_fault_is_named_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    issue(folder.path(), 2200);
    std::fs::write(folder.path().join("tls.key"), "nothing").unwrap();
    let lines = "certificate = \"tls.pem\"\nkey = \"tls.key\"";
    configure(folder.path(), lines);
    first_start(folder.path());
    std::fs::write(folder.path().join("data/hotdesk.sqlite"), "no database").unwrap();
    // What its journal holds would be put back.
    let _ = std::fs::remove_file(folder.path().join("data/hotdesk.sqlite-wal"));
    let (faults, success) = findings(folder.path(), "FAULT");
    assert!(!success);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].contains("tls.key holds no private key"),
        "{faults:?}"
    );
    assert!(faults[1].contains("database: "), "{faults:?}");

    issue(folder.path(), 2020);
    let (faults, _) = findings(folder.path(), "FAULT");
    assert!(faults[0].contains("tls.pem has expired"), "{faults:?}");

    configure(folder.path(), "colour = 1");
    let (faults, success) = findings(folder.path(), "FAULT");
    assert!(!success);
    assert!(faults[0].contains("colour"), "{faults:?}");
}

#[test]
fn a_port_in_use_and_an_open_key_are_notes() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap();
    configure(folder.path(), &format!("[metrics]\nlisten = \"{at}\""));
    first_start(folder.path());
    let key = folder.path().join("data/ca.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (notes, success) = findings(folder.path(), "note");
    assert!(success);
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(
        notes[0].contains("ca.key can be read by others"),
        "{notes:?}"
    );
    assert!(notes[1].contains("metrics.listen"), "{notes:?}");
}

#[test]
fn older_and_newer_tables_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), "");
    first_start(folder.path());
    migrations(
        folder.path(),
        "DELETE FROM _sqlx_migrations WHERE version > 1",
    );
    let (notes, success) = findings(folder.path(), "note");
    assert!(
        success && notes[0].contains("migrations behind"),
        "{notes:?}"
    );
    migrations(
        folder.path(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (99999, 'later', 1, x'00', 1)",
    );
    let (faults, success) = findings(folder.path(), "FAULT");
    assert!(
        !success && faults[0].contains("newer version"),
        "{faults:?}"
    );
}

/// Changes what the database says of its migrations.
#[tokio::main(flavor = "current_thread")]
async fn migrations(folder: &Path, sql: &'static str) {
    use sqlx::Connection as _;
    let file = format!("sqlite:{}", folder.join("data/hotdesk.sqlite").display());
    let mut database = sqlx::SqliteConnection::connect(&file).await.unwrap();
    sqlx::query(sql).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

#[test]
fn a_provider_that_cannot_be_asked_is_a_note_and_a_missing_secret_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let lines = |more: &str| {
        format!(
            "[oidc]\nissuer = \"http://127.0.0.1:1\"\nclient_id = \"hotdesk\"\nportal = \"http://localhost\"\n{more}"
        )
    };
    configure(folder.path(), &lines(""));
    let (notes, success) = findings(folder.path(), "note");
    assert!(success);
    assert!(
        notes.iter().any(
            |note| note.contains("oidc: http://127.0.0.1:1 cannot be asked")
                && note.contains("it could not be reached")
        ),
        "{notes:?}"
    );
    configure(
        folder.path(),
        &lines("client_secret_file = \"oidc.secret\""),
    );
    let (faults, success) = findings(folder.path(), "FAULT");
    assert!(!success);
    assert!(faults[0].contains("oidc: cannot read"), "{faults:?}");
}
