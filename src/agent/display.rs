//! Hardware that shows the picture. Never decides what is on it, and never makes the phone wait.
//!
//! A [`Follower`] holds one [`Display`] on a thread of its own and always shows the newest face: a slow bus then delays
//! nothing but its own picture, and pictures that were overtaken are never sent.

use crate::{DisplayConfig, Face};

mod follower;
mod placing;
#[cfg(test)]
mod samples;

pub(crate) use follower::Follower;

/// An open panel. Dropping it gives it back.
pub(crate) trait Display {
    /// Shows a face; what is on the glass already is not sent again.
    ///
    /// # Errors
    /// When the panel can no longer be used; it is opened anew before the next face.
    fn show(&mut self, face: &Face) -> anyhow::Result<()>;
}

/// Opens what the configuration names.
///
/// # Errors
/// When it is not there or cannot be used; the message says what to do.
fn open(config: &DisplayConfig) -> anyhow::Result<Box<dyn Display>> {
    anyhow::bail!("{config:?}")
}
