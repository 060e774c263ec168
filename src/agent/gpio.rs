//! Lines of GPIO chips as outputs. A line that was taken is held, so that nobody else moves it, and given back when it is
//! dropped. Never reads one.

use anyhow::Context;
use embedded_hal::digital::{OutputPin, PinState};
use linux_embedded_hal::CdevPin;
use linux_embedded_hal::gpio_cdev::{Chip, LineRequestFlags};

use crate::config::LineConfig;

/// Takes a line as an output that has this level from the first moment.
///
/// # Errors
/// When it is not there, somebody else has it, or this process may not use it; the message says what to do.
pub(crate) fn output(line: &LineConfig, high: bool) -> anyhow::Result<CdevPin> {
    let taken = Chip::new(&line.chip)
        .and_then(|mut chip| chip.get_line(line.line))
        .and_then(|line| line.request(LineRequestFlags::OUTPUT, u8::from(high), "hotdeskd"))
        .and_then(CdevPin::new);
    taken.with_context(|| {
        format!(
            "{} line {} cannot be used; see `gpioinfo` for who has it, and put the user that hotdeskd runs as into the \
             node's group",
            line.chip.display(),
            line.line
        )
    })
}

/// Gives a line a level; it is taken if it is not held yet, and let go if it does not obey.
///
/// # Errors
/// When it cannot be taken or set.
pub(crate) fn set(held: &mut Option<CdevPin>, line: &LineConfig, high: bool) -> anyhow::Result<()> {
    let Some(pin) = held else {
        *held = Some(output(line, high)?);
        return Ok(());
    };
    let outcome = pin.set_state(PinState::from(high));
    if outcome.is_err() {
        *held = None;
    }
    outcome.with_context(|| format!("{} line {}", line.chip.display(), line.line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_chip_is_said_with_what_to_do() {
        for chip in ["/dev/gpiochip77", "/dev/null"] {
            let line = LineConfig {
                chip: chip.into(),
                line: 3,
            };
            let mut held = None;
            let error = format!("{:#}", set(&mut held, &line, true).unwrap_err());
            assert!(error.contains(&format!("{chip} line 3")), "{error}");
            assert!(error.contains("gpioinfo"), "{error}");
            assert!(held.is_none());
        }
    }
}
