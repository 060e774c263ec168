//! What a phone shows: its picture, what the picture says, its lamps. Never decides what is on it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hotdesk_session::{Activity, Holder, View};
use hotdesk_ui::{Facts, Language, Panel, Picture, Scene, Screen, Trouble, paint};
use tokio::sync::watch;

/// What a phone looks like at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Face {
    /// What the screen says, as text.
    pub text: String,
    /// Columns of the panel.
    pub width: u32,
    /// Rows of the panel.
    pub height: u32,
    /// Three bytes for each pixel, row by row from the top left.
    pub rgb: Arc<[u8]>,
    /// The lamps beside the display.
    pub lamps: Lamps,
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
    panel: &'static Panel,
    shown: Option<Screen>,
    faces: watch::Sender<Arc<Face>>,
}

impl Painter {
    pub(crate) fn new(panel: &'static Panel) -> (Self, watch::Receiver<Arc<Face>>) {
        let (faces, receiver) = watch::channel(Arc::new(Face::default()));
        let painter = Self {
            panel,
            shown: None,
            faces,
        };
        (painter, receiver)
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
            language: Language::English,
            wording: self.panel.wording,
            facts,
        };
        let screen = Screen::of(view, &scene);
        let same_screen = self.shown.as_ref() == Some(&screen);
        let before = Arc::clone(&self.faces.borrow());
        if same_screen && before.lamps == lamps {
            return;
        }
        let mut face = Face {
            lamps,
            ..Face::clone(&before)
        };
        if !same_screen {
            self.draw(&screen, &mut face);
            self.shown = Some(screen);
        }
        self.faces.send_replace(Arc::new(face));
    }

    fn draw(&self, screen: &Screen, face: &mut Face) {
        let (width, height) = (self.panel.size.width, self.panel.size.height);
        let mut picture = Picture::new(width, height);
        let Ok(()) = paint(screen, self.panel, &mut picture);
        face.text = screen.to_text();
        face.width = width;
        face.height = height;
        face.rgb = picture.into_pixels().into();
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
        | Activity::Diagnostics => None,
    };
    let second = countdown.map(|until| until.saturating_duration_since(view.now));
    let second = second.map(to_next_second);
    let minute = wall.map(|wall| {
        let past = Duration::new(wall.as_secs() % 60, wall.subsec_nanos());
        Duration::from_secs(60).saturating_sub(past)
    });
    // Without a clock the time left is shown, which changes as often.
    let wait = second.or(minute).unwrap_or(Duration::from_secs(60));
    view.now.checked_add(wait)
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
    use super::*;

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
