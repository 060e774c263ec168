//! Every screen that there is, once: the moments that golden pictures, the contact sheet and tests are made from.
//!
//! Shared by the tests and by `examples/screens.rs`. All names and numbers in it are invented.

mod beside;
mod calls;
mod moments;
mod outcomes;
pub(crate) mod people;
pub(crate) mod png_file;

use std::time::{Duration, Instant};

use hotdesk_provisioning::HostProfile;
use hotdesk_session::{
    Action, Activity, Call, Dialling, Holder, LineKeys, SoftKeys, Status, Tenure, View, Watched,
};
use hotdesk_ui::{Facts, Language, Panel, Scene, Screen};

pub(crate) use moments::all;
#[cfg(test)]
pub(crate) use people::every_end_reason;
use people::host;

/// One moment of one phone.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// Names the files of the golden pictures.
    pub(crate) name: &'static str,
    pub(crate) profile: Option<HostProfile>,
    pub(crate) holder: Holder,
    pub(crate) activity: Activity,
    pub(crate) dialling: Option<Dialling>,
    pub(crate) status: Status,
    pub(crate) soft_keys: SoftKeys,
    /// Which page of line keys is shown.
    pub(crate) line_page: usize,
    pub(crate) watched: Watched,
    pub(crate) call: Option<Call>,
    pub(crate) held_until: Option<Instant>,
    pub(crate) wall: Option<Duration>,
    pub(crate) facts: Facts,
}

/// 10:42 on 2 March 2026 at the desk, which is one hour east of UTC.
const WALL: Duration = Duration::from_secs(1_772_444_520);

impl Sample {
    /// A vacant phone at which everything works.
    fn new(name: &'static str, activity: Activity) -> Self {
        Self {
            name,
            profile: Some(host()),
            holder: Holder::Nobody,
            activity,
            dialling: None,
            status: Status {
                network: true,
                server: true,
                registered: true,
                last_switch_ms: None,
                messages: false,
            },
            soft_keys: SoftKeys::default(),
            line_page: 0,
            watched: Watched::default(),
            call: None,
            held_until: None,
            wall: Some(WALL),
            facts: people::facts(),
        }
    }

    /// Signed in.
    pub(crate) fn held(mut self, tenure: Tenure) -> Self {
        self.holder = Holder::Guest(Box::new(tenure));
        self
    }

    /// Soft keys from the left; the first is the primary one.
    fn keys(self, actions: &[Action]) -> Self {
        let primary = actions.first().copied();
        self.keys_and_primary(actions, primary)
    }

    fn keys_and_primary(mut self, actions: &[Action], primary: Option<Action>) -> Self {
        let slots = actions.iter().copied().map(Some).collect();
        self.soft_keys = SoftKeys { slots, primary };
        self
    }

    fn key_count(&self) -> usize {
        match (&self.holder, &self.profile) {
            (Holder::Guest(tenure), _) => tenure.guest.keys.len(),
            (Holder::Nobody, Some(profile)) => profile.keys.len(),
            (Holder::Nobody, None) => 0,
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The screen of this moment in English, on a panel.
    #[must_use]
    pub(crate) fn screen(&self, panel: &Panel) -> Screen {
        self.screen_in(Language::English, panel)
    }

    /// The same in any language.
    #[must_use]
    pub(crate) fn screen_in(&self, language: Language, panel: &Panel) -> Screen {
        self.screen_after(Duration::ZERO, language, panel)
    }

    /// The same some time later, while nothing happens.
    #[must_use]
    pub(crate) fn screen_after(
        &self,
        passed: Duration,
        language: Language,
        panel: &Panel,
    ) -> Screen {
        let SoftKeys { slots, primary } = &self.soft_keys;
        let actions: Vec<_> = slots.iter().copied().flatten().collect();
        let view = View {
            profile: self.profile.as_ref(),
            holder: &self.holder,
            activity: &self.activity,
            dialling: self.dialling.as_ref(),
            status: self.status,
            soft_keys: SoftKeys::placed(&actions, *primary, count(panel.soft_keys.len())),
            language,
            next_language: next(language),
            line_keys: LineKeys::lay_out(
                self.key_count(),
                count(panel.line_keys.len()),
                self.line_page,
            ),
            watched: &self.watched,
            call: self.call.as_ref(),
            held_until: self.held_until,
            now: epoch() + passed,
        };
        let scene = Scene {
            wall: self.wall.map(|wall| wall + passed),
            language,
            wording: panel.wording,
            facts: &self.facts,
        };
        Screen::of(&view, &scene)
    }
}

/// Keys of a panel.
fn count(keys: usize) -> u8 {
    u8::try_from(keys).unwrap_or(u8::MAX)
}

/// What the language key offers on a phone that speaks all.
fn next(language: Language) -> Option<Language> {
    let mut all = Language::ALL.into_iter().cycle();
    all.find(|one| *one == language)?;
    all.next()
}

/// The same arbitrary moment for all samples: only differences from it are ever shown.
#[must_use]
pub(crate) fn epoch() -> Instant {
    use std::sync::OnceLock;
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    #[expect(
        clippy::disallowed_methods,
        reason = "an Instant cannot be made from nothing; which one it is never shows"
    )]
    *EPOCH.get_or_init(Instant::now)
}

/// So many seconds after that moment.
#[must_use]
pub(crate) fn after(seconds: u64) -> Instant {
    epoch() + Duration::from_secs(seconds)
}
