//! Framebuffers of the kernel in every order of bits that a phone's display controller may want, seen in the guest's memory.

use rig::World;
use rig::qemu::{Board, Disk, FRAMES, Firmware, Frame, MOVING_FRAME, Machine, Picture, Start};

use crate::desk;

/// How far a part of a colour may be off when it is kept in five bits: half a step, and one for rounding twice.
const FIVE_BITS: u8 = 255 / 31 / 2 + 1;

/// A phone with this display, at its desk.
async fn phone_with(world: &World, display: &str) -> Machine {
    let disk = desk::disk_with(world, display);
    Machine::start(&Firmware::find(), Board::Glass, Start::Saved, disk).await
}

/// Waits until the vacant screen is in a frame memory, with the panel turned by so many degrees.
async fn expect_vacant(
    world: &World,
    phone: &mut Machine,
    (frame, degrees, tolerance): (&Frame, u32, u8),
) {
    let golden = Picture::golden("480x272", "vacant").turned(degrees / 90);
    let what = format!(
        "vacant-{}-{degrees}",
        frame.node.rsplit('/').next().unwrap()
    );
    let look = async |phone: &mut Machine| Ok(frame.picture(phone).await);
    let seen = phone.expect_picture(&what, (&golden, tolerance), look);
    desk::at_recorded_time(world, seen).await;
}

/// Switches on a phone with this frame memory, and waits until the vacant screen is there.
async fn expect_vacant_on(frame: Frame, degrees: u32, tolerance: u8) {
    let world = World::start_for_machines(desk::DESK_12).await;
    let mut phone = phone_with(&world, &display(frame, degrees)).await;
    expect_vacant(&world, &mut phone, (&frame, degrees, tolerance)).await;
}

fn display(frame: Frame, degrees: u32) -> String {
    let node = frame.node;
    format!("kind = \"framebuffer\"\ndevice = \"{node}\"\nrotation = {degrees}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_bits_in_rows_with_a_gap() {
    expect_vacant_on(FRAMES[0], 0, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_four_bits_upside_down() {
    expect_vacant_on(FRAMES[1], 180, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_bits_turned_right() {
    expect_vacant_on(FRAMES[2], 90, FIVE_BITS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_bits_turned_left() {
    expect_vacant_on(FRAMES[2], 270, FIVE_BITS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_is_in_the_part_of_the_memory_that_is_shown_wherever_that_moves() {
    let world = World::start_for_machines(desk::DESK_12).await;
    let mut phone = phone_with(&world, &display(MOVING_FRAME, 0)).await;
    let wanted = (&MOVING_FRAME, 0, 0);
    expect_vacant(&world, &mut phone, wanted).await;
    let before = phone.status().await.unwrap().pid;
    // Behind all that was drawn, half in it, and back to what was.
    for row in [272, 100, 0] {
        let node = "/sys/class/graphics/fb1/pan";
        let moved = phone
            .run(&format!("echo 0,{row} >{node}; cat {node}"))
            .await;
        assert_eq!(moved.trim(), format!("0,{row}"));
        // Nobody tells the agent: it sees that when it draws.
        desk::touch(&mut phone).await;
        expect_vacant(&world, &mut phone, wanted).await;
    }
    assert_eq!(phone.status().await.unwrap().pid, before);
}

/// A lamp on a line of its own.
const LAMP: u8 = 6;
/// Takes away what nobody can draw on, and has the good one of 32 bits come in its place.
const CHANGE: &str = "cd /sys/bus/platform/drivers; echo 45f10000.display >wm8505-fb/unbind; cd simple-framebuffer; \
                      echo 45c00000.framebuffer >unbind; echo 45c00000.framebuffer >bind; cd /";

#[tokio::test(flavor = "multi_thread")]
async fn a_format_that_there_is_no_packer_for_is_said_and_another_one_is_drawn_without_a_restart() {
    let world = World::start_for_machines(desk::DESK_12).await;
    let toml = desk::agent_toml(&world).replace(
        "{ led = \"amber:attention\" }",
        "{ chip = \"/dev/gpiochip0\", line = 6 }",
    );
    let disk = Disk::provisioned(&toml, &world.site.provd.ca_file());
    let (mut phone, mut pins) = Machine::start_watched(&Firmware::find(), Board::Glass, disk).await;
    let before = phone
        .expect_troubles(&["/dev/fb0: there is no packer for 12 bits per pixel"])
        .await;
    pins.expect(LAMP, true).await;
    let log = phone.run("logread | grep 'no display: /dev/fb0'").await;
    assert!(log.contains("12 bits per pixel"), "{log}");
    phone.call_for_help("112").await;

    assert_eq!(phone.run(CHANGE).await, "");
    phone.expect_troubles(&[]).await;
    pins.expect(LAMP, false).await;
    expect_vacant(&world, &mut phone, (&FRAMES[0], 0, 0)).await;
    assert_eq!(phone.status().await.unwrap().pid, before.pid);
}
