//! What a phone does that cannot start: says why on its screen, with its attention lamp and in its log, keeps emergency
//! calls possible, and starts by itself once the cause is gone. Never touches what is on flash.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use anyhow::Context;
use hotdesk_session::{Effect, Event, Key, Phone, Saved, Settings};
use hotdesk_ui::{Facts, PANELS, Panel, Trouble};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use crate::agent::{Handles, Seams};
use crate::backoff::Backoff;
use crate::client::VERSION;
use crate::control::{self, Order, Reach};
use crate::devices::{Wanted, Watcher};
use crate::drivers::Drivers;
use crate::face::{Lamps, Painter};
use crate::network::{self, Network};
use crate::run::{Loop, NOTICES_MAX, ORDERS_WAITING_MAX};
use crate::status::Beside;
use crate::{Clock, Config, KEYS_WAITING_MAX, Notice, Status, deadline};

/// What a phone is taken for whose configuration cannot be read.
const USUAL: &str = include_str!("../../assets/default/usual.toml");

/// Runs the phone of a configuration file until it breaks. A phone that cannot start says why and tries again: when the
/// file changes, and ever more rarely by itself.
pub(crate) async fn run_file(file: &Path) -> anyhow::Result<()> {
    let usual = Config::parse(USUAL, Path::new(""))?;
    let mut watcher = Watcher::new(vec![Wanted::File(file.to_owned())]);
    let mut patience = Backoff::default();
    let mut failure = match Opened::from(file, &usual).await {
        Ok(opened) => return opened.run().await,
        Err(failure) => failure,
    };
    loop {
        let around = failure.around.clone();
        let mut phone = StandIn::open(*failure)?;
        failure = loop {
            let again = tokio::time::sleep(patience.next());
            let mended = async {
                tokio::select! {
                    () = watcher.changed() => {}
                    () = again => {}
                }
            };
            phone.run_until(mended).await;
            phone.leave_socket().await;
            match Opened::from(file, &usual).await {
                Ok(opened) => {
                    info!("the phone can start");
                    drop(phone);
                    return opened.run().await;
                }
                Err(next) if next.around == around => phone.say(next.why),
                Err(next) => break next,
            }
        };
    }
}

/// Why a phone cannot start, and what it has all the same.
struct Failure {
    why: String,
    around: Config,
}

/// A phone that can start.
struct Opened {
    config: Config,
    keys: mpsc::Sender<Key>,
    phone: Loop,
    handles: Handles,
}

impl Opened {
    /// `usual` is what the phone is taken for if the file does not say.
    async fn from(file: &Path, usual: &Config) -> Result<Self, Box<Failure>> {
        let failed = |around: &Config, why: anyhow::Error| {
            let (why, around) = (format!("{why:#}"), around.clone());
            Box::new(Failure { why, around })
        };
        let config = Config::load(file).map_err(|why| failed(usual, why))?;
        let (keys, seams) = Seams::headless();
        let opened = Loop::open(config.clone(), seams).await;
        let (phone, handles) = opened.map_err(|why| failed(&config, why))?;
        Ok(Self {
            config,
            keys,
            phone,
            handles,
        })
    }

    async fn run(self) -> anyhow::Result<()> {
        let _drivers = Drivers::open(&self.config, self.keys, &self.handles)?;
        self.phone.run().await
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
    fn open(failure: Failure) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let around = failure.around;
        let (painter, faces) = Painter::new(panel(&around.panel)?);
        let settings = Settings {
            soft_keys: painter.soft_keys(),
            enrolled: false,
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
        let drivers = Drivers::open(&around, pressed, &handles)?;
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
            socket: around.control_socket,
            control: JoinSet::new(),
            _drivers: drivers,
        };
        stand_in.network_changed();
        stand_in.say(failure.why);
        Ok(stand_in)
    }

    /// Says why the phone cannot start, and listens on the control socket.
    fn say(&mut self, why: String) {
        let trouble = Trouble::CannotStart(why);
        if self.facts.troubles.first() != Some(&trouble) {
            if let Trouble::CannotStart(why) = &trouble {
                error!("the phone cannot start: {why}");
            }
            self.facts.troubles = vec![trouble];
        }
        if let Some(path) = &self.socket {
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
        self.publish();
    }

    /// Makes room for a phone that can start: nobody listens any more when this is over.
    async fn leave_socket(&mut self) {
        self.control.shutdown().await;
    }

    async fn run_until(&mut self, mended: impl Future<Output = ()>) {
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
                () = &mut mended => return,
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
                Effect::Enrol
                | Effect::FetchProfile
                | Effect::Sync { .. }
                | Effect::WarmUp
                | Effect::OpenAssociation { .. }
                | Effect::ExtendAssociation { .. }
                | Effect::CheckLogout { .. }
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
            attention: true,
            ..Lamps::default()
        };
        self.painter.show(&view, None, &self.facts, lamps);
        let status = status(&self.phone, &self.clock, &self.facts.troubles);
        self.status.send_replace(Arc::new(status));
        self.typing.send_replace(false);
    }
}

/// The panel of this name, or the one that most phones have.
fn panel(name: &str) -> anyhow::Result<&'static Panel> {
    let named = Panel::named(name).or(PANELS.first());
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
