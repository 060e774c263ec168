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
    /// Addresses, versions, last switch.
    Info,
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

impl SoftKeys {
    /// Lays actions on so many keys: as they are if they fit, otherwise in pages with More at the last key. After the last
    /// page comes the first.
    #[must_use]
    pub fn on_keys(
        actions: &[Action],
        primary: Option<Action>,
        soft_keys: u8,
        page: usize,
    ) -> Self {
        let count = slot_count(soft_keys);
        let mut slots: Vec<Option<Action>> = if actions.len() <= count {
            actions.iter().copied().map(Some).collect()
        } else {
            let per_page = count.saturating_sub(1);
            let pages = actions.len().div_ceil(per_page.max(1));
            let page = page.checked_rem(pages).unwrap_or(0);
            let shown = actions
                .iter()
                .copied()
                .map(Some)
                .skip(page.saturating_mul(per_page))
                .take(per_page);
            let mut slots: Vec<_> = shown.collect();
            slots.resize(per_page, None);
            slots.push(Some(Action::More));
            slots
        };
        slots.resize(count, None);
        Self { slots, primary }
    }
}

/// No panel has fewer than two soft keys or more than five.
pub(crate) fn slot_count(soft_keys: u8) -> usize {
    usize::from(soft_keys.clamp(2, 5))
}
