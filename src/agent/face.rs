//! What a phone shows: its picture, what the picture says, its lamps. Never decides what is on it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use embedded_graphics::prelude::OriginDimensions;
use hotdesk_session::{Activity, CallState, Holder, View};
use hotdesk_ui::{Damage, Drawing, Facts, Panel, Picture, Scene, Screen, Trouble};
use tokio::sync::watch;

/// What a phone looks like at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Face {
    /// What the screen says, as text.
    pub text: String,
    /// The same as plain data; `None` where something else than a screen is shown.
    pub screen: Option<Screen>,
    /// What is on the panel; of no size before anything is.
    pub picture: Picture,
    /// The lamps beside the display.
    pub lamps: Lamps,
    /// Where the last pictures differ from those before them.
    pub changes: Changes,
}

/// Changes that are remembered at most. Whoever missed more sends the whole picture.
const CHANGES_MAX: usize = 8;

/// Where the last few pictures differ from those before them, so that a display that was busy knows what it missed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Counts the pictures.
    number: u64,
    /// The newest last.
    recent: VecDeque<Damage>,
}

impl Changes {
    /// Which picture this is.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    fn push(&mut self, damage: Damage) {
        self.number = self.number.wrapping_add(1);
        if self.recent.len() >= CHANGES_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back(damage);
    }

    /// What changed since an earlier picture; `None` when that is not known any more.
    fn since(&self, number: u64) -> Option<Damage> {
        let missed = usize::try_from(self.number.wrapping_sub(number)).ok()?;
        let first = self.recent.len().checked_sub(missed)?;
        let mut damage = Damage::default();
        self.recent
            .iter()
            .skip(first)
            .for_each(|one| damage.merge(one));
        Some(damage)
    }
}

impl Face {
    /// Where the picture differs from one that was shown before; everywhere if that was none, or too long ago.
    pub(crate) fn changed_since(&self, number: Option<u64>) -> Damage {
        let known = number.and_then(|number| self.changes.since(number));
        known.unwrap_or_else(|| Damage::whole(self.picture.size()))
    }
}

/// The lamps beside the display.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lamps {
    /// Messages wait for whoever has the phone.
    pub message_waiting: bool,
    /// Somebody is signed in.
    pub signed_in: bool,
    /// Look at the screen: time is running out, somebody was signed out, or something does not work; on a screen that
    /// shows nothing, that.
    pub attention: bool,
}

impl Lamps {
    pub(crate) fn of(view: &View<'_>, message_waiting: bool, troubles: &[Trouble]) -> Self {
        let told = matches!(view.activity, Activity::Expiring(_) | Activity::Evicted(_));
        Self {
            message_waiting,
            signed_in: matches!(view.holder, Holder::Guest(_)),
            attention: told || !troubles.is_empty(),
        }
    }
}

/// Paints when the screen's value changed, and only then. Whatever shows the face follows it from outside: a slow panel
/// or a lamp that is gone never holds up a key.
pub(crate) struct Painter {
    panel: Arc<Panel>,
    drawing: Drawing,
    faces: watch::Sender<Arc<Face>>,
}

impl Painter {
    pub(crate) fn new(panel: Arc<Panel>) -> (Self, watch::Receiver<Arc<Face>>) {
        let (faces, receiver) = watch::channel(Arc::new(Face::default()));
        let painter = Self {
            panel,
            drawing: Drawing::default(),
            faces,
        };
        (painter, receiver)
    }

    /// What is shown.
    pub(crate) fn face(&self) -> Arc<Face> {
        Arc::clone(&self.faces.borrow())
    }

    /// The name of the panel.
    pub(crate) fn panel_name(&self) -> &str {
        &self.panel.name
    }

    /// How many line keys the panel has.
    pub(crate) fn line_keys(&self) -> u8 {
        u8::try_from(self.panel.line_keys.len()).unwrap_or(u8::MAX)
    }

    /// How many soft keys the panel has.
    pub(crate) fn soft_keys(&self) -> u8 {
        u8::try_from(self.panel.soft_keys.len()).unwrap_or(u8::MAX)
    }

    /// Shows what there is to see, if it is something else than before.
    /// `wall` is the time since 1970 at `view.now`, if it is known.
    pub(crate) fn show(
        &mut self,
        view: &View<'_>,
        wall: Option<Duration>,
        facts: &Facts,
        lamps: Lamps,
    ) {
        let scene = Scene {
            wall,
            language: view.language,
            wording: self.panel.wording,
            facts,
        };
        let screen = Screen::of(view, &scene);
        let (same_screen, same_lamps) = {
            let face = self.faces.borrow();
            (face.screen.as_ref() == Some(&screen), face.lamps == lamps)
        };
        if same_screen && same_lamps {
            return;
        }
        let (drawing, panel) = (&mut self.drawing, &self.panel);
        self.faces.send_modify(|face| {
            // A copy is made only while a display still reads the last one.
            let face = Arc::make_mut(face);
            face.lamps = lamps;
            if !same_screen {
                if face.picture.size() != panel.size {
                    face.picture = Picture::new(panel.size.width, panel.size.height);
                }
                face.text = screen.to_text();
                face.screen = Some(screen.clone());
                let damage = drawing.update(screen, panel, &mut face.picture);
                face.changes.push(damage);
            }
        });
    }
}

/// When the screen changes though nothing happens: at the next second of a countdown, at the next minute of a clock.
/// `wall` is the time since 1970 at `view.now`, if it is known.
pub(crate) fn changes_by_itself(view: &View<'_>, wall: Option<Duration>) -> Option<Instant> {
    let countdown = match view.activity {
        Activity::Expiring(expiring) => Some(expiring.at),
        Activity::LockedOut(locked) => Some(locked.until),
        Activity::Enrolling(_)
        | Activity::Home
        | Activity::Entering(_)
        | Activity::Admitting(_)
        | Activity::ConfirmTakeover(_)
        | Activity::Switching(_)
        | Activity::Refused(_)
        | Activity::ConfirmLogout(_)
        | Activity::LogoutPin(_)
        | Activity::Leaving(_)
        | Activity::Evicted(_)
        | Activity::Diagnostics
        | Activity::Menu(_)
        | Activity::ChangePin(_)
        | Activity::EndElsewhere(_)
        | Activity::Consent(_)
        | Activity::Done(_) => None,
    };
    let talk = view
        .call
        .filter(|call| call.state == CallState::Active)
        .map(|call| to_next_second_since(view.now.saturating_duration_since(call.since)));
    let second = countdown.map(|until| until.saturating_duration_since(view.now));
    let second = second.map(to_next_second).or(talk);
    let minute = wall.map(|wall| {
        let past = Duration::new(wall.as_secs() % 60, wall.subsec_nanos());
        Duration::from_secs(60).saturating_sub(past)
    });
    // Without a clock the time left is shown, which changes as often.
    let wait = second.or(minute).unwrap_or(Duration::from_secs(60));
    view.now.checked_add(wait)
}

/// Until the count of whole seconds goes up.
fn to_next_second_since(past: Duration) -> Duration {
    Duration::from_secs(1).saturating_sub(Duration::from_nanos(past.subsec_nanos().into()))
}

/// Until the count of started seconds goes down.
fn to_next_second(left: Duration) -> Duration {
    match left.subsec_nanos() {
        0 => Duration::from_secs(1),
        nanos => Duration::from_nanos(nanos.into()),
    }
}

#[cfg(test)]
mod tests {
    use embedded_graphics::prelude::{Point, Size};
    use embedded_graphics::primitives::Rectangle;

    use super::*;

    #[test]
    fn a_display_that_was_busy_learns_all_that_it_missed_or_takes_the_whole() {
        let area = |x| Rectangle::new(Point::new(x, 0), Size::new(1, 1));
        let mut face = Face {
            picture: Picture::new(100, 1),
            ..Face::default()
        };
        for x in 0..20 {
            let mut damage = Damage::default();
            damage.add(area(2 * x));
            face.changes.push(damage);
        }
        let since = |number| face.changed_since(number);
        assert_eq!(face.changes.number(), 20);
        assert!(since(Some(20)).is_empty());
        assert_eq!(since(Some(18)).rectangles(), [area(36), area(38)]);
        let whole = Damage::whole(Size::new(100, 1));
        assert_eq!(since(Some(20 - CHANGES_MAX as u64 - 1)), whole);
        assert_eq!(since(None), whole);
        // A number from the future, after the phone was started anew.
        assert_eq!(since(Some(21)), whole);
    }

    #[test]
    fn a_countdown_changes_with_each_of_its_own_seconds() {
        assert_eq!(
            to_next_second(Duration::from_millis(59_250)),
            Duration::from_millis(250)
        );
        assert_eq!(
            to_next_second(Duration::from_secs(59)),
            Duration::from_secs(1)
        );
        assert_eq!(to_next_second(Duration::ZERO), Duration::from_secs(1));
    }
}
