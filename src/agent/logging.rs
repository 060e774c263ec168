//! Where logs go. Never says what is in them; what must not be in them is kept out by types and by the levels here.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Mutex;

use anyhow::Context;
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::Log;

/// Other people's crates are heard from `warn` on, whatever the level: at lower levels an HTTP or TLS library may print
/// headers and bodies, which hold tokens and PINs.
const OTHERS: LevelFilter = LevelFilter::WARN;

/// Sends logs to the place of the configuration, for the whole process.
///
/// # Errors
/// When the file cannot be opened; the message names the key.
pub fn start(log: &Log) -> anyhow::Result<()> {
    let registry = tracing_subscriber::registry().with(levels(log.level));
    match &log.file {
        None => registry
            .with(fmt::layer().with_writer(std::io::stderr).with_ansi(false))
            .try_init(),
        Some(path) => {
            let file = OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o600)
                .open(path)
                .with_context(|| format!("log.file: {} cannot be opened", path.display()))?;
            registry
                .with(fmt::layer().with_writer(Mutex::new(file)).with_ansi(false))
                .try_init()
        }
    }
    .context("logs already go somewhere")
}

fn levels(level: Level) -> Targets {
    let ours = LevelFilter::from_level(level);
    ["agent", "session", "sip", "ui", "provisioning"]
        .iter()
        .fold(
            Targets::new().with_default(OTHERS.min(ours)),
            |levels, part| levels.with_target(format!("hotdesk_{part}"), ours),
        )
        .with_target("hotdeskd", ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_that_see_secrets_are_quiet_even_at_trace() {
        let levels = levels(Level::TRACE);
        for library in [
            "reqwest::connect",
            "hyper::proto",
            "hyper_util",
            "rustls::client",
            "h2",
        ] {
            assert!(!levels.would_enable(library, &Level::INFO), "{library}");
            assert!(levels.would_enable(library, &Level::WARN), "{library}");
        }
        assert!(levels.would_enable("hotdesk_sip::wire", &Level::TRACE));
        assert!(levels.would_enable("hotdesk_agent::run", &Level::TRACE));
    }

    #[test]
    fn the_level_holds_for_everybody() {
        let levels = levels(Level::ERROR);
        assert!(!levels.would_enable("hotdesk_agent", &Level::WARN));
        assert!(!levels.would_enable("reqwest", &Level::WARN));
    }
}
