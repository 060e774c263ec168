//! Whether the gallery has everything in it.

use hotdesk_session::Activity;

use crate::gallery;

#[test]
fn every_activity_has_a_sample() {
    let mut missing: Vec<usize> = (0..ACTIVITIES).collect();
    for sample in gallery::all() {
        let number = number(&sample.activity);
        assert!(number < ACTIVITIES);
        missing.retain(|other| *other != number);
    }
    assert!(missing.is_empty(), "{missing:?}");
}

const ACTIVITIES: usize = 19;

/// Numbers the activities, so that a new one does not compile until it is counted.
fn number(activity: &Activity) -> usize {
    match activity {
        Activity::Enrolling(_) => 0,
        Activity::Home => 1,
        Activity::Entering(_) => 2,
        Activity::Admitting(_) => 3,
        Activity::ConfirmTakeover(_) => 4,
        Activity::Switching(_) => 5,
        Activity::Refused(_) => 6,
        Activity::LockedOut(_) => 7,
        Activity::ConfirmLogout(_) => 8,
        Activity::LogoutPin(_) => 9,
        Activity::Leaving(_) => 10,
        Activity::Evicted(_) => 11,
        Activity::Expiring(_) => 12,
        Activity::Diagnostics => 13,
        Activity::Menu(_) => 14,
        Activity::ChangePin(_) => 15,
        Activity::EndElsewhere(_) => 16,
        Activity::Consent(_) => 17,
        Activity::Done(_) => 18,
    }
}
