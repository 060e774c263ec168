//! A call: who it is with and how far it is. An emergency call looks like nothing else.

use hotdesk_session::{Call, CallEnd, CallState};

use super::{Now, dialling};
use crate::text::Message;
use crate::{Body, Notice, clock};

pub(super) fn body(now: &Now<'_>, call: &Call) -> Body {
    if call.emergency {
        return Body::Number(dialling::emergency(
            now,
            Message::EmergencyCalling,
            &call.number,
        ));
    }
    let number = call.name.is_some().then(|| call.number.clone());
    Body::Notice(Notice {
        title: call.name.as_ref().unwrap_or(&call.number).clone(),
        lines: number.into_iter().chain([state(now, call)]).collect(),
        ..Notice::default()
    })
}

fn state(now: &Now<'_>, call: &Call) -> String {
    let message = match call.state {
        CallState::Incoming => Message::CallIncoming,
        CallState::Outgoing => Message::CallingCaption,
        CallState::Active => return clock::since(now.view.now, call.since),
        CallState::Held => Message::CallHeld,
        CallState::Ended(CallEnd::HungUp) => Message::CallEnded,
        CallState::Ended(CallEnd::Busy) => Message::CallBusy,
        CallState::Ended(CallEnd::NoAnswer) => Message::CallNoAnswer,
        CallState::Ended(CallEnd::Declined) => Message::CallDeclined,
        CallState::Ended(CallEnd::NotFound) => Message::CallNotFound,
        CallState::Ended(CallEnd::Failed) => Message::CallFailed,
    };
    now.text(message).to_owned()
}
