//! The menu: what can be done beside calling. Chooses only; each item is a matter of its own.

use std::time::Instant;

use crate::desk::Desk;
use crate::{Activity, Key, Menu, MenuItem, deadline, elsewhere, pin_change};

/// Menu was pressed.
pub(crate) fn open(desk: &Desk, now: Instant) -> Activity {
    let mut items = Vec::new();
    if desk.tenure().is_some() {
        items.extend([MenuItem::ChangePin, MenuItem::EndElsewhere]);
    }
    if desk.next_language().is_some() {
        items.push(MenuItem::Language);
    }
    items.push(MenuItem::Information);
    Activity::Menu(Menu {
        items,
        chosen: 0,
        give_up_at: now + deadline::ENTRY,
    })
}

/// The navigation keys go round; from the last item down is the first.
pub(crate) fn press(now: Instant, mut menu: Menu, key: Key) -> Activity {
    menu.give_up_at = now + deadline::ENTRY;
    let step = match key {
        Key::Down | Key::Right => 1,
        Key::Up | Key::Left => menu.items.len().saturating_sub(1),
        Key::Digit(_)
        | Key::Soft(_)
        | Key::Line(_)
        | Key::Ok
        | Key::Back
        | Key::Clear
        | Key::Hold(_)
        | Key::Call
        | Key::HookOff
        | Key::HookOn => 0,
    };
    let next = menu.chosen.saturating_add(step);
    menu.chosen = next.checked_rem(menu.items.len()).unwrap_or(0);
    Activity::Menu(menu)
}

/// Opens what is chosen.
pub(crate) fn select(desk: &mut Desk, now: Instant, mut menu: Menu) -> Activity {
    match menu.items.get(menu.chosen) {
        Some(MenuItem::Language) => {
            desk.change_language();
            menu.give_up_at = now + deadline::ENTRY;
            Activity::Menu(menu)
        }
        Some(MenuItem::Information) => Activity::Diagnostics,
        Some(MenuItem::ChangePin) => pin_change::begin(now),
        Some(MenuItem::EndElsewhere) => elsewhere::ask(now),
        None => desk.rest(),
    }
}
