//! `hotdesk-handset`: phones in a browser page. Reads arguments and configuration, starts, waits for a signal, stops.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use hotdesk_handset::{Config, Handsets};
use lexopt::prelude::{Long, Short, Value};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

const USAGE: &str = "usage: hotdesk-handset --config FILE

Shows desk phones in a browser page. FILE names the page's address and one agent configuration for each phone.";

/// Libraries may warn; below that their logs could hold what we never log.
const LOG_FILTER: &str =
    "warn,hotdesk_handset=info,hotdesk_agent=info,hotdesk_session=info,hotdesk_sip=info";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hotdesk-handset: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let Some(path) = config_path()? else {
        println!("{USAGE}");
        return Ok(());
    };
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(LOG_FILTER))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // Every phone has a thread of its own, so its name says which phone speaks.
        .with_thread_names(true)
        .init();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut handsets = Handsets::start(&Config::load(&path)?).await?;
    println!("handsets on http://{}", handsets.address());
    tokio::select! {
        ended = handsets.ended() => ended,
        _ = terminate.recv() => handsets.stop().await,
        _ = interrupt.recv() => handsets.stop().await,
    }
}

/// `None`: only the usage was wanted.
fn config_path() -> anyhow::Result<Option<PathBuf>> {
    let mut path = None;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("config") => path = Some(PathBuf::from(parser.value()?)),
            Long("help") | Short('h') => return Ok(None),
            other @ (Short(_) | Long(_) | Value(_)) => bail!("{}\n\n{USAGE}", other.unexpected()),
        }
    }
    path.map(Some).context(USAGE)
}
