//! The administrators' API: who may call what, what it changes, and what happens to requests that are sent twice or too late.

use axum::http::{Method, header};
use serde_json::{Value, json};

use crate::calls::{Program, field};
use crate::office::{DESK_11, DESK_12, JAMES, JANE, MORNING, Office};

/// A phone that is not there yet.
pub(crate) fn desk_99() -> Value {
    json!({ "device": "02:00:5e:10:00:99", "name": "Desk 99", "extension": "3099", "model": "HD-480",
            "address": "1 High Street", "location": "2nd floor" })
}

/// Method, path with every name filled in, and scope of every operation of the document.
async fn operations(office: &Office) -> Vec<(Method, String, String)> {
    let document = Program::holding(office, "none")
        .get("/openapi.json")
        .await
        .value();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path
            .replace("{id}", "1")
            .replace("{name}", "HD-480")
            .replace("{model}", "HD-480");
        for (method, operation) in item.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let scope = operation["security"][0]["token"][0].as_str().unwrap();
            operations.push((method, path.clone(), scope.to_owned()));
        }
    }
    assert!(operations.len() > 40, "{operations:?}");
    operations
}

#[tokio::test]
async fn every_operation_of_the_document_is_there_and_asks_for_the_token_and_scope_that_it_says() {
    let office = Office::open().await;
    let stranger = Program::holding(&office, "hd_nothing");
    for (method, path, scope) in operations(&office).await {
        let reply = stranger.send(method.clone(), &path, None).await;
        assert_eq!(reply.status, 401, "{method} {path}");
        assert_eq!(reply.headers[header::WWW_AUTHENTICATE], "Bearer");
        let others: Vec<&str> = ["read", "log_out", "manage", "operate"]
            .into_iter()
            .filter(|other| *other != scope)
            .collect();
        let other = Program::with(&office, &others.join(",")).await;
        let reply = other.send(method.clone(), &path, None).await;
        assert_eq!(reply.status, 403, "{method} {path}: {}", reply.text);
        assert_eq!(field(&reply, "/code"), "not_allowed");
    }
    let reply = stranger.get("/nothing").await;
    assert_eq!(
        (reply.status.as_u16(), field(&reply, "/code")),
        (404, "not_found".to_owned())
    );
}

#[tokio::test]
async fn another_tenants_things_are_not_there() {
    let office = Office::open().await;
    let all = Program::of_tenant(&office, "operate", None).await;
    assert_eq!(
        all.post(
            "/tenants",
            json!({ "name": "Other", "sip_domain": "other.test" })
        )
        .await
        .status,
        201
    );
    let other = Program::of_tenant(&office, "read,log_out,manage,operate", Some("Other")).await;
    office.phone(DESK_11).await.sign_in(JANE).await;
    let mut tried = 0;
    for (method, path, _) in operations(&office).await {
        let is_tenants = path.starts_with("/tenants");
        if !path.contains("/1") && !path.contains("HD-480") || method == Method::PUT || is_tenants {
            continue;
        }
        let body = (path == "/phones/1/convert").then(|| json!({ "hot_desk": false }));
        let reply = other.send(method.clone(), &path, body).await;
        assert_eq!(reply.status, 404, "{method} {path}: {}", reply.text);
        tried += 1;
    }
    assert!(tried > 20);
    for (path, body) in [
        ("/phones/1", desk_99()),
        ("/users/1", json!({ "extension": "77", "name": "Mallory" })),
        ("/users/1/pin", json!({ "pin": "6666" })),
        ("/sites/1", json!({ "name": "Mine" })),
        ("/users/1/profiles/HD-480", json!({})),
    ] {
        assert_eq!(other.put(path, body).await.status, 404, "{path}");
    }
    assert_eq!(field(&other.get("/phones").await, "/items"), "[]");
    assert_eq!(
        other
            .saying("hotdesk-tenant", "1")
            .get("/phones")
            .await
            .status,
        403
    );
    assert_eq!(other.get("/tenants").await.status, 403);
    let all = Program::of_tenant(&office, "read", None).await;
    assert_eq!(
        all.get("/phones").await.status,
        400,
        "an operator says which tenant"
    );
    assert_eq!(
        all.saying("hotdesk-tenant", "1")
            .get("/phones/1")
            .await
            .status,
        200
    );
    assert_eq!(
        all.saying("hotdesk-tenant", "99")
            .get("/phones")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_token_ends_with_its_days_or_when_it_is_revoked_and_gives_no_more_than_it_has() {
    let office = Office::open().await;
    let program = Program::with(&office, "operate,read").await;
    let body = json!({ "name": "wallboard", "scopes": ["read"], "days": 2 });
    let made = program.post("/tokens", body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let wallboard = Program::holding(&office, &field(&made, "/token"));
    assert_eq!(wallboard.get("/overview").await.status, 200);
    let hashes = office
        .column("SELECT scopes FROM api_tokens WHERE name = 'wallboard'")
        .await;
    assert_eq!(hashes, ["read"]);
    office.clock.advance(86_400 + 86_399);
    assert_eq!(wallboard.get("/overview").await.status, 200);
    office.clock.advance(1);
    assert_eq!(wallboard.get("/overview").await.status, 401);
    let mighty = json!({ "name": "x", "scopes": ["manage"] });
    assert_eq!(program.post("/tokens", mighty).await.status, 403);
    let made = program
        .saying("idempotency-key", "t")
        .post("/tokens", body.clone())
        .await;
    let token = Program::holding(&office, &field(&made, "/token"));
    assert_eq!(
        office.count("SELECT count(*) FROM idempotency").await,
        0,
        "a token is kept nowhere"
    );
    let id = field(&made, "/id");
    assert_eq!(program.delete(&format!("/tokens/{id}")).await.status, 204);
    assert_eq!(token.get("/overview").await.status, 401);
    let listed = program.get("/tokens").await;
    assert!(
        listed.text.contains("\"last_used_at\":41") && !listed.text.contains("hd_"),
        "{}",
        listed.text
    );
}

#[tokio::test]
async fn a_phone_is_designated_changed_and_removed_and_nobody_overwrites_what_they_have_not_seen() {
    let office = Office::open().await;
    let program = Program::with(&office, "read,manage").await;
    let made = program.post("/phones", desk_99()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = made.headers[header::LOCATION]
        .to_str()
        .unwrap()
        .replace("/api/v1", "");
    assert_eq!(made.headers[header::ETAG], "\"1\"");
    let mut changed = desk_99();
    changed["location"] = json!("3rd floor");
    let reply = program
        .saying("if-match", "\"1\"")
        .put(&path, changed.clone())
        .await;
    assert_eq!(
        (reply.status.as_u16(), field(&reply, "/location")),
        (200, "3rd floor".to_owned())
    );
    let late = program
        .saying("if-match", "\"1\"")
        .put(&path, desk_99())
        .await;
    assert_eq!(
        (late.status.as_u16(), field(&late, "/code")),
        (412, "changed_meanwhile".to_owned())
    );
    assert_eq!(
        program
            .saying("if-match", "\"1\"")
            .delete(&path)
            .await
            .status,
        412
    );
    assert_eq!(
        field(&program.get("/phones?search=3RD").await, "/items/0/name"),
        "Desk 99"
    );
    let twice = program.post("/phones", desk_99()).await;
    assert_eq!(
        (twice.status.as_u16(), field(&twice, "/code")),
        (409, "conflict".to_owned())
    );
    changed["colour"] = json!("red");
    assert_eq!(program.put(&path, changed).await.status, 422);
    assert_eq!(program.delete(&path).await.status, 204);
    assert_eq!(program.get(&path).await.status, 404);
    assert_eq!(office.audit(1).await, ["phone_changed - Desk 99 "]);
    assert_eq!(
        office
            .column("SELECT actor FROM audits ORDER BY id DESC LIMIT 1")
            .await,
        ["token test"]
    );
}

#[tokio::test]
async fn a_list_comes_in_pages_that_together_are_all_of_it() {
    let office = Office::open().await;
    let program = Program::with(&office, "read,manage").await;
    let mut names = Vec::new();
    let mut path = "/users?limit=2".to_owned();
    loop {
        let page = program.get(&path).await.value();
        names.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|user| user["name"].clone()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/users?limit=2&after={next}");
    }
    names.sort_by_key(Value::to_string);
    names.dedup();
    assert_eq!(names.len(), 5);
    for wrong in ["limit=0", "limit=201", "after=x"] {
        assert_eq!(
            program.get(&format!("/users?{wrong}")).await.status,
            422,
            "{wrong}"
        );
    }
    assert_eq!(program.get("/users?limitt=3").await.status, 422);
}

#[tokio::test]
async fn the_help_desk_finds_who_is_where_and_was_and_signs_them_out() {
    let office = Office::open().await;
    let (desk_11, desk_12) = (office.phone(DESK_11).await, office.phone(DESK_12).await);
    desk_11.sign_in(JANE).await;
    let second = desk_12.sign_in(JAMES).await;
    let program = Program::with(&office, "read,log_out").await;
    let open = program.get("/associations?open=true").await;
    assert_eq!(open.value()["items"].as_array().unwrap().len(), 2);
    let phone = program.get("/phones?occupied=true&search=11").await;
    assert_eq!(field(&phone, "/items/0/guest/extension"), JANE.0);
    let id = field(&phone, "/items/0/id");
    office.clock.advance(60);
    assert_eq!(
        program
            .send(Method::POST, &format!("/phones/{id}/log-out"), None)
            .await
            .status,
        204
    );
    let body = json!({ "associations": [second, "nobody"] });
    assert_eq!(
        program.post("/associations/end", body).await.status,
        404,
        "all or nobody"
    );
    let open = program.get("/associations?open=true").await;
    assert_eq!(open.value()["items"].as_array().unwrap().len(), 1);
    let body = json!({ "associations": [second] });
    assert_eq!(program.post("/associations/end", body).await.status, 204);
    let then = program
        .get(&format!("/associations?phone={id}&at={}", MORNING + 30))
        .await;
    assert_eq!(field(&then, "/items/0/extension"), JANE.0);
    assert_eq!(
        field(&then, "/items/0/reason"),
        "ended by administrator token test"
    );
    let later = program
        .get(&format!("/associations?phone={id}&at={}", MORNING + 90))
        .await;
    assert_eq!(field(&later, "/items"), "[]");
    let file = program.get("/audit.csv?event=ended").await;
    assert_eq!(file.text.lines().count(), 3, "{}", file.text);
}
