//! A desk with a virtual phone on it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rig::qemu::{Board, Disk, Firmware, Machine, Picture, Start};
use rig::{JANE, JANE_PIN, JANE_SHORT, World};

/// The SIP port of a phone, as it knows it itself.
pub(crate) const SIP_PORT: u16 = 5060;
/// The panel of the phone.
const PANEL: &str = "480x272";

/// Later than the machine is on, which is all that the kernel asks of a time.
pub(crate) const IN_1970: u64 = 1000;

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

/// The lamp that says: look at the screen.
pub(crate) const ATTENTION_LAMP: u8 = 6;

/// A configuration that leads to this world.
pub(crate) fn agent_toml(world: &World) -> String {
    let server = world.site.https.address().port();
    rig::qemu::agent_toml(server, "kind = \"framebuffer\"\n")
}

/// One with this configuration, and another file beside it.
pub(crate) fn disk_holding(world: &World, agent_toml: &str, beside: (&str, &str)) -> Disk {
    let more = tempfile::tempdir().unwrap();
    let (name, content) = beside;
    std::fs::create_dir(more.path().join("etc")).unwrap();
    std::fs::write(more.path().join("etc").join(name), content).unwrap();
    let ca_file = world.site.provd.ca_file();
    Disk::provisioned_with(agent_toml, &ca_file, Some(more.path()))
}

/// The phone at the first desk, switched on, as soon as it is the desk's own phone.
pub(crate) async fn vacant_phone(world: &World) -> Machine {
    let mut phone = switched_on(disk(world)).await;
    expect_vacant(world, &mut phone).await;
    phone
}

/// A phone that was just switched on.
pub(crate) async fn switched_on(disk: Disk) -> Machine {
    Machine::start(&Firmware::find(), Board::Phone, Start::Saved, disk).await
}

/// Waits until the phone is the desk's own.
pub(crate) async fn expect_vacant(world: &World, phone: &mut Machine) {
    phone.expect_text("Sign in to use this phone").await;
    world.expect_bindings(&[("3001", SIP_PORT)]).await;
}

/// Waits until Jane is signed in, by what the screen says and by where she can be called.
pub(crate) async fn expect_jane(world: &World, phone: &mut Machine) {
    phone.expect_text("Jane Doe").await;
    world.expect_bindings(&[(JANE, SIP_PORT)]).await;
}

/// Signs Jane in with the keys of the phone.
pub(crate) async fn sign_jane_in(world: &World, phone: &mut Machine) {
    phone.press(&format!("{JANE_SHORT}#{JANE_PIN}#")).await;
    expect_jane(world, phone).await;
}

/// Has the phone draw a picture, by two keys that leave it where it is.
pub(crate) async fn touch(phone: &mut Machine) {
    phone.press("[1]").await;
    phone.expect_text("Extension").await;
    phone.press("B").await;
    phone.expect_text("Sign in to use this phone").await;
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
            let sign = if offset < 0 { '-' } else { '+' };
            let site = format!(
                "[site]\nname = \"Main\"\ntime_zone = \"{sign}{:02}:{:02}\"\n[site.policy]\n\
                 emergency_numbers = [\"112\", \"999\", \"911\"]\nvacant_calls = \"internal\"\ntakeover = \"ask\"\n\
                 confirm_logout = true\n",
                offset.abs() / 60,
                offset.abs() % 60,
            );
            world.site.provd.import(&site).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
