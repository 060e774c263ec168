//! Administrators by the API: whom a token may make, change and take away, and who stays.

use hotdesk_provisioning::Secret;
use serde_json::{Value, json};

use crate::calls::{Program, field};
use crate::office::Office;
use crate::signed_in::{Admin, PASSWORD};

const ALL: &str = "read,log_out,manage,operate";

/// An operator with a password, and a program that runs everything.
async fn operated(office: &Office) -> Program {
    let password = Secret::new(PASSWORD.to_owned());
    office
        .app
        .set_admin_password("first", &password)
        .await
        .unwrap();
    Program::of_tenant(office, ALL, None).await
}

fn jo(role: &str, tenant: Option<i64>) -> Value {
    json!({ "name": "jo", "role": role, "tenant": tenant, "password": PASSWORD })
}

#[tokio::test]
async fn an_administrator_is_made_changed_and_taken_away() {
    let office = Office::open().await;
    let program = operated(&office).await;
    let made = program.post("/admins", jo("help_desk", Some(1))).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = format!("/admins/{}", field(&made, "/id"));
    assert_eq!(
        made.headers["location"].to_str().unwrap(),
        format!("/api/v1{path}")
    );
    assert!(!made.text.contains("password"), "{}", made.text);
    let listed = program.get("/admins").await;
    assert_eq!(field(&listed, "/items/1/name"), "jo");
    let twice = program.post("/admins", jo("help_desk", Some(1))).await;
    assert_eq!(twice.status, 409, "{}", twice.text);

    let browser = Admin::sign_in_as(&office, "jo", PASSWORD).await;
    assert_eq!(browser.get("/settings").await.status, 403);
    let more = json!({ "role": "administrator", "tenant": 1 });
    let known = program.saying("if-match", made.headers["etag"].to_str().unwrap());
    let changed = known.put(&path, more.clone()).await;
    assert_eq!(field(&changed, "/role"), "administrator");
    assert_eq!(
        browser.get("/settings").await.status,
        200,
        "it holds at once"
    );
    assert_eq!(known.put(&path, more).await.status, 412);
    let rest = json!({ "role": "administrator", "tenant": 1, "disabled": true });
    assert_eq!(program.put(&path, rest).await.status, 200);
    assert_eq!(browser.get("/settings").await.status, 303);
    let back = json!({ "role": "administrator", "tenant": 1 });
    assert_eq!(program.put(&path, back).await.status, 200);

    let other = json!({ "password": "another long password" });
    let password = format!("{path}/password");
    assert_eq!(program.put(&password, other).await.status, 204);
    assert_eq!(
        browser.get("/settings").await.status,
        303,
        "their sessions end"
    );
    Admin::sign_in_as(&office, "jo", "another long password").await;
    let short = program.put(&password, json!({ "password": "short" })).await;
    assert_eq!(short.status, 422);
    let elsewhere = program.put(&password, json!({ "password": null })).await;
    assert!(
        elsewhere.text.contains("No identity provider"),
        "{}",
        elsewhere.text
    );

    assert_eq!(program.delete(&path).await.status, 204);
    assert_eq!(program.get(&path).await.status, 404);
    let rows = office
        .column("SELECT detail FROM audits WHERE detail LIKE 'administrator jo%' ORDER BY id")
        .await;
    let said = [
        "added",
        "changed",
        "changed",
        "changed",
        "signs in anew",
        "removed",
    ];
    assert_eq!(rows, said.map(|what| format!("administrator jo {what}")));
}

#[tokio::test]
async fn the_last_operator_with_a_password_stays() {
    let office = Office::open().await;
    let program = operated(&office).await;
    let first = format!(
        "/admins/{}",
        field(&program.get("/admins").await, "/items/0/id")
    );
    let less = json!({ "role": "administrator", "tenant": 1 });
    let rest = json!({ "role": "operator", "disabled": true });
    for reply in [
        program.delete(&first).await,
        program.put(&first, less.clone()).await,
        program.put(&first, rest).await,
    ] {
        assert_eq!(reply.status, 409, "{}", reply.text);
        assert!(reply.text.contains("last operator"), "{}", reply.text);
    }
    let second = program.post("/admins", jo("operator", None)).await;
    assert_eq!(second.status, 201, "{}", second.text);
    assert_eq!(program.put(&first, less).await.status, 200);
    let second = format!("/admins/{}", field(&second, "/id"));
    assert_eq!(program.delete(&second).await.status, 409);
}

#[tokio::test]
async fn a_token_makes_nobody_mightier_than_itself_nor_reaches_beyond_its_tenant() {
    let office = Office::open().await;
    let all = operated(&office).await;
    let operators = json!({ "name": "x", "role": "operator", "tenant": 1, "password": PASSWORD });
    assert_eq!(all.post("/admins", operators).await.status, 422);
    assert_eq!(
        all.post("/admins", jo("administrator", None)).await.status,
        422
    );
    assert_eq!(
        all.post("/admins", jo("administrator", Some(99)))
            .await
            .status,
        404
    );

    let own = Program::with(&office, ALL).await;
    assert_eq!(own.post("/admins", jo("operator", None)).await.status, 403);
    assert_eq!(
        own.post("/admins", jo("administrator", Some(2)))
            .await
            .status,
        404
    );
    let made = own.post("/admins", jo("administrator", None)).await;
    assert_eq!(field(&made, "/tenant"), "1");
    let first = format!(
        "/admins/{}",
        field(&all.get("/admins").await, "/items/0/id")
    );
    assert_eq!(own.get(&first).await.status, 404, "operators are nobody's");
    assert_eq!(own.delete(&first).await.status, 404);
    let listed = own.get("/admins").await.value();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let up = json!({ "role": "operator" });
    let path = format!("/admins/{}", field(&made, "/id"));
    assert_eq!(own.put(&path, up).await.status, 403);

    let little = Program::with(&office, "operate,read,log_out").await;
    let helper = json!({ "name": "hal", "role": "help_desk", "password": PASSWORD });
    assert_eq!(little.post("/admins", helper).await.status, 201);
    let boss = json!({ "name": "bo", "role": "administrator", "password": PASSWORD });
    assert_eq!(little.post("/admins", boss).await.status, 403);
    let password = json!({ "password": "stolen password" });
    let stolen = little.put(&format!("{path}/password"), password).await;
    assert_eq!(stolen.status, 403);
    assert_eq!(little.delete(&path).await.status, 403);
}
