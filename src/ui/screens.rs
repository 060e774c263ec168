//! From the session's view to a screen: one file for each group of activities.

mod asking;
mod calling;
mod dialling;
mod ended;
mod enrolling;
mod entering;
mod home;
mod information;
mod menu;
mod refused;
mod waiting;

use hotdesk_provisioning::{
    EndReason, HostProfile, LineKey, LineKeyKind, RefusalCode, VacantCalls,
};
use hotdesk_session::{Action, Activity, Holder, LineSlot, Presence, Tenure, View};

use crate::text::{Label, Message, Reason, Words};
use crate::{
    Body, Icon, KeyLamp, LineKeyLabel, Scene, Screen, SoftKey, StatusBar, Warning, Wording, clock,
    trouble,
};

impl Screen {
    /// What a phone shows at this moment.
    #[must_use]
    pub fn of(view: &View<'_>, scene: &Scene<'_>) -> Self {
        let now = Now { view, scene };
        Self {
            status_bar: now.status_bar(),
            body: now.body(),
            line_keys: now.line_keys(),
            keys_not_shown: if now.has_line_keys() {
                view.line_keys.not_shown
            } else {
                0
            },
            soft_keys: now.soft_keys(),
        }
    }
}

/// What every screen is made from.
#[derive(Clone, Copy)]
pub(crate) struct Now<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) scene: &'a Scene<'a>,
}

impl Now<'_> {
    fn body(&self) -> Body {
        if let Some(dialling) = self.view.dialling {
            return dialling::body(self, dialling);
        }
        if let Some(call) = self.view.call {
            return calling::body(self, call);
        }
        if let Some(body) = trouble::body(self) {
            return body;
        }
        match self.view.activity {
            Activity::Enrolling(enrolling) => enrolling::body(self, enrolling),
            Activity::Home => home::body(self),
            Activity::Entering(entering) => entering::body(self, entering),
            Activity::Admitting(admitting) => waiting::admitting(self, admitting),
            Activity::ConfirmTakeover(question) => asking::takeover(self, question),
            Activity::Switching(switching) => waiting::switching(self, switching),
            Activity::Refused(refused) => refused::body(self, &refused.refusal),
            Activity::LockedOut(locked) => refused::locked_out(self, locked),
            Activity::ConfirmLogout(_) => asking::log_out(self),
            Activity::LogoutPin(pin) => entering::log_out_pin(self, pin),
            Activity::Leaving(_) => waiting::leaving(self),
            Activity::Evicted(evicted) => ended::evicted(self, evicted),
            Activity::Expiring(expiring) => ended::expiring(self, expiring),
            Activity::Diagnostics => information::body(self),
            Activity::Menu(menu) => menu::body(self, menu),
            Activity::ChangePin(change) => entering::change_pin(self, change),
            Activity::EndElsewhere(question) => asking::elsewhere(self, question),
            Activity::Consent(consent) => asking::consent(self, consent),
            Activity::Done(done) => ended::done(self, &done.deed),
        }
    }

    fn status_bar(&self) -> StatusBar {
        StatusBar {
            title: self.title(),
            warning: self.warning(),
            signs: self.signs(),
            clock: self
                .scene
                .wall
                .map(|wall| clock::time_of_day(wall, self.utc_offset())),
        }
    }

    /// What the person is doing where that has a name, else where they are.
    fn title(&self) -> String {
        if self.view.dialling.is_some() || self.view.call.is_some() {
            return self.place();
        }
        match self.view.activity {
            Activity::Entering(_) => self.label(Label::LogIn).to_owned(),
            Activity::ConfirmLogout(_) | Activity::LogoutPin(_) => {
                self.label(Label::LogOut).to_owned()
            }
            Activity::ChangePin(_) => self.label(Label::ChangePin).to_owned(),
            Activity::Menu(_) => self.label(Label::Menu).to_owned(),
            // Where there is little room, the desk is not said twice.
            Activity::Diagnostics if self.scene.wording == Wording::Full => {
                self.label(Label::Information).to_owned()
            }
            Activity::Enrolling(_)
            | Activity::Home
            | Activity::Admitting(_)
            | Activity::ConfirmTakeover(_)
            | Activity::Switching(_)
            | Activity::Refused(_)
            | Activity::LockedOut(_)
            | Activity::Leaving(_)
            | Activity::Evicted(_)
            | Activity::Expiring(_)
            | Activity::Diagnostics
            | Activity::EndElsewhere(_)
            | Activity::Consent(_)
            | Activity::Done(_) => self.place(),
        }
    }

    /// The desk: its name alone while somebody is signed in, whose number counts then.
    fn place(&self) -> String {
        match (self.view.profile, self.tenure()) {
            (Some(profile), Some(_)) => profile.desk.clone(),
            (Some(profile), None) => desk_and_number(profile),
            (None, _) => self.text(Message::NewPhone).to_owned(),
        }
    }

    /// What does not work; without a network the server is out of reach anyway.
    fn warning(&self) -> Option<Warning> {
        let status = self.view.status;
        let words = self.words();
        let troubles = &self.scene.facts.troubles;
        // What keeps the server away is more than that it is away.
        let mut causes = troubles
            .iter()
            .filter(|trouble| trouble.keeps_the_server_away());
        if let Some(cause) = causes.next().filter(|_| status.network) {
            return Some(cause.warning(words));
        }
        let (icon, message) = if !status.network {
            (Icon::NetworkOff, Message::NoNetwork)
        } else if self.view.profile.is_some() && !status.server {
            (Icon::ServerOff, Message::ServerOffline)
        } else if self.view.profile.is_some() && !status.registered {
            (Icon::PhoneOff, Message::NotRegistered)
        } else {
            return Some(troubles.first()?.warning(words));
        };
        let text = self.text(message).to_owned();
        Some(Warning { icon, text })
    }

    /// Beside the clock: what is neither wrong nor where one is.
    fn signs(&self) -> Vec<Icon> {
        let messages = self.view.status.messages.then_some(Icon::Message);
        let restricted = |profile: &HostProfile| profile.policy.vacant_calls != VacantCalls::All;
        let vacant = self.tenure().is_none();
        let locked = vacant && self.view.profile.is_some_and(restricted);
        messages
            .into_iter()
            .chain(locked.then_some(Icon::Lock))
            .collect()
    }

    /// Line keys have labels on the idle screen only: elsewhere the body needs the room.
    fn has_line_keys(&self) -> bool {
        let covered = self.view.dialling.is_some() || self.view.call.is_some();
        !covered && *self.view.activity == Activity::Home
    }

    fn line_keys(&self) -> Vec<LineKeyLabel> {
        if !self.has_line_keys() {
            return Vec::new();
        }
        let label = |slot: &LineSlot| match slot {
            LineSlot::Key(index) => self.keys().get(*index).map(|key| self.line_key(key)),
            LineSlot::More { others } => Some(LineKeyLabel {
                icon: None,
                label: format!("{} +{others}", self.action(Action::More)),
                lamp: None,
            }),
        };
        self.view.line_keys.slots.iter().filter_map(label).collect()
    }

    fn line_key(&self, key: &LineKey) -> LineKeyLabel {
        let watched = || self.view.watched.of(key.value.as_ref()?);
        let lamp = match key.kind {
            LineKeyKind::Blf => watched().map(|presence| match presence {
                Presence::Free => KeyLamp::Free,
                Presence::Ringing => KeyLamp::Ringing,
                Presence::Busy => KeyLamp::Busy,
            }),
            LineKeyKind::Voicemail => self.view.status.messages.then_some(KeyLamp::Messages),
            LineKeyKind::SpeedDial
            | LineKeyKind::LogIn
            | LineKeyKind::LogOut
            | LineKeyKind::Empty => None,
        };
        if key.kind == LineKeyKind::Empty {
            return LineKeyLabel::default();
        }
        LineKeyLabel {
            icon: line_key_icon(key.kind),
            label: named(key),
            lamp,
        }
    }

    fn action(&self, action: Action) -> &'static str {
        self.words().action(action)
    }

    fn soft_keys(&self) -> Vec<Option<SoftKey>> {
        let keys = &self.view.soft_keys;
        let label = |slot: &Option<_>| {
            slot.map(|action| SoftKey {
                label: self.key_label(action),
                primary: keys.primary == Some(action),
            })
        };
        keys.slots.iter().map(label).collect()
    }

    /// A language is named so that whoever speaks it, and perhaps nothing else, finds it.
    fn key_label(&self, action: Action) -> String {
        match (action, self.view.next_language, self.scene.wording) {
            (Action::Language, Some(next), Wording::Full) => next.own_name().to_owned(),
            (Action::Language, Some(next), Wording::Brief) => next.code().to_uppercase(),
            (action, _, _) => self.words().action(action).to_owned(),
        }
    }

    /// The keys of whoever has the phone.
    pub(crate) fn keys(&self) -> &[LineKey] {
        match (self.tenure(), self.view.profile) {
            (Some(tenure), _) => &tenure.guest.keys,
            (None, Some(profile)) => &profile.keys,
            (None, None) => &[],
        }
    }

    pub(crate) fn tenure(&self) -> Option<&Tenure> {
        match self.view.holder {
            Holder::Guest(tenure) => Some(tenure),
            Holder::Nobody => None,
        }
    }

    pub(crate) fn utc_offset(&self) -> i16 {
        self.view
            .profile
            .map(|profile| profile.utc_offset_minutes)
            .unwrap_or_default()
    }

    pub(crate) fn words(&self) -> Words {
        Words::new(self.scene.language, self.scene.wording)
    }

    pub(crate) fn text(&self, message: Message) -> &'static str {
        self.words().text(message)
    }

    pub(crate) fn label(&self, label: Label) -> &'static str {
        self.words().label(label)
    }

    pub(crate) fn refusal(&self, code: RefusalCode) -> Reason {
        self.words().refusal(code)
    }

    pub(crate) fn ending(&self, reason: &EndReason) -> [String; 2] {
        self.words().ending(reason)
    }

    pub(crate) fn say(&self, message: Message, parts: &[&str]) -> String {
        self.words().say(message, parts)
    }
}

/// "Desk 12 · 3001".
pub(crate) fn desk_and_number(profile: &HostProfile) -> String {
    format!("{} · {}", profile.desk, profile.extension)
}

/// A key that can be pressed is seen: without a name it bears its number.
fn named(key: &LineKey) -> String {
    let number = || key.value.as_ref().map(ToString::to_string);
    let name = Some(key.label.clone()).filter(|label| !label.is_empty());
    name.or_else(number).unwrap_or_default()
}

fn line_key_icon(kind: LineKeyKind) -> Option<Icon> {
    match kind {
        LineKeyKind::SpeedDial | LineKeyKind::Blf | LineKeyKind::Empty => None,
        LineKeyKind::Voicemail => Some(Icon::Message),
        LineKeyKind::LogIn | LineKeyKind::LogOut => Some(Icon::Lock),
    }
}
