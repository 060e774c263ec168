//! A desk with a virtual phone on it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rig::World;
use rig::qemu::{Board, Disk, Firmware, Machine, Picture, Start};

/// The SIP port of a phone, as it knows it itself.
pub(crate) const SIP_PORT: u16 = 5060;
/// The panel of the phone.
const PANEL: &str = "480x272";

/// The desk that stands on the recorded pictures.
pub(crate) const DESK_12: &str = "[[phones]]\nmac = \"02005e100011\"\nname = \"Desk 12\"\nextension = \"3001\"\nmodel = \"HD-480\"\n";

/// A data partition that leads to this world.
pub(crate) fn disk(world: &World) -> Disk {
    disk_with(world, "kind = \"framebuffer\"\n")
}

/// The same with something else in its `[display]` table.
pub(crate) fn disk_with(world: &World, display: &str) -> Disk {
    let server = world.site.https.address().port();
    let toml = rig::qemu::agent_toml(server, display);
    Disk::provisioned(&toml, &world.site.provd.ca_file())
}

/// The phone at the first desk, switched on, as soon as it is the desk's own phone.
pub(crate) async fn vacant_phone(world: &World) -> Machine {
    let mut phone =
        Machine::start(&Firmware::find(), Board::Phone, Start::Saved, disk(world)).await;
    phone.expect_text("Sign in to use this phone").await;
    world.expect_bindings(&[("3001", SIP_PORT)]).await;
    phone
}

/// Waits until the screen is pixel by pixel the recorded one, whose clock says 10:42: so does every clock of the site
/// while this waits.
pub(crate) async fn expect_golden(world: &World, phone: &mut Machine, name: &str) {
    let golden = Picture::golden(PANEL, name);
    at_recorded_time(world, phone.expect_screen(name, &golden)).await;
}

/// Does something while it is the time of the recorded pictures on every clock of the site.
pub(crate) async fn at_recorded_time(world: &World, done: impl Future<Output = ()>) {
    tokio::select! {
        () = done => {}
        () = keep_the_clock(world) => {}
    }
}

/// Moves the site to wherever it is 10:42 now, again with every minute.
async fn keep_the_clock(world: &World) {
    let mut set = None;
    loop {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let minute = i64::try_from(now.as_secs() / 60 % 1440).unwrap_or_default();
        let offset = (10 * 60 + 42 - minute + 720).rem_euclid(1440) - 720;
        if set.replace(offset) != Some(offset) {
            let site = format!(
                "[site]\nname = \"Main\"\nutc_offset_minutes = {offset}\n[site.policy]\n\
                 emergency_numbers = [\"112\", \"999\", \"911\"]\nvacant_calls = \"internal\"\ntakeover = \"ask\"\n\
                 confirm_logout = true\n"
            );
            world.site.provd.import(&site).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
