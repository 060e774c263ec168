//! Lamps, the light behind the display, and tones. Each follows the phone from outside: what fails here is said in the
//! log and tried again with the next change, and never holds up the phone.

mod backlight;
mod lamp;
mod tone;

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch;
use tracing::warn;

pub(crate) use backlight::Backlight;
pub(crate) use tone::sound_tones;

use crate::Face;
use crate::config::LampsConfig;
use lamp::Lamp;

/// Where Linux has LEDs, backlights and PWM channels.
pub(crate) const SYS_CLASS: &str = "/sys/class";

/// Shows the lamps of the face until the phone ends; `devices` tells that one may have come.
pub(crate) async fn show_lamps(
    config: LampsConfig,
    mut faces: watch::Receiver<Arc<Face>>,
    mut devices: watch::Receiver<()>,
) {
    let root = Path::new(SYS_CLASS);
    let lamp = |config| Lamp::new(root, config);
    let mut waiting = config.message_waiting.map(lamp);
    let mut signed_in = config.signed_in.map(lamp);
    let mut attention = config.attention.map(lamp);
    loop {
        let lamps = faces.borrow_and_update().lamps;
        for (lamp, lit) in [
            (&mut waiting, lamps.message_waiting),
            (&mut signed_in, lamps.signed_in),
            (&mut attention, lamps.attention),
        ] {
            if let Some(lamp) = lamp {
                lamp.show(lit);
            }
        }
        tokio::select! {
            changed = faces.changed() => if changed.is_err() { return },
            Ok(()) = devices.changed() => {}
        }
    }
}

/// Says that a light fails, once until it works again.
fn said_once(failing: &mut bool, name: &str, outcome: io::Result<()>) {
    match outcome {
        Ok(()) => *failing = false,
        Err(error) => {
            if !*failing {
                warn!("{name}: {error}");
            }
            *failing = true;
        }
    }
}
