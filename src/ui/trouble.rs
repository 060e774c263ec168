//! What does not work on the phone itself, in words: two for the status bar, a sentence for whoever asks.

use hotdesk_session::Activity;

use crate::screens::Now;
use crate::{Body, Icon, Ink, Language, Notice, Warning, Wording};

/// Sentences on one screen; the log has the rest.
const SENTENCES_MAX: usize = 3;

/// Something that does not work on the phone itself. It goes on as well as it can, and by itself once this is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The phone cannot start: the file, the line and what is wrong.
    CannotStart(String),
    /// The clock shows a time that cannot be right, so that no server can be trusted.
    ClockWrong,
    /// Nothing can be written.
    CannotStore,
    /// These characters of the dial pad cannot be typed.
    KeysMissing(String),
    /// Nothing can be seen, and why: for the status and the log.
    NoDisplay(String),
}

impl Trouble {
    /// In two words.
    #[must_use]
    pub fn title(&self, language: Language) -> &'static str {
        match language {
            Language::English => match self {
                Self::CannotStart(_) => "Cannot start",
                Self::ClockWrong => "Wrong time",
                Self::CannotStore => "Cannot save",
                Self::KeysMissing(_) => "Keys missing",
                Self::NoDisplay(_) => "No display",
            },
        }
    }

    /// In a sentence, for the screen, the status and the log.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        match language {
            Language::English => match self {
                Self::CannotStart(why) => why.clone(),
                Self::ClockWrong => "The phone's clock cannot be right, so no server can be trusted. It goes on once \
                     the time is set."
                    .to_owned(),
                Self::CannotStore => {
                    "Nothing can be saved. The phone works, but without power it forgets who is signed in.".to_owned()
                }
                Self::KeysMissing(keys) if keys.len() >= DIAL_PAD => "No keypad is connected.".to_owned(),
                Self::KeysMissing(keys) => {
                    let keys: Vec<String> = keys.chars().map(String::from).collect();
                    format!("The keypad has no {}: not every number can be dialled.", keys.join(" "))
                }
                Self::NoDisplay(why) => format!("Nothing can be seen: {why}"),
            },
        }
    }

    /// The same for a panel that has room for one or two short lines.
    fn brief(&self, language: Language) -> String {
        match language {
            Language::English => match self {
                // The folder says least.
                Self::CannotStart(why) => {
                    let (file, rest) = why.split_once(": ").unwrap_or(("", why));
                    let name = file.rsplit('/').next().unwrap_or_default();
                    [name, rest].join(": ").trim_start_matches(": ").to_owned()
                }
                Self::ClockWrong => "Set the clock.".to_owned(),
                Self::CannotStore => "Lost if power fails.".to_owned(),
                Self::KeysMissing(keys) if keys.len() >= DIAL_PAD => "No keypad.".to_owned(),
                Self::KeysMissing(keys) => format!("Missing keys: {keys}"),
                Self::NoDisplay(_) => "No display.".to_owned(),
            },
        }
    }

    pub(crate) fn keeps_the_server_away(&self) -> bool {
        match self {
            Self::CannotStart(_) | Self::ClockWrong => true,
            Self::CannotStore | Self::KeysMissing(_) | Self::NoDisplay(_) => false,
        }
    }

    pub(crate) fn warning(&self, language: Language) -> Warning {
        Warning {
            icon: Icon::Refused,
            text: self.title(language).to_owned(),
        }
    }
}

/// Keys of a dial pad.
const DIAL_PAD: usize = 12;

/// What a screen says of troubles instead of its own matter: why a phone cannot start where it would say that it looks
/// for its server, and every sentence where an administrator looks.
pub(crate) fn body(now: &Now<'_>) -> Option<Body> {
    let (troubles, language) = (&now.scene.facts.troubles, now.scene.language);
    let first = troubles.first()?;
    let cannot_start = matches!(first, Trouble::CannotStart(_));
    let shown = match now.view.activity {
        Activity::Diagnostics => true,
        Activity::Enrolling(_) => cannot_start,
        Activity::Home
        | Activity::Entering(_)
        | Activity::Admitting(_)
        | Activity::ConfirmTakeover(_)
        | Activity::Switching(_)
        | Activity::Refused(_)
        | Activity::LockedOut(_)
        | Activity::ConfirmLogout(_)
        | Activity::LogoutPin(_)
        | Activity::Leaving(_)
        | Activity::Evicted(_)
        | Activity::Expiring(_) => false,
    };
    let told = troubles.iter().take(SENTENCES_MAX);
    let (lines, code) = match now.scene.wording {
        Wording::Full => (
            told.map(|t| t.sentence(language)).collect(),
            now.scene.facts.address.clone(),
        ),
        Wording::Brief => (told.map(|t| t.brief(language)).collect(), None),
    };
    shown.then(|| {
        Body::Notice(Notice {
            icon: Some(Icon::Refused),
            title: first.title(language).to_owned(),
            ink: Ink::Refusal,
            lines,
            code,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Screen, gallery};

    fn with_trouble(name: &str, trouble: &Trouble) -> Screen {
        let mut samples = gallery::all().into_iter();
        let mut sample = samples.find(|sample| sample.name == name).unwrap();
        sample.facts.troubles.push(trouble.clone());
        sample.screen(Wording::Full)
    }

    #[test]
    fn a_keypad_that_lacks_keys_says_which() {
        let said = |keys: &str| Trouble::KeysMissing(keys.to_owned()).sentence(Language::English);
        assert!(said("7#").contains("no 7 #:"));
        assert_eq!(said("0123456789*#"), "No keypad is connected.");
    }

    #[test]
    fn troubles_are_in_the_status_bar_and_their_sentences_where_an_administrator_looks() {
        let trouble = Trouble::CannotStore;
        let home = with_trouble("vacant", &trouble);
        assert_eq!(home.status_bar.warning.unwrap().text, "Cannot save");
        let Body::Notice(notice) = home.body else {
            panic!("the home screen is as it was")
        };
        assert_ne!(notice.title, "Cannot save");
        let information = with_trouble("information", &trouble);
        let Body::Notice(notice) = information.body else {
            panic!("no sentence")
        };
        assert!(notice.lines[0].contains("forgets"), "{notice:?}");
    }

    #[test]
    fn why_a_phone_cannot_start_stands_where_it_would_look_for_its_server() {
        let trouble = Trouble::CannotStart("agent.toml: line 3".to_owned());
        let screen = with_trouble("enrolling-connecting", &trouble);
        assert!(
            screen.to_text().contains("agent.toml: line 3"),
            "{}",
            screen.to_text()
        );
    }
}
