//! Framebuffers of the kernel in every order of bits that a phone's display controller may want, seen in the guest's memory.

use rig::World;
use rig::qemu::{Board, Disk, FRAMES, Firmware, Frame, Machine, Picture, Start};

use crate::desk;

/// How far a part of a colour may be off when it is kept in five bits: half a step, and one for rounding twice.
const FIVE_BITS: u8 = 255 / 31 / 2 + 1;

/// A phone with this display, at its desk.
async fn phone_with(world: &World, display: &str) -> Machine {
    let disk = desk::disk_with(world, display);
    Machine::start(&Firmware::find(), Board::Glass, Start::Saved, disk).await
}

/// Waits until the vacant screen is in the frame memory of a phone, with its panel turned by so many degrees.
async fn expect_vacant(frame: Frame, degrees: u32, tolerance: u8) {
    let world = World::start_for_machines(desk::DESK_12).await;
    let node = frame.node;
    let display = format!("kind = \"framebuffer\"\ndevice = \"{node}\"\nrotation = {degrees}\n");
    let mut phone = phone_with(&world, &display).await;
    let golden = Picture::golden("480x272", "vacant").turned(degrees / 90);
    let what = format!("vacant-{}-{degrees}", node.rsplit('/').next().unwrap());
    let look = async |phone: &mut Machine| Ok(frame.picture(phone).await);
    let seen = phone.expect_picture(&what, (&golden, tolerance), look);
    desk::at_recorded_time(&world, seen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_bits_in_rows_with_a_gap() {
    expect_vacant(FRAMES[0], 0, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_four_bits_upside_down() {
    expect_vacant(FRAMES[1], 180, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_bits_turned_right() {
    expect_vacant(FRAMES[2], 90, FIVE_BITS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_bits_turned_left() {
    expect_vacant(FRAMES[2], 270, FIVE_BITS).await;
}

/// A lamp on a line of its own.
const LAMP: u8 = 6;
/// Takes away what no picture fits on, and has the good one of 32 bits come in its place.
const CHANGE: &str = "cd /sys/bus/platform/drivers/simple-framebuffer; echo 45f00000.framebuffer >unbind; \
                      echo 45c00000.framebuffer >unbind; echo 45c00000.framebuffer >bind; cd /";

#[tokio::test(flavor = "multi_thread")]
async fn a_format_that_no_picture_fits_is_said_and_another_one_is_drawn_without_a_restart() {
    let world = World::start_for_machines(desk::DESK_12).await;
    let toml = desk::agent_toml(&world).replace(
        "{ led = \"amber:attention\" }",
        "{ chip = \"/dev/gpiochip0\", line = 6 }",
    );
    let disk = Disk::provisioned(&toml, &world.site.provd.ca_file());
    let (mut phone, mut pins) = Machine::start_watched(&Firmware::find(), Board::Glass, disk).await;
    let before = phone
        .expect_troubles(&["/dev/fb0: the driver's rows lie outside its memory"])
        .await;
    pins.expect(LAMP, true).await;
    let log = phone.run("logread | grep 'no display: /dev/fb0'").await;
    assert!(log.contains("the driver's rows"), "{log}");
    phone.call_for_help("112").await;

    assert_eq!(phone.run(CHANGE).await, "");
    phone.expect_troubles(&[]).await;
    pins.expect(LAMP, false).await;
    let golden = Picture::golden("480x272", "vacant");
    let look = async |phone: &mut Machine| Ok(FRAMES[0].picture(phone).await);
    let seen = phone.expect_picture("vacant-instead", (&golden, 0), look);
    desk::at_recorded_time(&world, seen).await;
    assert_eq!(phone.status().await.unwrap().pid, before.pid);
}
