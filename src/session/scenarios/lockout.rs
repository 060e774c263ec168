//! Too many wrong PINs.

use hotdesk_provisioning::{Refusal, RefusalCode};

use super::sim_phone::SimPhone;
use super::sim_server::PIN;
use crate::Effect;

fn locked(code: RefusalCode) -> SimPhone {
    let mut phone = SimPhone::vacant();
    phone.server.refuse = Some(Refusal {
        retry_after: Some(120),
        ..Refusal::new(code)
    });
    phone.log_in("2000");
    phone
}

#[test]
fn nobody_logs_in_on_a_locked_phone_until_the_time_is_over() {
    let mut phone = locked(RefusalCode::PhoneLocked);
    phone.expect("LockedOut");
    phone.effects.clear();
    for way in [
        "[Dismiss] [LogIn]",
        "<back> *45",
        "<back> *702001#",
        "<back> 2001#",
    ] {
        phone.press(way);
        phone.expect("LockedOut");
    }
    assert_eq!(
        phone.count(|e| matches!(e, Effect::OpenAssociation { .. })),
        0
    );
    phone.advance(120);
    phone.expect("Home");
    phone.log_in("2000");
    phone.expect_guest("Jane Doe");
}

#[test]
fn a_locked_phone_still_dials() {
    let mut phone = locked(RefusalCode::PhoneLocked);
    phone.press("3002 <call>");
    assert_eq!(phone.dialled(), ["3002"]);
    phone.press("<back>");
    phone.expect("LockedOut");
    phone.press("[Emergency] <call>");
    assert_eq!(phone.dialled(), ["112!"]);
}

#[test]
fn a_locked_user_does_not_lock_the_phone() {
    let mut phone = locked(RefusalCode::UserLocked);
    phone.expect_refused(RefusalCode::UserLocked);
    phone.press(&format!("<ok> [LogIn] 2001 # {PIN} #"));
    phone.expect_guest("James Poe");
}

#[test]
fn no_server_can_lock_a_phone_for_longer_than_a_day() {
    let mut phone = SimPhone::vacant();
    phone.server.refuse = Some(Refusal {
        retry_after: Some(u32::MAX),
        ..Refusal::new(RefusalCode::PhoneLocked)
    });
    phone.log_in("2000");
    phone.advance(86_400);
    phone.expect("Home");
}
