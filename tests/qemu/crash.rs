//! Power cuts at every moment that matters: what is on flash is always a whole state, and never one that had ended.

use std::path::Path;

use rig::qemu::{Disk, Writes, unpack};
use rig::{JANE, Phone, World, phone_config};

use crate::desk::{self, SIP_PORT};

/// Lucks that each moment is tried with, beside the one that loses everything.
const LUCKS: u64 = 2;

/// The life of a phone, told by how much it had written at each step.
struct Life {
    /// Nobody is signed in.
    vacant: usize,
    /// Jane is.
    occupied: usize,
    /// Jane begins to sign out.
    leaving: usize,
    /// Nobody is any more.
    left: usize,
}

impl Life {
    /// Whether what is left of the phone at a moment must have Jane signed in; `None` while that is changing.
    fn wants_jane(&self, moment: usize) -> Option<bool> {
        match moment {
            _ if moment <= self.vacant || moment >= self.left => Some(false),
            _ if (self.occupied..=self.leaving).contains(&moment) => Some(true),
            _ => None,
        }
    }
}

/// Lives it on a recorded partition.
async fn live(world: &World) -> (Life, Writes) {
    let mut phone = desk::switched_on(desk::disk(world).recorded()).await;
    desk::expect_vacant(world, &mut phone).await;
    // The time of the last write is a write, too.
    phone.run("sync").await;
    let vacant = phone.disk().moment();
    desk::sign_jane_in(world, &mut phone).await;
    let occupied = phone.disk().moment();
    phone.run("sync").await;
    let leaving = phone.disk().moment();
    phone.press("*46K").await;
    desk::expect_vacant(world, &mut phone).await;
    // The server hears that Jane left.
    world.expect_revoked(JANE).await;
    let left = phone.disk().moment();
    let writes = phone.cut_power().writes();
    let life = Life {
        vacant,
        occupied,
        leaving,
        left,
    };
    (life, writes)
}

/// Whether the agent, started on what is left, has Jane signed in; it says nothing of a state that it cannot read.
async fn has_jane(image: &[u8]) -> Result<bool, String> {
    let folder = tempfile::tempdir().unwrap();
    let partition = folder.path().join("data.img");
    std::fs::write(&partition, image).unwrap();
    unpack(&partition, "/hotdesk", folder.path());
    let nowhere = ([127, 0, 0, 1], 1).into();
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, "").unwrap();
    let mut config = phone_config("02005e100011", nowhere, authority, folder.path());
    config.ca_file = None;
    config.state_dir = folder.path().join("hotdesk");
    config.key_file = config.state_dir.join("device.key");
    let phone = Phone::start(config).await;
    let status = phone.status();
    let _ = phone.switch_off().await;
    let is_whole = status.desk_extension.is_some() && !exists(folder.path(), "hotdesk/state.bad");
    is_whole
        .then_some(status.user.is_some())
        .ok_or_else(|| format!("{status:?}"))
}

fn exists(folder: &Path, name: &str) -> bool {
    folder.join(name).exists()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_at_any_moment_leaves_the_old_state_or_the_new_one() {
    let world = World::start_for_machines("").await;
    let (life, writes) = live(&world).await;
    let is_written = life.vacant < life.occupied && life.leaving < life.left;
    assert!(is_written, "each change is on flash at once");
    let mut seen = [0, 0];
    for (moment, seed) in cuts(&life, &writes) {
        let at = format!("after {moment} of {} writes, luck {seed}", writes.len());
        let found = has_jane(&writes.after_a_cut(moment, seed)).await;
        let found = found.unwrap_or_else(|why| panic!("{at}: neither: {why}"));
        let wanted = life.wants_jane(moment).unwrap_or(found);
        assert_eq!(found, wanted, "{at}: whether Jane is signed in");
        seen[usize::from(found)] += 1;
    }
    assert!(
        seen.iter().all(|&images| images > LUCKS),
        "{seen:?} images without and with Jane"
    );

    // A phone that comes back with Jane though the server has heard that she left: she is not signed in again.
    let with_jane = writes.after_a_cut(life.leaving, 0);
    let mut phone = desk::switched_on(Disk::holding(&with_jane)).await;
    phone.expect_text("Jane Doe was logged out").await;
    world.expect_bindings(&[("3001", SIP_PORT)]).await;
}

/// Every moment to try, and with which luck: what is lost makes no difference where everything was flushed, and losing
/// everything is the same as an earlier cut.
fn cuts(life: &Life, writes: &Writes) -> Vec<(usize, u64)> {
    let ends = [
        life.vacant,
        life.occupied,
        life.leaving,
        life.left,
        writes.len(),
    ];
    let moments = writes
        .moments()
        .into_iter()
        .filter(|moment| *moment >= life.vacant);
    let mut moments: Vec<_> = moments.chain(ends).collect();
    moments.sort_unstable();
    moments.dedup();
    let lucks = |moment| {
        if writes.is_flushed(moment) {
            0..=0
        } else {
            1..=LUCKS
        }
    };
    moments
        .into_iter()
        .flat_map(|moment| lucks(moment).map(move |luck| (moment, luck)))
        .collect()
}
