//! Where the log goes: standard error, as lines for people or as JSON for a log store.

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Starts the log of this process. RUST_LOG chooses levels; a second call changes nothing.
pub fn start_log(format: LogFormat) {
    // Whoever waits long for the database waits among thousands: the metrics say it, one line for each would bury the rest.
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sqlx::pool=error"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // Only the first log of a process is one; a later call comes from a test that shares its process.
    let _ = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}
