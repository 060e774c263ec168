//! A display controller that is told how many bits a pixel has, 32 to one, and a small glass on I2C.

use rig::World;
use rig::qemu::{Board, Firmware, Machine, Picture, Start};

use crate::desk;

/// How far a part of a colour may be off: the controller keeps five bits and shows them as the upper five of eight, which
/// is up to seven too dark, after half a step of rounding.
const FIVE_BITS: u8 = 7 + 4;
/// The same for greys, which its palette keeps in five bits after the kernel cut off the others.
const PALETTE: u8 = 8;

async fn phone_with(world: &World, display: &str) -> Machine {
    let disk = desk::disk_with(world, display);
    Machine::start(&Firmware::find(), Board::Express, Start::Saved, disk).await
}

async fn expect_at(world: &World, phone: &mut Machine, bits: u32, wanted: (&Picture, u8)) {
    let what = format!("vacant-{bits}-bits");
    let seen = phone.expect_picture(&what, wanted, async |phone| phone.screen().await);
    desk::at_recorded_time(world, seen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vacant_screen_in_every_depth_from_thirty_two_bits_to_one() {
    let world = World::start_for_machines(desk::DESK_12).await;
    let mut phone = phone_with(&world, "kind = \"framebuffer\"\n").await;
    let golden = Picture::golden("480x272", "vacant");
    expect_at(&world, &mut phone, 32, (&golden, 0)).await;
    let before = phone.status().await.unwrap().pid;
    for bits in [16, 8, 4, 2, 1] {
        let node = "/sys/class/graphics/fb0/bits_per_pixel";
        let set = phone.run(&format!("echo {bits} >{node}; cat {node}")).await;
        assert_eq!(set.trim(), bits.to_string());
        // Nobody tells the agent: it sees that when it draws.
        desk::touch(&mut phone).await;
        let (wanted, tolerance) = match bits {
            16 => (golden.clone(), FIVE_BITS),
            _ => (golden.in_greys(1 << bits), PALETTE),
        };
        expect_at(&world, &mut phone, bits, (&wanted, tolerance)).await;
    }
    assert_eq!(phone.status().await.unwrap().pid, before);
}

/// What stands on the small glass of a vacant phone: as much as fits of what to do, and of the soft keys.
const STRIP: &str = "
................................................................................................
.##....#...................#.............#..................................#...#......#........
#..#.....................................#..................................#...#...............
.#....##...##..###........##..###.......###...##.......#..#...##..##.......###..###...##....##..
..#....#..#..#.#..#........#..#..#.......#...#..#......#..#..##..#.##.......#...#..#...#...##...
#..#...#...###.#..#........#..#..#.......#.#.#..#......#..#....#.##.........#.#.#..#...#.....#..
.##...###....#.#..#.......###.#..#........#...##........###..##...##.........#..#..#..###..##...
...........##...................................................................................
................................................................................................
#....................###...........###.............#.............#.........#..#.................
#.....................#............#..#............#.............#.........####.................
#.....##...##.........#..###.......#..#..##..#..#.###....##...##.###.......####..##..###..#..#..
#....#..#.#..#........#..#..#......#..#.#.##.#..#..#....##...#...#..#......#..#.#.##.#..#.#..#..
#....#..#..###........#..#..#......#..#.##...#..#..#.#....#..#...#..#......#..#.##...#..#.#..#..
####..##.....#.......###.#..#......###...##...###...#...##....##.#..#......#..#..##..#..#..###..
...........##...................................................................................";

#[tokio::test(flavor = "multi_thread")]
async fn two_lines_of_text_on_a_glass_that_no_layout_fits_on() {
    let world = World::start_for_machines(desk::DESK_12).await;
    let display = "kind = \"ssd0303\"\ndevice = \"/dev/i2c-0\"\naddress = 0x3d\nsize = \"96x16\"\nfirst_column = 36\n\
                   text_only = true\n";
    let mut phone = phone_with(&world, display).await;
    let rows: Vec<&[u8]> = STRIP.lines().skip(1).map(str::as_bytes).collect();
    let lit =
        |x: u32, y: u32| rows.get(y as usize).and_then(|row| row.get(x as usize)) == Some(&b'#');
    let wanted = Picture::painted(96, 16, |x, y| [if lit(x, y) { 0xff } else { 0 }; 3]);
    // QEMU shows each pixel four times as large, in the colours of such a glass.
    let look = async |phone: &mut Machine| {
        let large = phone.screen_of("oled0").await?;
        Ok(Picture::painted(96, 16, |x, y| {
            let [_, green, _] = large.at(4 * x + 1, 4 * y + 1);
            [if green > 0x40 { 0xff } else { 0 }; 3]
        }))
    };
    let seen = phone.expect_picture("strip", (&wanted, 0), look);
    desk::at_recorded_time(&world, seen).await;
}
