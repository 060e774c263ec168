//! A real agent in this process, worked by its keys and read by its screen.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use hotdesk_agent::{
    Agent, Clock, Config, DiscoveryConfig, DisplayConfig, Fittings, Log, Seams, Status,
};
use hotdesk_provisioning::DeviceId;
use hotdesk_session::{Digit, Key};
use tokio::sync::{mpsc, watch};

use crate::eventually;

/// Bytes by which a state grows at least when what a guest needs is sealed in it: more than all that the server may be owed.
const SEALED_BYTES_MIN: u64 = 800;

/// A phone on somebody's desk.
#[derive(Debug)]
pub struct Phone {
    agent: Agent,
    keys: mpsc::Sender<Key>,
    status: watch::Receiver<Arc<Status>>,
    config: Config,
    clock: WallClock,
}

/// A wall clock that a test can put wrong.
#[derive(Debug, Clone, Default)]
pub struct WallClock(Arc<AtomicI64>);

impl WallClock {
    /// Makes it this much fast, or slow when negative.
    pub fn put_wrong_by(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }

    fn now(&self) -> SystemTime {
        let wrong_by = self.0.load(Ordering::Relaxed);
        let by = Duration::from_secs(wrong_by.unsigned_abs());
        if wrong_by < 0 {
            SystemTime::now() - by
        } else {
            SystemTime::now() + by
        }
    }
}

/// The configuration of a phone that keeps its state in `folder`.
#[must_use]
pub fn phone_config(mac: &str, server: SocketAddr, ca_file: PathBuf, folder: &Path) -> Config {
    let state_dir = folder.join(mac);
    Config {
        server_url: Some(format!("https://{server}")),
        discovery: DiscoveryConfig {
            lease_file: PathBuf::new(),
            pnp: None,
        },
        ca_file: Some(ca_file),
        device: DeviceId::parse(mac).unwrap(),
        model: "HD-480".to_owned(),
        key_file: state_dir.join("device.key"),
        state_dir,
        sip_listen: (Ipv4Addr::LOCALHOST, 0).into(),
        user_agent: "hotdesk-rig/1".to_owned(),
        log: Log {
            level: tracing::Level::TRACE,
            file: None,
        },
        control_socket: None,
        panel: "480x272".into(),
        display: DisplayConfig::None,
        language: None,
        fittings: Fittings::default(),
    }
}

impl Phone {
    /// Switches it on.
    pub async fn start(config: Config) -> Self {
        Self::start_wrong_by(config, 0).await
    }

    /// Switches it on with a wall clock that is this many seconds fast, or slow when negative.
    pub async fn start_wrong_by(config: Config, seconds: i64) -> Self {
        let clock = WallClock::default();
        clock.put_wrong_by(seconds);
        let (agent, keys) = switch_on(&config, &clock).await;
        let status = agent.status();
        Self {
            agent,
            keys,
            status,
            config,
            clock,
        }
    }

    /// Switches it off and on again.
    pub async fn restart(self) -> Self {
        let config = self.switch_off().await;
        Self::start(config).await
    }

    /// Switches it off; what it remembers stays on flash.
    pub async fn switch_off(self) -> Config {
        self.agent.stop().await.expect("nothing was broken");
        self.config
    }

    /// Its wall clock.
    #[must_use]
    pub fn clock(&self) -> &WallClock {
        &self.clock
    }

    /// Where its state is.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How large its state on flash is.
    #[must_use]
    pub fn state_bytes(&self) -> u64 {
        let state = self.config.state_dir.join("state");
        std::fs::metadata(state).map_or(0, |file| file.len())
    }

    /// Waits until it has sealed what it needs to let in by itself somebody who has been here since its state had so many
    /// bytes.
    pub async fn expect_kept(&self, bytes_before: u64) {
        eventually("what the guest needs is on flash", async || {
            let now = self.state_bytes();
            if now > bytes_before + SEALED_BYTES_MIN {
                Ok(())
            } else {
                Err(format!("{bytes_before} bytes before, {now} now"))
            }
        })
        .await;
    }

    /// What it says of itself now.
    #[must_use]
    pub fn status(&self) -> Arc<Status> {
        self.status.borrow().clone()
    }

    /// Follows what it says of itself.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<Arc<Status>> {
        self.status.clone()
    }

    /// What its screen says now.
    #[must_use]
    pub fn screen(&self) -> String {
        self.agent.faces().borrow().text.clone()
    }

    /// Presses keys, named as in [`keys`].
    pub async fn press(&self, text: &str) {
        for key in keys(text) {
            self.keys.send(key).await.expect("the phone is on");
        }
    }

    /// Presses the soft key with this label, on whichever page it is now.
    pub async fn press_soft(&self, label: &str) {
        let slot = eventually(&format!("a soft key {label:?}"), async || {
            let screen = self.screen();
            soft_key(&screen, label).ok_or(screen)
        })
        .await;
        self.keys
            .send(Key::Soft(slot))
            .await
            .expect("the phone is on");
    }

    /// Signs somebody in on a phone that is on its idle screen, without waiting for the outcome.
    pub async fn log_in(&self, extension: &str, pin: &str) {
        self.press(&format!("{extension}#{pin}#")).await;
    }

    /// Signs whoever is here out with the dialled code, without waiting for the outcome.
    pub async fn log_out(&self) {
        self.press("*46C").await;
    }

    /// Waits until the screen says something.
    pub async fn expect_screen(&self, text: &str) {
        eventually(
            &format!("the screen of {} says {text:?}", self.config.device),
            async || {
                let screen = self.screen();
                if screen.contains(text) {
                    Ok(())
                } else {
                    Err(screen)
                }
            },
        )
        .await;
    }

    /// Waits until the person with this number is signed in and registered.
    pub async fn expect_user(&self, number: &str) {
        self.expect_status(&format!("{number} is signed in"), |status| {
            let user = status.user.as_ref().map(|u| u.extension.as_str());
            user == Some(number) && status.registered
        })
        .await;
    }

    /// Waits until nobody is signed in and the desk's own account is registered.
    pub async fn expect_vacant(&self) {
        self.expect_status("vacant and registered", |s| {
            s.user.is_none() && s.desk.is_some() && s.registered
        })
        .await;
    }

    /// Waits until the event stream to the server is up.
    pub async fn expect_server(&self, up: bool) {
        self.expect_status(&format!("server link {up}"), |s| s.server == up)
            .await;
    }

    /// Waits until the status is as wanted.
    pub async fn expect_status(&self, what: &str, is_so: impl Fn(&Status) -> bool) {
        eventually(
            &format!("phone {}: {what}", self.config.device),
            async || {
                let status = self.status();
                if is_so(&status) {
                    Ok(())
                } else {
                    Err(format!("{status:?}\n{}", self.screen()))
                }
            },
        )
        .await;
    }
}

async fn switch_on(config: &Config, clock: &WallClock) -> (Agent, mpsc::Sender<Key>) {
    let (keys, receiver) = mpsc::channel(64);
    let wall = clock.clone();
    let seams = Seams {
        keys: receiver,
        clock: Clock::with_wall(move || wall.now()),
    };
    let agent = Agent::start(config.clone(), seams)
        .await
        .expect("the phone starts");
    (agent, keys)
}

/// Which soft key has this label: the last line of a screen's text is `[> Log In] [] [Menu]`.
fn soft_key(screen: &str, label: &str) -> Option<u8> {
    let mut labels = screen
        .lines()
        .last()?
        .split(']')
        .map(|key| key.trim().trim_start_matches(['[', '>']).trim());
    labels
        .position(|text| text == label)
        .and_then(|slot| u8::try_from(slot + 1).ok())
}

/// The keys in a text: digits, `*` and `#` as they are, `K` for OK, `C` for Call, `B` for Back, `[1]` to `[4]` for soft
/// keys.
///
/// # Panics
/// When another character is in it.
pub fn keys(text: &str) -> impl Iterator<Item = Key> {
    let mut soft = false;
    text.chars().filter_map(move |c| {
        Some(match c {
            '[' | ']' => {
                soft = c == '[';
                return None;
            }
            '1'..='4' if soft => Key::Soft(c as u8 - b'0'),
            'K' => Key::Ok,
            'C' => Key::Call,
            'B' => Key::Back,
            _ => Key::Digit(Digit::new(c).unwrap_or_else(|| panic!("{c:?} is on no key"))),
        })
    })
}
