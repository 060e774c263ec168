//! `hotdesk-provd`: arguments, logs, exit code. Everything else is in the library.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use hotdesk_provisioning::Secret;
use hotdesk_server::{
    App, Config, Gravity, LogFormat, People, backup, check, restore, serve_app, start_log,
};
use lexopt::ValueExt as _;
use lexopt::prelude::{Long, Short, Value};

const HELP: &str = "\
hotdesk-provd: the provisioning server and its portal

    hotdesk-provd [--config FILE] [serve]             answer phones and administrators
    hotdesk-provd [--config FILE] check               look at the configuration and at all that it names; --check as well
    hotdesk-provd [--config FILE] backup FOLDER       copy database and keys into a new folder; the server may be running
    hotdesk-provd [--config FILE] restore FOLDER      put such a copy in place; every server must be stopped
    hotdesk-provd [--config FILE] import FILE         add and change phones and users from a TOML file
    hotdesk-provd [--config FILE] admin set-password [NAME]
                                                      read a new password from standard input
    hotdesk-provd [--config FILE] token create NAME --scopes SCOPES [--tenant TENANT] [--days DAYS]
                                                      make a token for the API and print it; SCOPES are words of read, log_out,
                                                      manage, operate with commas between; without a tenant it is for all of them

The configuration is /etc/hotdesk/provd.toml unless told. RUST_LOG sets the level of the log (info).";

enum Command {
    Serve,
    Check,
    Backup(PathBuf),
    Restore(PathBuf),
    Import(PathBuf),
    SetPassword(String),
    Token(TokenWanted),
    Help,
}

/// What `token create` asks for.
#[derive(Default)]
struct TokenWanted {
    name: String,
    scopes: String,
    tenant: Option<String>,
    days: Option<u32>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(error) => {
            // Where the configuration could not be read, there is no log yet.
            start_log(LogFormat::Text);
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<ExitCode> {
    let (config, command) = arguments(lexopt::Parser::from_env())
        .context("hotdesk-provd --help says what can be asked")?;
    let open = async || App::open(configuration(&config)?).await;
    match command {
        Command::Help => println!("{HELP}"),
        Command::Check => return Ok(look(&config).await),
        Command::Serve => {
            let app = open().await?;
            if let Some(password) = app.create_first_admin().await? {
                // Printed and not logged: logs are kept, this is said once.
                println!(
                    "The portal's first administrator is admin, password {}",
                    password.expose()
                );
            }
            serve_app(app).await?;
        }
        Command::Backup(folder) => {
            backup(&configuration(&config)?, &folder).await?;
            println!(
                "The backup is {}: it holds every key, keep it as safe as they are.",
                folder.display()
            );
        }
        Command::Restore(folder) => {
            let former = restore(&configuration(&config)?, &folder).await?;
            println!("{} is in place.", folder.display());
            if let Some(former) = former {
                println!("What was there before is in {}.", former.display());
            }
        }
        Command::Import(file) => {
            let text = std::fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            let people = People::parse(&text).with_context(|| format!("in {}", file.display()))?;
            let imported = open().await?.import(&people).await?;
            println!(
                "{} phones, {} users, {} administrators",
                imported.phones, imported.users, imported.admins
            );
        }
        Command::Token(wanted) => {
            let tenant = wanted.tenant.as_deref();
            let app = open().await?;
            let token = app
                .create_token(&wanted.name, &wanted.scopes, tenant, wanted.days)
                .await?;
            println!("{}", token.expose());
        }
        Command::SetPassword(name) => {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            let password = Secret::new(line.trim_end_matches(['\r', '\n']).to_owned());
            open().await?.set_admin_password(&name, &password).await?;
            println!("The password of {name} is set.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the configuration, and logs as it says from then on.
fn configuration(path: &Path) -> Result<Config> {
    let config = Config::read(path)?;
    start_log(config.log);
    Ok(config)
}

/// Prints every finding; a fault among them is a failure.
async fn look(config: &Path) -> ExitCode {
    let findings = check(config).await;
    for finding in &findings {
        println!("{finding}");
    }
    let has_fault = findings.iter().any(|f| f.gravity == Gravity::Fault);
    ExitCode::from(u8::from(has_fault))
}

fn arguments(mut parser: lexopt::Parser) -> Result<(PathBuf, Command)> {
    let mut config = PathBuf::from("/etc/hotdesk/provd.toml");
    let mut words = Vec::new();
    let mut is_check = false;
    let mut token = TokenWanted::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("config") | Short('c') => config = parser.value()?.into(),
            Long("check") => is_check = true,
            Long("scopes") => token.scopes = parser.value()?.string()?,
            Long("tenant") => token.tenant = Some(parser.value()?.string()?),
            Long("days") => token.days = Some(parser.value()?.parse()?),
            Long("help") | Short('h') => return Ok((config, Command::Help)),
            Value(word) => words.push(word),
            Long(_) | Short(_) => bail!(argument.unexpected()),
        }
    }
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let command = match words.as_slice() {
        [] | ["serve" | "check"] if is_check => Command::Check,
        ["check"] => Command::Check,
        [] | ["serve"] => Command::Serve,
        ["backup", folder] => Command::Backup(PathBuf::from(folder)),
        ["restore", folder] => Command::Restore(PathBuf::from(folder)),
        ["import", file] => Command::Import(PathBuf::from(file)),
        ["admin", "set-password"] => Command::SetPassword("admin".to_owned()),
        ["admin", "set-password", name] => Command::SetPassword((*name).to_owned()),
        ["token", "create", name] => {
            token.name = (*name).to_owned();
            Command::Token(token)
        }
        _ => bail!("unknown command {:?}", words.join(" ")),
    };
    Ok((config, command))
}
