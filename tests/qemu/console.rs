//! The kernel's own text on the display: kept away from the picture while the phone runs, and back when it has ended.

use rig::qemu::{Board, Firmware, Machine, Picture, Start};
use rig::{World, eventually};

use crate::desk;

/// Text from the top left, and a cursor behind it.
const TEXT: &str = "printf '\\033[H\\033[?25hThe kernel has something to say' >/dev/tty1";

#[tokio::test(flavor = "multi_thread")]
async fn text_and_cursor_stay_away_until_the_agent_ends() {
    let world = World::start_for_machines(desk::DESK_12).await;
    let display = "kind = \"framebuffer\"\nconsole = \"/dev/tty0\"\n";
    let disk = desk::disk_with(&world, display);
    let mut phone = Machine::start(&Firmware::find(), Board::Phone, Start::Saved, disk).await;
    desk::expect_golden(&world, &mut phone, "vacant").await;

    // Only root may silence a terminal that is not its own.
    let as_root = "sed -i 's/ hotdesk -c/ root -c/' /usr/lib/hotdesk/supervise; killall hotdeskd";
    let before = phone.run(&format!("pidof hotdeskd; {as_root}")).await;
    phone.expect_text("Sign in to use this phone").await;
    assert_ne!(before, phone.run("pidof hotdeskd").await);
    phone.run(TEXT).await;
    desk::expect_golden(&world, &mut phone, "vacant").await;

    let nothing = "printf '#!/bin/sh\\nexec sleep 1000\\n' >/usr/lib/hotdesk/supervise";
    phone.run(&format!("{nothing}; killall hotdeskd")).await;
    phone.run(TEXT).await;
    eventually("the kernel's text", async || {
        let screen = phone.screen().await?;
        if is_text(&screen) {
            Ok(())
        } else {
            Err("the picture is still there".to_owned())
        }
    })
    .await;
}

/// One line of text at the top, and nothing below.
fn is_text(screen: &Picture) -> bool {
    let lit = |rows: std::ops::Range<u32>| {
        let mut places = rows.flat_map(|y| (0..screen.width).map(move |x| (x, y)));
        places.any(|(x, y)| screen.at(x, y) != [0; 3])
    };
    lit(0..16) && !lit(32..screen.height)
}
