//! Opens everything that a phone needs and puts it together. After this nothing is read from the configuration.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use hotdesk_provisioning::{DeviceId, Language};
use hotdesk_session::Settings;
use hotdesk_sip::Config as SipConfig;
use hotdesk_ui::Facts;
use tokio::sync::{broadcast, mpsc, watch};

use super::input::Inputs;
use super::looked_at::theme_name;
use super::{Loop, NOTICES_MAX, ORDERS_WAITING_MAX};
use crate::agent::{Handles, Seams};
use crate::asking::Asker;
use crate::backoff::Backoff;
use crate::client::{Client, VERSION};
use crate::control::{self, Reach};
use crate::deadline::Alarm;
use crate::face::Painter;
use crate::network::Network;
use crate::onlooker::Onlooker;
use crate::panel::panel;
use crate::status::Beside;
use crate::store::Store;
use crate::tasks::Tasks;
use crate::transport::{DATAGRAM_BYTES_MAX, Transport};
use crate::wall::WallNews;
use crate::{Birth, Clock, Config, PhoneCore, Status};

impl Loop {
    /// # Errors
    /// When the state, the key, the authority's file, the SIP address, the panel or the control socket cannot be used.
    pub(crate) async fn open(config: Config, seams: Seams) -> anyhow::Result<(Self, Handles)> {
        let clock = seams.clock;
        let mut store = open_store(&config, &clock)?;
        let client = Client::new(config.clone(), &clock)?;
        let (transport, arrivals) = open_transport(&config, &mut store).await?;
        let (painter, faces) = Painter::new(panel(&config.panel)?);
        let core = PhoneCore::new(birth(&config, &store, &painter)?, clock.now());
        let (asker, answers) = Asker::new(client);
        let (orders, ordered) = mpsc::channel(ORDERS_WAITING_MAX);
        let (notices, _) = broadcast::channel(NOTICES_MAX);
        let (status, statuses) = first_status(&core, &clock, transport.port());
        let (typing, typed) = watch::channel(false);
        let (missing_keys, missing) = watch::channel(String::new());
        let (dark, darkness) = watch::channel(None);
        let (touched, touches) = watch::channel(());
        let handles = Handles {
            faces,
            status: statuses,
            typing: typed,
            touched: touches,
            missing_keys,
            dark,
            notices: notices.clone(),
        };
        let mut tasks = Tasks::default();
        if let Some(path) = &config.control_socket {
            let listener = control::open(path)?;
            let reach = Reach {
                handles: handles.clone(),
                orders,
            };
            tasks.spawn("control socket", control::serve(listener, reach));
        }
        let inputs = Inputs {
            keys: seams.keys,
            arrivals,
            answers,
            orders: ordered,
            network: Network::open(),
            wall: WallNews::open(),
            alarm: Alarm::new(clock.clone()),
            missing,
            dark: darkness,
            tasks,
            datagram: Box::new([0; DATAGRAM_BYTES_MAX]),
        };
        let mut phone = Self {
            core,
            store,
            clock,
            transport,
            asker,
            painter,
            facts: first_facts(config.device),
            status,
            typing,
            touched,
            notices,
            enrol_again: Backoff::default(),
            onlooker: Onlooker::default(),
            theme: theme_name(&config.panel),
            reported: None,
            inputs,
        };
        phone.begin();
        Ok((phone, handles))
    }
}

fn open_store(config: &Config, clock: &Clock) -> anyhow::Result<Store> {
    let mut store = Store::open(&config.state_dir, &config.key_file, clock.clone())?;
    if let Some(server) = &config.server_url {
        store.belong_to(server);
    }
    Ok(store)
}

/// The port stays the same after a restart, because a binding that an earlier life left names it.
async fn open_transport(
    config: &Config,
    store: &mut Store,
) -> anyhow::Result<(Transport, mpsc::Receiver<crate::transport::Arrival>)> {
    let mut listen = config.sip_listen;
    if listen.port() != 0 {
        return Transport::open(listen).await;
    }
    if let Some(port) = store.memory.sip_port {
        listen.set_port(port);
        match Transport::open(listen).await {
            Ok(opened) => return Ok(opened),
            Err(error) => tracing::warn!("the port of the last time is taken: {error:#}"),
        }
        listen.set_port(0);
    }
    let opened = Transport::open(listen).await?;
    store.memory.sip_port = Some(opened.0.port());
    store.write();
    Ok(opened)
}

/// What the screens can speak, what the configuration wishes first.
fn languages(wished: Option<Language>) -> Vec<Language> {
    let mut all = hotdesk_ui::languages();
    // A stable sort: the others keep their order.
    all.sort_by_key(|language| Some(*language) != wished);
    all
}

fn birth(config: &Config, store: &Store, painter: &Painter) -> anyhow::Result<Birth> {
    let settings = Settings {
        soft_keys: painter.soft_keys(),
        line_keys: painter.line_keys(),
        enrolled: store.memory.token.is_some(),
        languages: languages(config.language),
    };
    let sip =
        SipConfig::new(&instance(&config.device), &config.user_agent).context("sip.user_agent")?;
    let seed = || {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|e| anyhow!("no random numbers: {e}"))?;
        anyhow::Ok(seed)
    };
    Ok(Birth {
        settings,
        saved: store.saved(),
        sip,
        device_key: store.device_key().clone(),
        seeds: [seed()?, seed()?],
    })
}

/// The device's `+sip.instance` (RFC 5626 section 4.1): a UUID whose node is the MAC address, the same in every life.
fn instance(device: &DeviceId) -> String {
    format!("urn:uuid:00000000-0000-1000-8000-{device}")
}

fn first_facts(device: DeviceId) -> Facts {
    Facts {
        address: None,
        device: Some(device),
        version: VERSION.to_owned(),
        troubles: Vec::new(),
    }
}

fn first_status(
    core: &PhoneCore,
    clock: &Clock,
    sip_port: u16,
) -> (watch::Sender<Arc<Status>>, watch::Receiver<Arc<Status>>) {
    let beside = Beside {
        wall: None,
        since: None,
        sip_port,
        troubles: &[],
    };
    watch::channel(Arc::new(Status::of(&core.view(clock.now()), beside)))
}
