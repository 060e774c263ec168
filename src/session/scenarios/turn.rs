//! A site's power comes back: its phones do not reach the registrar in one moment, and nobody who uses one waits for it.

use super::sim_phone::{SimPhone, four_keys, some_moment};
use crate::{Event, Phone, Saved};

/// A phone whose site takes twenty seconds to register, after a power cut.
fn after_power_cut(phone: SimPhone) -> SimPhone {
    let mut phone = phone;
    phone.flash.host.as_mut().unwrap().register_within = 20;
    phone.server.bindings.clear();
    phone.cut_power()
}

#[test]
fn a_phone_registers_by_itself_within_the_time_and_not_at_once() {
    for phone in [SimPhone::vacant(), SimPhone::occupied()] {
        let mut phone = after_power_cut(phone);
        phone.expect_reachable(&[]);
        phone.advance(20);
        assert!(phone.view().status.registered);
    }
}

#[test]
fn each_phone_has_a_moment_of_its_own() {
    let mut host = SimPhone::vacant().flash.host.unwrap();
    host.register_within = 20;
    let moments: Vec<u64> = (0..200_u8)
        .map(|seed| {
            let saved = Saved {
                host: Some(host.clone()),
                ..Saved::default()
            };
            let now = some_moment();
            let (phone, _) = Phone::new(four_keys(true), saved, [seed; 32], now);
            (phone.poll_timeout().unwrap() - now).as_secs()
        })
        .collect();
    for second in 0..20 {
        let together = moments.iter().filter(|at| **at == second).count();
        assert!(together < 30, "{together} of 200 phones in second {second}");
    }
}

#[test]
fn a_key_a_lifted_handset_and_a_call_end_the_wait() {
    let mut phone = after_power_cut(SimPhone::vacant());
    phone.press("[LogIn]");
    phone.expect_reachable(&["3001"]);
    let mut phone = after_power_cut(SimPhone::vacant());
    phone.press("<off>");
    phone.expect_reachable(&["3001"]);
    let mut phone = after_power_cut(SimPhone::occupied());
    phone.tell(Event::Calls { active: 1 });
    phone.expect_reachable(&["2000"]);
}

#[test]
fn an_emergency_call_waits_for_nothing() {
    let mut phone = after_power_cut(SimPhone::vacant());
    phone.press("<off> 112");
    assert_eq!(phone.dialled(), ["112!"]);
    phone.expect_reachable(&["3001"]);
}
