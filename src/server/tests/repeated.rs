//! Requests that are sent again: carried out once, whatever breaks in between.

use serde_json::json;

use crate::calls::Program;
use crate::office::Office;
use crate::rest::desk_99;

#[tokio::test]
async fn a_request_that_is_sent_again_is_carried_out_once() {
    let office = Office::open().await;
    let program = Program::with(&office, "read,manage")
        .await
        .saying("idempotency-key", "k1");
    let first = program.post("/phones", desk_99()).await;
    let again = program.post("/phones", desk_99()).await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert_eq!(
        office
            .count("SELECT count(*) FROM phones WHERE extension = '3099'")
            .await,
        1
    );
    let other = program.post("/phones", json!({ "device": "x" })).await;
    assert_eq!(other.status, 422);
    assert!(other.text.contains("another request"), "{}", other.text);
    office.run("UPDATE idempotency SET status = 0").await;
    assert_eq!(
        program.post("/phones", desk_99()).await.status,
        409,
        "under way"
    );
    office.clock.advance(86_401);
    office.app.sweep().await.unwrap();
    let late = program.post("/phones", desk_99()).await;
    assert!(
        late.text.contains("\"conflict\""),
        "carried out anew, and refused: {}",
        late.text
    );
}

/// Makes the database refuse when the reservation of a request comes to this status, as a server does that dies there.
async fn dies_at(office: &Office, is_carried_out: bool) {
    let statements: &[&'static str] = match (office.is_shared(), is_carried_out) {
        (false, true) => &[
            "CREATE TRIGGER dies BEFORE UPDATE ON idempotency WHEN NEW.status = 1 BEGIN SELECT RAISE(ABORT, 'dead'); END",
        ],
        (false, false) => &[
            "CREATE TRIGGER dies_late BEFORE UPDATE ON idempotency WHEN NEW.status > 1 BEGIN SELECT RAISE(ABORT, 'dead'); END",
        ],
        (true, is_carried_out) => &[
            "CREATE FUNCTION dead() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''dead''; END'",
            if is_carried_out {
                "CREATE TRIGGER dies BEFORE UPDATE ON idempotency FOR EACH ROW WHEN (NEW.status = 1) EXECUTE FUNCTION dead()"
            } else {
                "CREATE TRIGGER dies BEFORE UPDATE ON idempotency FOR EACH ROW WHEN (NEW.status > 1) EXECUTE FUNCTION dead()"
            },
        ],
    };
    for statement in statements {
        office.run(statement).await;
    }
}

async fn lives_again(office: &Office) {
    if office.is_shared() {
        office.run("DROP FUNCTION dead CASCADE").await;
    } else {
        office.run("DROP TRIGGER IF EXISTS dies").await;
        office.run("DROP TRIGGER IF EXISTS dies_late").await;
    }
}

#[tokio::test]
async fn a_server_that_dies_while_it_answers_makes_no_second_change() {
    let office = Office::open().await;
    let phones = "SELECT count(*) FROM phones WHERE extension = '3099'";
    let program = Program::with(&office, "read,manage").await;
    let program = program.saying("idempotency-key", "k1");
    // Before the change is made: neither change nor reservation are left.
    dies_at(&office, true).await;
    assert_eq!(program.post("/phones", desk_99()).await.status, 500);
    assert_eq!(office.count(phones).await, 0);
    lives_again(&office).await;
    // After it, before the answer is kept: the reservation knows, however late somebody asks.
    dies_at(&office, false).await;
    assert_eq!(program.post("/phones", desk_99()).await.status, 500);
    lives_again(&office).await;
    office
        .run("DELETE FROM phones WHERE extension = '3099'")
        .await;
    for seconds in [0, 61, 3600] {
        office.clock.advance(seconds);
        let again = program.post("/phones", desk_99()).await;
        assert_eq!(again.status, 409, "{}", again.text);
        assert!(again.text.contains("its answer was lost"), "{}", again.text);
    }
    assert_eq!(office.count(phones).await, 0);
}

#[tokio::test]
async fn a_reservation_of_a_server_that_died_before_any_change_is_over_in_a_minute() {
    let office = Office::open().await;
    let program = Program::with(&office, "read,manage").await;
    let program = program.saying("idempotency-key", "k1");
    assert_eq!(program.post("/phones", desk_99()).await.status, 201);
    // As it was before the change.
    office.run("UPDATE idempotency SET status = 0").await;
    office
        .run("DELETE FROM phones WHERE extension = '3099'")
        .await;
    office.clock.advance(60);
    assert_eq!(program.post("/phones", desk_99()).await.status, 409);
    office.clock.advance(1);
    assert_eq!(program.post("/phones", desk_99()).await.status, 201);
}
