//! Calls, and what is known of other people's: lamps beside keys, messages.

use std::time::Duration;

use hotdesk_provisioning::{DialString, LineKeyKind};
use hotdesk_session::{Action, Activity, Call, CallEnd, CallState, Presence};

use super::people::{HENRY, LONG_NAME, jane, key};
use super::{Sample, epoch};

pub(super) fn all() -> Vec<Sample> {
    [calls(), lamps()].concat()
}

fn calls() -> Vec<Sample> {
    let call = |name, state, keys: &[Action]| {
        Sample::new(name, Activity::Home)
            .held(jane())
            .keys(keys)
            .with(|s| {
                s.call = Some(Call {
                    id: 1,
                    name: Some(HENRY.to_owned()),
                    number: "01132991002".to_owned(),
                    emergency: false,
                    state,
                    since: epoch() - Duration::from_secs(42),
                });
            })
    };
    let answer = [Action::Answer, Action::Reject];
    let end = [Action::HangUp];
    let talk = [Action::Hold, Action::HangUp];
    let resume = [Action::Resume, Action::HangUp];
    let dismiss = [Action::Dismiss];
    let no_name = |s: &mut Sample| {
        if let Some(call) = &mut s.call {
            call.name = None;
        }
    };
    let ended = |name, end| call(name, CallState::Ended(end), &dismiss);
    vec![
        call("call-incoming", CallState::Incoming, &answer),
        call("call-incoming-no-name", CallState::Incoming, &answer).with(no_name),
        call("call-incoming-long-name", CallState::Incoming, &answer).with(|s| {
            if let Some(call) = &mut s.call {
                call.name = Some(LONG_NAME.to_owned());
            }
        }),
        call("call-outgoing", CallState::Outgoing, &[]).keys_and_primary(&end, None),
        call("call-active", CallState::Active, &[]).keys_and_primary(&talk, None),
        call("call-held", CallState::Held, &resume),
        call("call-emergency", CallState::Active, &[])
            .keys_and_primary(&[Action::HangUp], None)
            .with(|s| {
                if let Some(call) = &mut s.call {
                    call.emergency = true;
                    call.number = "112".to_owned();
                }
            }),
        ended("call-ended", CallEnd::HungUp),
        ended("call-busy", CallEnd::Busy),
        ended("call-no-answer", CallEnd::NoAnswer),
        ended("call-declined", CallEnd::Declined),
        ended("call-not-found", CallEnd::NotFound),
        ended("call-failed", CallEnd::Failed),
    ]
}

fn lamps() -> Vec<Sample> {
    let keys = [Action::LogOut, Action::SwitchUser, Action::Menu];
    let occupied = |name| {
        Sample::new(name, Activity::Home)
            .held(jane())
            .keys_and_primary(&keys, None)
    };
    let watching = |sample: &mut Sample| {
        let mut tenure = jane();
        tenure.guest.keys = vec![key(LineKeyKind::Voicemail, "Voicemail")];
        let states = [
            ("Henry", "2002", Presence::Busy),
            ("James", "2001", Presence::Ringing),
            ("Ana", "2003", Presence::Free),
        ];
        for (label, number, presence) in states {
            let mut blf = key(LineKeyKind::Blf, label);
            blf.value = DialString::parse(number).ok();
            tenure.guest.keys.push(blf);
            let number = DialString::parse(number).unwrap();
            sample.watched.note(number, Some(presence));
        }
        sample.holder = hotdesk_session::Holder::Guest(Box::new(tenure));
        sample.status.messages = true;
    };
    let paged = |sample: &mut Sample, page| {
        let mut tenure = jane();
        for label in ["Ana", "Support"] {
            tenure.guest.keys.push(key(LineKeyKind::SpeedDial, label));
        }
        sample.holder = hotdesk_session::Holder::Guest(Box::new(tenure));
        sample.line_page = page;
    };
    vec![
        occupied("occupied-lamps").with(watching),
        occupied("occupied-more-keys").with(|s| paged(s, 0)),
        occupied("occupied-last-keys").with(|s| paged(s, 2)),
    ]
}
