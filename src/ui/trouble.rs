//! What does not work on the phone itself, in words: two for the status bar, a sentence for whoever asks.

use hotdesk_session::Activity;

use crate::screens::Now;
use crate::text::{Message, Words};
use crate::{Body, Icon, Ink, Language, Notice, Warning, Wording};

/// Sentences on one screen; the log has the rest.
const SENTENCES_MAX: usize = 3;

/// Something that does not work on the phone itself. It goes on as well as it can, and by itself once this is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The phone cannot start: the file, the line and what is wrong.
    CannotStart(String),
    /// Neither configuration nor network names a server.
    NoServer,
    /// What the network names instead of a server that speaks our protocol, as far as it may be shown.
    OtherServer(String),
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
        self.name(Words::new(language, Wording::Full))
    }

    /// In a sentence, for the screen, the status and the log.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        self.say(Words::new(language, Wording::Full), Wording::Full)
    }

    fn name(&self, words: Words) -> &'static str {
        words.text(match self {
            Self::CannotStart(_) => Message::CannotStart,
            Self::NoServer => Message::NoServer,
            Self::OtherServer(_) => Message::OtherServer,
            Self::ClockWrong => Message::ClockWrong,
            Self::CannotStore => Message::CannotStore,
            Self::KeysMissing(_) => Message::KeysMissing,
            Self::NoDisplay(_) => Message::NoDisplay,
        })
    }

    fn say(&self, words: Words, wording: Wording) -> String {
        match (self, wording) {
            (Self::CannotStart(why), Wording::Full) => why.clone(),
            (Self::CannotStart(why), Wording::Brief) => {
                // The folder says least.
                let (file, rest) = why.split_once(": ").unwrap_or(("", why));
                let name = file.rsplit('/').next().unwrap_or_default();
                [name, rest].join(": ").trim_start_matches(": ").to_owned()
            }
            (Self::NoServer, _) => words.text(Message::NoServerSentence).to_owned(),
            (Self::OtherServer(named), _) => words.say(Message::OtherServerSentence, &[named]),
            (Self::ClockWrong, _) => words.text(Message::ClockWrongSentence).to_owned(),
            (Self::CannotStore, _) => words.text(Message::CannotStoreSentence).to_owned(),
            (Self::KeysMissing(keys), _) if keys.len() >= DIAL_PAD => {
                words.text(Message::NoKeypadSentence).to_owned()
            }
            (Self::KeysMissing(keys), Wording::Full) => {
                let keys: Vec<String> = keys.chars().map(String::from).collect();
                words.say(Message::KeysMissingSentence, &[&keys.join(" ")])
            }
            (Self::KeysMissing(keys), Wording::Brief) => {
                words.say(Message::KeysMissingSentence, &[keys])
            }
            (Self::NoDisplay(why), _) => words.say(Message::NoDisplaySentence, &[why]),
        }
    }

    pub(crate) fn keeps_the_server_away(&self) -> bool {
        match self {
            Self::CannotStart(_) | Self::NoServer | Self::OtherServer(_) | Self::ClockWrong => true,
            Self::CannotStore | Self::KeysMissing(_) | Self::NoDisplay(_) => false,
        }
    }

    pub(crate) fn warning(&self, words: Words) -> Warning {
        Warning {
            icon: Icon::Refused,
            text: self.name(words).to_owned(),
        }
    }
}

/// Keys of a dial pad.
const DIAL_PAD: usize = 12;

/// What a screen says of troubles instead of its own matter: why a phone has no server where it would say that it looks
/// for it, and every sentence where an administrator looks.
pub(crate) fn body(now: &Now<'_>) -> Option<Body> {
    let (troubles, words) = (&now.scene.facts.troubles, now.words());
    let first = troubles.first()?;
    let no_server = match first {
        Trouble::CannotStart(_) => true,
        // Without a network there is nothing to find, and the screen says so.
        Trouble::NoServer | Trouble::OtherServer(_) => now.view.status.network,
        Trouble::ClockWrong
        | Trouble::CannotStore
        | Trouble::KeysMissing(_)
        | Trouble::NoDisplay(_) => false,
    };
    let shown = match now.view.activity {
        Activity::Diagnostics => true,
        Activity::Enrolling(_) => no_server,
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
        | Activity::Menu(_)
        | Activity::ChangePin(_)
        | Activity::EndElsewhere(_)
        | Activity::Consent(_)
        | Activity::Done(_)
        | Activity::Expiring(_) => false,
    };
    let told = troubles.iter().take(SENTENCES_MAX);
    let wording = now.scene.wording;
    let lines = told.map(|trouble| trouble.say(words, wording)).collect();
    let code = match wording {
        Wording::Full => now.scene.facts.address.clone(),
        Wording::Brief => None,
    };
    shown.then(|| {
        Body::Notice(Notice {
            logo: false,
            icon: Some(Icon::Refused),
            title: first.name(words).to_owned(),
            ink: Ink::Refusal,
            lines,
            code,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PANELS, Screen, gallery};

    fn with_trouble(name: &str, trouble: &Trouble) -> Screen {
        let mut samples = gallery::all().into_iter();
        let mut sample = samples.find(|sample| sample.name == name).unwrap();
        sample.facts.troubles.push(trouble.clone());
        sample.screen(&PANELS[0])
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
