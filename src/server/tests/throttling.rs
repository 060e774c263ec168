//! Wrong PINs: how many are free, how long the waits are, and that neither a restart nor haste gets anybody more.

use hotdesk_provisioning::{EndReason, Refusal, RefusalCode};
use serde_json::json;

use crate::office::{DESK_11, DESK_12, DESK_13, JAMES, JANE, Office, Phone};

async fn guess(phone: &Phone) -> Refusal {
    phone.log_in((JANE.0, "0000")).await.unwrap_err()
}

#[tokio::test]
async fn the_fifth_wrong_pin_locks_the_user_everywhere() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    for left in [4, 3, 2, 1] {
        let refusal = guess(&phone).await;
        assert_eq!(
            (refusal.code, refusal.attempts_left),
            (RefusalCode::WrongPin, Some(left))
        );
    }
    let fifth = guess(&phone).await;
    assert_eq!(fifth.code, RefusalCode::UserLocked);
    assert_eq!(
        (fifth.retry_after, fifth.attempts_left),
        (Some(30), Some(0))
    );
    office.clock.advance(29);
    let elsewhere = office.phone(DESK_12).await.log_in(JANE).await.unwrap_err();
    assert_eq!(
        (elsewhere.code, elsewhere.retry_after),
        (RefusalCode::UserLocked, Some(1))
    );
    office.clock.advance(1);
    assert!(phone.log_in(JANE).await.is_ok());
    assert_eq!(
        guess(&phone).await.attempts_left,
        Some(4),
        "a success starts the count again"
    );
}

#[tokio::test]
async fn waits_double_and_survive_a_restart() {
    let mut office = Office::open().await;
    for _ in 0..4 {
        guess(&office.phone(DESK_11).await).await;
    }
    for wait in [30, 60, 120, 240, 480, 900, 900] {
        // Another desk each time, so that the desks' own counters stay out of this.
        office
            .run("DELETE FROM throttles WHERE subject LIKE 'phone:%'")
            .await;
        office = office.restart().await;
        let phone = office.phone(DESK_12).await;
        assert_eq!(guess(&phone).await.retry_after, Some(wait));
        office = office.restart().await;
        let phone = office.phone(DESK_13).await;
        let refusal = phone.log_in(JANE).await.unwrap_err();
        assert_eq!(
            (refusal.code, refusal.retry_after),
            (RefusalCode::UserLocked, Some(wait))
        );
        office.clock.advance(wait.into());
    }
}

#[tokio::test]
async fn guesses_at_the_same_time_get_no_more_than_their_share() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let guesses = (0..20).map(|_| guess(&phone));
    let refusals = futures_util::future::join_all(guesses).await;
    let tried = refusals
        .iter()
        .filter(|r| r.code == RefusalCode::WrongPin)
        .count();
    assert_eq!(tried, 4, "{refusals:?}");
    assert_eq!(
        phone.log_in(JANE).await.unwrap_err().code,
        RefusalCode::UserLocked
    );
}

#[tokio::test]
async fn a_phone_from_which_many_are_tried_is_locked_for_everybody() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    for n in 0..9 {
        let extension = format!("99{n}");
        let refusal = phone.log_in((&extension, "1234")).await.unwrap_err();
        assert_eq!(
            (refusal.code, refusal.attempts_left),
            (RefusalCode::UnknownUser, None)
        );
    }
    let tenth = phone.log_in(("3001", "1234")).await.unwrap_err();
    assert_eq!(
        (tenth.code, tenth.retry_after),
        (RefusalCode::PhoneLocked, Some(30))
    );
    assert_eq!(
        phone.log_in(JANE).await.unwrap_err().code,
        RefusalCode::PhoneLocked
    );
    assert!(office.phone(DESK_12).await.log_in(JANE).await.is_ok());
    office.clock.advance(30);
    assert!(phone.log_in(JANE).await.is_ok());
}

#[tokio::test]
async fn where_leaving_needs_the_pin_it_cannot_be_guessed_either() {
    let office = Office::open_with("policy = { logout_pin = true }").await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    let path = format!("/v1/associations/{association}/end");
    for code in [RefusalCode::WrongPin; 4]
        .into_iter()
        .chain([RefusalCode::UserLocked; 2])
    {
        let body = json!({ "reason": { "kind": "logged_out" }, "pin": "0000" });
        assert_eq!(phone.post(&path, &body).await.parse::<Refusal>().code, code);
    }
    let right = json!({ "reason": { "kind": "logged_out" }, "pin": JANE.1 });
    office.clock.advance(30);
    assert_eq!(
        phone
            .end(&association, &EndReason::LoggedOut)
            .await
            .parse::<Refusal>()
            .code,
        RefusalCode::UserLocked
    );
    office.clock.advance(60);
    assert_eq!(phone.post(&path, &right).await.status, 204);
    assert_eq!(office.audit(1).await, ["ended - Desk 11 Jane Doe"]);
}

#[tokio::test]
async fn a_log_out_that_is_told_late_or_has_another_reason_asks_for_no_pin() {
    let office = Office::open_with("policy = { logout_pin = true }").await;
    let phone = office.phone(DESK_11).await;
    let first = phone.sign_in(JANE).await;
    let late = json!({ "reason": { "kind": "logged_out" }, "seconds_ago": 30 });
    let path = format!("/v1/associations/{first}/end");
    assert_eq!(phone.post(&path, &late).await.status, 204);
    let second = phone.sign_in(JAMES).await;
    assert_eq!(phone.end(&second, &EndReason::Idle).await.status, 204);
}
