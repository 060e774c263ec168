//! What PostgreSQL's own programs do for a backup. The address reaches them through their environment: arguments can be read by
//! everybody on the machine.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use hotdesk_provisioning::Secret;
use reqwest::Url;
use tokio::process::Command;

use crate::db::APPLICATION;

/// Writes a copy of the database, as it is at one moment.
pub(super) async fn dump(address: &Secret, to: &Path) -> Result<()> {
    let mut command = Command::new("pg_dump");
    command
        .args(["--format=custom", "--no-owner", "--file"])
        .arg(to);
    run("pg_dump", command, address).await
}

/// Puts a copy in place of the database, wholly or not at all.
pub(super) async fn restore(address: &Secret, from: &Path) -> Result<()> {
    let mut command = Command::new("pg_restore");
    command
        .args([
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
        ])
        .args([
            "--exit-on-error",
            "--dbname",
            &variable(address, "PGDATABASE")?,
        ])
        .arg(from);
    run("pg_restore", command, address).await
}

fn variable(address: &Secret, name: &str) -> Result<String> {
    let found = environment(address)?.into_iter().find(|(n, _)| *n == name);
    Ok(found.map(|(_, value)| value).unwrap_or_default())
}

async fn run(name: &str, mut command: Command, address: &Secret) -> Result<()> {
    let output = command
        .envs(environment(address)?)
        .env("PGAPPNAME", name)
        .env("PGCONNECT_TIMEOUT", "10")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| {
            format!("cannot run {name}: install PostgreSQL's client programs, as new as the server or newer")
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed: {}", said.trim());
    }
    Ok(())
}

/// What libpq calls the parts of an address (its documentation, "Environment Variables").
fn environment(address: &Secret) -> Result<Vec<(&'static str, String)>> {
    // Says nothing of the address: a password may be in it.
    let url: Url = address
        .expose()
        .parse()
        .ok()
        .context("database is not an address such as postgres://user@host/hotdesk")?;
    let plain = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let mut variables = vec![("PGUSER", plain(url.username()))];
    variables.extend(url.host_str().map(|host| ("PGHOST", plain(host))));
    variables.extend(url.port().map(|port| ("PGPORT", port.to_string())));
    variables.extend(
        url.password()
            .map(|password| ("PGPASSWORD", plain(password))),
    );
    variables.push(("PGDATABASE", plain(url.path().trim_start_matches('/'))));
    for (key, value) in url.query_pairs() {
        let name = match key.as_ref() {
            "host" => "PGHOST",
            "port" => "PGPORT",
            "user" => "PGUSER",
            "password" => "PGPASSWORD",
            "dbname" => "PGDATABASE",
            "sslmode" | "ssl-mode" => "PGSSLMODE",
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => "PGSSLROOTCERT",
            "sslcert" | "ssl-cert" => "PGSSLCERT",
            "sslkey" | "ssl-key" => "PGSSLKEY",
            "options" => "PGOPTIONS",
            _ => continue,
        };
        variables.retain(|(known, _)| *known != name);
        variables.push((name, value.into_owned()));
    }
    variables.retain(|(_, value)| !value.is_empty());
    Ok(variables)
}

/// Refuses while a server of ours is connected.
pub(super) async fn ensure_nobody_serves(connection: &mut sqlx::AnyConnection) -> Result<()> {
    let others: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1",
    )
    .bind(APPLICATION)
    .fetch_one(connection)
    .await?;
    ensure!(
        others == 0,
        "servers have {others} connections to the database: stop every hotdesk-provd first"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Vec<String> {
        let variables = environment(&Secret::new(address.to_owned())).unwrap();
        variables
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    }

    #[test]
    fn an_address_is_told_as_libpq_reads_it() {
        assert_eq!(
            of("postgres://jo%40x:p%2Fw@db.test:5433/hot%20desk?sslmode=verify-full"),
            [
                "PGUSER=jo@x",
                "PGHOST=db.test",
                "PGPORT=5433",
                "PGPASSWORD=p/w",
                "PGDATABASE=hot desk",
                "PGSSLMODE=verify-full"
            ]
        );
        // A socket's folder takes the place of the host.
        assert_eq!(
            of("postgres://hotdesk@localhost/t1?host=/run/pg"),
            ["PGUSER=hotdesk", "PGDATABASE=t1", "PGHOST=/run/pg"]
        );
        environment(&Secret::new("nothing".to_owned())).unwrap_err();
    }
}
