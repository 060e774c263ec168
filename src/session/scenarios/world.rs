//! A phone among people, servers and registrars that do as they please, at random.

mod answers;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use hotdesk_provisioning::{
    AfterPowerLoss, AssociationId, AttemptId, EndReason, Extension, HostProfile, Language, Takeover,
};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use super::model::kind;
use super::reference::{Reference, assert_no_secrets};
use super::sim_phone::some_moment;
use super::sim_server::{PIN, desk_profile};
use crate::{
    AccountNews, AccountSlot, Activity, Digit, Effect, Event, Field, Holder, Key, Phone, Saved,
    Settings, switching,
};

/// A phone that was left alone is at rest after so many deadlines.
const DEADLINES_MAX: usize = 64;

/// A phone among people, servers and registrars that do as they please.
pub(super) struct World {
    phone: Phone,
    now: Instant,
    random: ChaCha8Rng,
    reference: Reference,
    flash: Saved,
    look_at_secrets: bool,
    /// What the phone asked and nobody has answered yet, or has: answers may come twice.
    attempts: Vec<(AttemptId, Extension)>,
    deliveries: Vec<u64>,
    slots: BTreeSet<AccountSlot>,
    /// What is sealed, or being opened, without the server.
    sealing: Vec<AssociationId>,
    opening: Vec<AttemptId>,
    /// The server answers a repeated attempt as it answered the first.
    associations: BTreeMap<AttemptId, AssociationId>,
}

impl World {
    pub(super) fn new(seed: u64, look_at_secrets: bool) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let now = some_moment();
        let known = random.next_u32() % 16 != 0;
        let flash = Saved {
            host: known.then(|| random_profile(&mut random)),
            ..Saved::default()
        };
        let settings = Settings {
            soft_keys: 4,
            line_keys: 4,
            enrolled: known,
            languages: Language::ALL.to_vec(),
        };
        let (phone, effects) = Phone::new(settings, flash.clone(), [1; 32], now);
        let mut world = Self {
            phone,
            now,
            random,
            reference: Reference::restarted(&flash, now),
            flash,
            look_at_secrets,
            attempts: Vec::new(),
            deliveries: Vec::new(),
            slots: BTreeSet::new(),
            sealing: Vec::new(),
            opening: Vec::new(),
            associations: BTreeMap::new(),
        };
        world.take_in(&effects);
        world
    }

    fn tell(&mut self, event: Event) {
        let printed = self.look_at_secrets.then(|| format!("{event:?}"));
        self.reference.heard(&event);
        let effects = self.phone.handle(self.now, event);
        self.take_in(&effects);
        self.reference.check(&self.phone, self.now);
        if let Some(printed) = printed {
            assert_no_secrets(&self.phone, &printed, &effects);
        }
    }

    fn take_in(&mut self, effects: &[Effect]) {
        self.reference.did(effects);
        for effect in effects {
            if let Effect::OpenAssociation {
                attempt, extension, ..
            } = effect
            {
                self.attempts.push((attempt.clone(), extension.clone()));
            } else if let Effect::Deliver { number, .. } = effect {
                self.deliveries.push(*number);
            } else if let Effect::SealOffline(work) = effect {
                self.sealing.push(work.grant.clone());
            } else if let Effect::OpenOffline(work) = effect {
                self.opening.push(work.attempt.clone());
            } else if let Effect::Register { slot, .. } = effect {
                self.slots.insert(slot.clone());
            } else if let Effect::Persist(saved) = effect {
                self.flash = (**saved).clone();
            }
        }
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.random.next_u32() % limit
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        let limit = u32::try_from(from.len()).ok().filter(|n| *n > 0)?;
        let index = usize::try_from(self.below(limit)).ok()?;
        from.get(index).cloned()
    }

    pub(super) fn activity(&self) -> &Activity {
        self.phone.view(self.now).activity
    }

    pub(super) fn make_a_move(&mut self) {
        match self.below(40) {
            32..=39 => self.go_on(),
            0..=4 => self.type_a_log_in(),
            5..=9 => self.press_any_key(),
            10..=14 => self.answer_an_attempt(),
            15..=18 => self.bring_news_of_an_account(),
            19 | 20 => self.answer_a_delivery(),
            21..=23 => self.let_time_pass(),
            24 if self.below(2) == 0 => self.seal(),
            24 => self.answer_something_else(),
            25 => self.push(),
            26 => self.sync(),
            27 => self.cut_or_mend_a_link(),
            28 => {
                let active = u8::try_from(self.below(2)).unwrap();
                self.tell(Event::Calls { active });
            }
            29 => self.cut_power(),
            30 => self.press_any_soft_key(),
            _ => self.act_from_afar(),
        }
        self.wake_up();
    }

    fn key(&mut self, key: Key) {
        self.tell(Event::Key(key));
    }

    fn type_digits(&mut self, text: &str) {
        for c in text.chars() {
            self.key(Key::Digit(Digit::new(c).unwrap()));
        }
    }

    /// By code, by code with extension, or in one field; sometimes not to the end, sometimes with the handset lifted.
    fn type_a_log_in(&mut self) {
        let extension = self.pick(&["2000", "2001", "112"]).unwrap();
        let code = self.pick(&["*45", "*70", "*70", ""]).unwrap();
        let typed = format!("{code}{extension}#");
        let length = if self.below(4) == 0 { self.below(8) } else { 8 };
        if self.below(8) == 0 {
            self.key(Key::HookOff);
        }
        let length = usize::try_from(length).unwrap();
        self.type_digits(&typed.chars().take(length).collect::<String>());
        // People look at the screen before they type a PIN.
        let view = self.phone.view(self.now);
        let wanted = matches!(view.activity, Activity::Entering(e) if e.field == Field::Pin);
        if wanted && view.dialling.is_none() {
            self.type_digits(PIN);
            self.key(Key::Ok);
        }
    }

    /// What leads on from here, as people, servers and registrars mostly do.
    fn go_on(&mut self) {
        let pending = switching::pending(self.activity()).map(|a| a.association.clone());
        let vacant = *self.phone.view(self.now).holder == Holder::Nobody;
        let news = AccountNews::Registered;
        match kind(self.activity()) {
            "Home" if vacant => self.type_a_log_in(),
            "Home" => {
                let key = self.pick(&[Key::Soft(1), Key::Soft(3)]).unwrap();
                self.key(key);
            }
            "Entering" => self.key(Key::Digit(Digit::new('#').unwrap())),
            "Admitting" => self.answer_an_attempt(),
            "Switching" => {
                let slot = AccountSlot::Guest(pending.expect("somebody is being switched to"));
                self.tell(Event::Account { slot, news });
            }
            "Leaving" => {
                let slot = AccountSlot::Host;
                self.tell(Event::Account { slot, news });
            }
            "LogoutPin" => {
                self.type_digits("4711#");
                self.answer_something_else();
            }
            "ChangePin" => {
                self.type_pins();
                self.answer_about_the_guest();
            }
            "EndElsewhere" => {
                self.key(Key::Ok);
                self.answer_about_the_guest();
            }
            "Menu" => {
                // Mostly what leads on to another question.
                for _ in 0..self.pick(&[0, 0, 0, 1, 1, 1, 2, 3]).unwrap() {
                    self.key(Key::Down);
                }
                self.key(Key::Ok);
                if kind(self.activity()) != "Menu" && self.below(3) == 0 {
                    self.go_on();
                }
            }
            "Enrolling" => {
                let profile = random_profile(&mut self.random);
                self.tell(Event::Enrolled);
                self.tell(Event::Profile(Box::new(profile)));
            }
            _ => self.key(Key::Ok),
        }
    }

    /// The old PIN, the new one, and the new one again, for as long as the screen asks for one.
    fn type_pins(&mut self) {
        for _ in 0..3 {
            let view = self.phone.view(self.now);
            let wanted = matches!(view.activity, Activity::ChangePin(change) if !change.asking);
            if wanted && view.dialling.is_none() {
                self.type_digits(&format!("{PIN}#"));
            }
        }
    }

    fn press_any_key(&mut self) {
        let keys = [
            Key::Ok,
            Key::Ok,
            Key::Back,
            Key::Clear,
            Key::Hold(2),
            Key::Call,
            Key::HookOff,
            Key::HookOn,
            Key::Up,
            Key::Down,
            Key::Left,
            Key::Line(1),
        ];
        if self.below(2) == 0 {
            let key = self.pick(&keys).unwrap();
            self.key(key);
        } else {
            let c = self.pick(&['0', '1', '2', '9', '*', '#']).unwrap();
            self.type_digits(&c.to_string());
        }
    }

    fn press_any_soft_key(&mut self) {
        let number = u8::try_from(self.below(6)).unwrap();
        self.key(Key::Soft(number));
    }

    fn let_time_pass(&mut self) {
        let next = self.phone.poll_timeout();
        if self.below(4) == 0 {
            self.now += Duration::from_secs(self.random.next_u64() % 8000);
        } else if let Some(at) = next {
            self.now = self.now.max(at);
        }
        self.tell(Event::Timeout);
    }

    /// A phone that is woken when it asked to be soon asks for a moment that is still to come.
    fn wake_up(&mut self) {
        for _ in 0..8 {
            if self.phone.poll_timeout().is_none_or(|at| self.now < at) {
                return;
            }
            self.tell(Event::Timeout);
        }
        panic!("it does nothing but wake up");
    }

    /// Only flash is left. What the shell had been asked is forgotten, and late answers to it come all the same.
    fn cut_power(&mut self) {
        let mut saved = self.flash.clone();
        let register_within = 20 * self.below(2);
        if let Some(host) = &mut saved.host {
            host.register_within = register_within;
        }
        let settings = Settings {
            soft_keys: 4,
            line_keys: 4,
            enrolled: saved.host.is_some(),
            languages: Language::ALL.to_vec(),
        };
        self.reference = Reference::restarted(&saved, self.now);
        self.slots.clear();
        let mut seed = [0; 32];
        self.random.fill_bytes(&mut seed);
        let (phone, effects) = Phone::new(settings, saved, seed, self.now);
        self.phone = phone;
        self.take_in(&effects);
        self.reference.check(&self.phone, self.now);
    }

    /// Whatever state it is in, a phone that is left alone comes to rest, and a guest can always be signed out.
    pub(super) fn everybody_goes_home(&mut self) {
        self.tell(Event::Calls { active: 0 });
        let reason = EndReason::LoggedOut;
        self.tell(Event::LogOut { reason });
        for _ in 0..DEADLINES_MAX {
            let view = self.phone.view(self.now);
            let vacant = *view.holder == Holder::Nobody;
            let at_rest = matches!(view.activity, Activity::Home | Activity::Enrolling(_));
            let looking = matches!(view.activity, Activity::Diagnostics);
            if vacant && (at_rest || looking) && view.dialling.is_none() {
                return;
            }
            let at = self.phone.poll_timeout().expect("it waits for nothing");
            self.now = self.now.max(at);
            self.tell(Event::Timeout);
        }
        panic!("never at rest: {:?}", self.phone.view(self.now).activity);
    }
}

fn random_profile(random: &mut ChaCha8Rng) -> HostProfile {
    let mut profile = desk_profile();
    let mut coin = || random.next_u32() % 2 == 0;
    let policy = &mut profile.policy;
    policy.confirm_logout = coin();
    policy.logout_pin = coin();
    policy.stay = coin();
    policy.keep_host_registered = coin() && coin();
    policy.remember_extension = coin();
    policy.idle_limit = (coin() && coin()).then_some(60);
    policy.emergency_hold = if coin() { 900 } else { 0 };
    policy.offline = if coin() || coin() { 7200 } else { 0 };
    policy.after_power_loss = match (coin(), coin()) {
        (true, _) => AfterPowerLoss::Resume,
        (false, true) => AfterPowerLoss::AskServer,
        (false, false) => AfterPowerLoss::LogOut,
    };
    policy.takeover = match (coin(), coin()) {
        (true, _) => Takeover::Ask,
        (false, true) => Takeover::Allow,
        (false, false) => Takeover::Forbid,
    };
    profile
}
