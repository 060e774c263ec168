//! What soft keys do. The core decides which there are; drawing decides what they are called.

/// What pressing a soft key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Begin a log-in.
    LogIn,
    /// Begin the log-out.
    LogOut,
    /// Begin a log-in while somebody is signed in.
    SwitchUser,
    /// Show the emergency numbers, ready to dial.
    Emergency,
    /// The next language.
    Language,
    /// Next field.
    Next,
    /// Send extension and PIN.
    Submit,
    /// Delete the last character.
    Delete,
    /// Back without doing it.
    Cancel,
    /// Do what the question asks (take over, log out).
    Confirm,
    /// The same again.
    Retry,
    /// More time.
    Stay,
    /// Dial what was typed.
    Call,
    /// I have read it.
    Dismiss,
    /// Show the menu.
    Menu,
    /// Open what is chosen.
    Select,
    /// From now on the keys type small letters.
    SmallLetters,
    /// From now on the keys type capital letters.
    CapitalLetters,
    /// From now on the keys type digits.
    Digits,
    /// "No" to a question that has consequences either way.
    Deny,
    /// Take the call.
    Answer,
    /// Do not take the call.
    Reject,
    /// End the call.
    HangUp,
    /// Let the call wait.
    Hold,
    /// Talk again.
    Resume,
    /// The next page of soft keys.
    More,
}

/// Soft keys as they stand on the screen, `None` where a slot is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SoftKeys {
    /// One for each hardware key, from the left.
    pub slots: Vec<Option<Action>>,
    /// The one that moves the person forward, drawn with the accent.
    pub primary: Option<Action>,
}

/// What the menu offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MenuItem {
    /// Addresses, versions, last switch.
    Information,
    /// What the screens speak; changes to the next one.
    Language,
    /// Another PIN.
    ChangePin,
    /// Log out on all other phones.
    EndElsewhere,
}
