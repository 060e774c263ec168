//! `hotdeskd`: the agent on a phone, and the commands that talk to it. Reads arguments, starts, reports; decides nothing.

mod arguments;
mod ask;
mod screens;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use arguments::{Arguments, Verb};
use hotdesk_agent::{
    Agent, Config, DisplayTest, Keymap, Log, discovery, keep_clock, logging, show_keys,
};
use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let outcome = Arguments::read().and_then(|arguments| match &arguments.verb {
        Verb::Help => {
            print!("{}", arguments::HELP);
            Ok(ExitCode::SUCCESS)
        }
        Verb::Version => {
            println!("hotdeskd {}", env!("CARGO_PKG_VERSION"));
            Ok(ExitCode::SUCCESS)
        }
        Verb::Run => run(&arguments.config),
        Verb::DisplayTest => {
            Config::load(&arguments.config).and_then(|config| test_display(&config))
        }
        Verb::Doctor => doctor(&arguments.config),
        Verb::Keys(map) => keys(&arguments.config, map.as_deref()),
        Verb::Clock(servers) => {
            logging::start(&Log::default()).and_then(|()| until_told(keep_clock(servers)))
        }
        Verb::Screens(drawn) => screens::draw(drawn),
        Verb::Ask(question) => ask::ask(&arguments.socket()?, question, arguments.json),
    });
    outcome.unwrap_or_else(|error| {
        eprintln!("hotdeskd: {error:#}");
        ExitCode::FAILURE
    })
}

/// Runs one phone until a signal or until something breaks. Who is signed in stays signed in, as after a power cut; the
/// bindings are still wanted then. Logs that cannot go where they should go to standard error.
fn run(file: &Path) -> anyhow::Result<ExitCode> {
    let usual = Log::default();
    let log = Config::load(file).map_or(usual.clone(), |config| config.log);
    if let Err(error) = logging::start(&log) {
        logging::start(&usual)?;
        tracing::warn!("{error:#}");
    }
    no_core_dumps();
    until_told(Agent::run_file(file, Path::new(arguments::CONFIG)))
}

/// Shows a pattern on the display until somebody has seen it.
fn test_display(config: &Config) -> anyhow::Result<ExitCode> {
    logging::start(&config.log)?;
    until_told(async {
        let test = DisplayTest::show(config)?;
        println!("{}: Ctrl-C ends", test.summary());
        std::future::pending().await
    })
}

/// Says where the phone's server comes from.
fn doctor(file: &Path) -> anyhow::Result<ExitCode> {
    let config = Config::load(file)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    let found = runtime.block_on(discovery::doctor(&config, &mut std::io::stdout()))?;
    Ok(if found {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Shows what keys send. Without a configuration that can be read, the map that fits most keypads is the measure.
fn keys(config: &Path, map: Option<&str>) -> anyhow::Result<ExitCode> {
    let configured = || Config::load(config).ok()?.fittings.keypad;
    let map = match map {
        Some(map) => Keymap::load(map)?,
        None => match configured() {
            Some(keypad) => keypad.map,
            None => Keymap::load("generic")?,
        },
    };
    until_told(async { Ok(show_keys(&map, &mut std::io::stdout()).await?) })
}

/// Does something until it ends or a signal ends it.
fn until_told(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT")?;
        tokio::select! {
            ended = work => ended?,
            _ = terminate.recv() => tracing::info!("stopped by SIGTERM"),
            _ = interrupt.recv() => tracing::info!("stopped by SIGINT"),
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// A core file would hold secrets in clear.
fn no_core_dumps() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!("core dumps cannot be switched off: {error}");
    }
}
