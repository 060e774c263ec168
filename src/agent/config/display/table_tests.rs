//! Each mistake in `[display]` is named with its key and with what to do.

use super::*;

fn table(text: &str) -> anyhow::Result<(PanelConfig, DisplayConfig)> {
    toml::from_str::<DisplayTable>(text)?.checked(Path::new("/etc/hotdesk"))
}

#[test]
fn without_a_word_there_is_no_display() {
    let (panel, display) = table("").unwrap();
    assert_eq!((panel, display), ("480x272".into(), DisplayConfig::None));
}

#[test]
fn a_framebuffer_needs_no_more_than_its_kind() {
    let (_, display) = table(r#"kind = "framebuffer""#).unwrap();
    let expected = FramebufferConfig {
        device: "/dev/fb0".into(),
        console: None,
        mount: Mount::default(),
        high_bit_first: None,
    };
    assert_eq!(display, DisplayConfig::Framebuffer(expected));
    let (_, turned) =
        table("kind = \"framebuffer\"\nrotation = 270\nconsole = \"/dev/tty0\"").unwrap();
    let DisplayConfig::Framebuffer(turned) = turned else {
        panic!("{turned:?}");
    };
    assert_eq!(turned.mount.rotation, Rotation::Left);
    assert_eq!(turned.console.as_deref(), Some(Path::new("/dev/tty0")));
}

#[test]
fn a_panel_is_on_one_of_two_buses() {
    let (_, display) =
        table("kind = \"ssd0303\"\ndevice = \"/dev/i2c-0\"\naddress = 0x3d\nsize = \"96x16\"\nfirst_column = 36\ntext_only = true").unwrap();
    let DisplayConfig::Chip(chip) = display else {
        panic!("{display:?}");
    };
    assert_eq!((chip.width, chip.height, chip.first_column), (96, 16, 36));
    let address = 0x3d;
    let device = PathBuf::from("/dev/i2c-0");
    assert_eq!(chip.link, Link::I2c { device, address });
    let (_, display) = table(
        "kind = \"st7565\"\ntext_only = true\ndevice = \"/dev/spidev0.0\"\ndc = { chip = \"/dev/gpiochip0\", line = 4 }",
    )
    .unwrap();
    let DisplayConfig::Chip(chip) = display else {
        panic!("{display:?}");
    };
    assert_eq!((chip.width, chip.height), (132, 64));
    assert!(matches!(chip.link, Link::Spi { speed_hz: SPEED_HZ, dc, .. } if dc.line == 4));
}

/// The last key of each line is given, also those that stand in comments as examples.
#[test]
fn every_key_is_documented_with_a_value_that_is_valid() {
    let text = include_str!("../../../../assets/default/agent.toml");
    let section = text.split("\n[display]\n").nth(1).unwrap();
    let section = section.split("\n[").next().unwrap();
    let lines = section.lines().map(|line| line.trim_start_matches("# "));
    let is_key = |line: &&str| {
        line.split_once(" = ")
            .is_some_and(|(key, _)| !key.contains(' '))
    };
    let lines: Vec<_> = lines.filter(is_key).collect();
    toml::from_str::<DisplayTable>(&lines.join("\n")).unwrap();
    let keys = lines.iter().filter_map(|line| line.split_once(" = "));
    let keys: Vec<_> = keys.map(|(key, _)| key).collect();
    for key in CHIP_KEYS.iter().chain(&FRAMEBUFFER_KEYS) {
        assert!(keys.contains(key), "{key} is not in the documented file");
    }
}

/// The text is refused in words that begin with the key and say what to do.
fn expect_refused(text: &str, key: &str, advice: &str) {
    let error = format!("{:#}", table(text).unwrap_err());
    assert!(
        error.starts_with(key) && error.contains(advice),
        "{text}\n{error}"
    );
}

#[test]
fn a_mistake_about_any_display_names_its_key_and_says_what_to_do() {
    let framebuffer = |line| format!("kind = \"framebuffer\"\n{line}");
    for (text, key, advice) in [
        ("kind = \"crt\"", "display.kind", "framebuffer"),
        (&framebuffer("rotation = 45"), "display.rotation", "90"),
        (&framebuffer("device = \"fb0\""), "display.device", "/dev"),
        (
            &framebuffer("address = 60"),
            "display.address",
            "take the key out",
        ),
    ] {
        expect_refused(text, key, advice);
    }
    assert!(table("kind = \"none\"\ncolour = true").is_err());
}

#[test]
fn a_mistake_about_a_bus_names_its_key_and_says_what_to_do() {
    let dc = "dc = { chip = \"/dev/gpiochip0\", line = 4 }\n";
    let i2c = |rest: &str| format!("kind = \"ssd1306\"\ndevice = \"/dev/i2c-1\"\n{rest}");
    let at_60 = |rest: &str| i2c(&format!("address = 60\n{rest}"));
    let spi = |rest: &str| format!("kind = \"st7789\"\ndevice = \"/dev/spidev0.0\"\n{rest}");
    let no_device = "kind = \"ssd1306\"\naddress = 60".to_owned();
    let wrong_chip = "dc = { chip = \"gpiochip0\", line = 4 }";
    for (text, key, advice) in [
        (no_device, "display.device", "/dev/i2c-1"),
        (i2c(""), "display", "set address for I2C, or dc"),
        (i2c("address = 3"), "display.address", "0x3c"),
        (at_60(dc), "display", "keep the one"),
        (
            at_60("speed_hz = 1"),
            "display.speed_hz",
            "take the key out",
        ),
        (
            at_60("console = \"/dev/tty0\""),
            "display.console",
            "take the key out",
        ),
        (at_60("size = \"128by64\""), "display.size", "128x64"),
        (at_60("size = \"128x60\""), "display.size", "48 or 64"),
        (at_60("first_column = 10"), "display.size", "132x64"),
        (spi("address = 60"), "display.address", "display.dc"),
        (
            spi(&format!("{dc}speed_hz = 1")),
            "display.speed_hz",
            "100000",
        ),
        (spi(wrong_chip), "display.dc.chip", "/dev"),
    ] {
        expect_refused(&text, key, advice);
    }
}
