//! Instructions, the one measure that does not depend on the machine the bench runs on: QEMU advances the guest's clock by
//! one nanosecond for each, so the time that Linux says a thread ran is their number, the kernel's on its behalf included.

use rig::World;
use rig::qemu::{Machine, Start};

use crate::desk;
use crate::median;

/// Key presses that are counted.
pub(crate) const KEYS: usize = 20;
/// Log-ins that are counted.
pub(crate) const LOG_INS: usize = 3;

/// Numbers of instructions.
pub(crate) struct Counts {
    /// One digit typed on the log-in screen, until the picture is on the display.
    pub(crate) key: f64,
    /// From the first key to everything that follows a log-in: TLS, SIP, pictures, flash.
    pub(crate) log_in: f64,
}

pub(crate) async fn count() -> Counts {
    let world = World::start_for_machines("").await;
    let mut phone = desk::phone(&world, Start::Counted).await;
    phone.press("[1]").await;
    phone.expect_text("Log In").await;
    let mut keys = Vec::new();
    for _ in 0..KEYS {
        let before = settled(&mut phone).await;
        phone.press("2").await;
        keys.push(settled(&mut phone).await - before);
        phone.press("B").await;
    }
    phone.press("BB").await;
    desk::expect_user(&mut phone, None).await;
    let mut log_ins = Vec::new();
    for _ in 0..LOG_INS {
        let before = settled(&mut phone).await;
        phone
            .press(&format!("{}#{}#", rig::JANE_SHORT, rig::JANE_PIN))
            .await;
        world.expect_bindings(&[(rig::JANE, 5060)]).await;
        log_ins.push(settled(&mut phone).await - before);
        desk::log_out(&mut phone).await;
    }
    Counts {
        key: median(keys),
        log_in: median(log_ins),
    }
}

/// What all threads of the agent have run, once they rest. Asking this costs the agent nothing.
async fn settled(phone: &mut Machine) -> f64 {
    let mut before = -1.0;
    loop {
        let lines = phone
            .run("sleep 0.2; cat /proc/$(pidof hotdeskd)/task/*/schedstat")
            .await;
        let ran = |line: &str| line.split(' ').next()?.parse::<f64>().ok();
        let now = lines.lines().filter_map(ran).sum();
        if now == before {
            return now;
        }
        before = now;
    }
}
