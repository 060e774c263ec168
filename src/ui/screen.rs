//! A screen as plain data: what it says, not how it looks. Equal screens look the same, so nobody paints twice.
//!
//! As JSON a screen can be looked at elsewhere. What is typed into a masked field is no part of that.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Everything on the display at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// The strip at the top.
    pub status_bar: StatusBar,
    /// What it is about.
    pub body: Body,
    /// Labels beside the line keys, from the top; empty when they have nothing to say. There can be more than a panel
    /// has keys: it shows how many are left out.
    #[serde(default)]
    pub line_keys: Vec<LineKeyLabel>,
    /// How many keys of the profile have no label at all.
    #[serde(default)]
    pub keys_not_shown: usize,
    /// Labels above the soft keys, from the left; `None` where a key does nothing.
    #[serde(default)]
    pub soft_keys: Vec<Option<SoftKey>>,
}

/// The strip at the top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusBar {
    /// The desk, or what the person is doing.
    pub title: String,
    /// Something that does not work.
    pub warning: Option<Warning>,
    /// What else there is to know: that messages wait, that the phone is locked until somebody signs in.
    #[serde(default)]
    pub signs: Vec<Icon>,
    /// Time of day, "10:42".
    pub clock: Option<String>,
}

/// Something that does not work, whatever else goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// Its picture.
    pub icon: Icon,
    /// In two words.
    pub text: String,
}

/// The kinds of things a screen can be about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// One big sentence and small ones below.
    Notice(Notice),
    /// A number to read: a code, a countdown.
    Figure(Figure),
    /// Fields to fill.
    Form(Form),
    /// Something takes a moment.
    Steps(Steps),
    /// Who is signed in.
    Identity(Identity),
    /// Labels and values.
    Facts(Vec<Fact>),
    /// Things to choose from.
    Choices(Vec<Choice>),
    /// A number being dialled.
    Number(Number),
}

/// One big sentence and small ones below.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its picture.
    pub icon: Option<Icon>,
    /// Whether the vendor's logo stands above it, where there is one.
    #[serde(default)]
    pub logo: bool,
    /// The big sentence.
    pub title: String,
    /// How the big sentence is meant.
    #[serde(default)]
    pub ink: Ink,
    /// Small sentences, one paragraph each.
    #[serde(default)]
    pub lines: Vec<String>,
    /// The short code that the server log shows as well.
    pub code: Option<String>,
}

/// A number to read: a code, a countdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What the number is.
    pub caption: String,
    /// How the caption is meant.
    #[serde(default)]
    pub ink: Ink,
    /// The number.
    pub figure: String,
    /// What to do.
    pub hint: String,
    /// The short code that the server log shows as well.
    pub code: Option<String>,
}

/// Fields to fill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// From the top.
    pub fields: Vec<FormField>,
    /// Below the fields.
    pub note: Option<Note>,
    /// What stands there instead while a key of several letters is being pressed.
    #[serde(skip)]
    pub candidates: Option<Candidates>,
}

impl Form {
    /// What stands below the fields.
    pub(crate) fn below(&self) -> Option<Note> {
        let letters = self.candidates.as_ref().map(|candidates| Note {
            text: candidates.0.clone(),
            ink: Ink::Quiet,
            code: None,
        });
        letters.or_else(|| self.note.clone())
    }
}

/// The letters of the key that was pressed last, the one that is typed in brackets: `p [q] r s 7`. Never printed: it is a
/// character of a PIN.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidates(pub String);

impl std::fmt::Debug for Candidates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Candidates(*)")
    }
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormField {
    /// What to type; empty for a form whose note says it.
    pub label: String,
    /// What was typed and may be read.
    pub text: String,
    /// How many characters were typed that may not be read, behind the text.
    #[serde(default)]
    pub dots: usize,
    /// The last of these, where it can still be read.
    #[serde(skip)]
    pub readable: Option<Readable>,
    /// How many characters stand behind the cursor.
    #[serde(default)]
    pub behind_cursor: usize,
    /// What the keys type, where that can be changed: "123", "abc".
    pub letters: Option<Cow<'static, str>>,
    /// Whether the cursor is here.
    #[serde(default)]
    pub focused: bool,
}

/// A character of a PIN that was typed a moment ago. Never printed: it is on the display and nowhere else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Readable(pub char);

impl std::fmt::Debug for Readable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Readable(*)")
    }
}

/// A sentence that comments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The sentence.
    pub text: String,
    /// How it is meant.
    #[serde(default)]
    pub ink: Ink,
    /// The short code that the server log shows as well.
    pub code: Option<String>,
}

/// Something takes a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// What is being done.
    pub title: String,
    /// In order.
    pub steps: Vec<Step>,
}

/// One thing that has to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which.
    pub text: String,
    /// How far it is.
    pub progress: Progress,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It is done.
    Done,
    /// It is going on.
    Ongoing,
    /// It has not begun.
    Waiting,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Their name.
    pub name: String,
    /// Their number.
    pub number: String,
    /// Whether calls reach them here.
    pub registered: bool,
    /// The same in words, and until when.
    pub state: String,
}

/// A label and a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What.
    pub label: String,
    /// How much.
    pub value: String,
}

/// One of several things to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What.
    pub label: String,
    /// Whether it is the one that would be taken.
    pub chosen: bool,
}

/// A number being dialled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// What happens with it.
    pub caption: String,
    /// Typed so far.
    pub digits: String,
    /// Whether more digits are expected.
    #[serde(default)]
    pub open: bool,
    /// Below the number.
    pub note: Option<Note>,
    /// An emergency call looks like nothing else.
    #[serde(default)]
    pub emergency: bool,
}

/// A label beside a line key; without any word, picture or lamp there is nothing beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineKeyLabel {
    /// Its picture.
    pub icon: Option<Icon>,
    /// What stands on it.
    pub label: String,
    /// What its lamp says.
    pub lamp: Option<KeyLamp>,
}

impl LineKeyLabel {
    /// Whether nothing is drawn.
    pub(crate) fn is_blank(&self) -> bool {
        *self == Self::default()
    }
}

/// What the lamp of a line key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyLamp {
    /// The watched phone does nothing.
    Free,
    /// The watched phone rings.
    Ringing,
    /// The watched phone is in use.
    Busy,
    /// Messages wait.
    Messages,
}

/// A label above a soft key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftKey {
    /// What it does.
    pub label: String,
    /// Whether it moves the person forward: at most one does.
    #[serde(default)]
    pub primary: bool,
}

/// How a text is meant; the theme decides which colour that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ink {
    /// The main thing.
    #[default]
    Plain,
    /// Beside the main thing.
    Quiet,
    /// A refusal.
    Refusal,
}

/// Small pictures, drawn from lines and discs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Icon {
    /// A padlock.
    Lock,
    /// A globe struck through.
    NetworkOff,
    /// A server struck through.
    ServerOff,
    /// An envelope.
    Message,
    /// A person.
    Person,
    /// A cross in a ring.
    Refused,
    /// A telephone struck through.
    PhoneOff,
}

impl Icon {
    /// Every icon, for tests and for a picture of all of them.
    pub const ALL: [Self; 7] = [
        Self::Lock,
        Self::NetworkOff,
        Self::ServerOff,
        Self::Message,
        Self::Person,
        Self::Refused,
        Self::PhoneOff,
    ];
}
