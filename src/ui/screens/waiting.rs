//! Something takes a moment: what is done, what goes on, what comes. Nothing moves on these screens.

use hotdesk_session::{Admitting, Switching};

use super::Now;
use crate::text::Message;
use crate::{Body, Progress, Step, Steps, Wording};

pub(super) fn admitting(now: &Now<'_>, admitting: &Admitting) -> Body {
    let first = match &admitting.elsewhere {
        None if admitting.offline.is_some() => {
            step(Progress::Ongoing, now.text(Message::StepCheckingHere))
        }
        None => step(Progress::Ongoing, now.text(Message::StepAsking)),
        Some(elsewhere) => {
            let unnamed = now.text(Message::AnotherPhone);
            let desk = elsewhere.desk.as_deref().unwrap_or(unnamed);
            let text = now.say(Message::StepAskingElsewhere, &[desk]);
            step(Progress::Ongoing, &text)
        }
    };
    let room = now.scene.wording == Wording::Full;
    let accepted = admitting.elsewhere.as_ref().filter(|_| room).map(|_| {
        // The server asks nobody about somebody whose PIN is wrong.
        step(Progress::Done, now.text(Message::StepAsked))
    });
    let register = step(Progress::Waiting, now.text(Message::StepRegister));
    Body::Steps(Steps {
        title: now.say(Message::SigningIn, &[admitting.extension.as_str()]),
        steps: accepted.into_iter().chain([first, register]).collect(),
    })
}

pub(super) fn switching(now: &Now<'_>, switching: &Switching) -> Body {
    let guest = &switching.admission.guest;
    let name = guest.display_name.as_str();
    Body::Steps(Steps {
        title: now.say(Message::SigningIn, &[guest.extension.as_str()]),
        steps: vec![
            step(Progress::Done, now.text(Message::StepAsked)),
            step(
                Progress::Ongoing,
                &now.say(Message::StepRegistering, &[name]),
            ),
        ],
    })
}

pub(super) fn leaving(now: &Now<'_>) -> Body {
    let name = now
        .tenure()
        .map(|tenure| tenure.guest.display_name.as_str());
    let desk = now.view.profile.map(|profile| profile.desk.as_str());
    Body::Steps(Steps {
        title: now.say(Message::LoggingOut, &[name.unwrap_or_default()]),
        steps: vec![
            step(
                Progress::Ongoing,
                &now.say(Message::StepBack, &[desk.unwrap_or_default()]),
            ),
            step(Progress::Waiting, now.text(Message::StepErasing)),
        ],
    })
}

fn step(progress: Progress, text: &str) -> Step {
    Step {
        text: text.to_owned(),
        progress,
    }
}
