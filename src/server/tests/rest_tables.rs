//! Tables and screens by the API, as in the portal.

use serde_json::{Value, json};

use crate::calls::{Program, field};
use crate::events::Stream;
use crate::office::{DESK_11, Office};

const TABLE: &str = "extension,name,pin\n01132991000,Jane Dough,\n777,New One,4711\n";

#[tokio::test]
async fn a_table_is_rehearsed_and_then_done_as_a_whole() {
    let office = Office::open().await;
    let program = Program::with(&office, "read,manage").await;
    let users = "SELECT count(*) FROM users";
    let before = office.count(users).await;
    let shown = program.post_table("/import?dry_run=true", TABLE).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let rows = json!([
        { "line": 2, "name": "Jane Dough", "effect": "change", "columns": ["name"], "why": null },
        { "line": 3, "name": "New One", "effect": "add", "columns": [], "why": null },
    ]);
    let expected = json!({ "kind": "users", "done": false, "rows": rows });
    assert_eq!(shown.parse::<Value>(), expected);
    assert_eq!(office.count(users).await, before);

    let wrong = format!("{TABLE}3001,Desk's number,\n");
    let refused = program.post_table("/import", &wrong).await;
    assert_eq!(field(&refused, "/done"), "false");
    assert_eq!(field(&refused, "/rows/2/effect"), "wrong");
    assert!(field(&refused, "/rows/2/why").contains("belongs to a phone"));
    assert_eq!(office.count(users).await, before);

    let keyed = program.saying("idempotency-key", "t1");
    for _ in 0..2 {
        let done = keyed.post_table("/import", TABLE).await;
        assert_eq!(field(&done, "/rows/1/effect"), "add");
        assert_eq!(field(&done, "/done"), "true");
    }
    assert_eq!(office.count(users).await, before + 1);
    let table = program.get("/export/users.csv").await;
    assert!(table.text.contains("Jane Dough") && !table.text.contains("4711"));
    let again = program
        .post_table("/import?dry_run=true", &table.text)
        .await;
    assert!(!again.text.contains("\"change\""), "{}", again.text);
    let phones = program.get("/export/phones.csv").await;
    assert!(
        phones.text.starts_with("mac,name,extension"),
        "{}",
        phones.text
    );
}

#[tokio::test]
async fn what_is_no_table_is_refused() {
    let office = Office::open().await;
    let program = Program::with(&office, "read,manage").await;
    let json = program.post("/import", json!({})).await;
    assert_eq!(json.status, 415);
    assert_eq!(
        program.post_table("/import", "colour\nred\n").await.status,
        422
    );
    assert_eq!(program.post_table("/import?dry=1", TABLE).await.status, 422);
    let long = "x".repeat(4 * 1024 * 1024 + 1);
    assert_eq!(program.post_table("/import", &long).await.status, 413);
    // What is longer than JSON may be is read all the same.
    let many = format!("extension,name\n7001,{}\n", "n".repeat(100 * 1024));
    let keyed = program.saying("idempotency-key", "t2");
    let read = keyed.post_table("/import?dry_run=true", &many).await;
    assert_eq!(read.status, 200);
}

#[tokio::test]
async fn a_screen_is_what_the_phone_says_and_a_picture_of_it() {
    let office = Office::open().await;
    let program = Program::with(&office, "read").await;
    let away = program.get("/phones/1/screen").await;
    assert_eq!(away.status, 404);
    assert!(away.text.contains("may be away"), "{}", away.text);
    let phone = office.phone(DESK_11).await;
    let mut stream = Stream::open(&phone).await;
    let looking = program.get("/phones/1/screen");
    let screen = include_str!("screen.json");
    let showing = async {
        let (event, _) = stream.next().await.unwrap();
        assert_eq!(event, "screen_wanted");
        let report = json!({ "type": "screen", "screen": screen });
        assert_eq!(phone.post("/v1/reports", &report).await.status, 204);
    };
    let (seen, ()) = tokio::join!(looking, showing);
    let sent: Value = serde_json::from_str(screen).unwrap();
    assert_eq!(seen.value()["screen"], sent);
    let picture = program.get("/phones/1/screen.png").await;
    assert_eq!(picture.headers["content-type"], "image/png");
    // All of it is one look to the audit.
    let looks = "SELECT actor FROM audits WHERE event = 'screen_seen'";
    assert_eq!(office.column(looks).await, ["token test"]);
}

#[tokio::test]
async fn a_site_may_forbid_programs_to_look() {
    let office = Office::open_with("[site.policy]\nscreen_preview = false").await;
    office.phone(DESK_11).await;
    let program = Program::with(&office, "read").await;
    for path in ["/phones/1/screen", "/phones/1/screen.png"] {
        assert_eq!(program.get(path).await.status, 409, "{path}");
    }
}
