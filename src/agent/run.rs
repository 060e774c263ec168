//! The one loop: wait, one event into the core, carry out what comes out. Never decides anything about hot desking.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hotdesk_provisioning::{RefusalCode, Report};
use hotdesk_session::{Activity, Event};
use hotdesk_ui::{Facts, Trouble};
use tokio::sync::{broadcast, watch};
use tracing::{debug, info, trace};

use crate::asking::{Answer, Answered, Asker, Identity};
use crate::backoff::Backoff;
use crate::client::VERSION;
use crate::face::{Lamps, Painter, changes_by_itself};
use crate::onlooker::Onlooker;
use crate::status::Beside;
use crate::store::Store;
use crate::transport::{Arrival, Transport};
use crate::{Clock, Notice, PhoneCore, Status};

mod errands;
mod input;
mod looked_at;
mod open;
use input::{Input, Inputs};

/// Orders from the control socket that may wait.
pub(crate) const ORDERS_WAITING_MAX: usize = 16;
/// Notices that a slow reader may be behind.
pub(crate) const NOTICES_MAX: usize = 32;

/// A phone whose sockets are open.
pub(crate) struct Loop {
    core: PhoneCore,
    store: Store,
    clock: Clock,
    transport: Transport,
    asker: Asker,
    painter: Painter,
    facts: Facts,
    status: watch::Sender<Arc<Status>>,
    typing: watch::Sender<bool>,
    touched: watch::Sender<()>,
    notices: broadcast::Sender<Notice>,
    enrol_again: Backoff,
    onlooker: Onlooker,
    /// The name of the theme, for an onlooker.
    theme: Option<String>,
    /// Whether the right account was registered when the server last heard of it.
    reported: Option<bool>,
    inputs: Inputs,
}

impl Loop {
    /// Runs until something breaks without which the phone does not work.
    pub(crate) async fn run(mut self) -> anyhow::Result<()> {
        loop {
            let deadline = self.deadline();
            let input = self.inputs.next(&self.transport, deadline).await;
            self.handle(input)?;
            self.carry_out();
            self.publish();
        }
    }

    /// What a phone does first.
    fn begin(&mut self) {
        info!(port = self.transport.port(), "the phone starts");
        self.network_changed();
        if let Some(token) = self.store.memory.token.clone() {
            self.asker.follow_events(token);
        }
        self.carry_out();
        self.publish();
    }

    fn handle(&mut self, input: Input) -> anyhow::Result<()> {
        let now = self.clock.now();
        input.trace(self.core.poll_timeout().is_some_and(|at| at <= now));
        match input {
            Input::Key(key) => {
                trace!(?key, "key");
                self.core.handle(now, Event::Key(key));
                self.touched.send_replace(());
            }
            Input::Datagram(length, flow) => {
                let bytes = self.inputs.datagram.get(..length).unwrap_or_default();
                trace!(length, remote = %flow.remote, "datagram");
                self.core.handle_datagram(now, flow, bytes);
            }
            Input::Arrival(arrival) => self.arrived(now, arrival),
            Input::Answered(answered) => self.answered(now, answered),
            Input::Order(order) => {
                self.core.handle(now, order.event);
                self.carry_out();
                self.publish();
                // A client that went away wants no answer.
                let _ = order.done.send(());
            }
            Input::NetworkChanged => self.network_changed(),
            Input::WallSet => self.wall_set(),
            Input::Hardware => {}
            Input::Deadline => {
                self.store.handle_timeout(now);
                self.core.handle_timeout(now);
            }
            Input::Broken(error) => return Err(error),
        }
        Ok(())
    }

    fn arrived(&mut self, now: Instant, arrival: Arrival) {
        match arrival {
            Arrival::Message(flow, bytes) => self.core.handle_datagram(now, flow, &bytes),
            Arrival::Accepted(stream, remote) => self.transport.accepted(stream, remote),
            Arrival::Closed(remote, number) => {
                if self.transport.closed(remote, number) {
                    let tcp = hotdesk_provisioning::Transport::Tcp;
                    self.core.handle_transport_error(now, tcp, remote);
                }
            }
            Arrival::Resolved(server, route) => self.resolved(now, &server, route),
        }
    }

    fn answered(&mut self, now: Instant, answered: Answered) {
        if !self.asker.stands(&answered) {
            debug!("an answer to a question that no longer stands");
            return;
        }
        match answered.answer {
            Answer::Event(event) => {
                if asks_for_a_token(&event) {
                    self.enrol_anew();
                }
                let link = server_link(&event);
                self.looked_at(now, &event);
                self.core.handle(now, event);
                if let Some(up) = link {
                    self.server_link_changed(up);
                }
            }
            Answer::Token(token) => {
                self.store.memory.token = Some(token.clone());
                self.store.write();
                self.asker.follow_events(token);
                self.core.handle(now, Event::Enrolled);
            }
            Answer::Profile(fetched) => {
                // Written together with the profile that it belongs to.
                self.store.memory.profile_tag = fetched.tag;
                let profile = Box::new(fetched.profile);
                self.core.handle(now, Event::Profile(profile));
            }
            Answer::TokenRefused => self.enrol_anew(),
        }
    }

    /// The server does not know our token: it lost its memory, or the phone was withdrawn. Asking again is all there is to
    /// do, ever more rarely; an administrator who lets the phone in again finds it waiting.
    fn enrol_anew(&mut self) {
        if !self.asker.is_enrolling() {
            let wait = self.enrol_again.next();
            info!(
                ?wait,
                "the server does not know this phone; enrolling again"
            );
            let claim = self.identity().claim;
            self.asker.enrol(claim, wait);
        }
    }

    /// Lets the portal show whether the phone can be called; the rest it learns with every switch.
    fn report(&mut self, status: &Status) {
        if !status.server || self.reported == Some(status.registered) {
            return;
        }
        self.reported = Some(status.registered);
        let report = Report::Status {
            version: VERSION.to_owned(),
            registered: status.registered,
            last_switch_ms: status.last_switch_ms,
        };
        let identity = self.identity();
        self.asker.report(report, &identity);
    }

    fn server_link_changed(&mut self, up: bool) {
        if up {
            self.enrol_again.reset();
        }
        // Whatever was reported, the server may have been another one since.
        self.reported = None;
        self.network_changed();
    }

    /// A server that can be heard is proof of a network, whatever the interfaces are said to be, but not at the moment at
    /// which the cable is pulled: the silence that follows is heard late.
    fn network_changed(&mut self) {
        let now = self.clock.now();
        let status = self.core.view(now).status;
        let (carrier, pulled) = self.inputs.network.carrier();
        let up = carrier || status.server && !pulled;
        if up != status.network {
            info!(up, "network");
        }
        self.core.handle(now, Event::NetworkLink { up });
    }

    /// Nobody trusted a server before; now nobody waits for the next try.
    fn wall_set(&mut self) {
        info!(plausible = self.clock.is_plausible(), "the clock was set");
        let status = self.core.view(self.clock.now()).status;
        if status.server {
            return;
        }
        match self.store.memory.token.clone() {
            Some(token) => self.asker.follow_events(token),
            None if self.asker.is_enrolling() => {
                let claim = self.identity().claim;
                self.asker.enrol(claim, Duration::ZERO);
            }
            None => {}
        }
    }

    /// What does not work on the phone itself, the worst first.
    fn troubles(&self) -> Vec<Trouble> {
        let missing = self.inputs.missing.borrow().clone();
        let dark = self.inputs.dark.borrow().clone();
        [
            (!self.clock.is_plausible()).then_some(Trouble::ClockWrong),
            self.store.is_failing().then_some(Trouble::CannotStore),
            (!missing.is_empty()).then_some(Trouble::KeysMissing(missing)),
            dark.map(Trouble::NoDisplay),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn identity(&self) -> Identity {
        let has_profile = self.store.memory.saved.host.is_some();
        Identity {
            token: self.store.memory.token.clone(),
            claim: self.store.device_key().claim(),
            profile_tag: self
                .store
                .memory
                .profile_tag
                .clone()
                .filter(|_| has_profile),
        }
    }

    /// The time since 1970, if the clock can be right.
    fn wall(&self) -> Option<Duration> {
        self.clock.is_plausible().then(|| self.clock.unix())
    }

    fn deadline(&self) -> Option<Instant> {
        let view = self.core.view(self.clock.now());
        let repaint = changes_by_itself(&view, self.wall());
        let onlooker = self.onlooker.poll_timeout();
        [
            self.core.poll_timeout(),
            self.store.poll_timeout(),
            onlooker,
            repaint,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Shows what changed: picture, lamps, status.
    fn publish(&mut self) {
        let (now, wall) = (self.clock.now(), self.wall());
        self.facts.troubles = self.troubles();
        let lamps_on = self.core.message_waiting(now);
        let view = self.core.view(now);
        let lamps = Lamps::of(&view, lamps_on, &self.facts.troubles);
        self.painter.show(&view, wall, &self.facts, lamps);
        let beside = Beside {
            wall,
            since: self.store.memory.signed_in_at,
            sip_port: self.transport.port(),
            troubles: &self.facts.troubles,
        };
        let status = Status::of(&view, beside);
        let typing = is_secret(view.activity);
        self.typing
            .send_if_modified(|before| std::mem::replace(before, typing) != typing);
        self.report(&status);
        self.show_onlooker(now);
        self.status.send_if_modified(|shown| {
            let differs = **shown != status;
            if differs {
                log_change(shown, &status);
                *shown = Arc::new(status);
            }
            differs
        });
    }
}

/// Whether a PIN is typed, or may be typed next.
fn is_secret(activity: &Activity) -> bool {
    match activity {
        Activity::Entering(_) | Activity::LogoutPin(_) | Activity::ChangePin(_) => true,
        Activity::Enrolling(_)
        | Activity::Home
        | Activity::Admitting(_)
        | Activity::ConfirmTakeover(_)
        | Activity::Switching(_)
        | Activity::Refused(_)
        | Activity::LockedOut(_)
        | Activity::ConfirmLogout(_)
        | Activity::Leaving(_)
        | Activity::Evicted(_)
        | Activity::Expiring(_)
        | Activity::Diagnostics
        | Activity::Menu(_)
        | Activity::EndElsewhere(_)
        | Activity::Consent(_)
        | Activity::Done(_) => false,
    }
}

fn server_link(event: &Event) -> Option<bool> {
    if let Event::ServerLink { up } = event {
        Some(*up)
    } else {
        None
    }
}

/// Whether a person was told that the phone is not known to its server.
fn asks_for_a_token(event: &Event) -> bool {
    if let Event::Opened {
        answer: Err(refusal),
        ..
    } = event
    {
        refusal.code == RefusalCode::NotAuthenticated
    } else {
        false
    }
}

/// What a person at the phone or an administrator would notice. Says no names: who sits where is the server's to know.
fn log_change(before: &Status, now: &Status) {
    if before.user != now.user {
        info!(signed_in = now.user.is_some(), "the phone changed hands");
    }
    if before.registered != now.registered {
        info!(registered = now.registered, "registration");
    }
    if let Some(code) = now.refusal.filter(|_| before.refusal != now.refusal) {
        info!(code = code.short(), "refused");
    }
    if before.activity != now.activity {
        debug!(activity = ?now.activity);
    }
}
