//! The phone: hands each event to what it concerns, and keeps accounts, flash and server in step with what came of it.
//! Holds no socket, file or clock.

use std::time::Instant;

use hotdesk_provisioning::{LineKey, LineKeyKind};

use crate::desk::Desk;
use crate::soft_keys::{self, Choices};
use crate::{
    Action, Activity, Effect, Event, Key, LineKeys, LineSlot, Saved, Settings, SoftKeys, View,
    admitting, by_itself, call, deadline, elsewhere, guest, keys, leave, login, pin_change, places,
    registrar, restore, server, switching, timeout,
};

/// The hot-desking core of one phone.
#[derive(Debug, Clone)]
pub struct Phone {
    desk: Desk,
    activity: Activity,
    /// Which page of soft keys.
    page: usize,
    /// Which page of line keys.
    line_page: usize,
}

impl Phone {
    /// Starts from what was on flash (`Saved::default()` on a new phone); the effects bring the right account back
    /// without asking the server. `seed` feeds attempt ids and jitter.
    #[must_use]
    pub fn new(
        settings: Settings,
        saved: Saved,
        seed: [u8; 32],
        now: Instant,
    ) -> (Self, Vec<Effect>) {
        let mut desk = Desk::new(settings, seed);
        let activity = restore::restore(&mut desk, now, saved);
        let mut phone = Self {
            desk,
            activity,
            page: 0,
            line_page: 0,
        };
        let effects = phone.settle(now);
        (phone, effects)
    }

    /// Something happened. Deadlines that passed meanwhile are looked at first, so an answer that comes after its
    /// deadline comes too late, however late the shell was.
    pub fn handle(&mut self, now: Instant, event: Event) -> Vec<Effect> {
        let before = self.choices();
        let action = self.action(&event);
        self.desk.turn.hear(&event);
        self.step(|desk, activity| timeout::pass(desk, now, activity));
        if let Event::Key(key) = event {
            self.key(now, key, action);
        } else {
            self.step(|desk, activity| transition(desk, now, activity, event));
        }
        let effects = self.settle(now);
        if self.choices() != before {
            self.page = 0;
            self.line_page = 0;
        }
        effects
    }

    /// When to call `handle` with [`Event::Timeout`], at the latest.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let dialling = self.desk.dialling.as_ref();
        [
            deadline::of_activity(&self.activity),
            dialling.map(|dialling| dialling.complete_at),
            self.desk.call_list.deadline(),
            guest::deadline(&self.desk, &self.activity),
            self.desk.outbox.deadline(),
            self.desk.left_behind.deadline(),
            self.desk.offline.deadline(),
            self.desk.emergency.deadline(self.desk.calls > 0),
            self.desk.turn.deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// What there is to see.
    #[must_use]
    pub fn view(&self, now: Instant) -> View<'_> {
        View {
            profile: self.desk.profile.as_ref(),
            holder: &self.desk.holder,
            activity: &self.activity,
            dialling: self.desk.dialling.as_ref(),
            status: self.desk.status(&self.activity),
            soft_keys: self.soft_keys(),
            language: self.desk.language(),
            next_language: self.desk.next_language(),
            line_keys: self.line_keys(),
            watched: &self.desk.watched,
            call: self.desk.call_list.foremost(),
            held_until: self.desk.emergency.until(self.desk.calls > 0),
            now,
        }
    }

    /// Another panel in the middle of a state, which no real phone gets.
    #[cfg(test)]
    pub(crate) fn set_soft_keys(&mut self, soft_keys: u8) {
        self.desk.settings.soft_keys = soft_keys;
    }

    fn line_keys(&self) -> LineKeys {
        LineKeys::lay_out(
            places(self.desk.keys()),
            self.desk.settings.line_keys,
            self.line_page,
        )
    }

    fn choices(&self) -> Choices {
        soft_keys::choices(&self.desk, &self.activity)
    }

    fn soft_keys(&self) -> SoftKeys {
        places::lay_out(&self.choices(), self.desk.settings.soft_keys, self.page)
    }

    /// Takes the activity out and puts in what became of it: a transition happens wholly or not at all.
    fn step(&mut self, transition: impl FnOnce(&mut Desk, Activity) -> Activity) {
        let activity = std::mem::replace(&mut self.activity, Activity::Home);
        self.activity = transition(&mut self.desk, activity);
    }

    fn key(&mut self, now: Instant, key: Key, action: Option<Action>) {
        guest::touch(&mut self.desk, now);
        match (action, key) {
            (Some(Action::More), _) => self.page = self.page.wrapping_add(1),
            (Some(action), _) => {
                // The screen may have changed in the moment the key was pressed; nobody means what they did not see.
                if self.choices().offers(action) {
                    self.step(|desk, activity| keys::act(desk, now, activity, action));
                }
            }
            (None, Key::Ok | Key::Soft(_)) => {}
            (None, Key::Hold(number)) => {
                if self.soft_key(number) == Some(Action::Delete) {
                    self.step(|desk, activity| keys::press(desk, now, activity, Key::Clear));
                }
            }
            (None, Key::Line(number)) => self.line_key(now, number),
            (None, key) => self.step(|desk, activity| keys::press(desk, now, activity, key)),
        }
    }

    fn line_key(&mut self, now: Instant, number: u8) {
        match self.line_keys().slot(number) {
            Some(LineSlot::Key(index)) => {
                self.step(|desk, activity| keys::line_key(desk, now, activity, index));
            }
            Some(LineSlot::More { .. }) => self.line_page = self.line_page.wrapping_add(1),
            None => {}
        }
    }

    /// What a soft key, or Ok, does on the screen as it stands.
    fn action(&self, event: &Event) -> Option<Action> {
        let Event::Key(key) = event else {
            return None;
        };
        if *key == Key::Ok {
            return self.choices().primary;
        }
        let Key::Soft(number) = *key else {
            return None;
        };
        self.soft_key(number)
    }

    /// What stands above a soft key, counted from 1.
    fn soft_key(&self, number: u8) -> Option<Action> {
        let index = usize::from(number).checked_sub(1)?;
        *self.soft_keys().slots.get(index)?
    }

    /// What follows from the new state: accounts, flash, and what to tell the server.
    fn settle(&mut self, now: Instant) -> Vec<Effect> {
        self.step(|desk, activity| guest::recount(desk, now, activity));
        self.step(|desk, activity| guest::pass(desk, now, activity));
        self.step(|desk, activity| switching::unopposed(desk, now, activity));
        let desk = &mut self.desk;
        let accounts = if desk.turn.waits(now, &self.activity) {
            Vec::new()
        } else {
            desk.follow_accounts(&self.activity)
        };
        server::talk(desk, now, &self.activity);
        let (persist, effects) = desk.take_effects();
        // Nothing comes before an emergency call.
        let (mut all, effects): (Vec<_>, Vec<_>) = effects.into_iter().partition(is_emergency_call);
        if persist {
            let leaving = leave::reason(&self.activity);
            all.push(Effect::Persist(Box::new(desk.save(now, leaving))));
        }
        all.extend(accounts);
        all.extend(effects);
        all
    }
}

/// Every event that is not a key.
fn transition(desk: &mut Desk, now: Instant, activity: Activity, event: Event) -> Activity {
    match event {
        // Keys need the soft keys' page; deadlines have been looked at.
        Event::Key(_) | Event::Timeout => return activity,
        Event::EnrolPending { code } => return server::enrol_pending(desk, activity, &code),
        Event::Enrolled => return server::enrolled(desk, activity),
        Event::Profile(profile) => return server::profile(desk, activity, *profile),
        Event::Opened { attempt, answer } => {
            return admitting::opened(desk, now, activity, &attempt, answer);
        }
        Event::OfflineOpened { attempt, answer } => {
            return by_itself::opened(desk, now, activity, &attempt, answer);
        }
        Event::OfflineSealed { grant, sealed } => by_itself::sealed(desk, &grant, sealed),
        Event::Extended {
            association,
            answer,
        } => return guest::extended(desk, now, activity, &association, answer),
        Event::LogoutChecked {
            association,
            answer,
        } => return leave::checked(desk, now, activity, &association, answer),
        Event::PinChanged {
            association,
            answer,
        } => return pin_change::changed(desk, now, activity, &association, answer),
        Event::EndedElsewhere {
            association,
            answer,
        } => return elsewhere::ended(desk, now, activity, &association, answer),
        Event::Synced(answer) => return server::synced(desk, now, activity, *answer),
        Event::Push(push) => return server::push(desk, now, activity, push),
        Event::Account { slot, news } => {
            return registrar::news(desk, now, activity, &slot, news);
        }
        Event::LogOut { reason } => return leave::requested(desk, now, activity, reason),
        Event::LogIn { extension, pin } => {
            return login::request(desk, now, activity, extension, pin);
        }
        Event::CallStarted(new) => return call::started(desk, now, activity, new),
        Event::CallChanged { id, state } => {
            return call::changed(desk, now, activity, (id, state));
        }
        Event::Watched { number, presence } => desk.watched.note(number, presence),
        Event::Calls { active } => return guest::calls(desk, now, activity, active),
        Event::Delivered { number, answer } => server::delivered(desk, now, number, answer),
        Event::ServerLink { up } => server::link(desk, up),
        Event::NetworkLink { up } => desk.network = up,
        Event::CheckSync => desk.emit(Effect::FetchProfile),
        Event::Wiped {
            association,
            stores,
        } => server::wiped(desk, now, association, stores),
    }
    activity
}

fn is_emergency_call(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Dial {
            emergency: true,
            ..
        }
    )
}

/// Places that keys take up. Blank ones behind the last key are none.
fn places(keys: &[LineKey]) -> usize {
    let last = keys.iter().rposition(|key| key.kind != LineKeyKind::Empty);
    last.map_or(0, |last| last.saturating_add(1))
}
