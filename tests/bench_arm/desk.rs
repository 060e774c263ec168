//! A phone in a virtual machine at the first desk, and what its agent says of itself.

use std::path::Path;
use std::time::Duration;

use rig::qemu::{Board, Disk, Firmware, Machine, Start};
use rig::{JANE, JANE_PIN, JANE_SHORT, World, eventually_within};
use serde_json::Value;

/// Longest that a phone may take from reset to its number.
const BOOT_MAX: Duration = Duration::from_secs(60);
/// What asks the agent in the guest.
const ASK: &str = "hotdeskd --socket /run/hotdesk/control.sock --json";

/// The data partition of the phone.
pub(crate) fn disk(world: &World) -> Disk {
    disk_with(world, "", None)
}

/// The same with more lines in the configuration, and more files beside it.
fn disk_with(world: &World, more_lines: &str, more: Option<&Path>) -> Disk {
    let https = world.site.https.address().port();
    let display = format!("kind = \"framebuffer\"\n{more_lines}");
    let toml = rig::qemu::agent_toml(https, &display);
    Disk::provisioned_with(&toml, &world.site.provd.ca_file(), more)
}

/// Switches a phone on and waits until it is the desk's own.
pub(crate) async fn phone(world: &World, start: Start) -> Machine {
    start_from(disk(world), start).await
}

/// A phone that says in its log what wakes it up, with more files on its data partition.
pub(crate) async fn talkative_phone(world: &World, more: &Path) -> Machine {
    let disk = disk_with(world, "[log]\nlevel = \"trace\"\n", Some(more));
    start_from(disk, Start::Saved).await
}

async fn start_from(disk: Disk, start: Start) -> Machine {
    let mut phone = Machine::start(&Firmware::find(), Board::Phone, start, disk).await;
    expect_user(&mut phone, None).await;
    phone
}

/// What the agent says of itself; `None` while it does not answer.
pub(crate) async fn status(phone: &mut Machine) -> Option<Value> {
    let answer = phone.run(&format!("{ASK} status 2>/dev/null")).await;
    let answer: Value = serde_json::from_str(answer.trim()).ok()?;
    answer.get("status").cloned()
}

/// Waits until this number is signed in (`None`: nobody) and the right account registered; what the agent then says.
pub(crate) async fn expect_user(phone: &mut Machine, number: Option<&str>) -> Value {
    for _ in 0..200 {
        if let Some(status) = status(phone).await {
            let user = status["user"]["extension"].as_str();
            if user == number && status["registered"] == true && status["server"] == true {
                return status;
            }
        }
    }
    panic!(
        "{number:?} is not signed in; the console: {}",
        phone.console()
    );
}

/// Signs Jane in by the keys of the phone.
pub(crate) async fn log_in(phone: &mut Machine) -> Value {
    phone.press(&format!("{JANE_SHORT}#{JANE_PIN}#")).await;
    expect_user(phone, Some(JANE)).await
}

/// Signs whoever is there out.
pub(crate) async fn log_out(phone: &mut Machine) {
    phone.run(&format!("{ASK} logout")).await;
    expect_user(phone, None).await;
}

/// Waits until the registrar has accepted Jane from the phone.
pub(crate) async fn expect_accepted(world: &World) {
    eventually_within(BOOT_MAX, "the registrar accepts Jane", async || {
        let seen = world.site.sip.take_seen();
        let accepted = |m: &rig::Message| {
            m.way == rig::Way::Down && m.user == JANE && m.start.contains(" 200 ")
        };
        if seen.iter().any(accepted) {
            Ok(())
        } else {
            Err("not yet")
        }
    })
    .await;
}
