//! A machine that has booted as far as its drivers, kept in a file: every scenario starts from there.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::json;
use tokio::sync::Mutex;

use super::firmware::HOLD;
use super::{Board, Disk, Firmware, Machine};

/// Two tests that start at once make it once.
static MAKING: Mutex<()> = Mutex::const_new(());

/// How to start a machine that goes on where the saved one stood: with the same arguments.
pub(super) struct Saved {
    pub(super) root: PathBuf,
    pub(super) command_line: String,
    state: PathBuf,
}

impl Saved {
    pub(super) fn incoming(&self) -> String {
        format!("exec:cat {}", self.state.display())
    }
}

/// The saved state of this image on this board, made if it is not there yet.
pub(super) async fn state(firmware: &Firmware, board: Board) -> Saved {
    let _one_at_a_time = MAKING.lock().await;
    let folder = firmware.folder().join(format!("saved/{board:?}"));
    std::fs::create_dir_all(&folder).unwrap();
    let mut key = DefaultHasher::new();
    for file in [
        firmware.kernel(),
        firmware.root(),
        firmware.folder().join("cmdline"),
        firmware.folder().join("boards").join(board.tree()),
        PathBuf::from("/usr/bin/qemu-system-arm"),
        std::env::current_exe().unwrap(),
    ] {
        made(&file).hash(&mut key);
    }
    let saved = Saved {
        root: folder.join("initramfs-for-tests"),
        command_line: format!("{} {HOLD}", firmware.command_line()),
        state: folder.join(format!("{:016x}", key.finish())),
    };
    if !saved.state.exists() {
        // One kept state is enough; those of older images only fill the disk.
        for old in std::fs::read_dir(&folder).unwrap().flatten() {
            let _ = std::fs::remove_file(old.path());
        }
        firmware.root_for_tests(&folder);
        make(firmware, board, &saved).await;
    }
    saved
}

/// Length and time of a file: what changes when it is made anew.
fn made(file: &Path) -> Option<(u64, SystemTime)> {
    let data = file.metadata().ok()?;
    Some((data.len(), data.modified().ok()?))
}

async fn make(firmware: &Firmware, board: Board, saved: &Saved) {
    let nothing = tempfile::NamedTempFile::new().unwrap();
    let disk = Disk::provisioned("", nothing.path());
    // Nothing is at the other end of this cable, so nothing of it is saved: the state fits any network.
    let cable = ["-netdev", "hubport,id=net0,hubid=0"].map(str::to_owned);
    let (root, line) = (&saved.root, &saved.command_line);
    let mut machine = Machine::launch(firmware, board, disk, root, line, &cable).await;
    machine.expect_console("holding").await;
    let part = saved.state.with_extension("part");
    let all_at_once = json!({ "max-bandwidth": 1_000_000_000_000_u64 });
    let to_file = json!({ "uri": format!("exec:cat > {}", part.display()) });
    machine.order("stop", json!({})).await;
    machine.order("migrate-set-parameters", all_at_once).await;
    machine.order("migrate", to_file).await;
    crate::eventually("the state is saved", async || {
        let status = machine.order("query-migrate", json!({})).await;
        if status["status"] == "completed" {
            Ok(())
        } else {
            Err(status)
        }
    })
    .await;
    std::fs::rename(&part, &saved.state).expect("QEMU wrote the state");
}
