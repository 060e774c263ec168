//! Pictures decoded from what was sent to the panel, as the panel would.

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use super::super::bus::tests::{Kind, Sent, recorded};
use super::super::nothing::NoWait;
use super::super::samples::{face, show};
use super::*;
use crate::config::{LineConfig, Link, Mount, Rotation};

fn config(controller: Controller, rotation: Rotation) -> ChipConfig {
    let (width, height) = controller.memory();
    let dc = LineConfig {
        chip: "/dev/gpiochip0".into(),
        line: 4,
    };
    ChipConfig {
        controller,
        link: Link::Spi {
            device: "/dev/spidev0.0".into(),
            dc,
            speed_hz: 1_000_000,
        },
        reset: None,
        width,
        height,
        first_column: 0,
        mount: Mount {
            rotation,
            ..Mount::default()
        },
        bgr: false,
        contrast: None,
    }
}

/// The windows that were written, with their bytes: left, right, top, bottom as the panel is told them.
fn windows(sent: &Sent) -> Vec<([u16; 4], Vec<u8>)> {
    let mut windows: Vec<([u16; 4], Vec<u8>)> = Vec::new();
    let (mut command, mut window) = (0, [0; 4]);
    for (kind, bytes) in sent.borrow().iter() {
        match (kind, command) {
            (Kind::Command, _) => {
                command = bytes[0];
                if command == 0x2c {
                    windows.push((window, Vec::new()));
                }
            }
            (Kind::Data, 0x2a | 0x2b) => {
                let place = usize::from(command - 0x2a) * 2;
                let side = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
                (window[place], window[place + 1]) = (side(0), side(2));
            }
            (Kind::Data, 0x2c) => windows.last_mut().unwrap().1.extend(bytes),
            (Kind::Data, _) => {}
        }
    }
    windows
}

#[test]
fn the_first_picture_is_sent_whole_in_the_panels_format() {
    for (controller, bytes) in [
        (Controller::St7789, 2),
        (Controller::Ili9341, 2),
        (Controller::Ili9488, 3),
    ] {
        let (bus, sent) = recorded();
        let config = config(controller, Rotation::None);
        let mut panel = open(&config, bus, None, &mut NoWait).unwrap();
        sent.borrow_mut().clear();
        let (width, height) = (config.width, config.height);
        let red_corner = face(width, height, |x, y| {
            [if x + y == 0 { 0xff } else { 0 }, 0, 0]
        });
        show(&mut *panel, &red_corner).unwrap();
        let [(window, data)] = &windows(&sent)[..] else {
            panic!("one window is written");
        };
        assert_eq!(*window, [0, width as u16 - 1, 0, height as u16 - 1]);
        assert_eq!(data.len() as u32, width * height * bytes);
        let red: &[u8] = if bytes == 2 {
            &[0xf8, 0]
        } else {
            &[0xfc, 0, 0]
        };
        assert!(data.starts_with(red));
        assert!(data[red.len()..].iter().all(|byte| *byte == 0));
    }
}

#[test]
fn only_what_is_damaged_is_sent_also_when_turned() {
    let dots = |lit: bool| {
        face(320, 240, move |x, y| {
            [
                0,
                0,
                if lit && (10..=12).contains(&x) && y == 5 {
                    0xff
                } else {
                    0
                },
            ]
        })
    };
    let (bus, sent) = recorded();
    let config = config(Controller::St7789, Rotation::Right);
    let mut panel = open(&config, bus, None, &mut NoWait).unwrap();
    show(&mut *panel, &dots(false)).unwrap();
    sent.borrow_mut().clear();
    let mut damage = Damage::default();
    damage.add(Rectangle::new(Point::new(10, 5), Size::new(3, 1)));
    panel.show(&dots(true), &damage).unwrap();
    // Turned to the right, row 5 from the top is column 5 from the right.
    let expected = ([234, 234, 10, 12], vec![0, 0x1f, 0, 0x1f, 0, 0x1f]);
    assert_eq!(windows(&sent), [expected]);
    sent.borrow_mut().clear();
    panel.show(&dots(true), &Damage::default()).unwrap();
    assert!(sent.borrow().is_empty());
}
