//! First contact, the profile, and what a token is good for.

use axum::http::{Request, StatusCode};
use hotdesk_provisioning::{HostProfile, RefusalCode};

use crate::office::{DESK_11, Office, Phone, claim};
use crate::signed_in::Admin;

#[tokio::test]
async fn a_designated_phone_gets_the_same_token_each_time() {
    let office = Office::open().await;
    let first = office.phone(DESK_11).await;
    let office = office.restart().await;
    let again = office.phone(DESK_11).await;
    assert_eq!(first.token, again.token);
    assert_eq!(again.get("/v1/ping").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn another_claim_is_refused_written_down_and_bounded() {
    let office = Office::open().await;
    office.phone(DESK_11).await;
    let thief = Phone::stranger(&office.app);
    let mut codes = Vec::new();
    for _ in 0..8 {
        let reply = thief.enrol(DESK_11, "another-claim-of-22-char").await;
        codes.push(reply.parse::<hotdesk_provisioning::Refusal>().code);
    }
    assert_eq!(codes[..5], [RefusalCode::NotAuthenticated; 5]);
    assert_eq!(codes[5..], [RefusalCode::Busy; 3]);
    assert_eq!(
        office
            .count("SELECT count(*) FROM audits WHERE event = 'enrol_refused'")
            .await,
        5
    );
}

#[tokio::test]
async fn an_unknown_phone_is_let_in_by_its_code() {
    let office = Office::open().await;
    let stranger = Phone::stranger(&office.app);
    let mac = "02:00:5E:10:00:FF";
    let pending = stranger.enrol(mac, &claim(mac)).await.value();
    assert_eq!(pending["state"], "pending");
    let code = pending["code"].as_str().unwrap();
    assert_eq!(code.len(), 6);
    let admin = Admin::sign_in(&office).await;
    let reply = admin
        .post(
            "/phones",
            &[
                ("device", code),
                ("name", "Desk 99"),
                ("extension", "3099"),
                ("address", "here"),
            ],
        )
        .await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    let thief = stranger.enrol(mac, "another-claim-of-22-char").await;
    assert_eq!(
        thief.refused(StatusCode::UNAUTHORIZED),
        RefusalCode::NotAuthenticated
    );
    let token = stranger.enrol(mac, &claim(mac)).await.value()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let phone = Phone { token, ..stranger };
    let profile: HostProfile = phone.get("/v1/profile").await.parse();
    assert_eq!(
        (profile.desk.as_str(), profile.extension.as_str()),
        ("Desk 99", "3099")
    );
    let again = admin
        .post(
            "/phones",
            &[("device", code), ("name", "Desk 98"), ("extension", "3098")],
        )
        .await;
    assert_eq!(
        again.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a code works once"
    );
}

#[tokio::test]
async fn resetting_the_enrolment_ends_the_old_token() {
    let office = Office::open().await;
    let old = office.phone(DESK_11).await;
    let admin = Admin::sign_in(&office).await;
    assert_eq!(
        admin.post("/phones/1/enrolment", &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        old.get("/v1/ping").await.refused(StatusCode::UNAUTHORIZED),
        RefusalCode::NotAuthenticated
    );
    let new = Phone::stranger(&office.app)
        .enrol(DESK_11, "another-claim-of-22-char")
        .await;
    assert_eq!(new.status, StatusCode::OK);
    assert_ne!(new.value()["token"], old.token.as_str());
}

#[tokio::test]
async fn a_weak_claim_is_malformed() {
    let office = Office::open().await;
    let reply = Phone::stranger(&office.app).enrol(DESK_11, "short").await;
    assert_eq!(
        reply.refused(StatusCode::BAD_REQUEST),
        RefusalCode::Malformed
    );
}

#[tokio::test]
async fn an_unchanged_profile_is_not_sent_again() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let first = phone.get("/v1/profile").await;
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    let ask = || Request::get("/v1/profile").header("if-none-match", &tag);
    let second = phone.send(ask(), "").await;
    assert_eq!(
        (second.status, second.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    office
        .run("UPDATE phones SET name = 'Desk 11b' WHERE id = 1")
        .await;
    let third = phone.send(ask(), "").await;
    assert_eq!(third.status, StatusCode::OK);
    assert_ne!(third.headers["etag"], tag.as_str());
    let profile: HostProfile = third.parse();
    assert_eq!(profile.account.auth_user, format!("h-{DESK_11}"));
    assert_eq!(profile.account.aor.as_str(), "sip:3001@sip.test");
}

#[tokio::test]
async fn nothing_is_answered_without_a_token() {
    let office = Office::open().await;
    let stranger = Phone::stranger(&office.app);
    for path in ["/v1/profile", "/v1/events", "/v1/ping"] {
        let reply = stranger.get(path).await;
        assert_eq!(
            reply.refused(StatusCode::UNAUTHORIZED),
            RefusalCode::NotAuthenticated
        );
    }
    for path in [
        "/v1/sync",
        "/v1/associations",
        "/v1/associations/x/end",
        "/v1/reports",
    ] {
        let reply = stranger.post_text(path, "{}").await;
        assert_eq!(
            reply.refused(StatusCode::UNAUTHORIZED),
            RefusalCode::NotAuthenticated
        );
    }
}

#[tokio::test]
async fn a_disabled_phone_may_only_give_back_what_it_holds() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(crate::office::JANE).await;
    let admin = Admin::sign_in(&office).await;
    assert_eq!(
        admin.post("/phones/1/enabled", &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        office.column("SELECT reason FROM associations").await,
        [r#"{"kind":"phone_disabled"}"#]
    );
    for reply in [
        phone.get("/v1/profile").await,
        phone.get("/v1/events").await,
        phone.sync(None).await,
    ] {
        assert_eq!(
            reply.refused(StatusCode::FORBIDDEN),
            RefusalCode::PhoneNotEnabled
        );
    }
    assert_eq!(
        office
            .count("SELECT count(*) FROM subscriber WHERE username = 'h-02005e100011'")
            .await,
        0
    );
    assert_eq!(
        phone
            .end(&association, &hotdesk_provisioning::EndReason::LoggedOut)
            .await
            .status,
        204
    );
    office.pass(15).await;
    assert!(office.guests_at_the_registrar().await.is_empty());
}
