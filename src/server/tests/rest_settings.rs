//! The administrators' API: what is set by it, and what the doctor finds.

use axum::http::header;
use serde_json::json;

use crate::calls::{Program, field};
use crate::office::{DESK_11, DESK_12, HENRY, JAMES, JANE, MORNING, Office};

#[tokio::test]
async fn what_holds_and_what_is_shown_can_be_changed() {
    let office = Office::open().await;
    let program = Program::with(&office, "read,manage").await;
    office.phone(DESK_11).await.sign_in(JANE).await;
    let site = program.get("/sites/1").await;
    let tag = site.headers[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(
        program
            .saying("if-none-match", &tag)
            .get("/sites/1")
            .await
            .status,
        304
    );
    let rules = json!({ "name": "Leeds", "rules": { "elsewhere": "refuse" } });
    assert_eq!(program.put("/sites/1", rules).await.status, 200);
    assert_eq!(
        program
            .saying("if-none-match", &tag)
            .get("/sites/1")
            .await
            .status,
        200
    );
    let wrong = json!({ "name": "Leeds", "rules": { "elswhere": "refuse" } });
    assert_eq!(program.put("/sites/1", wrong).await.status, 422);
    let refused = office.phone(DESK_12).await.log_in(JANE).await.unwrap_err();
    assert_eq!(
        refused.code,
        hotdesk_provisioning::RefusalCode::InUseElsewhere
    );
    let group = program.post("/groups", json!({ "name": "Sales" })).await;
    assert_eq!(group.status, 201, "{}", group.text);
    let key = json!({ "keys": { "9": { "kind": "blf", "label": "Sales", "value": "3000" } } });
    let path = format!("/groups/{}/profiles/HD-480", field(&group, "/id"));
    assert_eq!(program.put(&path, key).await.status, 200);
    let model = json!({ "panel": "480x272", "line_keys": 4 });
    assert_eq!(program.put("/models/HD-480", model).await.status, 200);
    let jane = program.get("/users?search=jane").await.value()["items"][0].clone();
    let body = json!({ "extension": jane["extension"], "name": jane["name"], "group": "Sales", "keys": jane["keys"] });
    assert_eq!(
        program
            .put(&format!("/users/{}", jane["id"]), body)
            .await
            .status,
        200
    );
    let shown = program.get("/phones/1/profile").await;
    assert!(shown.text.contains("\"Sales\""), "{}", shown.text);
    let doctor = program.get("/doctor").await;
    assert!(
        doctor.text.contains("profile_hides_keys"),
        "{}",
        doctor.text
    );
}

#[tokio::test]
async fn the_doctor_finds_what_is_not_as_it_should_be() {
    let office = Office::open().await;
    let program = Program::with(&office, "read,manage").await;
    let codes = async || {
        let mut found: Vec<String> = Vec::new();
        for finding in program.get("/doctor").await.value().as_array().unwrap() {
            found.push(finding["code"].as_str().unwrap().to_owned());
        }
        found.dedup();
        found
    };
    assert_eq!(
        codes().await,
        [
            "phone_without_location",
            "phone_not_enrolled",
            "user_without_pin"
        ]
    );
    office.phone(DESK_11).await;
    office.run("UPDATE phones SET location = 'here', address = CASE WHEN id = 2 THEN '' ELSE address END").await;
    office.run("UPDATE sites SET rules = '{}'").await;
    office.run("UPDATE tenants SET guest_licences = 4").await;
    office.run("INSERT INTO phones (tenant_id, site_id, mac, name, extension, model, agent_version, location, address)
                VALUES (1, 1, '02005e100077', 'Old', '3077', 'HD-480', '0.0.9', 'here', 'here')").await;
    let desk = office.phone(DESK_11).await;
    for _ in 0..6 {
        let _ = desk.log_in((JAMES.0, "9999")).await;
    }
    office.clock.advance(1);
    assert_eq!(
        codes().await,
        [
            "phone_without_address",
            "phone_not_enrolled",
            "user_without_pin",
            "user_locked",
            "site_without_emergency_numbers",
            "licences_nearly_used",
            "phones_on_old_version",
        ]
    );
    office.clock.advance(5 * 86_400);
    assert!(codes().await.contains(&"phone_silent".to_owned()));
    let fix = json!({ "name": "Main", "rules": { "emergency_numbers": ["999"] } });
    assert_eq!(program.put("/sites/1", fix).await.status, 200);
    assert!(
        !codes()
            .await
            .contains(&"site_without_emergency_numbers".to_owned())
    );
}

#[tokio::test]
async fn a_booked_phone_is_nobody_elses_and_a_pin_can_be_set() {
    let office = Office::open().await;
    let program = Program::with(&office, "read,manage").await;
    let booking = |starts: i64, ends: i64| json!({ "phone": 1, "user": 1, "starts_at": starts, "ends_at": ends });
    assert_eq!(
        program
            .post("/bookings", booking(MORNING, MORNING + 600))
            .await
            .status,
        201
    );
    assert_eq!(
        program
            .post("/bookings", booking(MORNING + 599, MORNING + 900))
            .await
            .status,
        409
    );
    assert_eq!(
        program
            .post("/bookings", booking(MORNING + 600, MORNING + 900))
            .await
            .status,
        201
    );
    assert_eq!(
        program
            .post("/bookings", booking(MORNING + 9, MORNING + 9))
            .await
            .status,
        409
    );
    assert_eq!(program.delete("/bookings/1").await.status, 204);
    let found = program.get(&format!("/users?search={}", HENRY.0)).await;
    let pin = format!("/users/{}/pin", field(&found, "/items/0/id"));
    assert_eq!(program.put(&pin, json!({ "pin": "77" })).await.status, 422);
    assert_eq!(
        program.put(&pin, json!({ "pin": "7788" })).await.status,
        204
    );
    office
        .phone(DESK_11)
        .await
        .log_in((HENRY.0, "7788"))
        .await
        .unwrap();
}
