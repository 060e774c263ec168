//! What a phone does that cannot start: says why on its screen, with its attention lamp and in its log, keeps emergency
//! calls possible, and starts by itself once the cause is gone. Never touches what is on flash.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use hotdesk_session::{Effect, Event, Key, Phone, Saved, Settings};
use hotdesk_ui::{Facts, Language, PANELS, Panel, Trouble};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use crate::agent::{Handles, Seams};
use crate::backoff::Backoff;
use crate::client::VERSION;
use crate::control::{self, Order, Reach};
use crate::devices::{Wanted, Watcher};
use crate::discovery::{Finder, Follower, Found, News, kept};
use crate::drivers::Drivers;
use crate::face::{Lamps, Painter};
use crate::network::{self, Network};
use crate::panel::PanelConfig;
use crate::run::{Loop, NOTICES_MAX, ORDERS_WAITING_MAX};
use crate::status::Beside;
use crate::{Clock, Config, KEYS_WAITING_MAX, Notice, Status, deadline};

/// What a phone is taken for whose configuration cannot be read, unless the firmware has a file that says better.
const USUAL: &str = include_str!("../../assets/default/usual.toml");

/// Longest wait until a phone that cannot start tries again. What it waits for is its own, so it need not be patient with
/// anybody.
const AGAIN_MAX: Duration = Duration::from_secs(20);

/// Runs the phone of a configuration file until it breaks. A phone that cannot start says why and tries again: when the
/// file changes, when a server is found, and ever more rarely by itself. While the file cannot be understood, the hardware is
/// taken to be what the firmware's own file says.
pub(crate) async fn run_file(file: &Path, of_firmware: &Path) -> anyhow::Result<()> {
    let usual = usual(of_firmware)?;
    let mut watcher = Watcher::new(vec![Wanted::File(file.to_owned())]);
    let mut patience = Backoff::default();
    let mut found = None;
    let mut shown: Option<(StandIn, Config)> = None;
    loop {
        let failure = match Opened::from(file, &usual, found.take()).await {
            Ok(opened) => {
                if shown.take().is_some() {
                    info!("the phone can start");
                }
                found = Some(opened.run().await?);
                continue;
            }
            Err(failure) => failure,
        };
        let Failure { why, around } = *failure;
        // One with other hardware is gone before the next takes it.
        let same = shown.take().filter(|(_, before)| *before == around);
        let phone = match same {
            Some((phone, _)) => phone,
            None => StandIn::open(&around)?,
        };
        let (phone, around) = shown.insert((phone, around));
        phone.listen();
        found = match why {
            Why::CannotStart(why) => {
                phone.say(Some(Trouble::CannotStart(why)));
                let again = tokio::time::sleep(patience.next().min(AGAIN_MAX));
                phone
                    .run_until(async {
                        tokio::select! {
                            () = watcher.changed() => {}
                            () = again => {}
                        }
                    })
                    .await;
                None
            }
            Why::NoServer => {
                let clock = phone.clock.clone();
                phone
                    .look_for_server(&mut watcher, Finder::new(around, clock))
                    .await
            }
        };
        phone.leave_socket().await;
    }
}

/// What a phone has whose own configuration does not say.
fn usual(of_firmware: &Path) -> anyhow::Result<Config> {
    Config::load(of_firmware).or_else(|_| Config::parse(USUAL, Path::new("")))
}

/// Why a phone cannot start, and what it has all the same.
struct Failure {
    why: Why,
    around: Config,
}

enum Why {
    CannotStart(String),
    /// Neither the file nor the state directory names one.
    NoServer,
}

/// A phone that can start.
struct Opened {
    config: Config,
    keys: mpsc::Sender<Key>,
    phone: Loop,
    handles: Handles,
    /// Only where the file does not name the server.
    follower: Option<Follower>,
}

impl Opened {
    /// `usual` is what the phone is taken for if the file does not say, `found` the server if nothing else names it.
    async fn from(file: &Path, usual: &Config, found: Option<Found>) -> Result<Self, Box<Failure>> {
        let failed = |around: &Config, why| {
            let around = around.clone();
            Box::new(Failure { why, around })
        };
        let cannot = |why: anyhow::Error| Why::CannotStart(format!("{why:#}"));
        let loaded = Config::load(file).map_err(|why| failed(usual, cannot(why)))?;
        let mut config = loaded.clone();
        let mut follower = None;
        if config.server_url.is_none() {
            let url = kept(&config.state_dir).or(found.map(|found| found.url));
            let Some(url) = url else {
                return Err(failed(&loaded, Why::NoServer));
            };
            info!(server = url, "the server that was found");
            follower = Some(Follower::new(&config, url.clone()));
            config.server_url = Some(url);
        }
        let (keys, seams) = Seams::headless();
        let opened = Loop::open(config.clone(), seams).await;
        let (phone, handles) = opened.map_err(|why| failed(&loaded, cannot(why)))?;
        Ok(Self {
            config,
            keys,
            phone,
            handles,
            follower,
        })
    }

    /// Until something breaks, or until another server is to be asked.
    async fn run(self) -> anyhow::Result<Found> {
        let _drivers = Drivers::open(&self.config, self.keys, &self.handles)?;
        let status = self.handles.status.clone();
        let elsewhere = async {
            match self.follower {
                Some(follower) => follower.elsewhere(status).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            ended = self.phone.run() => Err(ended.err().unwrap_or_else(|| anyhow!("the phone ended"))),
            found = elsewhere => Ok(found),
        }
    }
}

/// A phone without server, registrar and memory.
struct StandIn {
    phone: Phone,
    clock: Clock,
    painter: Painter,
    facts: Facts,
    handles: Handles,
    status: watch::Sender<Arc<Status>>,
    typing: watch::Sender<bool>,
    touched: watch::Sender<()>,
    keys: mpsc::Receiver<Key>,
    orders: (mpsc::Sender<Order>, mpsc::Receiver<Order>),
    network: Network,
    socket: Option<PathBuf>,
    control: JoinSet<anyhow::Result<()>>,
    _drivers: Drivers,
}

impl StandIn {
    fn open(around: &Config) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let (painter, faces) = Painter::new(panel(&around.panel)?);
        let settings = Settings {
            soft_keys: painter.soft_keys(),
            line_keys: painter.line_keys(),
            enrolled: false,
            languages: hotdesk_ui::languages(),
        };
        let mut seed = [0; 32];
        // Nothing that is decided by chance leaves this phone.
        let _ = getrandom::fill(&mut seed);
        let (phone, _) = Phone::new(settings, Saved::default(), seed, clock.now());
        let (status, statuses) = watch::channel(Arc::new(status(&phone, &clock, &[])));
        let (typing, typed) = watch::channel(false);
        let (touched, touches) = watch::channel(());
        let handles = Handles {
            faces,
            status: statuses,
            typing: typed,
            touched: touches,
            missing_keys: watch::Sender::default(),
            dark: watch::Sender::default(),
            notices: broadcast::channel(NOTICES_MAX).0,
        };
        let (pressed, keys) = mpsc::channel(KEYS_WAITING_MAX);
        let drivers = Drivers::open(around, pressed, &handles)?;
        let mut stand_in = Self {
            phone,
            clock,
            painter,
            facts: Facts {
                version: VERSION.to_owned(),
                ..Facts::default()
            },
            handles,
            status,
            typing,
            touched,
            keys,
            orders: mpsc::channel(ORDERS_WAITING_MAX),
            network: Network::open(),
            socket: around.control_socket.clone(),
            control: JoinSet::new(),
            _drivers: drivers,
        };
        stand_in.network_changed();
        Ok(stand_in)
    }

    /// Says why the phone cannot start; `None` while it may yet.
    fn say(&mut self, trouble: Option<Trouble>) {
        if self.facts.troubles.first() != trouble.as_ref() {
            match &trouble {
                Some(Trouble::CannotStart(why)) => error!("the phone cannot start: {why}"),
                Some(trouble) => warn!("{}", trouble.sentence(Language::English)),
                None => {}
            }
        }
        self.facts.troubles = trouble.into_iter().collect();
        self.publish();
    }

    /// Listens on the control socket.
    fn listen(&mut self) {
        let Some(path) = &self.socket else { return };
        match control::open(path) {
            Ok(listener) => {
                let reach = Reach {
                    handles: self.handles.clone(),
                    orders: self.orders.0.clone(),
                };
                self.control.spawn(control::serve(listener, reach));
            }
            Err(error) => warn!("nobody can ask this phone: {error:#}"),
        }
    }

    /// Looks for a server and says how that goes, until there is one or the configuration changes.
    async fn look_for_server(&mut self, config: &mut Watcher, mut finder: Finder) -> Option<Found> {
        let mut news = finder.look();
        loop {
            let trouble = match news {
                News::Server(found) => {
                    info!(server = found.url, "found by {}", found.source);
                    return Some(found);
                }
                News::Other(named) => Some(Trouble::OtherServer(named)),
                News::Looking => None,
                News::Nothing => Some(Trouble::NoServer),
            };
            self.say(trouble);
            let next = async {
                tokio::select! {
                    () = config.changed() => None,
                    news = finder.next() => Some(news),
                }
            };
            news = self.run_until(next).await?;
        }
    }

    /// Makes room for a phone that can start: nobody listens any more when this is over.
    async fn leave_socket(&mut self) {
        self.control.shutdown().await;
    }

    async fn run_until<T>(&mut self, mended: impl Future<Output = T>) -> T {
        let mut mended = pin!(mended);
        loop {
            let deadline = self.phone.poll_timeout();
            tokio::select! {
                Some(key) = self.keys.recv() => {
                    self.touched.send_replace(());
                    self.handle(Event::Key(key));
                }
                Some(order) = self.orders.1.recv() => {
                    self.handle(order.event);
                    let _ = order.done.send(());
                }
                () = self.network.changed() => self.network_changed(),
                () = deadline::reached(deadline) => self.handle(Event::Timeout),
                outcome = &mut mended => return outcome,
            }
        }
    }

    fn network_changed(&mut self) {
        let up = network::is_up();
        self.handle(Event::NetworkLink { up });
    }

    /// Of all that a phone does, calls and tones are left: there is no server and nothing to keep.
    fn handle(&mut self, event: Event) {
        for effect in self.phone.handle(self.clock.now(), event) {
            match effect {
                Effect::Dial { number, emergency } => {
                    Notice::Dial { number, emergency }.tell(&self.handles.notices);
                }
                Effect::Tone(tone) => {
                    let tone = tone.into();
                    Notice::Tone { tone }.tell(&self.handles.notices);
                }
                Effect::Call { id, order } => {
                    let order = order.into();
                    Notice::Call { id, order }.tell(&self.handles.notices);
                }
                Effect::Enrol
                | Effect::FetchProfile
                | Effect::Sync { .. }
                | Effect::WarmUp
                | Effect::OpenAssociation { .. }
                | Effect::OpenOffline { .. }
                | Effect::SealOffline { .. }
                | Effect::ExtendAssociation { .. }
                | Effect::CheckLogout { .. }
                | Effect::ChangePin { .. }
                | Effect::EndElsewhere { .. }
                | Effect::AnswerConsent { .. }
                | Effect::Deliver { .. }
                | Effect::Register { .. }
                | Effect::Unregister { .. }
                | Effect::Abandon { .. }
                | Effect::CleanUp { .. }
                | Effect::Persist(_)
                | Effect::Wipe { .. } => {}
            }
        }
        self.publish();
    }

    fn publish(&mut self) {
        let view = self.phone.view(self.clock.now());
        let lamps = Lamps {
            attention: !self.facts.troubles.is_empty(),
            ..Lamps::default()
        };
        self.painter.show(&view, None, &self.facts, lamps);
        let status = status(&self.phone, &self.clock, &self.facts.troubles);
        self.status.send_replace(Arc::new(status));
        self.typing.send_replace(false);
    }
}

/// The panel that is configured, or the one that most phones have.
fn panel(config: &PanelConfig) -> anyhow::Result<Arc<Panel>> {
    let first = || PANELS.first().map(|panel| Arc::new(panel.clone()));
    let named = crate::panel(config).ok().or_else(first);
    named.context("there is no panel at all")
}

fn status(phone: &Phone, clock: &Clock, troubles: &[Trouble]) -> Status {
    let beside = Beside {
        wall: None,
        since: None,
        sip_port: 0,
        troubles,
    };
    Status::of(&phone.view(clock.now()), beside)
}

#[cfg(test)]
#[path = "standin_tests.rs"]
mod tests;
