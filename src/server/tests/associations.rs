//! What happens to an association: committed, taken over, moved, refused, many, extended, ended, void.

use axum::http::StatusCode;
use hotdesk_provisioning::{EndReason, RefusalCode};
use serde_json::json;

use crate::office::{DESK_11, DESK_12, HENRY, JAMES, JANE, MORNING, Office};

#[tokio::test]
async fn commit_makes_it_active_once() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    assert_eq!(
        phone.commit(&association).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        office.column("SELECT state FROM associations").await,
        ["active"]
    );
    assert_eq!(
        office
            .count("SELECT last_switch_ms FROM phones WHERE name = 'Desk 11'")
            .await,
        180
    );
    assert_eq!(
        office.audit(2).await,
        [
            "admitted - Desk 11 Jane Doe",
            "signed_in - Desk 11 Jane Doe"
        ]
    );
}

#[tokio::test]
async fn a_take_over_ends_whoever_held_the_phone() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let janes = phone.sign_in(JANE).await;
    let james = phone.log_in(JAMES).await.unwrap().association.to_string();
    assert_eq!(
        office
            .column("SELECT state FROM associations ORDER BY opened_at, state")
            .await,
        ["active", "pending"]
    );
    phone.commit(&james).await;
    let reason = office
        .column("SELECT reason FROM associations WHERE state = 'ended'")
        .await;
    assert_eq!(reason, [r#"{"kind":"taken_over","by":"James Roe"}"#]);
    // Jane's credential works on for the phone to remove her binding, even where its word is faster than that.
    assert_eq!(
        office.guests_at_the_registrar().await,
        ["01132991000", "01132991001"]
    );
    let by = EndReason::TakenOver {
        by: "James Roe".to_owned(),
    };
    phone.end(&janes, &by).await;
    office.pass(14).await;
    assert_eq!(office.guests_at_the_registrar().await.len(), 2);
    office.pass(1).await;
    assert_eq!(office.guests_at_the_registrar().await, ["01132991001"]);
    assert_eq!(
        office.audit(2).await,
        ["ended - Desk 11 Jane Doe", "signed_in - Desk 11 James Roe"]
    );
}

#[tokio::test]
async fn a_user_who_signs_in_elsewhere_moves() {
    let office = Office::open().await;
    let old = office.phone(DESK_11).await;
    let new = office.phone(DESK_12).await;
    let left = old.sign_in(JANE).await;
    new.sign_in(JANE).await;
    let reason = office
        .column("SELECT reason FROM associations WHERE state = 'ended'")
        .await;
    assert_eq!(reason, [r#"{"kind":"moved","to":"Desk 12"}"#]);
    assert_eq!(office.guests_at_the_registrar().await.len(), 2, "the grace");
    office.pass(15).await;
    assert_eq!(office.guests_at_the_registrar().await.len(), 1);
    assert_eq!(
        old.commit(&left).await.refused(StatusCode::NOT_FOUND),
        RefusalCode::UnknownAssociation
    );
}

#[tokio::test]
async fn two_who_were_admitted_at_once_cannot_both_commit_where_one_phone_is_the_rule() {
    let office = Office::open_with("elsewhere = 'refuse'").await;
    let (at_11, at_12) = (office.phone(DESK_11).await, office.phone(DESK_12).await);
    let first = at_11.log_in(JANE).await.unwrap().association;
    let second = at_12.log_in(JANE).await.unwrap().association;
    assert_eq!(
        at_12.commit(second.as_str()).await.status,
        StatusCode::NO_CONTENT
    );
    let late = at_11.commit(first.as_str()).await;
    assert_eq!(
        late.refused(StatusCode::CONFLICT),
        RefusalCode::InUseElsewhere
    );
    assert_eq!(
        office
            .count("SELECT count(*) FROM associations WHERE state = 'active'")
            .await,
        1
    );
}

#[tokio::test]
async fn where_many_are_allowed_both_stay() {
    let office = Office::open_with("elsewhere = 'many'").await;
    office.phone(DESK_11).await.sign_in(JANE).await;
    office.phone(DESK_12).await.sign_in(JANE).await;
    assert_eq!(
        office
            .count("SELECT count(*) FROM associations WHERE state = 'active'")
            .await,
        2
    );
    assert_eq!(
        office
            .count("SELECT count(DISTINCT username) FROM subscriber WHERE aor_user = '01132991000'")
            .await,
        2
    );
}

#[tokio::test]
async fn a_log_out_leaves_time_to_un_register_and_may_be_repeated() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    for _ in 0..3 {
        let reply = phone.end(&association, &EndReason::LoggedOut).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT);
        assert_eq!(office.guests_at_the_registrar().await.len(), 1, "the grace");
    }
    office.pass(15).await;
    assert!(office.guests_at_the_registrar().await.is_empty());
    assert_eq!(
        office
            .count("SELECT count(*) FROM audits WHERE event = 'ended'")
            .await,
        1
    );
    assert_eq!(
        office.column("SELECT reason FROM associations").await,
        [r#"{"kind":"logged_out"}"#]
    );
}

#[tokio::test]
async fn what_is_told_late_is_written_down_for_when_it_happened() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    office.clock.advance(600);
    let late = json!({ "reason": { "kind": "idle" }, "seconds_ago": 500 });
    phone
        .post(&format!("/v1/associations/{association}/end"), &late)
        .await;
    assert_eq!(
        office.count("SELECT ended_at FROM associations").await,
        MORNING + 100
    );
    let absurd = phone.sign_in(JAMES).await;
    let long_ago = json!({ "reason": { "kind": "idle" }, "seconds_ago": u32::MAX });
    phone
        .post(&format!("/v1/associations/{absurd}/end"), &long_ago)
        .await;
    let ended_at = office.count("SELECT max(ended_at) FROM associations").await;
    assert_eq!(ended_at, MORNING + 600, "not before it began");
}

#[tokio::test]
async fn a_phone_cannot_put_an_administrators_name_into_the_audit() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    let forged = EndReason::Administrator {
        by: "Eve".to_owned(),
    };
    assert_eq!(
        phone.end(&association, &forged).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        office.column("SELECT reason FROM associations").await,
        [r#"{"kind":"displaced"}"#]
    );
}

#[tokio::test]
async fn stay_moves_the_end_unless_the_policy_forbids() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    office.clock.advance(43_000);
    let path = format!("/v1/associations/{association}/extend");
    assert_eq!(phone.post_text(&path, "").await.value()["ends_in"], 43_200);
    office.pass(43_200 + 29).await;
    assert_eq!(
        office.column("SELECT state FROM associations").await,
        ["active"],
        "the phone acts first"
    );
    office.pass(1).await;
    assert_eq!(
        office.column("SELECT reason FROM associations").await,
        [r#"{"kind":"limit"}"#]
    );
    let gone = phone.post_text(&path, "").await;
    assert_eq!(
        gone.refused(StatusCode::NOT_FOUND),
        RefusalCode::UnknownAssociation
    );

    let strict = Office::open_with("policy = { stay = false }").await;
    let phone = strict.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    strict.clock.advance(43_000);
    let path = format!("/v1/associations/{association}/extend");
    assert_eq!(phone.post_text(&path, "").await.value()["ends_in"], 200);
}

#[tokio::test]
async fn what_is_not_committed_becomes_void() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let pending = phone.log_in(JANE).await.unwrap().association;
    office.pass(119).await;
    assert_eq!(
        office.column("SELECT state FROM associations").await,
        ["pending"]
    );
    office.pass(1).await;
    assert_eq!(
        office.column("SELECT reason FROM associations").await,
        [r#"{"kind":"rolled_back"}"#]
    );
    let late = phone.commit(pending.as_str()).await;
    assert_eq!(
        late.refused(StatusCode::NOT_FOUND),
        RefusalCode::UnknownAssociation
    );
    office.pass(15).await;
    assert!(office.guests_at_the_registrar().await.is_empty());
}

#[tokio::test]
async fn the_next_attempt_of_a_phone_gives_up_the_one_before() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    for _ in 0..5 {
        phone.log_in(JANE).await.unwrap();
    }
    phone.log_in(HENRY).await.unwrap();
    assert_eq!(
        office
            .count("SELECT count(*) FROM associations WHERE state = 'pending'")
            .await,
        1
    );
}

#[tokio::test]
async fn another_phones_token_opens_no_door() {
    let office = Office::open().await;
    let association = office.phone(DESK_11).await.sign_in(JANE).await;
    let other = office.phone(DESK_12).await;
    let extend = format!("/v1/associations/{association}/extend");
    let wiped = json!({ "type": "wiped", "association": association, "stores": [] });
    let replies = [
        other.commit(&association).await,
        other.end(&association, &EndReason::LoggedOut).await,
        other.post_text(&extend, "").await,
        other.post("/v1/reports", &wiped).await,
    ];
    for reply in replies {
        assert_eq!(
            reply.refused(StatusCode::NOT_FOUND),
            RefusalCode::UnknownAssociation
        );
    }
    assert_eq!(
        office.column("SELECT state FROM associations").await,
        ["active"]
    );
    assert_eq!(
        other.sync(Some(&association)).await.value()["held"]["reason"]["kind"],
        "displaced"
    );
    assert_eq!(
        office.column("SELECT state FROM associations").await,
        ["active"]
    );
}
