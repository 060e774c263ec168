//! What can be done beside calling.

use hotdesk_session::{Menu, MenuItem};

use super::Now;
use crate::text::{Label, Message};
use crate::{Body, Choice};

pub(super) fn body(now: &Now<'_>, menu: &Menu) -> Body {
    let choice = |(index, item): (usize, &MenuItem)| Choice {
        label: label(now, *item),
        chosen: index == menu.chosen,
    };
    Body::Choices(menu.items.iter().enumerate().map(choice).collect())
}

fn label(now: &Now<'_>, item: MenuItem) -> String {
    let label = match item {
        // With its name, so that pressing the key is seen to do something.
        MenuItem::Language => {
            let spoken = now.view.language.own_name();
            return now.say(Message::MenuLanguage, &[spoken]);
        }
        MenuItem::Information => Label::Information,
        MenuItem::ChangePin => Label::ChangePin,
        MenuItem::EndElsewhere => Label::EndElsewhere,
    };
    now.label(label).to_owned()
}
