//! One hundred thousand random lives of a phone. Whatever people press, whatever servers and registrars answer, and in
//! whatever order, the rules of `reference` hold after every event. An emulated processor lives fewer: `HOTDESK_LIVES`.

use std::collections::BTreeMap;

use super::world::World;
use crate::Activity;
use setting::setting;

#[path = "../../../tests/setting.rs"]
mod setting;

const LIVES: u64 = 100_000;
/// Fewer than these are there to try a processor, not the rules: a rare activity may well be in none of them.
const ENOUGH_LIVES: u64 = 10_000;
const MOVES: usize = 20;
/// Debug output is long; looking through all of it would take most of the time.
const LIVES_FOR_ONE_LOOK_AT_SECRETS: u64 = 64;

#[test]
fn the_rules_hold_in_one_hundred_thousand_random_lives() {
    let first = setting("HOTDESK_SEED").unwrap_or(1);
    let many = setting("HOTDESK_LIVES").unwrap_or(LIVES);
    println!("HOTDESK_SEED={first} HOTDESK_LIVES={many}");
    let threads = 2;
    let lives = |thread| {
        move || {
            let mut seen = BTreeMap::new();
            for life in (thread..many).step_by(threads) {
                live(first.wrapping_add(life), &mut seen);
            }
            seen
        }
    };
    let mut seen = BTreeMap::<String, usize>::new();
    std::thread::scope(|scope| {
        let handles: Vec<_> = [0, 1].map(|t| scope.spawn(lives(t))).into_iter().collect();
        for handle in handles {
            for (kind, times) in handle.join().expect("see the seed above") {
                *seen.entry(kind).or_default() += times;
            }
        }
    });
    println!("{seen:?}");
    if many >= ENOUGH_LIVES {
        everything_was_reached(&seen, usize::try_from(many / 100).expect("fits"));
    }
}

fn everything_was_reached(seen: &BTreeMap<String, usize>, often: usize) {
    let rare: Vec<_> = seen.iter().filter(|(_, times)| **times < often).collect();
    assert!(
        seen.len() == ACTIVITIES && rare.is_empty(),
        "{} of {ACTIVITIES} reached, hardly reached: {rare:?}",
        seen.len()
    );
}

/// Every activity must have been reached, or the lives were too dull to prove anything.
pub(super) const ACTIVITIES: usize = 19;

/// Says which life it was when one goes wrong.
struct Obituary(u64);

impl Drop for Obituary {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("repeat with HOTDESK_SEED={}", self.0);
        }
    }
}

fn live(seed: u64, seen: &mut BTreeMap<String, usize>) {
    let _obituary = Obituary(seed);
    let mut world = World::new(seed, seed % LIVES_FOR_ONE_LOOK_AT_SECRETS == 0);
    for _ in 0..MOVES {
        world.make_a_move();
        let printed = kind(world.activity());
        *seen.entry(printed.to_owned()).or_default() += 1;
    }
    world.everybody_goes_home();
}

/// The name of an activity.
pub(super) fn kind(activity: &Activity) -> &'static str {
    match activity {
        Activity::Enrolling(_) => "Enrolling",
        Activity::Home => "Home",
        Activity::Entering(_) => "Entering",
        Activity::Admitting(_) => "Admitting",
        Activity::ConfirmTakeover(_) => "ConfirmTakeover",
        Activity::Switching(_) => "Switching",
        Activity::Refused(_) => "Refused",
        Activity::LockedOut(_) => "LockedOut",
        Activity::ConfirmLogout(_) => "ConfirmLogout",
        Activity::LogoutPin(_) => "LogoutPin",
        Activity::Leaving(_) => "Leaving",
        Activity::Evicted(_) => "Evicted",
        Activity::Expiring(_) => "Expiring",
        Activity::Diagnostics => "Diagnostics",
        Activity::Menu(_) => "Menu",
        Activity::ChangePin(_) => "ChangePin",
        Activity::EndElsewhere(_) => "EndElsewhere",
        Activity::Consent(_) => "Consent",
        Activity::Done(_) => "Done",
    }
}
