//! What hangs on GPIO lines: panels on a serial bus, decoded from every change of their wires, and a lamp.

use std::time::Duration;

use hotdesk_ui::{Panel, paint};
use rig::qemu::{
    Board, ColorChip, Disk, Firmware, Machine, PageChip, PanelChip, Picture, Qtest, Wired,
};
use rig::{JANE_PIN, JANE_SHORT, World};
use tokio::time::Instant;

use crate::{desk, gallery};

/// Wires that do not move for so long have sent all that they had.
const QUIET: Duration = Duration::from_millis(300);
/// Longest that a picture may take that comes bit by bit.
const PICTURE_MAX: Duration = Duration::from_secs(90);
/// How far a part of a colour may be off when it is kept in five bits: half a step, and one for rounding twice.
const FIVE_BITS: u8 = 255 / 31 / 2 + 1;
/// Columns and rows of the glass of an ILI9488.
const LARGE: (u32, u32) = (320, 480);
/// The lamp on a line of its own.
const LAMP: u8 = 6;

fn display(kind: &str, more: &str) -> String {
    format!(
        "kind = \"{kind}\"\ndevice = \"/dev/spidev0.0\"\nspeed_hz = 40000000\n{more}\n\
         dc = {{ chip = \"/dev/gpiochip0\", line = 4 }}\nreset = {{ chip = \"/dev/gpiochip0\", line = 5 }}\n"
    )
}

/// Follows the wires until the panel on them shows this, with no part of a colour further off than the number beside it.
async fn expect_wired(
    pins: &mut Qtest,
    panel: &mut Wired<impl PanelChip>,
    (what, wanted, tolerance): (&str, &Picture, u8),
) {
    let deadline = Instant::now() + PICTURE_MAX;
    let mut edges = 0;
    loop {
        if let Some(edge) = pins.edge(QUIET).await {
            panel.edge(edge);
            edges += 1;
            continue;
        }
        let seen = panel.chip.picture();
        let difference = match &seen {
            Ok(picture) => picture.difference(wanted, tolerance),
            Err(why) => Some(why.clone()),
        };
        let Some(difference) = difference else { return };
        if Instant::now() > deadline {
            let kept = seen.map(|picture| picture.keep(what));
            panic!(
                "after {edges} edges the panel does not show {what}: {difference}; it is in {kept:?}"
            );
        }
    }
}

/// Follows the wires until the panel is so.
async fn follow_until<C: PanelChip>(
    pins: &mut Qtest,
    panel: &mut Wired<C>,
    is_so: impl Fn(&C) -> bool,
) {
    let deadline = Instant::now() + PICTURE_MAX;
    while !is_so(&panel.chip) {
        assert!(Instant::now() < deadline, "the panel is not drawn on");
        if let Some(edge) = pins.edge(QUIET).await {
            panel.edge(edge);
        }
    }
}

/// A phone with this display, and a panel's file of its vendor that the display may name.
fn disk(world: &World, display: &str) -> Disk {
    let toml = rig::qemu::agent_toml(world.site.https.address().port(), display);
    desk::disk_holding(world, &toml, ("panel.toml", &vendors_panel()))
}

/// The layout for a glass that this image has no type for, in type that it has.
fn vendors_panel() -> String {
    include_str!("../../assets/panels/320x240.toml")
        .replace("fonts = \"320x240\"", "fonts = \"480x272\"")
}

/// The vacant screen on a panel that no picture is recorded of, drawn here.
fn vacant_on(panel: &str) -> Picture {
    let panel = Panel::parse(panel).unwrap();
    let samples = gallery::all();
    let vacant = samples.iter().find(|sample| sample.name == "vacant");
    let mut picture = hotdesk_ui::Picture::new(panel.size.width, panel.size.height);
    paint(&vacant.unwrap().screen(&panel), &panel, &mut picture);
    let (width, pixels) = (picture.width(), picture.pixels());
    Picture::painted(width, picture.height(), |x, y| {
        let at = 3 * (y * width + x) as usize;
        [0, 1, 2].map(|part| pixels[at + part])
    })
}

async fn expect_vacant(display: &str, chip: impl PanelChip, wanted: (&str, &Picture, u8)) {
    let world = World::start_for_machines(desk::DESK_12).await;
    let disk = disk(&world, display);
    let mut panel = Wired::new(chip);
    let (_phone, mut pins) = Machine::start_watched(&Firmware::find(), Board::Glass, disk).await;
    desk::at_recorded_time(&world, expect_wired(&mut pins, &mut panel, wanted)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colour_panel_with_a_square_glass_shows_the_vacant_screen() {
    let golden = Picture::golden("192x64", "vacant").centred(240, 240);
    let wanted = ("vacant-st7789", &golden, FIVE_BITS);
    expect_vacant(
        &display("st7789", "size = \"240x240\"\npanel = \"192x64\""),
        ColorChip::new(240, 240),
        wanted,
    )
    .await;
}

/// A vendor's layout on a panel that stands on its side. The picture is another one when red and blue are exchanged.
async fn expect_vacant_on_its_side(kind: &str, more: &str, chip: ColorChip) {
    let picture = vacant_on(&vendors_panel()).turned(1);
    let what = format!("vacant-{kind}");
    let more = format!("panel = \"panel.toml\"\nrotation = 90\n{more}");
    expect_vacant(&display(kind, &more), chip, (&what, &picture, FIVE_BITS)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colour_panel_on_its_side_shows_the_vacant_screen_in_a_vendors_layout() {
    expect_vacant_on_its_side("ili9341", "", ColorChip::new(240, 320)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colour_panel_with_blue_first_shows_the_vacant_screen_in_its_colours() {
    let chip = ColorChip::new(240, 320).with_blue_first();
    expect_vacant_on_its_side("st7789", "bgr = true", chip).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_for_help_does_not_wait_for_a_panel_that_takes_its_time() {
    let world = World::start_for_machines("").await;
    let disk = disk(&world, &display("ili9488", "rotation = 90"));
    let mut panel = Wired::new(ColorChip::new(LARGE.0, LARGE.1));
    let (mut phone, mut pins) = Machine::start_watched(&Firmware::find(), Board::Glass, disk).await;
    follow_until(&mut pins, &mut panel, |chip| chip.pixels() > 0).await;
    let typing = async {
        phone.press("7654321").await;
        phone.expect_text("7654321").await;
        phone.press("BBBBBBB").await;
        phone.call_for_help("112").await;
    };
    let all = (LARGE.0 * LARGE.1) as usize;
    tokio::select! {
        () = typing => {}
        () = follow_until(&mut pins, &mut panel, |chip| chip.pixels() >= all) => {
            panic!("the first picture is complete and nobody was called")
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panel_of_one_bit_shows_the_vacant_screen() {
    let golden = Picture::golden("132x64", "vacant").in_greys(2);
    let wanted = ("vacant-st7565", &golden, 0);
    expect_vacant(
        &display("st7565", "panel = \"132x64\""),
        PageChip::new(132, 64),
        wanted,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lamp_on_a_line_burns_while_somebody_is_signed_in() {
    let world = World::start_for_machines("").await;
    let server = world.site.https.address().port();
    let toml = rig::qemu::agent_toml(server, "kind = \"none\"\n").replace(
        "{ led = \"green:user\" }",
        "{ chip = \"/dev/gpiochip0\", line = 6 }",
    );
    let disk = Disk::provisioned(&toml, &world.site.provd.ca_file());
    let (mut phone, mut pins) = Machine::start_watched(&Firmware::find(), Board::Glass, disk).await;
    phone.expect_text("Sign in to use this phone").await;
    phone.press(&format!("{JANE_SHORT}#{JANE_PIN}#")).await;
    pins.expect(LAMP, true).await;
    phone.press("*46K").await;
    pins.expect(LAMP, false).await;
}
