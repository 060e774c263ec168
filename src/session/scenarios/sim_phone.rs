//! A phone with a person in front of it and a shell that carries everything out at once.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hotdesk_provisioning::{AssociationId, EndReason, Language, Policy, RefusalCode};

use super::reference::{Reference, assert_no_secrets};
use super::sim_server::{PIN, SimServer, admission};
use crate::{
    Action, Activity, Digit, Effect, Event, Holder, Key, Owed, Phone, Saved, Settings, Tone, View,
};

/// A time-out leads to another so many times at most before the phone must be waiting for something again.
const TIMEOUTS_IN_A_ROW_MAX: usize = 16;

/// The phone, its flash and its clock.
pub(super) struct SimPhone {
    pub(super) phone: Phone,
    pub(super) now: Instant,
    pub(super) server: SimServer,
    pub(super) flash: Saved,
    /// How often flash was written.
    pub(super) writes: usize,
    /// Everything that the phone asked for, oldest first.
    pub(super) effects: Vec<Effect>,
    settings: Settings,
    reference: Reference,
}

impl SimPhone {
    /// As it comes out of its box.
    pub(super) fn new_from_factory() -> Self {
        Self::start(
            SimServer::new(),
            Saved::default(),
            four_keys(false),
            some_moment(),
        )
    }

    /// A desk's own phone, in touch with its server.
    pub(super) fn vacant() -> Self {
        Self::vacant_with(|_| {})
    }

    /// The same under another policy.
    pub(super) fn vacant_with(change: impl FnOnce(&mut Policy)) -> Self {
        let mut server = SimServer::new();
        change(&mut server.profile.policy);
        let saved = Saved {
            host: Some(server.profile.clone()),
            ..Saved::default()
        };
        let mut phone = Self::start(server, saved, four_keys(true), some_moment());
        phone.tell(Event::NetworkLink { up: true });
        phone.tell(Event::ServerLink { up: true });
        phone.writes = 0;
        phone
    }

    /// The same phone with another panel, started anew.
    pub(super) fn with_soft_keys(self, soft_keys: u8) -> Self {
        let settings = Settings {
            soft_keys,
            ..self.settings
        };
        Self::start(self.server, self.flash, settings, self.now)
    }

    /// The same phone with screens that speak these languages, started anew.
    pub(super) fn speaking(self, languages: &[Language]) -> Self {
        let settings = Settings {
            languages: languages.to_vec(),
            ..self.settings
        };
        Self::start(self.server, self.flash, settings, self.now)
    }

    /// The same phone in the same state, with another panel.
    pub(super) fn showing(mut self, soft_keys: u8) -> Self {
        self.phone.set_soft_keys(soft_keys);
        self
    }

    /// Jane is signed in.
    pub(super) fn occupied() -> Self {
        Self::occupied_with(|_| {})
    }

    /// Jane is signed in under another policy.
    pub(super) fn occupied_with(change: impl FnOnce(&mut Policy)) -> Self {
        Self::vacant_with(change).with_jane()
    }

    /// Jane signs in.
    pub(super) fn with_jane(mut self) -> Self {
        self.log_in("2000");
        self.expect_guest("Jane Doe");
        self.effects.clear();
        self.writes = 0;
        self.server.told.clear();
        self
    }

    fn start(server: SimServer, flash: Saved, settings: Settings, now: Instant) -> Self {
        let (phone, effects) = Phone::new(settings.clone(), flash.clone(), [7; 32], now);
        let mut sim = Self {
            phone,
            now,
            server,
            reference: Reference::restarted(&flash, now),
            flash,
            writes: 0,
            effects: Vec::new(),
            settings,
        };
        sim.reference.did(&effects);
        sim.carry_out(effects);
        sim
    }

    /// The power fails and comes back: only flash and the registrar's bindings are left. The network needs a moment.
    pub(super) fn cut_power(mut self) -> Self {
        let json = serde_json::to_string(&self.flash).unwrap();
        let flash = serde_json::from_str(&json).unwrap();
        self.server.forget_accounts();
        Self::start(self.server, flash, self.settings, self.now)
    }

    /// The network and the server are back after a start.
    pub(super) fn connect(&mut self) {
        self.tell(Event::NetworkLink { up: true });
        self.tell(Event::ServerLink { up: true });
    }

    /// Something happens; everything that follows at once follows.
    pub(super) fn tell(&mut self, event: Event) {
        let effects = self.handle(event);
        self.carry_out(effects);
    }

    fn handle(&mut self, event: Event) -> Vec<Effect> {
        let printed = format!("{event:?}");
        self.reference.heard(&event);
        let effects = self.phone.handle(self.now, event);
        self.reference.did(&effects);
        self.reference.check(&self.phone, self.now);
        assert_no_secrets(&self.phone, &printed, &effects);
        effects
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        let mut todo = VecDeque::from(effects);
        while let Some(effect) = todo.pop_front() {
            if let Effect::Persist(saved) = &effect {
                self.flash = (**saved).clone();
                self.writes += 1;
            }
            let events = self.server.answer(&effect);
            self.effects.push(effect);
            for event in events {
                todo.extend(self.handle(event));
            }
        }
    }

    /// Time passes; the phone is woken exactly when it asked to be.
    pub(super) fn advance(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        let mut in_a_row = 0;
        while let Some(at) = self.phone.poll_timeout().filter(|at| *at <= end) {
            in_a_row = if at <= self.now { in_a_row + 1 } else { 0 };
            assert!(
                in_a_row < TIMEOUTS_IN_A_ROW_MAX,
                "it does nothing but wake up"
            );
            self.now = self.now.max(at);
            self.tell(Event::Timeout);
        }
        self.now = end;
    }

    /// Presses keys: `[LogIn]` is a soft key by what it does (More is pressed to find it), `<off>` a key by its name,
    /// everything else is typed on the dial pad.
    pub(super) fn press(&mut self, script: &str) {
        for word in script.split_whitespace() {
            if let Some(name) = word.strip_prefix('[').and_then(|w| w.strip_suffix(']')) {
                self.press_soft_key(name);
            } else if let Some(name) = word.strip_prefix('<').and_then(|w| w.strip_suffix('>')) {
                self.tell(Event::Key(named_key(name)));
            } else {
                for c in word.chars() {
                    let digit = Digit::new(c).unwrap_or_else(|| panic!("no key {c}"));
                    self.tell(Event::Key(Key::Digit(digit)));
                }
            }
        }
    }

    /// Presses keys and returns what the phone asked for while they were pressed.
    pub(super) fn pressing(&mut self, script: &str) -> Vec<Effect> {
        let from = self.effects.len();
        self.press(script);
        self.effects.split_off(from)
    }

    fn press_soft_key(&mut self, name: &str) {
        for _ in 0..4 {
            let slots = self.view().soft_keys.slots;
            let at = |wanted: &str| {
                let is = |slot: &Option<Action>| slot.is_some_and(|a| format!("{a:?}") == wanted);
                slots.iter().position(is)
            };
            let found = at(name);
            let index = found
                .or_else(|| at("More"))
                .unwrap_or_else(|| panic!("no soft key {name} in {slots:?}"));
            let number = u8::try_from(index + 1).unwrap();
            self.tell(Event::Key(Key::Soft(number)));
            if found.is_some() {
                return;
            }
        }
        panic!("no soft key {name} on any page");
    }

    /// The whole log-in, by soft keys.
    pub(super) fn log_in(&mut self, extension: &str) {
        let start = match self.view().holder {
            Holder::Nobody => "[LogIn]",
            Holder::Guest(_) => "[SwitchUser]",
        };
        self.press(&format!("{start} {extension} [Next] {PIN} [Submit]"));
    }

    /// The server's yes to the last attempt, which it has kept to itself so far.
    pub(super) fn late_admission(&self, association: &str) -> Event {
        let mut asked = Vec::new();
        for effect in &self.effects {
            if let Effect::OpenAssociation { attempt, .. } = effect {
                asked.push(attempt.clone());
            }
        }
        Event::Opened {
            attempt: asked.pop().expect("the server was asked"),
            answer: Ok(Box::new(admission(association, "2000", "Jane Doe"))),
        }
    }

    pub(super) fn view(&self) -> View<'_> {
        self.phone.view(self.now)
    }

    /// The association of whoever is signed in.
    pub(super) fn association(&self) -> AssociationId {
        match self.view().holder {
            Holder::Nobody => panic!("nobody is signed in"),
            Holder::Guest(tenure) => tenure.association.clone(),
        }
    }

    pub(super) fn expect_guest(&self, name: &str) {
        match self.view().holder {
            Holder::Nobody => panic!("nobody is signed in: {:?}", self.view().activity),
            Holder::Guest(tenure) => assert_eq!(tenure.guest.display_name, name),
        }
    }

    pub(super) fn expect_vacant(&self) {
        assert_eq!(*self.view().holder, Holder::Nobody);
    }

    /// The kind of activity: `expect("Entering")`.
    #[track_caller]
    pub(super) fn expect(&self, kind: &str) {
        let printed = format!("{:?}", self.view().activity);
        assert!(printed.starts_with(kind), "{kind} expected: {printed}");
    }

    #[track_caller]
    pub(super) fn expect_refused(&self, code: RefusalCode) {
        let activity = self.view().activity;
        let Activity::Refused(refused) = activity else {
            panic!("refusal {code:?} expected: {activity:?}");
        };
        assert_eq!(refused.refusal.code, code);
    }

    #[track_caller]
    pub(super) fn expect_evicted(&self, expected: &EndReason) {
        let activity = self.view().activity;
        let Activity::Evicted(evicted) = activity else {
            panic!("eviction {expected:?} expected: {activity:?}");
        };
        assert_eq!(evicted.reason, *expected);
    }

    /// Who can be reached at this phone, by extension.
    #[track_caller]
    pub(super) fn expect_reachable(&self, users: &[&str]) {
        let bindings: Vec<_> = self.server.bindings.iter().map(String::as_str).collect();
        assert_eq!(bindings, users);
    }

    /// The ends that the server was told of, in order.
    pub(super) fn ends_told(&self) -> Vec<EndReason> {
        let end = |owed: &Owed| match owed {
            Owed::End { request, .. } => Some(request.reason.clone()),
            Owed::Commit { .. } | Owed::Report { .. } => None,
        };
        self.server.told.iter().filter_map(end).collect()
    }

    pub(super) fn commits_told(&self) -> usize {
        let commit = |owed: &&Owed| matches!(owed, Owed::Commit { .. });
        self.server.told.iter().filter(commit).count()
    }

    /// Numbers dialled since the last look, with `!` behind emergency calls.
    pub(super) fn dialled(&mut self) -> Vec<String> {
        let effects = std::mem::take(&mut self.effects);
        let mut numbers = Vec::new();
        for effect in &effects {
            if let Effect::Dial { number, emergency } = effect {
                numbers.push(format!("{number}{}", if *emergency { "!" } else { "" }));
            }
        }
        numbers
    }

    pub(super) fn heard(&self, tone: Tone) -> bool {
        self.effects.contains(&Effect::Tone(tone))
    }

    /// How many effects there were for which this is true.
    pub(super) fn count(&self, wanted: impl Fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|effect| wanted(effect)).count()
    }
}

pub(super) fn four_keys(enrolled: bool) -> Settings {
    Settings {
        soft_keys: 4,
        line_keys: 4,
        enrolled,
        languages: Vec::new(),
    }
}

/// Where simulated time begins.
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant can be had from nowhere else"
)]
pub(crate) fn some_moment() -> Instant {
    Instant::now()
}

fn named_key(name: &str) -> Key {
    match name {
        "off" => Key::HookOff,
        "on" => Key::HookOn,
        "call" => Key::Call,
        "ok" => Key::Ok,
        "back" => Key::Back,
        "up" => Key::Up,
        "down" => Key::Down,
        "clear" => Key::Clear,
        "left" => Key::Left,
        "right" => Key::Right,
        "line1" => Key::Line(1),
        "line3" => Key::Line(3),
        "line4" => Key::Line(4),
        "hold1" => Key::Hold(1),
        "hold2" => Key::Hold(2),
        _ => panic!("no key {name}"),
    }
}
