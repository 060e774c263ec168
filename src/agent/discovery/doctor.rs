//! Tells an administrator where a phone's server comes from. Asks the network only if nothing else names one, and changes
//! nothing.

use std::io::{self, Write};
use std::time::Duration;

use tokio::time::timeout;

use super::{Finder, Leases, News, Source, Verdict, kept};
use crate::{Clock, Config};

/// How long an answer to the multicast question is waited for: a little more than one round.
const PATIENCE: Duration = Duration::from_secs(6);

/// Writes what was looked at and what it named, without user names and passwords in it, and answers whether there is a
/// server.
///
/// # Errors
/// When `out` takes nothing.
pub async fn doctor(config: &Config, out: &mut impl Write) -> io::Result<bool> {
    if let Some(url) = &config.server_url {
        writeln!(out, "server.url: {url}")?;
        return conclusion(out, Some((url, "the configuration")));
    }
    writeln!(out, "server.url: not set")?;
    let home = kept(&config.state_dir);
    writeln!(
        out,
        "at home at: {}",
        home.as_deref().unwrap_or("no server yet")
    )?;
    let offers = Leases::new(config).verdicts();
    writeln!(out, "lease {}:", config.discovery.lease_file.display())?;
    for (source, verdict) in &offers {
        match verdict {
            Verdict::Server(url) => writeln!(out, "  {source}: {url}")?,
            Verdict::Other(shown) => {
                writeln!(out, "  {source}: {shown}, no server for this phone")?
            }
        }
    }
    if offers.is_empty() {
        writeln!(out, "  names nothing")?;
    }
    if let Some(url) = home {
        return conclusion(out, Some((&url, "its state directory")));
    }
    for (source, verdict) in offers {
        if let Verdict::Server(url) = verdict {
            return conclusion(out, Some((&url, &source.to_string())));
        }
    }
    let found = ask(config, out).await?;
    let source = Source::Multicast.to_string();
    conclusion(out, found.as_deref().map(|url| (url, source.as_str())))
}

/// Asks everybody on the link.
async fn ask(config: &Config, out: &mut impl Write) -> io::Result<Option<String>> {
    let Some(group) = config.discovery.pnp else {
        writeln!(out, "{}: off", Source::Multicast)?;
        return Ok(None);
    };
    let mut finder = Finder::new(config, Clock::system());
    let mut named = None;
    let asked = timeout(PATIENCE, async {
        loop {
            match finder.next().await {
                News::Server(found) => return Some(found.url),
                News::Other(shown) => named = Some(shown),
                News::Looking | News::Nothing => return None,
            }
        }
    });
    let found = asked.await.unwrap_or_default();
    let said = match (&found, named) {
        (Some(url), _) => url.clone(),
        (None, Some(shown)) => format!("{shown}, no server for this phone"),
        (None, None) => "nobody answers".to_owned(),
    };
    writeln!(out, "{} at {group}: {said}", Source::Multicast)?;
    Ok(found)
}

fn conclusion(out: &mut impl Write, found: Option<(&str, &str)>) -> io::Result<bool> {
    match found {
        Some((url, source)) => writeln!(out, "=> {url}, named by {source}")?,
        None => writeln!(out, "=> no server")?,
    }
    Ok(found.is_some())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// What it says of a phone whose lease is this.
    async fn said(server: &str, lease: &str) -> (bool, String) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("lease"), lease).unwrap();
        let text = format!(
            "[server]\n{server}\n[device]\nmac = \"02:00:5e:10:00:2a\"\nstate_dir = \"state\"\n\
             [discovery]\nlease_file = \"lease\"\npnp = \"off\"\n"
        );
        let config = Config::parse(&text, Path::new(folder.path())).unwrap();
        let mut out = Vec::new();
        let found = doctor(&config, &mut out).await.unwrap();
        (found, String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn what_the_lease_names_is_judged_line_by_line_without_its_passwords() {
        let lease =
            "option.66=http://user:pw@192.0.2.10/prov/\noption.43=https://$MAC.example.net\n";
        let (found, said) = said("", lease).await;
        assert!(found, "{said}");
        assert!(
            said.contains("DHCP option 66: http://192.0.2.10/prov/, no server"),
            "{said}"
        );
        assert!(
            said.ends_with("=> https://02005e10002a.example.net, named by DHCP option 43\n"),
            "{said}"
        );
        assert!(!said.contains("user") && !said.contains("pw@"), "{said}");
    }

    #[tokio::test]
    async fn the_configuration_is_the_last_word_and_nothing_is_said_to_be_nothing() {
        let (found, text) = said(
            "url = \"https://prov.example.net\"",
            "option.160=https://other",
        )
        .await;
        assert!(found && !text.contains("other"), "{text}");
        let (found, text) = said("", "").await;
        assert!(
            !found && text.contains("names nothing") && text.contains("=> no server"),
            "{text}"
        );
    }
}
