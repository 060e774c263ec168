//! Power cuts, foreign files, wrong clocks.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use hotdesk_session::SavedTenure;
use tempfile::TempDir;

use super::*;

const NOON: u64 = 1_800_000_000;

fn open(folder: &TempDir, clock: &Clock) -> Store {
    let key = folder.path().join("device.key");
    Store::open(folder.path(), &key, clock.clone()).unwrap()
}

fn clock_at(unix: u64) -> (Arc<AtomicU64>, Clock) {
    let time = Arc::new(AtomicU64::new(unix));
    let wall = Arc::clone(&time);
    let read = move || SystemTime::UNIX_EPOCH + Duration::from_secs(wall.load(Ordering::Relaxed));
    (time, Clock::with_wall(read))
}

fn tenure(ends_in: Option<u32>) -> SavedTenure {
    let guest = r#"{"extension":"2001","display_name":"Jane","account":{"aor":"sip:2001@example.com",
        "auth_user":"g-a41","secret":"a-secret-of-jane","registrar":{"host":"192.0.2.1"}}}"#;
    SavedTenure {
        association: hotdesk_provisioning::AssociationId::parse("a41").unwrap(),
        guest: serde_json::from_str(guest).unwrap(),
        ends_in,
        ends_for: hotdesk_provisioning::LimitKind::Limit,
        leaving: None,
    }
}

/// A folder whose state holds Jane with 1000 seconds left and a token.
fn with_jane(clock: &Clock) -> TempDir {
    let folder = TempDir::new().unwrap();
    let mut store = open(&folder, clock);
    store.memory.saved.tenure = Some(tenure(Some(1000)));
    store.memory.token = Some(Secret::new("the-device-token".into()));
    store.write();
    folder
}

fn ends_in(store: &Store) -> Option<u32> {
    store.saved().tenure.and_then(|t| t.ends_in)
}

#[test]
fn what_was_written_is_there_after_a_restart_and_not_in_clear() {
    let (_, clock) = clock_at(NOON);
    let folder = with_jane(&clock);
    let store = open(&folder, &clock);
    assert_eq!(ends_in(&store), Some(1000));
    assert_eq!(
        store.memory.token.as_ref().unwrap().expose(),
        "the-device-token"
    );
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for secret in ["the-device-token", "a-secret-of-jane", "2001"] {
            assert!(!text.contains(secret), "{secret} in {}", path.display());
        }
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} can be read by others", path.display());
    }
}

#[test]
fn a_write_torn_at_any_byte_leaves_the_state_before_it() {
    let (_, clock) = clock_at(NOON);
    let folder = with_jane(&clock);
    let whole = fs::read(folder.path().join(STATE)).unwrap();
    for length in 0..whole.len() {
        fs::write(folder.path().join("state.new"), &whole[..length]).unwrap();
        assert_eq!(ends_in(&open(&folder, &clock)), Some(1000), "{length}");
    }
}

#[test]
fn a_state_torn_at_any_byte_is_kept_aside_and_the_phone_starts_fresh() {
    let (_, clock) = clock_at(NOON);
    let folder = with_jane(&clock);
    let state = folder.path().join(STATE);
    let whole = fs::read(&state).unwrap();
    for length in 0..whole.len() {
        fs::write(&state, &whole[..length]).unwrap();
        assert_eq!(open(&folder, &clock).memory, Memory::default(), "{length}");
        assert_eq!(fs::read(folder.path().join(BAD)).unwrap(), whole[..length]);
        assert!(!state.exists());
    }
}

#[test]
fn foreign_and_oversized_files_are_no_state() {
    let (_, clock) = clock_at(NOON);
    let folder = with_jane(&clock);
    for foreign in [b"{\"saved\":{}}".to_vec(), vec![b'x'; 1024 * 1024 + 1]] {
        fs::write(folder.path().join(STATE), foreign).unwrap();
        assert_eq!(open(&folder, &clock).memory, Memory::default());
    }
}

#[test]
fn a_fresh_start_after_a_bad_state_keeps_the_claim_of_the_phone() {
    let (_, clock) = clock_at(NOON);
    let folder = with_jane(&clock);
    let claim = open(&folder, &clock).device_key().claim();
    fs::write(folder.path().join(STATE), b"junk").unwrap();
    assert_eq!(open(&folder, &clock).device_key().claim(), claim);
}

#[test]
fn the_time_that_the_phone_was_off_counts() {
    let (time, clock) = clock_at(NOON);
    let folder = with_jane(&clock);
    time.store(NOON + 400, Ordering::Relaxed);
    assert_eq!(ends_in(&open(&folder, &clock)), Some(600));
    time.store(NOON + 4000, Ordering::Relaxed);
    assert_eq!(ends_in(&open(&folder, &clock)), Some(0));
}

#[test]
fn a_clock_that_is_behind_or_was_never_set_takes_no_time_away() {
    let (time, clock) = clock_at(NOON);
    let folder = with_jane(&clock);
    for wrong in [NOON - 1, 0, 86_400] {
        time.store(wrong, Ordering::Relaxed);
        assert_eq!(ends_in(&open(&folder, &clock)), Some(1000), "{wrong}");
    }
    let (time, clock) = clock_at(0);
    let folder = with_jane(&clock);
    time.store(NOON, Ordering::Relaxed);
    assert_eq!(ends_in(&open(&folder, &clock)), Some(1000));
}

#[test]
fn a_guest_is_there_since_their_own_log_in() {
    let (time, clock) = clock_at(NOON);
    let folder = TempDir::new().unwrap();
    let mut store = open(&folder, &clock);
    let mut keep_at = |unix, ends_in| {
        time.store(unix, Ordering::Relaxed);
        store.keep(Saved {
            tenure: Some(tenure(ends_in)),
            ..Saved::default()
        });
        store.memory.signed_in_at
    };
    assert_eq!(keep_at(NOON, Some(1000)), Some(NOON));
    assert_eq!(
        keep_at(NOON + 60, Some(9000)),
        Some(NOON),
        "more time is no log-in"
    );
    store.keep(Saved::default());
    drop(store);
    assert_eq!(ends_in(&open(&folder, &clock)), None);
}

#[test]
fn a_second_process_is_told_so() {
    let (_, clock) = clock_at(NOON);
    let folder = with_jane(&clock);
    let _first = open(&folder, &clock);
    let second = Store::open(folder.path(), &folder.path().join("device.key"), clock);
    assert!(format!("{:#}", second.unwrap_err()).contains("another process"));
}

#[test]
fn a_key_of_the_wrong_size_is_named_and_never_overwritten() {
    let (_, clock) = clock_at(NOON);
    let folder = TempDir::new().unwrap();
    let key = folder.path().join("device.key");
    fs::write(&key, b"short").unwrap();
    let error = Store::open(folder.path(), &key, clock).unwrap_err();
    assert!(format!("{error:#}").contains("32 bytes"));
    assert_eq!(fs::read(&key).unwrap(), b"short");
}

#[test]
fn wiping_erases_everything_of_the_guest_and_follows_no_link() {
    let folder = TempDir::new().unwrap();
    let outside = folder.path().join("outside");
    fs::write(&outside, b"keep").unwrap();
    let guest = folder.path().join("guest");
    fs::create_dir_all(guest.join("photos/deep")).unwrap();
    fs::write(guest.join("calls.db"), b"secret").unwrap();
    symlink(&outside, guest.join("link")).unwrap();
    assert_eq!(wipe(&guest).unwrap(), ["calls.db", "link", "photos"]);
    assert_eq!(fs::read_dir(&guest).unwrap().count(), 0);
    assert_eq!(fs::read(&outside).unwrap(), b"keep");
    assert_eq!(wipe(&folder.path().join("nothing")).unwrap(), [""; 0]);
}

#[test]
fn a_phone_that_cannot_write_works_on_and_writes_as_soon_as_it_can() {
    let (_, clock) = clock_at(NOON);
    let folder = with_jane(&clock);
    let mut store = open(&folder, &clock);
    // What a full or read-only partition does to every write, for any user.
    let in_the_way = folder.path().join("state.new");
    fs::create_dir(&in_the_way).unwrap();
    store.memory.saved.tenure = None;
    store.write();
    assert!(store.is_failing());
    let again = store.poll_timeout().unwrap();
    store.handle_timeout(clock.now());
    assert_eq!(store.poll_timeout(), Some(again), "not before it is time");
    store.handle_timeout(again);
    assert!(store.is_failing(), "it is still in the way");
    fs::remove_dir(&in_the_way).unwrap();
    store.handle_timeout(store.poll_timeout().unwrap());
    assert!(!store.is_failing());
    assert_eq!(store.poll_timeout(), None);
    drop(store);
    assert_eq!(
        ends_in(&open(&folder, &clock)),
        None,
        "the newest state is on flash"
    );
}

#[test]
fn a_state_that_can_only_be_read_is_read_and_still_belongs_to_one_process() {
    let (_, clock) = clock_at(NOON);
    let folder = with_jane(&clock);
    // A lock that nobody can write, whoever runs the tests.
    fs::remove_file(folder.path().join(LOCK)).unwrap();
    fs::create_dir(folder.path().join(LOCK)).unwrap();
    let store = open(&folder, &clock);
    assert_eq!(ends_in(&store), Some(1000));
    assert!(
        store.is_failing(),
        "it is known before anything is to be written"
    );
    let key = folder.path().join("device.key");
    let second = Store::open(folder.path(), &key, clock.clone());
    assert!(second.unwrap_err().to_string().contains("another process"));
}

/// Jane may sign in for 1000 seconds more, and not before another 400.
fn with_a_grant(clock: &Clock) -> TempDir {
    let folder = with_jane(clock);
    let mut store = open(&folder, clock);
    store.belong_to("https://one.example");
    store
        .memory
        .saved
        .offline
        .push(hotdesk_session::SavedGrant {
            id: hotdesk_provisioning::AssociationId::parse("g41").unwrap(),
            names: vec![hotdesk_provisioning::Extension::parse("2001").unwrap()],
            sealed: Secret::new("what-jane-needs".into()),
            expires_in: 1000,
            uses: 1,
            tries: 5,
            locked_for: 400,
        });
    store.write();
    folder
}

#[test]
fn the_time_of_a_grant_and_of_a_lock_runs_while_the_phone_is_off_where_there_is_a_clock() {
    for (off, left) in [(0, (1000, 400)), (300, (700, 100)), (5000, (0, 0))] {
        let (time, clock) = clock_at(NOON);
        let folder = with_a_grant(&clock);
        time.store(NOON + off, Ordering::Relaxed);
        let saved = open(&folder, &clock).saved().offline;
        assert_eq!((saved[0].expires_in, saved[0].locked_for), left, "{off}");
        assert_eq!((saved[0].tries, saved[0].uses), (5, 1));
        // A clock that was never set shortens no lock.
        time.store(100, Ordering::Relaxed);
        let saved = open(&folder, &clock).saved().offline;
        assert_eq!(saved[0].locked_for, 400);
    }
}

#[test]
fn what_one_server_granted_is_not_kept_for_another_and_is_nowhere_in_clear() {
    let (_, clock) = clock_at(NOON);
    let folder = with_a_grant(&clock);
    let bytes = fs::read(folder.path().join(STATE)).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for secret in ["what-jane-needs", "g41", "2001"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let mut store = open(&folder, &clock);
    store.belong_to("https://one.example");
    assert_eq!(store.saved().offline.len(), 1);
    store.belong_to("https://two.example");
    assert!(store.saved().offline.is_empty());
    drop(store);
    assert!(open(&folder, &clock).saved().offline.is_empty());
}
