//! How an attempt to log in, or somebody's time on a phone, can end.

use hotdesk_provisioning::{AttemptId, EndReason, Pin, RefusalCode};
use hotdesk_session::{Action, Activity, Evicted, Expiring, LockedOut, Refused};

use super::people::{JANE, LONG_NAME, every_end_reason, extension, jane, refusal};
use super::{Sample, after};

pub(super) fn refusals() -> Vec<Sample> {
    let refused = |code: RefusalCode| {
        let retry = [RefusalCode::ServerUnreachable, RefusalCode::Busy]
            .contains(&code)
            .then(|| (AttemptId::from_random(7), Pin::parse("8642").unwrap()));
        let keys: &[Action] = if retry.is_some() {
            &[Action::Retry, Action::Dismiss]
        } else {
            &[Action::Dismiss]
        };
        let activity = Activity::Refused(Refused {
            refusal: refusal(code),
            extension: Some(extension("2019")),
            retry,
            give_up_at: after(15),
        });
        Sample::new(refused_name(code), activity).keys(keys)
    };
    let locked = Activity::LockedOut(LockedOut {
        refusal: refusal(RefusalCode::PhoneLocked),
        until: after(252),
    });
    let mut samples: Vec<_> = RefusalCode::ALL.into_iter().map(refused).collect();
    samples.push(
        Sample::new("locked-out", locked)
            .keys_and_primary(&[Action::Emergency, Action::Dismiss], Some(Action::Dismiss)),
    );
    samples
}

fn refused_name(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::WrongPin => "refused-wrong-pin",
        RefusalCode::UnknownUser => "refused-unknown-user",
        RefusalCode::UserNotEnabled => "refused-user-not-enabled",
        RefusalCode::UserDisabled => "refused-user-disabled",
        RefusalCode::NumberIsHost => "refused-number-is-a-phones",
        RefusalCode::UserLocked => "refused-user-locked",
        RefusalCode::PhoneLocked => "refused-phone-locked",
        RefusalCode::PhoneNotEnabled => "refused-phone-not-enabled",
        RefusalCode::PhoneWithoutAddress => "refused-phone-without-address",
        RefusalCode::InUseElsewhere => "refused-in-use-elsewhere",
        RefusalCode::TakeoverForbidden => "refused-takeover-forbidden",
        RefusalCode::PinNotSet => "refused-pin-not-set",
        RefusalCode::AskingElsewhere => "refused-asking-elsewhere",
        RefusalCode::ConsentDenied => "refused-consent-denied",
        RefusalCode::ServerUnreachable => "refused-server-unreachable",
        RefusalCode::ServerNonsense => "refused-server-nonsense",
        RefusalCode::ClockWrong => "refused-clock-wrong",
        RefusalCode::ServerUntrusted => "refused-server-untrusted",
        RefusalCode::RegistrarRefused => "refused-registrar-refused",
        RefusalCode::RegistrarSilent => "refused-registrar-silent",
        RefusalCode::NotAuthenticated => "refused-not-authenticated",
        RefusalCode::UnknownAssociation => "refused-no-longer-signed-in",
        RefusalCode::Malformed => "refused-malformed",
        RefusalCode::Busy => "refused-busy",
        RefusalCode::Internal => "refused-internal",
    }
}

pub(super) fn endings() -> Vec<Sample> {
    let expiring = |reason, asking| {
        Activity::Expiring(Expiring {
            at: after(45),
            reason,
            asking,
        })
    };
    let stay = [Action::LogOut, Action::Stay];
    let mut samples = vec![
        Sample::new("expiring", expiring(EndReason::Limit, false))
            .held(jane())
            .keys_and_primary(&stay, Some(Action::Stay)),
        Sample::new("expiring-idle", expiring(EndReason::Idle, false))
            .held(jane())
            .keys_and_primary(&stay, Some(Action::Stay)),
        Sample::new(
            "expiring-time-of-day",
            expiring(EndReason::TimeOfDay, false),
        )
        .held(jane())
        .keys_and_primary(&stay, Some(Action::Stay)),
        Sample::new(
            "expiring-booking-end",
            expiring(EndReason::BookingEnd, false),
        )
        .held(jane())
        .keys_and_primary(&stay, Some(Action::Stay)),
        Sample::new("expiring-asking", expiring(EndReason::Limit, true))
            .held(jane())
            .keys_and_primary(&[Action::LogOut], None),
    ];
    samples.extend(every_end_reason().into_iter().map(|reason| {
        let name = evicted_name(&reason);
        evicted(name, JANE, reason)
    }));
    let by = LONG_NAME.to_owned();
    samples.push(evicted(
        "evicted-long-names",
        LONG_NAME,
        EndReason::TakenOver { by },
    ));
    samples
}

fn evicted(name: &'static str, who: &str, reason: EndReason) -> Sample {
    let keys = [Action::LogIn, Action::Dismiss];
    let activity = Activity::Evicted(Evicted {
        display_name: who.to_owned(),
        reason,
        give_up_at: after(60),
    });
    Sample::new(name, activity).keys_and_primary(&keys, Some(Action::Dismiss))
}

fn evicted_name(reason: &EndReason) -> &'static str {
    match reason {
        EndReason::LoggedOut => "evicted-logged-out",
        EndReason::TakenOver { .. } => "evicted-taken-over",
        EndReason::Moved { .. } => "evicted-moved",
        EndReason::Administrator { .. } => "evicted-administrator",
        EndReason::Remote => "evicted-remote",
        EndReason::Limit => "evicted-limit",
        EndReason::TimeOfDay => "evicted-time-of-day",
        EndReason::BookingEnd => "evicted-booking-end",
        EndReason::Idle => "evicted-idle",
        EndReason::UserDisabled => "evicted-user-disabled",
        EndReason::PhoneDisabled => "evicted-phone-disabled",
        EndReason::RolledBack => "evicted-rolled-back",
        EndReason::Displaced => "evicted-displaced",
        EndReason::Restarted => "evicted-restarted",
        EndReason::Unknown => "evicted-unknown",
    }
}
