//! Whatever a phone sends that is not the protocol: refused, never repeated, never fatal.

use axum::http::StatusCode;
use hotdesk_provisioning::RefusalCode;
use serde_json::json;

use crate::office::{DESK_11, JANE, Office, new_attempt};

#[tokio::test]
async fn bodies_that_are_not_the_protocol_are_refused_without_being_quoted() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let long = format!("{{\"attempt\":\"{}\"}}", "x".repeat(70_000));
    for body in [
        "",
        "{",
        "null",
        "[]",
        "\u{0}",
        r#"{"attempt":"1","extension":"2000","pin":"7531"}"#,
        r#"{"attempt":"7f1b0c5e9a3d42f68b1c0e5d7a9f3b21","extension":"2000"}"#,
        r#"{"attempt":"7f1b0c5e9a3d42f68b1c0e5d7a9f3b21","extension":"2000","pin":7531}"#,
        r#"{"attempt":"7f1b0c5e9a3d42f68b1c0e5d7a9f3b21","extension":"2000","pin":"7\n531"}"#,
        r#"{"attempt":"7f1b0c5e9a3d42f68b1c0e5d7a9f3b21","extension":"'; DROP TABLE user","pin":"7531"}"#,
        long.as_str(),
    ] {
        let reply = phone.post_text("/v1/associations", body).await;
        assert_eq!(
            reply.refused(StatusCode::BAD_REQUEST),
            RefusalCode::Malformed,
            "{body:.80}"
        );
        assert!(
            !reply.text.contains("7531") && !reply.text.contains("DROP"),
            "{}",
            reply.text
        );
    }
    for path in [
        "/v1/sync",
        "/v1/reports",
        "/v1/enrol",
        "/v1/associations/x/end",
        "/v1/associations/x/commit",
    ] {
        let reply = phone.post_text(path, "{\"type\":7531}").await;
        assert_eq!(
            reply.refused(StatusCode::BAD_REQUEST),
            RefusalCode::Malformed,
            "{path}"
        );
        assert!(!reply.text.contains("7531"), "{}", reply.text);
    }
    assert_eq!(
        office
            .count("SELECT count(*) FROM audits WHERE event = 'refused'")
            .await,
        0
    );
}

#[tokio::test]
async fn paths_that_do_not_exist_are_refused_in_the_same_form() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    for reply in [
        phone.get("/v2/profile").await,
        phone.get("/v1/sync").await,
        phone.get("/").await,
    ] {
        assert_eq!(
            reply.refused(StatusCode::BAD_REQUEST),
            RefusalCode::Malformed
        );
    }
    let odd = phone
        .end("..%2f..", &hotdesk_provisioning::EndReason::LoggedOut)
        .await;
    assert_eq!(
        odd.refused(StatusCode::NOT_FOUND),
        RefusalCode::UnknownAssociation
    );
}

#[tokio::test]
async fn what_the_phone_saw_is_written_down_once() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let attempt = new_attempt();
    let report = json!({
        "type": "refused", "attempt": attempt, "extension": JANE.0, "code": "registrar_silent", "seconds_ago": 40
    });
    for _ in 0..3 {
        assert_eq!(
            phone.post("/v1/reports", &report).await.status,
            StatusCode::NO_CONTENT
        );
    }
    let rows = office
        .column("SELECT short || ' ' || user_name FROM audits WHERE event = 'refused'")
        .await;
    assert_eq!(rows, ["P06 Jane Doe"]);
    assert_eq!(
        office
            .count("SELECT max(at) FROM audits WHERE event = 'refused'")
            .await,
        crate::office::MORNING - 40
    );
}

#[tokio::test]
async fn a_refusal_that_both_saw_has_one_row() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let attempt = new_attempt();
    phone.attempt(&attempt, (JANE.0, "0000")).await.unwrap_err();
    let report = json!({
        "type": "refused", "attempt": attempt, "extension": JANE.0, "code": "wrong_pin", "seconds_ago": 0
    });
    phone.post("/v1/reports", &report).await;
    assert_eq!(
        office
            .count("SELECT count(*) FROM audits WHERE event = 'refused'")
            .await,
        1
    );
}

#[tokio::test]
async fn a_wipe_and_a_status_are_kept() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    let stores = ["keys", "call log"];
    let wiped = json!({ "type": "wiped", "association": association, "stores": stores });
    phone.post("/v1/reports", &wiped).await;
    phone.post("/v1/reports", &wiped).await;
    let rows = office
        .column("SELECT detail FROM audits WHERE event = 'wiped'")
        .await;
    assert_eq!(rows, ["keys, call log"]);
    let status =
        json!({ "type": "status", "version": "1.2.3", "registered": false, "last_switch_ms": 99 });
    phone.post("/v1/reports", &status).await;
    let row = office
        .column("SELECT agent_version || ' ' || CASE WHEN registered THEN 1 ELSE 0 END || ' ' || last_switch_ms FROM phones WHERE id = 1")
        .await;
    assert_eq!(row, ["1.2.3 0 99"]);
}
