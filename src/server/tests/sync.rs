//! After a start or a reconnection phone and server agree, whatever was lost in between.

use axum::http::StatusCode;
use hotdesk_provisioning::{EndReason, Held, LimitKind, RefusalCode, SyncAnswer};
use serde_json::json;

use crate::office::{DESK_11, DESK_12, JAMES, JANE, MORNING, Office, Phone};

async fn sync(phone: &Phone, holding: Option<&str>) -> SyncAnswer {
    phone.sync(holding).await.parse()
}

#[tokio::test]
async fn a_vacant_phone_hears_that_nothing_is_wrong() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let answer = sync(&phone, None).await;
    assert_eq!((answer.held, answer.void.len()), (None, 0));
    assert_eq!(answer.now, MORNING.unsigned_abs());
    let profile = phone.get("/v1/profile").await;
    assert_eq!(profile.headers["etag"], answer.profile.as_str());
}

#[tokio::test]
async fn an_association_goes_on_with_its_remaining_time() {
    let office = Office::open().await;
    let association = office.phone(DESK_11).await.sign_in(JANE).await;
    office.clock.advance(200);
    let office = office.restart().await;
    let answer = sync(&office.phone(DESK_11).await, Some(&association)).await;
    assert_eq!(
        answer.held,
        Some(Held::Active {
            ends_in: Some(43_000),
            ends_for: LimitKind::Limit,
        })
    );
}

#[tokio::test]
async fn a_commit_that_was_lost_is_made_good() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let admission = phone.log_in(JANE).await.unwrap();
    let answer = sync(&phone, Some(admission.association.as_str())).await;
    assert_eq!(
        answer.held,
        Some(Held::Active {
            ends_in: Some(43_200),
            ends_for: LimitKind::Limit,
        })
    );
    assert!(answer.void.is_empty());
    assert_eq!(
        office.column("SELECT state FROM associations").await,
        ["active"]
    );
}

#[tokio::test]
async fn what_was_cut_off_comes_back_to_be_cleaned_up() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let cut_off = phone.log_in(JANE).await.unwrap();
    let answer = sync(&phone, None).await;
    assert_eq!(answer.void.len(), 1);
    assert_eq!(
        answer.void[0].account, cut_off.guest.account,
        "the very account that may be registered"
    );
    assert_eq!(office.guests_at_the_registrar().await, ["01132991000"]);
    phone
        .end(cut_off.association.as_str(), &EndReason::RolledBack)
        .await;
    office.pass(15).await;
    assert!(office.guests_at_the_registrar().await.is_empty());
    assert!(sync(&phone, None).await.void.is_empty());
}

#[tokio::test]
async fn it_comes_back_even_when_the_server_gave_it_up_meanwhile() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    phone.log_in(JANE).await.unwrap();
    office.pass(120).await;
    office.pass(60).await;
    assert!(office.guests_at_the_registrar().await.is_empty());
    assert_eq!(sync(&phone, None).await.void.len(), 1);
    assert_eq!(
        office.guests_at_the_registrar().await,
        ["01132991000"],
        "for another grace"
    );
    office.pass(15).await;
    assert!(office.guests_at_the_registrar().await.is_empty());
    office.pass(300).await;
    assert!(
        sync(&phone, None).await.void.is_empty(),
        "no binding lives longer than that"
    );
}

#[tokio::test]
async fn a_phone_that_was_away_learns_why_it_ended_and_can_clean_up() {
    let office = Office::open().await;
    let away = office.phone(DESK_11).await;
    let association = away.sign_in(JANE).await;
    office.phone(DESK_12).await.sign_in(JANE).await;
    office.pass(60).await;
    assert_eq!(office.guests_at_the_registrar().await.len(), 1);
    let answer = sync(&away, Some(&association)).await;
    let reason = EndReason::Moved {
        to: "Desk 12".to_owned(),
    };
    assert_eq!(answer.held, Some(Held::Ended { reason }));
    assert_eq!(office.guests_at_the_registrar().await.len(), 2);
    away.end(&association, &EndReason::LoggedOut).await;
    office.pass(15).await;
    assert_eq!(office.guests_at_the_registrar().await.len(), 1);
}

#[tokio::test]
async fn a_guest_whom_the_phone_has_forgotten_is_signed_out() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    phone.sign_in(JAMES).await;
    let answer = sync(&phone, None).await;
    assert_eq!(answer.void.len(), 1);
    assert_eq!(
        office.column("SELECT reason FROM associations").await,
        [r#"{"kind":"logged_out"}"#]
    );
}

#[tokio::test]
async fn a_token_on_another_phone_is_noticed() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let body = json!({ "device": DESK_12, "version": "1" });
    let reply = phone.post("/v1/sync", &body).await;
    assert_eq!(
        reply.refused(StatusCode::UNAUTHORIZED),
        RefusalCode::NotAuthenticated
    );
    assert_eq!(office.audit(1).await, ["token_misused - Desk 11 "]);
}
