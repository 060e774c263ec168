//! The configuration file: TOML in, valid values or one clear sentence out. Never read again after the start.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, anyhow, bail, ensure};
use hotdesk_provisioning::{DeviceId, Language};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::panel::PanelConfig;

mod discovery;
mod display;
mod keypad;
mod lamps;
pub use discovery::DiscoveryConfig;
use discovery::DiscoveryTable;
use display::DisplayTable;
pub use display::{
    ChipConfig, Controller, DisplayConfig, FramebufferConfig, LineConfig, Link, Mount, Rotation,
};
use keypad::KeypadTable;
pub use keypad::{DeviceChoice, Grab, KeypadConfig};
pub use lamps::{BacklightConfig, LampAt, LampConfig, LampsConfig, ToneConfig};
use lamps::{BacklightTable, LampsTable, ToneTable};

/// What a phone is told before it asks any server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The provisioning server, `https://host[:port]`, without a slash at the end; `None`: the phone looks for it.
    pub server_url: Option<String>,
    /// Where it looks.
    pub discovery: DiscoveryConfig,
    /// The only authority that may vouch for the server; `None`: those of the system.
    pub ca_file: Option<PathBuf>,
    /// The phone's MAC address.
    pub device: DeviceId,
    /// The model's name, as the server knows it.
    pub model: String,
    /// Where the phone keeps its state; made at the first start.
    pub state_dir: PathBuf,
    /// The device key that seals the state; made at the first start.
    pub key_file: PathBuf,
    /// Where SIP arrives. Port 0 takes a free one at the first start and keeps it.
    pub sip_listen: SocketAddr,
    /// The text of `User-Agent` in SIP and HTTP.
    pub user_agent: String,
    /// Where logs go and how many.
    pub log: Log,
    /// The control socket; `None`: none.
    pub control_socket: Option<PathBuf>,
    /// What is drawn.
    pub panel: PanelConfig,
    /// The language of the screens until somebody chooses another; `None`: English.
    pub language: Option<Language>,
    /// Where the picture goes.
    pub display: DisplayConfig,
    /// What else is on the phone.
    pub fittings: Fittings,
}

/// What is on a phone beside its display.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fittings {
    /// The keypad; `None`: none that Linux knows.
    pub keypad: Option<KeypadConfig>,
    /// The lamps beside the display.
    pub lamps: LampsConfig,
    /// The light behind it; `None`: none that can be dimmed.
    pub backlight: Option<BacklightConfig>,
    /// What sounds the phone's own tones; `None`: nothing.
    pub tone: Option<ToneConfig>,
}

/// Where logs go and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The lowest level that is written.
    pub level: tracing::Level,
    /// Appended to; `None`: standard error.
    pub file: Option<PathBuf>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: tracing::Level::INFO,
            file: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    server: ServerTable,
    #[serde(default)]
    discovery: DiscoveryTable,
    device: DeviceTable,
    #[serde(default)]
    sip: SipTable,
    #[serde(default)]
    log: LogTable,
    #[serde(default)]
    control: ControlTable,
    #[serde(default)]
    display: DisplayTable,
    #[serde(default)]
    keypad: KeypadTable,
    #[serde(default)]
    lamps: LampsTable,
    #[serde(default)]
    backlight: BacklightTable,
    #[serde(default)]
    tone: ToneTable,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ServerTable {
    url: Option<String>,
    ca_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceTable {
    mac: Option<String>,
    interface: Option<String>,
    #[serde(default = "default_model")]
    model: String,
    state_dir: PathBuf,
    key_file: Option<PathBuf>,
    language: Option<Language>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct SipTable {
    listen: Option<String>,
    user_agent: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct LogTable {
    level: Option<String>,
    file: Option<PathBuf>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ControlTable {
    socket: Option<PathBuf>,
}

fn default_model() -> String {
    "generic".to_owned()
}

/// What a phone calls itself where the file says nothing else.
pub(crate) const USER_AGENT: &str = concat!("hotdesk/", env!("CARGO_PKG_VERSION"));

impl Config {
    /// Reads a file; relative paths in it count from its folder.
    ///
    /// # Errors
    /// When it cannot be read or something in it is wrong; the message names the file, the key, what is wrong and what to
    /// do about it.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| {
            format!(
                "{}: cannot be read; name the file with --config",
                path.display()
            )
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder).with_context(|| path.display().to_string())
    }

    /// Reads the text of a file whose relative paths count from `folder`.
    ///
    /// # Errors
    /// As [`Self::load`], without the name of the file.
    pub fn parse(text: &str, folder: &Path) -> anyhow::Result<Self> {
        let file: File = understand(text)?;
        let device = device_id(&file.device)?;
        let state_dir = folder.join(&file.device.state_dir);
        let (panel, display) = file.display.checked(folder)?;
        Ok(Self {
            server_url: file.server.url.as_deref().map(server_url).transpose()?,
            discovery: file.discovery.checked(folder)?,
            ca_file: file.server.ca_file.map(|p| folder.join(p)),
            device,
            model: bounded("device.model", file.device.model)?,
            key_file: match file.device.key_file {
                Some(path) => folder.join(path),
                None => state_dir.join("device.key"),
            },
            sip_listen: parsed(
                "sip.listen",
                file.sip.listen.as_deref().unwrap_or("[::]:5060"),
                "write an address and a port, as in \"[::]:5060\" or \"192.0.2.7:5060\"",
            )?,
            user_agent: user_agent(file.sip.user_agent)?,
            log: Log {
                level: parsed(
                    "log.level",
                    file.log.level.as_deref().unwrap_or("info"),
                    "use error, warn, info, debug or trace",
                )?,
                file: file.log.file.map(|p| folder.join(p)),
            },
            control_socket: file.control.socket.map(|p| folder.join(p)),
            panel,
            language: file.device.language,
            display,
            fittings: Fittings {
                keypad: file.keypad.checked()?,
                lamps: file.lamps.checked()?,
                backlight: file.backlight.checked()?,
                tone: file.tone.checked()?,
            },
            state_dir,
        })
    }
}

/// Reads TOML; a mistake is told in one sentence that begins with its line.
pub(crate) fn understand<T: DeserializeOwned>(text: &str) -> anyhow::Result<T> {
    toml::from_str(text).map_err(|error| match error.span() {
        Some(span) => anyhow!("{}: {}", line(text, span.start), error.message()),
        None => anyhow!("{}", error.message()),
    })
}

/// In which line of a text a byte is.
pub(crate) fn line(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    format!("line {}", before.matches('\n').count().saturating_add(1))
}

fn parsed<T: FromStr>(key: &str, text: &str, advice: &str) -> anyhow::Result<T> {
    text.parse()
        .map_err(|_| anyhow!("{key}: {text:?} is not understood; {advice}"))
}

fn bounded(key: &str, text: String) -> anyhow::Result<String> {
    ensure!(
        (1..=64).contains(&text.len()),
        "{key}: 1 to 64 characters are needed"
    );
    Ok(text)
}

/// The SIP crate has the last word on what can be sent; asking it here gives the mistake its key.
fn user_agent(given: Option<String>) -> anyhow::Result<String> {
    let text = given.unwrap_or_else(|| USER_AGENT.to_owned());
    let instance = "urn:uuid:00000000-0000-1000-8000-000000000000";
    match hotdesk_sip::Config::new(instance, &text) {
        Ok(_) => Ok(text),
        Err(error) => Err(anyhow!("sip.user_agent: {error}")),
    }
}

/// Only HTTPS: the device token and PINs travel there.
///
/// A name is written as DNS has it. Tables that turn other letters into that would be a part of the binary which no phone
/// needs, and are left out of it (`idna_adapter` in Cargo.lock).
pub(crate) fn server_url(text: &str) -> anyhow::Result<String> {
    ensure!(
        text.is_ascii() && !text.contains('%'),
        "server.url: {text:?} has letters that DNS does not have; write the name as xn--…"
    );
    let url = reqwest::Url::parse(text).map_err(|why| {
        anyhow!("server.url: {text:?} is not a URL ({why}); write https://host:port")
    })?;
    ensure!(
        url.scheme() == "https",
        "server.url: only https:// keeps PINs secret; write https://host:port"
    );
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    ensure!(
        bare && url.username().is_empty() && url.password().is_none(),
        "server.url: only scheme, host and port belong here; write https://host:port"
    );
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn device_id(table: &DeviceTable) -> anyhow::Result<DeviceId> {
    match (&table.mac, &table.interface) {
        (Some(mac), None) => DeviceId::parse(mac)
            .map_err(|why| anyhow!("device.mac: {mac:?}: {why}, as in \"02:00:5e:10:00:11\"")),
        (None, Some(name)) => interface_mac(name),
        (None, None) => bail!("device: the phone has no name; set device.mac or device.interface"),
        (Some(_), Some(_)) => {
            bail!("device: both mac and interface are set; keep the one that is right")
        }
    }
}

fn interface_mac(name: &str) -> anyhow::Result<DeviceId> {
    ensure!(
        !name.contains('/') && name != "..",
        "device.interface: {name:?} is not the name of an interface"
    );
    let path = Path::new("/sys/class/net").join(name).join("address");
    let text = std::fs::read_to_string(&path).with_context(|| {
        format!(
            "device.interface: {name:?} has no {}; see `ls /sys/class/net`",
            path.display()
        )
    })?;
    DeviceId::parse(text.trim())
        .map_err(|why| anyhow!("device.interface: {name:?}: {why}; set device.mac instead"))
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
