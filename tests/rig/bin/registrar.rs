//! `hotdesk-registrar`: the small registrar of the test rig as a program, for the demonstration.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::prelude::{Long, Short, Value, ValueExt};
use rig::registrar::{Credentials, Registrar};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: hotdesk-registrar --database FILE --listen ADDRESS:PORT --domain DOMAIN

A small registrar for trying hotdesk. FILE is the provisioning server's database, opened for reading only.";

struct Arguments {
    database: PathBuf,
    listen: SocketAddr,
    domain: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hotdesk-registrar: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let arguments = arguments()?;
    let credentials = Credentials::open(&arguments.database).await?;
    let registrar = Registrar::start(arguments.listen, &arguments.domain, credentials).await?;
    println!(
        "registrar for {} on {}",
        arguments.domain,
        registrar.address()
    );
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        () = registrar.run() => bail!("the registrar ended by itself"),
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}

fn arguments() -> Result<Arguments> {
    let (mut database, mut listen, mut domain) = (None, None, None);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("database") => database = Some(PathBuf::from(parser.value()?)),
            Long("listen") => listen = Some(parser.value()?.parse().context("--listen")?),
            Long("domain") => domain = Some(parser.value()?.string().context("--domain")?),
            other @ (Long(_) | Short(_) | Value(_)) => bail!("{}\n\n{USAGE}", other.unexpected()),
        }
    }
    Ok(Arguments {
        database: database.context(USAGE)?,
        listen: listen.context(USAGE)?,
        domain: domain.context(USAGE)?,
    })
}
