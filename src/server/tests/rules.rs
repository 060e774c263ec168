//! What sites and groups decide, from the row in the database to what the phone is told.

use hotdesk_provisioning::{EndReason, HostProfile, LimitKind, Push, RefusalCode};

use crate::events::Stream;
use crate::office::{DESK_11, HENRY, JAMES, JANE, MORNING, Office};
use crate::signed_in::Admin;

/// `MORNING` is midnight in London.
const HOUR: i64 = 3600;

#[tokio::test]
async fn a_time_of_day_ends_an_association_before_its_limit_does() {
    let office = Office::open_with("[site.policy]\nlog_out_at = [\"10:00\", \"20:00\"]").await;
    let phone = office.phone(DESK_11).await;
    let admission = phone.log_in(JANE).await.unwrap();
    assert_eq!(
        (admission.ends_in, admission.ends_for),
        (Some(36_000), LimitKind::TimeOfDay)
    );
    let association = admission.association.to_string();
    phone.commit(&association).await;
    office.pass(10 * HOUR + 31).await;
    let reason = office.column("SELECT reason FROM associations").await;
    assert_eq!(reason, [r#"{"kind":"time_of_day"}"#]);
    let held = phone.sync(Some(&association)).await;
    assert!(held.text.contains("time_of_day"), "{}", held.text);
    // By the clock of Cairo it is two hours later, so that twenty hours of that day are eighteen.
    office
        .run("UPDATE sites SET time_zone = 'Africa/Cairo'")
        .await;
    let admission = phone.log_in(JANE).await.unwrap();
    let until_eight = u32::try_from(18 * HOUR - 10 * HOUR - 31).unwrap();
    assert_eq!(admission.ends_in, Some(until_eight));
}

#[tokio::test]
async fn when_a_clock_is_moved_phones_hear_that_their_profile_is_another_one() {
    let office = Office::open_with("time_zone = \"Europe/London\"").await;
    let phone = office.phone(DESK_11).await;
    let offset = async || {
        let profile: HostProfile = phone.get("/v1/profile").await.parse();
        profile.utc_offset_minutes
    };
    assert_eq!(offset().await, 0);
    let mut stream = Stream::open(&phone).await;
    // 28 March 2100, one o'clock.
    let spring = 86 * 24 * HOUR + HOUR;
    office.pass(spring - 1).await;
    office.pass(1).await;
    let (_, push) = stream.next().await.unwrap();
    assert_eq!(push, Push::ProfileChanged);
    assert_eq!(offset().await, 60);
    // Nothing more is said on the next day.
    office.pass(24 * HOUR).await;
    office.app.stop();
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_booking_ends_it_and_only_where_and_for_whom_it_was_booked() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let booked = MORNING + 2 * HOUR;
    let booking = format!(
        "INSERT INTO bookings (tenant_id, phone_id, user_id, starts_at, ends_at) VALUES (1, 1, 1, 0, {booked})"
    );
    sqlx::query(sqlx::AssertSqlSafe(booking))
        .execute(&office.sql)
        .await
        .unwrap();
    let admission = phone.log_in(JANE).await.unwrap();
    assert_eq!(
        (admission.ends_in, admission.ends_for),
        (Some(7200), LimitKind::BookingEnd)
    );
    let admission = phone.log_in(JAMES).await.unwrap();
    assert_eq!(
        (admission.ends_in, admission.ends_for),
        (Some(43_200), LimitKind::Limit)
    );
}

#[tokio::test]
async fn a_group_changes_what_its_phones_obey_and_what_holds_for_its_users() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    assert_eq!(
        admin
            .post("/policies/group", &[("name", "Night shift")])
            .await
            .status,
        303
    );
    let rules = [
        ("name", "Night shift"),
        ("association_limit", "60"),
        ("takeover", "forbid"),
        ("attempts_free", "2"),
        ("countdown", "30"),
    ];
    assert_eq!(admin.post("/policies/group/1", &rules).await.status, 303);
    let page = admin.get("/policies/group/1").await.text;
    assert!(
        page.contains("after 1 hour unless they press Stay"),
        "{page}"
    );
    office
        .run("UPDATE phones SET group_id = 1 WHERE id = 1")
        .await;
    office
        .run("UPDATE users SET group_id = 1 WHERE id = 3")
        .await;
    let phone = office.phone(DESK_11).await;
    let profile: HostProfile = phone.get("/v1/profile").await.parse();
    assert_eq!(profile.policy.countdown, 30);
    let association = phone.sign_in(JANE).await;
    let taken = phone.log_in(JAMES).await.unwrap_err();
    assert_eq!(taken.code, RefusalCode::TakeoverForbidden);
    phone.end(&association, &EndReason::LoggedOut).await;
    assert_eq!(phone.log_in(JAMES).await.unwrap().ends_in, Some(3600));
    // Henry is of the group, so that his second wrong PIN is one too many.
    phone.log_in((HENRY.0, "0000")).await.unwrap_err();
    let locked = phone.log_in((HENRY.0, "0000")).await.unwrap_err();
    assert_eq!(locked.code, RefusalCode::UserLocked);
}

#[tokio::test]
async fn a_rule_that_cannot_be_is_explained_and_changes_nothing() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    for (field, value, said) in [
        ("association_limit", "soon", "this is no number"),
        ("attempts_free", "0", "1 to 20"),
        ("log_out_at", "25:00", "time of day"),
        ("emergency_numbers", "help", "do not fit"),
    ] {
        let reply = admin
            .post("/policies/site/1", &[("name", "Main"), (field, value)])
            .await;
        assert_eq!(reply.status, 422, "{field}");
        assert!(reply.text.contains(said), "{field}: {}", reply.text);
    }
    assert_eq!(
        office.count("SELECT max(version) FROM sites").await,
        2,
        "only the import changed it"
    );
}

#[tokio::test]
async fn profiles_come_in_layers_and_the_users_own_is_kept() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    admin.post("/policies/group", &[("name", "Sales")]).await;
    office
        .run("UPDATE users SET group_id = 1 WHERE id = 1")
        .await;
    let phone = office.phone(DESK_11).await;
    let labels = async || -> Vec<String> {
        let admission = phone.log_in(JANE).await.unwrap();
        admission
            .guest
            .keys
            .into_iter()
            .map(|key| key.label)
            .collect()
    };
    let own = labels().await;
    assert_eq!(
        office
            .count("SELECT count(*) FROM profiles WHERE user_id = 1")
            .await,
        1,
        "made at the first sign-in"
    );
    // Three lists of the same length: keys 1 and 2 of the group, then key 2 of the user.
    let group = "kind=blf&label=Queue&value=4000&kind=speed_dial&label=Boss&value=4001";
    assert_eq!(
        admin
            .post_text("/profiles/group/1?model=HD-480", group)
            .await
            .status,
        303
    );
    let mine = "kind=&label=&value=&kind=speed_dial&label=Partner&value=4002";
    assert_eq!(
        admin
            .post_text("/profiles/user/1?model=HD-480", mine)
            .await
            .status,
        303
    );
    let merged = labels().await;
    assert_eq!(merged[..2], ["Queue", "Partner"]);
    assert_eq!(
        merged[2..],
        own,
        "her own keys are on the places that are left"
    );
    let page = admin.get("/profiles/user/1?model=HD-480").await.text;
    assert!(page.contains("Partner") && page.contains("Queue"), "{page}");
    let without = admin
        .post_text("/profiles/user/1?model=HD-480", "kind=blf&label=x&value=")
        .await;
    assert!(
        without.status == 422
            && without
                .text
                .contains("Key 1 is a busy lamp without a number"),
        "{}",
        without.text
    );
}
