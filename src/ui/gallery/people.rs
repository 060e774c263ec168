//! Who and what appears in the samples.

use hotdesk_provisioning::{
    Account, AddressOfRecord, Admission, AssociationId, DeviceId, DialString, EndReason, Extension,
    GuestProfile, HostProfile, LimitKind, LineKey, LineKeyKind, Policy, Refusal, RefusalCode,
    Secret, ServerAddress, Transport, Unregister,
};
use hotdesk_session::Tenure;
use hotdesk_ui::Facts;

use super::{after, epoch};

pub(crate) const JANE: &str = "Jane Doe";
pub(crate) const HENRY: &str = "Henry Okafor";
pub(crate) const LONG_NAME: &str =
    "Maximiliane-Alexandra von Trautheim-Österreicher und zu Königsfeld";

pub(crate) fn extension(digits: &str) -> Extension {
    Extension::parse(digits).unwrap()
}

fn account(user: &str) -> Account {
    Account {
        aor: AddressOfRecord::parse(&format!("sip:{user}@example.com")).unwrap(),
        auth_user: user.to_owned(),
        secret: Secret::new("not a secret".to_owned()),
        registrar: ServerAddress::new("192.0.2.10", 5060, Transport::Udp).unwrap(),
        outbound_proxy: None,
        expires: 300,
        unregister: Unregister::Contact,
    }
}

/// Desk 12, one hour east of UTC.
#[must_use]
pub(crate) fn host() -> HostProfile {
    HostProfile {
        desk: "Desk 12".to_owned(),
        extension: extension("3001"),
        account: account("3001"),
        keys: Vec::new(),
        policy: Policy::default(),
        utc_offset_minutes: 60,
        register_within: 0,
    }
}

pub(crate) fn key(kind: LineKeyKind, label: &str) -> LineKey {
    LineKey {
        kind,
        label: label.to_owned(),
        value: DialString::parse("2001").ok(),
    }
}

/// Four keys, as many as a small phone has.
pub(crate) fn keys() -> Vec<LineKey> {
    vec![
        key(LineKeyKind::SpeedDial, "James"),
        key(LineKeyKind::Blf, "Henry"),
        key(LineKeyKind::Voicemail, "Voicemail"),
        key(LineKeyKind::SpeedDial, "Sales"),
    ]
}

pub(crate) fn guest(name: &str, digits: &str) -> GuestProfile {
    GuestProfile {
        extension: extension(digits),
        display_name: name.to_owned(),
        account: account(digits),
        keys: keys(),
        language: None,
    }
}

/// Twelve hours from now.
pub(crate) fn tenure(guest: GuestProfile) -> Tenure {
    Tenure {
        association: AssociationId::parse("a41").unwrap(),
        guest,
        ends_at: Some(after(12 * 60 * 60)),
        ends_for: LimitKind::Limit,
        touched_at: epoch(),
        confirmed: true,
    }
}

pub(crate) fn jane() -> Tenure {
    tenure(guest(JANE, "01132991000"))
}

pub(crate) fn admission(guest: GuestProfile) -> Box<Admission> {
    Box::new(Admission {
        offline: None,
        association: AssociationId::parse("a42").unwrap(),
        guest,
        ends_in: Some(12 * 60 * 60),
        ends_for: LimitKind::Limit,
    })
}

pub(crate) fn facts() -> Facts {
    Facts {
        address: Some("192.0.2.57".to_owned()),
        device: DeviceId::parse("001122aabbcc").ok(),
        version: "0.1.0".to_owned(),
        troubles: Vec::new(),
    }
}

/// A refusal with all that the server tells with it.
pub(crate) fn refusal(code: RefusalCode) -> Refusal {
    let told = |wanted, what: &str| (code == wanted).then(|| what.to_owned());
    Refusal {
        attempts_left: (code == RefusalCode::WrongPin).then_some(2),
        retry_after: (code == RefusalCode::UserLocked).then_some(300),
        subject: told(RefusalCode::InUseElsewhere, "Desk 7")
            .or_else(|| told(RefusalCode::TakeoverForbidden, HENRY)),
        ..Refusal::new(code)
    }
}

/// After a power loss, while the server has not been asked.
pub(crate) fn unconfirmed() -> Tenure {
    Tenure {
        ends_at: None,
        confirmed: false,
        ..jane()
    }
}

/// Each reason once, with a name of its own where one belongs.
#[must_use]
pub(crate) fn every_end_reason() -> Vec<EndReason> {
    vec![
        EndReason::LoggedOut,
        EndReason::TakenOver {
            by: HENRY.to_owned(),
        },
        EndReason::Moved {
            to: "Desk 7".to_owned(),
        },
        EndReason::Administrator {
            by: "m.lang".to_owned(),
        },
        EndReason::Remote,
        EndReason::Limit,
        EndReason::TimeOfDay,
        EndReason::BookingEnd,
        EndReason::Idle,
        EndReason::UserDisabled,
        EndReason::PhoneDisabled,
        EndReason::RolledBack,
        EndReason::Displaced,
        EndReason::Restarted,
        EndReason::Unknown,
    ]
}
