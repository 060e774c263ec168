//! Pictures decoded from what was sent to the panel, as the panel would.

use super::super::bus::tests::{Kind, Recorder, Sent, recorded};
use super::super::samples::{face, show};
use super::*;
use crate::config::{Controller, LineConfig, Link, Mount};

fn config(controller: Controller, first_column: u32, (width, height): (u32, u32)) -> ChipConfig {
    ChipConfig {
        controller,
        link: Link::Spi {
            device: "/dev/spidev0.0".into(),
            dc: LineConfig {
                chip: "/dev/gpiochip0".into(),
                line: 4,
            },
            speed_hz: 1_000_000,
        },
        reset: None,
        width,
        height,
        first_column,
        mount: Mount::default(),
        bgr: false,
        contrast: Some(0xff),
    }
}

fn open(config: &ChipConfig, bus: Bus) -> anyhow::Result<Paged> {
    let chip = match config.controller {
        Controller::St7565 => st7565(config, bus.clone())?,
        Controller::Ssd1306 | Controller::St7789 | Controller::Ili9341 | Controller::Ili9488 => {
            ssd1306(config, bus.clone())?
        }
    };
    Ok(Paged::open(config, bus, None, chip))
}

/// The memory of a controller in page addressing: 132 columns of eight pages.
struct Memory {
    pages: Vec<[u8; 132]>,
    page: usize,
    column: usize,
    bytes: usize,
}

impl Memory {
    /// Reads what was sent; commands that do not move the place are passed over.
    fn read(sent: &Sent) -> Self {
        let mut memory = Self {
            pages: vec![[0; 132]; 8],
            page: 0,
            column: 0,
            bytes: 0,
        };
        for (kind, bytes) in sent.borrow().iter() {
            match kind {
                Kind::Command => memory.command(bytes),
                Kind::Data => memory.data(bytes),
            }
        }
        memory
    }

    fn command(&mut self, bytes: &[u8]) {
        // Commands with an argument begin with one of these.
        if bytes.len() == 2 && bytes[0] >= 0x20 {
            return;
        }
        for byte in bytes {
            let low = usize::from(byte & 0x0f);
            match byte >> 4 {
                0x0 => self.column = self.column & 0xf0 | low,
                0x1 => self.column = self.column & 0x0f | low << 4,
                0xb => self.page = low,
                _ => {}
            }
        }
    }

    fn data(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.pages[self.page][self.column] = *byte;
            self.column += 1;
            self.bytes += 1;
        }
    }

    fn lit(&self, x: usize, y: usize) -> bool {
        self.pages[y / 8][x] >> (y % 8) & 1 == 1
    }
}

/// Light along one diagonal, so that columns and rows cannot be mixed up.
fn diagonal(width: u32, height: u32) -> Face {
    face(width, height, |x, y| {
        [if x == 2 * y { 0xff } else { 0x40 }; 3]
    })
}

#[test]
fn the_picture_is_in_the_panels_memory_bit_for_bit() {
    for (controller, first, size) in [
        (Controller::Ssd1306, 0, (128, 64)),
        (Controller::Ssd1306, 2, (128, 64)),
        (Controller::Ssd1306, 36, (96, 16)),
        (Controller::St7565, 0, (132, 64)),
    ] {
        let (bus, sent) = recorded();
        let mut panel = open(&config(controller, first, size), bus).unwrap();
        show(&mut panel, &diagonal(size.0, size.1)).unwrap();
        let memory = Memory::read(&sent);
        for y in 0..size.1 as usize {
            for x in 0..size.0 as usize {
                let expected = x == 2 * y;
                assert_eq!(
                    memory.lit(x + first as usize, y),
                    expected,
                    "{controller:?} {x} {y}"
                );
            }
        }
        assert_eq!(memory.bytes as u32, size.0 * size.1 / 8);
    }
}

#[test]
fn only_bytes_that_changed_are_sent() {
    let (bus, sent) = recorded();
    let mut panel = open(&config(Controller::Ssd1306, 0, (128, 64)), bus).unwrap();
    show(&mut panel, &diagonal(128, 64)).unwrap();
    sent.borrow_mut().clear();
    show(&mut panel, &diagonal(128, 64)).unwrap();
    assert!(sent.borrow().is_empty());
    let two_dots = face(128, 64, |x, y| {
        let dot = (x == 40 || x == 42) && y == 9;
        [if x == 2 * y || dot { 0xff } else { 0 }; 3]
    });
    show(&mut panel, &two_dots).unwrap();
    let memory = Memory::read(&sent);
    assert_eq!(memory.bytes, 3, "{:x?}", sent.borrow());
    assert!(memory.lit(40, 9) && memory.lit(42, 9));
}

#[test]
fn a_controller_is_set_up_for_its_glass_and_switched_on() {
    let (bus, sent) = recorded();
    open(&config(Controller::Ssd1306, 0, (128, 32)), bus).unwrap();
    let has = |bytes: &[u8]| sent.borrow().iter().any(|(_, sent)| sent == bytes);
    assert!(has(&[0xa8, 31]) && has(&[0xda, 0x02]), "rows");
    assert!(has(&[0x20, 2]), "page addressing");
    assert!(has(&[0x81, 0xff]), "contrast");
    assert!(has(&[0xaf]), "on");
    let (bus, sent) = recorded();
    open(&config(Controller::St7565, 0, (132, 64)), bus).unwrap();
    let has = |bytes: &[u8]| sent.borrow().iter().any(|(_, sent)| sent == bytes);
    assert!(has(&[0x2f]) && has(&[0x81, 0x3f]) && has(&[0xaf]));
}

#[test]
fn a_panel_that_is_unplugged_says_so() {
    let sent = Sent::default();
    let recorder = Recorder {
        sent: sent.clone(),
        breaks_after: 40,
    };
    let bus = Bus::over(Box::new(recorder));
    let mut panel = open(&config(Controller::Ssd1306, 0, (128, 64)), bus).unwrap();
    let error = show(&mut panel, &diagonal(128, 64)).unwrap_err();
    assert_eq!(error.to_string(), "the cable is out");
}
