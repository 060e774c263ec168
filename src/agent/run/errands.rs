//! Carries out what the core asks for: the only place where a decision becomes a deed.

use std::time::Instant;

use hotdesk_provisioning::{AssociationId, Extension, Pin, ServerAddress};
use hotdesk_session::{Event, OfflineFailure, OpenOffline, SealOffline};
use tracing::error;

use super::Loop;
use crate::offline::{Opener, Random};
use crate::{Errand, Notice, Route, store};

/// Rounds of errands and messages that one event may set off; the rest waits for the next turn.
const ROUNDS_MAX: usize = 16;

impl Loop {
    /// Errands first and in order, then messages: what must be on flash before a message leaves is there.
    pub(super) fn carry_out(&mut self) {
        for _ in 0..ROUNDS_MAX {
            while let Some(errand) = self.core.poll_errand() {
                self.run_errand(errand);
            }
            let mut unreachable = Vec::new();
            while let Some(transmit) = self.core.poll_transmit() {
                let to = (transmit.transport, transmit.destination);
                if self.transport.send(transmit).is_err() && !unreachable.contains(&to) {
                    unreachable.push(to);
                }
            }
            if unreachable.is_empty() {
                return;
            }
            for (transport, server) in unreachable {
                let now = self.clock.now();
                self.core.handle_transport_error(now, transport, server);
            }
        }
    }

    pub(super) fn resolved(&mut self, now: Instant, server: &ServerAddress, route: Option<Route>) {
        if let Some(route) = route {
            self.facts.address = Some(route.local.ip().to_string());
        }
        self.core.handle_resolved(now, server, route);
    }

    fn run_errand(&mut self, errand: Errand) {
        match errand {
            Errand::Ask(question) => {
                let identity = self.identity();
                self.asker.ask(question, &identity);
            }
            Errand::Persist(saved) => self.store.keep(*saved),
            Errand::Wipe { association } => self.wipe(association),
            Errand::OpenOffline(work) => self.open_offline(*work),
            Errand::SealOffline(work) => self.seal_offline(*work),
            Errand::Dial { number, emergency } => {
                Notice::Dial { number, emergency }.tell(&self.notices);
            }
            Errand::Call { id, order } => {
                let order = order.into();
                Notice::Call { id, order }.tell(&self.notices);
            }
            Errand::Tone(tone) => {
                let tone = tone.into();
                Notice::Tone { tone }.tell(&self.notices);
            }
            Errand::Resolve(server) => {
                if let Some((server, route)) = self.transport.resolve(server) {
                    self.resolved(self.clock.now(), &server, route);
                }
            }
        }
    }

    fn open_offline(&self, work: OpenOffline) {
        let opener = self.opener(work.extension, work.pin);
        let (attempt, sealed) = (work.attempt, work.sealed);
        self.slowly(
            move || opener.open(&sealed).map(Box::new),
            move |answer| Event::OfflineOpened {
                attempt,
                answer: answer.unwrap_or(Err(OfflineFailure::Unusable)),
            },
        );
    }

    fn seal_offline(&self, work: SealOffline) {
        let SealOffline { grant, pin, guest } = work;
        let opener = self.opener(guest.guest.extension.clone(), pin);
        self.slowly(
            move || opener.seal(Random::draw()?, &guest),
            move |sealed| Event::OfflineSealed {
                grant,
                sealed: sealed.flatten(),
            },
        );
    }

    fn opener(&self, extension: Extension, pin: Pin) -> Opener {
        Opener {
            device: self.store.device_key().offline_key(),
            extension,
            pin,
        }
    }

    /// Computes for a second or so, beside the loop; `told` makes an event of what came of it, if it came to an end.
    fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
        told: impl FnOnce(Option<T>) -> Event + Send + 'static,
    ) {
        let reply = self.asker.reply();
        tokio::spawn(async move {
            let done = tokio::task::spawn_blocking(work).await;
            reply.send_event(told(done.ok())).await;
        });
    }

    /// Erases what the call application keeps for the guest, beside the loop: flash can be slow.
    fn wipe(&self, association: AssociationId) {
        let folder = self.store.guest_folder();
        let reply = self.asker.reply();
        tokio::spawn(async move {
            let wiped = tokio::task::spawn_blocking(move || store::wipe(&folder)).await;
            let stores = match wiped {
                Ok(Ok(stores)) => stores,
                Ok(Err(error)) => {
                    error!("traces of a guest cannot be erased: {error}");
                    Vec::new()
                }
                Err(error) => {
                    error!("traces of a guest were not erased: {error}");
                    Vec::new()
                }
            };
            let event = Event::Wiped {
                association,
                stores,
            };
            reply.send_event(event).await;
        });
    }
}
