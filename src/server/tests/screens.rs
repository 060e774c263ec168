//! What only a phone can see: its screen while somebody looks, and an emergency call.

use axum::http::header;
use hotdesk_provisioning::Push;
use serde_json::json;

use crate::events::Stream;
use crate::office::{DESK_11, JANE, Office, new_attempt};
use crate::signed_in::Admin;

#[tokio::test]
async fn a_screen_is_asked_for_drawn_and_written_down() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let mut stream = Stream::open(&phone).await;
    let admin = Admin::sign_in(&office).await;
    let looking = admin.get("/phones/1/screen.png");
    let showing = async {
        let (event, push) = stream.next().await.unwrap();
        assert_eq!(event, "screen_wanted");
        assert!(
            matches!(push, Push::ScreenWanted { seconds: 1..=120 }),
            "{push:?}"
        );
        let screen = include_str!("screen.json");
        let reply = phone
            .post(
                "/v1/reports",
                &json!({ "type": "screen", "screen": screen }),
            )
            .await;
        assert_eq!(reply.status, 204, "{}", reply.text);
    };
    let (picture, ()) = tokio::join!(looking, showing);
    assert_eq!(picture.headers[header::CONTENT_TYPE], "image/png");
    assert_eq!(office.audit(1).await, ["screen_seen - Desk 11 "]);
    // Looking again is the same look.
    admin.get("/phones/1/screen.png").await;
    assert_eq!(
        office
            .count("SELECT count(*) FROM audits WHERE event = 'screen_seen'")
            .await,
        1
    );
    office.pass(91).await;
    assert_eq!(office.count("SELECT count(*) FROM screens").await, 0);
}

#[tokio::test]
async fn a_site_may_forbid_looking_at_screens() {
    let office = Office::open_with("[site.policy]\nscreen_preview = false").await;
    office.phone(DESK_11).await;
    let admin = Admin::sign_in(&office).await;
    let picture = admin.get("/phones/1/screen.png").await;
    assert_eq!(picture.headers[header::CONTENT_TYPE], "image/svg+xml");
    assert!(
        admin
            .get("/phones/1")
            .await
            .text
            .contains("do not let screens be looked at")
    );
    assert_eq!(
        office
            .count("SELECT count(*) FROM audits WHERE event = 'screen_seen'")
            .await,
        0
    );
}

#[tokio::test]
async fn a_screen_that_is_too_long_or_none_is_not_drawn() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let long = json!({ "type": "screen", "screen": "x".repeat(20_000) });
    assert_eq!(phone.post("/v1/reports", &long).await.status, 400);
    phone
        .post(
            "/v1/reports",
            &json!({ "type": "screen", "screen": "no screen" }),
        )
        .await;
    let admin = Admin::sign_in(&office).await;
    let picture = admin.get("/phones/1/screen.png").await;
    assert_eq!(picture.headers[header::CONTENT_TYPE], "image/svg+xml");
}

#[tokio::test]
async fn an_emergency_call_is_written_down_once_with_where_help_was_to_come() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    phone.sign_in(JANE).await;
    let call = new_attempt();
    for ended in [false, false, true, true] {
        let report = json!({ "type": "emergency_call", "call": call, "number": "112", "ended": ended, "seconds_ago": 5 });
        assert_eq!(phone.post("/v1/reports", &report).await.status, 204);
    }
    assert_eq!(
        office.audit(2).await,
        [
            "emergency_called - Desk 11 Jane Doe",
            "emergency_ended - Desk 11 Jane Doe"
        ]
    );
    let detail = office
        .column("SELECT detail FROM audits WHERE event = 'emergency_called'")
        .await;
    assert_eq!(
        detail,
        ["112, from 1 Example Street, London, floor 1, by the window"]
    );
}
