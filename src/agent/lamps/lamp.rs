//! One lamp: an LED of the kernel, which blinks by itself, or a GPIO line. Written only when it changes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use linux_embedded_hal::CdevPin;

use super::said_once;
use crate::config::{LampAt, LampConfig, LineConfig};
use crate::gpio;

/// A blinking lamp is on and off for so long, in milliseconds.
const BLINK_MS: &str = "500";

/// Something that is lit or not.
pub(super) trait Light: Send {
    /// Lights it or puts it out.
    fn set(&mut self, lit: bool) -> io::Result<()>;
}

/// A lamp that knows what it shows.
pub(super) struct Lamp {
    name: String,
    light: Box<dyn Light>,
    shown: Option<bool>,
    failing: bool,
}

impl Lamp {
    /// A lamp whose LEDs are under `root`.
    pub(super) fn new(root: &Path, config: LampConfig) -> Self {
        let (name, light): (_, Box<dyn Light>) = match config.at {
            LampAt::Led(name) => {
                let folder = root.join("leds").join(&name);
                (
                    format!("lamp {name}"),
                    Box::new(Led {
                        folder,
                        blink: config.blink,
                    }),
                )
            }
            LampAt::Line {
                chip,
                line,
                active_low,
            } => {
                let at = LineConfig { chip, line };
                // What goes wrong with a line is said with its name.
                let light = Line {
                    at,
                    active_low,
                    held: None,
                };
                ("lamp".to_owned(), Box::new(light))
            }
        };
        Self {
            name,
            light,
            shown: None,
            failing: false,
        }
    }

    /// Shows it; what failed is tried again by the next call.
    pub(super) fn show(&mut self, lit: bool) {
        if self.shown == Some(lit) {
            return;
        }
        let outcome = self.light.set(lit);
        self.shown = outcome.is_ok().then_some(lit);
        said_once(&mut self.failing, &self.name, outcome);
    }
}

/// An LED as the kernel shows it (Linux Documentation/leds/leds-class.rst).
struct Led {
    folder: PathBuf,
    blink: bool,
}

impl Led {
    fn write(&self, file: &str, text: &str) -> io::Result<()> {
        write_existing(&self.folder.join(file), text)
    }
}

impl Light for Led {
    fn set(&mut self, lit: bool) -> io::Result<()> {
        if lit && self.blink && self.write("trigger", "timer").is_ok() {
            self.write("delay_on", BLINK_MS)?;
            return self.write("delay_off", BLINK_MS);
        }
        // Whatever else lit it, a disk or a network, does so no more. Not every LED has triggers.
        let _ = self.write("trigger", "none");
        let brightness = if lit {
            fs::read_to_string(self.folder.join("max_brightness"))
                .unwrap_or_else(|_| "1".to_owned())
        } else {
            "0".to_owned()
        };
        self.write("brightness", brightness.trim())
    }
}

/// A line of a GPIO chip, held as long as it works.
struct Line {
    at: LineConfig,
    active_low: bool,
    held: Option<CdevPin>,
}

impl Light for Line {
    fn set(&mut self, lit: bool) -> io::Result<()> {
        let high = lit != self.active_low;
        gpio::set(&mut self.held, &self.at, high)
            .map_err(|why| io::Error::other(format!("{why:#}")))
    }
}

/// Writes a file of the kernel's, which exists or is not there: one that was made here would be no lamp.
pub(super) fn write_existing(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sysfs(tempfile::TempDir);

    impl Sysfs {
        fn new(files: &[(&str, &str)]) -> Self {
            let root = tempfile::tempdir().unwrap();
            let folder = root.path().join("leds/red:mwi");
            fs::create_dir_all(&folder).unwrap();
            for (file, text) in files {
                fs::write(folder.join(file), text).unwrap();
            }
            Self(root)
        }

        fn lamp(&self, blink: bool) -> Lamp {
            let at = LampAt::Led("red:mwi".to_owned());
            Lamp::new(self.0.path(), LampConfig { at, blink })
        }

        fn read(&self, file: &str) -> String {
            fs::read_to_string(self.0.path().join("leds/red:mwi").join(file)).unwrap()
        }

        fn write(&self, file: &str, text: &str) {
            fs::write(self.0.path().join("leds/red:mwi").join(file), text).unwrap();
        }
    }

    const FILES: [(&str, &str); 5] = [
        ("brightness", "7"),
        ("max_brightness", "255\n"),
        ("trigger", "disk"),
        ("delay_on", ""),
        ("delay_off", ""),
    ];

    #[test]
    fn an_led_is_lit_as_brightly_as_it_can_be_and_put_out() {
        let sysfs = Sysfs::new(&FILES);
        let mut lamp = sysfs.lamp(false);
        lamp.show(true);
        assert_eq!(
            (sysfs.read("brightness"), sysfs.read("trigger")),
            ("255".into(), "none".into())
        );
        lamp.show(false);
        assert_eq!(sysfs.read("brightness"), "0");
    }

    #[test]
    fn the_kernel_blinks_and_an_led_that_cannot_is_lit() {
        let sysfs = Sysfs::new(&FILES);
        let mut lamp = sysfs.lamp(true);
        lamp.show(true);
        assert_eq!(
            (sysfs.read("trigger"), sysfs.read("delay_on")),
            ("timer".into(), "500".into())
        );
        lamp.show(false);
        assert_eq!(
            (sysfs.read("trigger"), sysfs.read("brightness")),
            ("none".into(), "0".into())
        );
        let plain = Sysfs::new(&[("brightness", "0")]);
        plain.lamp(true).show(true);
        assert_eq!(plain.read("brightness"), "1");
    }

    #[test]
    fn only_a_change_is_written() {
        let sysfs = Sysfs::new(&FILES);
        let mut lamp = sysfs.lamp(false);
        lamp.show(true);
        sysfs.write("brightness", "untouched");
        lamp.show(true);
        assert_eq!(sysfs.read("brightness"), "untouched");
    }

    #[test]
    fn a_lamp_that_comes_later_is_lit_then() {
        let sysfs = Sysfs::new(&[]);
        let mut lamp = sysfs.lamp(false);
        lamp.show(true);
        assert!(lamp.failing);
        sysfs.write("brightness", "0");
        lamp.show(true);
        assert_eq!(sysfs.read("brightness"), "1");
        assert!(!lamp.failing);
    }

    #[test]
    fn a_line_of_a_chip_that_is_not_there_fails_quietly() {
        let at = LampAt::Line {
            chip: "/nowhere/gpiochip0".into(),
            line: 1,
            active_low: false,
        };
        let mut lamp = Lamp::new(Path::new("/"), LampConfig { at, blink: false });
        lamp.show(true);
        assert!(lamp.failing);
    }
}
