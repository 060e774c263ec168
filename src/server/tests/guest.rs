//! What a guest does about themselves on a phone: another PIN, their other phones, and whether they may move.

use axum::http::StatusCode;
use hotdesk_provisioning::{ElsewhereAnswer, Push, RefusalCode};
use serde_json::json;

use crate::events::Stream;
use crate::office::{DESK_11, DESK_12, JAMES, JANE, Office, Phone, new_attempt};

async fn change_pin(
    phone: &Phone,
    association: &str,
    old: &str,
    new: &str,
) -> crate::office::Reply {
    let path = format!("/v1/associations/{association}/pin");
    phone.post(&path, &json!({ "old": old, "new": new })).await
}

#[tokio::test]
async fn a_new_pin_counts_from_now_on_and_the_old_one_no_longer() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    let reply = change_pin(&phone, &association, JANE.1, "geheim77").await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text);
    assert_eq!(office.audit(1).await, ["pin_set -  Jane Doe"]);
    let other = office.phone(DESK_12).await;
    let refusal = other.log_in(JANE).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::WrongPin);
    other.log_in((JANE.0, "geheim77")).await.unwrap();
}

#[tokio::test]
async fn a_wrong_old_pin_is_counted_as_a_guess() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    for _ in 0..4 {
        let reply = change_pin(&phone, &association, "9999", "8888").await;
        assert_eq!(reply.refused(StatusCode::FORBIDDEN), RefusalCode::WrongPin);
    }
    for old in ["9999", JANE.1] {
        let reply = change_pin(&phone, &association, old, "8888").await;
        assert_eq!(reply.refused(StatusCode::LOCKED), RefusalCode::UserLocked);
    }
    assert_eq!(
        office.audit(1).await,
        ["pin_change_refused L06 Desk 11 Jane Doe"]
    );
    let hash_is_unchanged = office.phone(DESK_12).await;
    office.clock.advance(60);
    hash_is_unchanged.log_in(JANE).await.unwrap();
}

#[tokio::test]
async fn nobody_changes_a_pin_from_another_phone_or_after_they_left() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    let other = office.phone(DESK_12).await;
    for phone in [&other, &phone] {
        if phone.mac == DESK_11 {
            let reason = hotdesk_provisioning::EndReason::LoggedOut;
            phone.end(&association, &reason).await;
        }
        let reply = change_pin(phone, &association, JANE.1, "8888").await;
        let code = reply.refused(StatusCode::NOT_FOUND);
        assert_eq!(code, RefusalCode::UnknownAssociation);
    }
}

#[tokio::test]
async fn jane_logs_herself_out_elsewhere_and_james_stays() {
    let office = Office::open_with("elsewhere = \"many\"").await;
    let (here, there) = (office.phone(DESK_11).await, office.phone(DESK_12).await);
    let there_too = there.sign_in(JANE).await;
    let association = here.sign_in(JANE).await;
    let path = format!("/v1/associations/{association}/elsewhere");
    let answer: ElsewhereAnswer = here.post(&path, &json!({})).await.parse();
    assert_eq!(answer.desks, ["Desk 12"]);
    let ended = office
        .column("SELECT id || reason FROM associations WHERE state = 'ended'")
        .await;
    assert_eq!(ended, [format!("{there_too}{{\"kind\":\"remote\"}}")]);
    there.sign_in(JAMES).await;
    let answer: ElsewhereAnswer = here.post(&path, &json!({})).await.parse();
    assert!(answer.desks.is_empty());
    assert_eq!(
        office
            .count("SELECT count(*) FROM associations WHERE state = 'active'")
            .await,
        2
    );
}

/// Jane is signed in at desk 11, which listens, and tries at desk 12.
struct Asked {
    office: Office,
    old: Phone,
    new: Phone,
    stream: Stream,
    attempt: String,
}

impl Asked {
    async fn begin() -> Self {
        let office = Office::open_with("elsewhere = \"ask\"").await;
        let (old, new) = (office.phone(DESK_11).await, office.phone(DESK_12).await);
        old.sign_in(JANE).await;
        let stream = Stream::open(&old).await;
        let attempt = new_attempt();
        let asked = Self {
            office,
            old,
            new,
            stream,
            attempt,
        };
        assert_eq!(asked.try_again().await, Err(RefusalCode::AskingElsewhere));
        asked
    }

    async fn try_again(&self) -> Result<(), RefusalCode> {
        let answer = self.new.attempt(&self.attempt, JANE).await;
        answer.map(drop).map_err(|refusal| refusal.code)
    }

    async fn answer(&mut self, granted: bool) {
        let (_, push) = self.stream.next().await.unwrap();
        let Push::ConsentWanted {
            association,
            attempt,
            desk,
        } = push
        else {
            panic!("{push:?}");
        };
        assert_eq!(
            (attempt.as_str(), desk.as_str()),
            (self.attempt.as_str(), "Desk 12")
        );
        let path = format!("/v1/associations/{association}/consent");
        let body = json!({ "attempt": attempt, "granted": granted });
        let reply = self.old.post(&path, &body).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn the_old_phone_is_asked_once_and_its_yes_lets_jane_move() {
    let mut asked = Asked::begin().await;
    assert_eq!(asked.try_again().await, Err(RefusalCode::AskingElsewhere));
    asked.answer(true).await;
    let admission = asked.new.attempt(&asked.attempt, JANE).await.unwrap();
    let association = admission.association.to_string();
    assert_eq!(
        asked.new.commit(&association).await.status,
        StatusCode::NO_CONTENT
    );
    let (_, push) = asked.stream.next().await.unwrap();
    assert!(matches!(push, Push::Evicted { .. }), "asked once: {push:?}");
}

#[tokio::test]
async fn its_no_is_the_answer_to_the_attempt_for_good() {
    let mut asked = Asked::begin().await;
    asked.answer(false).await;
    for _ in 0..2 {
        assert_eq!(asked.try_again().await, Err(RefusalCode::ConsentDenied));
    }
    assert_eq!(
        asked.office.audit(1).await,
        ["refused L14 Desk 12 Jane Doe"]
    );
}

#[tokio::test]
async fn silence_is_yes_and_another_phones_no_counts_for_nothing() {
    let asked = Asked::begin().await;
    let path = "/v1/associations/a1/consent";
    let body = json!({ "attempt": asked.attempt, "granted": false });
    asked.new.post(path, &body).await;
    asked.office.clock.advance(19);
    assert_eq!(asked.try_again().await, Err(RefusalCode::AskingElsewhere));
    asked.office.clock.advance(1);
    assert_eq!(asked.try_again().await, Ok(()));
}

#[tokio::test]
async fn a_phone_that_does_not_listen_is_not_waited_for_and_a_wrong_pin_asks_nobody() {
    let office = Office::open_with("elsewhere = \"ask\"").await;
    let (old, new) = (office.phone(DESK_11).await, office.phone(DESK_12).await);
    old.sign_in(JANE).await;
    new.log_in(JANE).await.unwrap();
    let mut stream = Stream::open(&old).await;
    let refusal = new.log_in((JANE.0, "9999")).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::WrongPin);
    new.log_in(JANE).await.unwrap_err();
    let (_, push) = stream.next().await.unwrap();
    assert!(matches!(push, Push::ConsentWanted { .. }), "{push:?}");
}
