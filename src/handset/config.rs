//! The configuration file of the virtual handsets: where the page is, and which agents stand behind it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::machine::MachineConfig;

/// More phones than anybody can watch; each one costs a thread and a SIP port.
const PHONES_MAX: usize = 24;
/// Lines above the phones.
const HINTS_MAX: usize = 12;

/// What `hotdesk-handset` runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the page is served; port 0 takes a free one.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Lines to show above the phones, for example who can sign in.
    #[serde(default)]
    pub hints: Vec<String>,
    /// The phones, from the left.
    pub phones: Vec<PhoneConfig>,
}

/// One phone on the page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PhoneTable")]
pub struct PhoneConfig {
    /// What the page calls it.
    pub name: String,
    /// What is behind it.
    pub kind: Kind,
}

/// The table as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhoneTable {
    name: String,
    agent: Option<PathBuf>,
    machine: Option<MachineConfig>,
}

impl TryFrom<PhoneTable> for PhoneConfig {
    type Error = &'static str;

    fn try_from(table: PhoneTable) -> Result<Self, Self::Error> {
        let kind = match (table.agent, table.machine) {
            (Some(agent), None) => Kind::Agent(agent),
            (None, Some(machine)) => Kind::Machine(machine),
            (None, None) | (Some(_), Some(_)) => {
                return Err("a phone has an agent = \"FILE\" or a machine = { … }, one of the two");
            }
        };
        Ok(Self {
            name: table.name,
            kind,
        })
    }
}

/// What is behind a phone on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// An agent in this process: its configuration file, the same as on a real phone; relative to this file.
    Agent(PathBuf),
    /// The firmware image in QEMU, which somebody else started.
    Machine(MachineConfig),
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8481))
}

impl Config {
    /// Reads a file; paths in it count from its folder.
    ///
    /// # Errors
    /// When it cannot be read or understood; the message names the file, the key and what to do.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| {
            format!(
                "{}: cannot be read; give the file with --config",
                path.display()
            )
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder).with_context(|| path.display().to_string())
    }

    fn parse(text: &str, folder: &Path) -> anyhow::Result<Self> {
        let mut config: Self = toml::from_str(text)?;
        ensure!(
            (1..=PHONES_MAX).contains(&config.phones.len()),
            "phones: 1 to {PHONES_MAX} [[phones]] tables are needed"
        );
        ensure!(
            config.hints.len() <= HINTS_MAX,
            "hints: at most {HINTS_MAX} lines fit"
        );
        for phone in &mut config.phones {
            match &mut phone.kind {
                Kind::Agent(file) => *file = folder.join(&file),
                Kind::Machine(machine) => {
                    machine.qmp = folder.join(&machine.qmp);
                    machine.pins = folder.join(&machine.pins);
                }
            }
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "[[phones]]\nname='Desk 11'\nagent='a.toml'\n[[phones]]\nname='Desk 12'\nagent='/etc/b.toml'\n";

    #[test]
    fn paths_count_from_the_folder_of_the_file() {
        let config = Config::parse(TWO, Path::new("/srv/demo")).unwrap();
        let agents: Vec<_> = config.phones.into_iter().map(|p| p.kind).collect();
        let agent = |path: &str| Kind::Agent(path.into());
        assert_eq!(agents, [agent("/srv/demo/a.toml"), agent("/etc/b.toml")]);
        assert_eq!(config.listen.to_string(), "127.0.0.1:8481");
    }

    #[test]
    fn the_documented_file_is_a_right_one() {
        let text = include_str!("../../assets/default/handset.toml");
        let config = Config::parse(text, Path::new("/etc/hotdesk")).unwrap();
        assert_eq!(config.listen, default_listen());
        assert_eq!(config.phones.len(), 2);
    }

    #[test]
    fn a_phone_can_be_a_machine() {
        let text = "[[phones]]\nname='Desk 11'\n[phones.machine]\nqmp='qmp'\npins='/run/pins'\npanel='480x272'\n";
        let config = Config::parse(text, Path::new("/srv/demo")).unwrap();
        let machine = MachineConfig {
            qmp: "/srv/demo/qmp".into(),
            pins: "/run/pins".into(),
            panel: "480x272".to_owned(),
        };
        assert_eq!(config.phones[0].kind, Kind::Machine(machine));
    }

    #[test]
    fn a_mistake_is_named() {
        let message = |text: &str| format!("{:#}", Config::parse(text, Path::new("")).unwrap_err());
        assert!(message("phones = []").contains("[[phones]]"));
        assert!(message(&format!("lisen = '::'\n{TWO}")).contains("lisen"));
        assert!(message(&format!("listen = 'localhost'\n{TWO}")).contains("listen"));
        assert!(message(&TWO.repeat(13)).contains("24"));
        assert!(message("[[phones]]\nname='Desk 11'\n").contains("agent"));
        assert!(message("[[phones]]\nname='Desk 11'\nagnet='a'\n").contains("agnet"));
        let missing = Config::load(Path::new("nowhere.toml")).unwrap_err();
        assert!(format!("{missing:#}").contains("nowhere.toml: cannot be read"));
    }
}
