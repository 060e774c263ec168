//! The administrators' pages: who gets in, what forged forms achieve, and what the pages say.

use axum::http::{StatusCode, header};
use hotdesk_provisioning::Secret;

use crate::office::{DESK_11, JANE, Office};
use crate::signed_in::Admin;

#[tokio::test]
async fn every_page_asks_who_is_there() {
    let office = Office::open().await;
    let visitor = Admin::visitor(&office).await;
    for path in ["/", "/phones", "/phones/1", "/users", "/users/1", "/audit"] {
        let reply = visitor.get(path).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER);
        assert_eq!(reply.headers[header::LOCATION], "/sign-in");
    }
    for path in [
        "/users",
        "/phones",
        "/users/1/pin",
        "/phones/1/enabled",
        "/associations/x/end",
    ] {
        let reply = visitor.post(path, &[("name", "x"), ("pin", "1234")]).await;
        assert_eq!(reply.headers[header::LOCATION], "/sign-in", "{path}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_soon_slowed_down() {
    let office = Office::open().await;
    let password = Secret::new("right password".to_owned());
    office
        .app
        .set_admin_password("admin", &password)
        .await
        .unwrap();
    let visitor = Admin::visitor(&office).await;
    for name in ["admin", "nobody"] {
        for _ in 0..4 {
            let reply = visitor.try_password(name, "wrong").await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
            assert!(reply.text.contains("Name or password is wrong."));
        }
        let fifth = visitor.try_password(name, "wrong").await;
        assert!(
            fifth.text.contains("Try again in 30 seconds."),
            "{}",
            fifth.text
        );
    }
    let office = office.restart().await;
    let visitor = Admin::visitor(&office).await;
    let locked = visitor.try_password("admin", password.expose()).await;
    assert_eq!(locked.status, StatusCode::UNAUTHORIZED);
    office.clock.advance(30);
    assert_eq!(
        visitor
            .try_password("admin", password.expose())
            .await
            .status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        office
            .count("SELECT count(*) FROM audits WHERE event = 'admin_refused'")
            .await,
        10
    );
}

#[tokio::test]
async fn a_form_that_our_page_did_not_send_does_nothing() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    let visitor = Admin::visitor(&office).await;
    for forged in ["", "x", visitor.csrf.as_str()] {
        let reply = admin.post_with_csrf("/phones/1/enabled", &[], forged).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{forged}");
    }
    assert_eq!(
        office
            .count("SELECT count(*) FROM phones WHERE enabled")
            .await,
        3
    );
    assert_eq!(
        admin.post("/phones/1/enabled", &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        office
            .count("SELECT count(*) FROM phones WHERE enabled")
            .await,
        2
    );
}

#[tokio::test]
async fn the_first_password_is_random_and_made_once() {
    let office = Office::open().await;
    let first = office
        .app
        .create_first_admin()
        .await
        .unwrap()
        .expect("nobody is there yet");
    assert!(office.app.create_first_admin().await.unwrap().is_none());
    let visitor = Admin::visitor(&office).await;
    assert_eq!(
        visitor.try_password("admin", first.expose()).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_session_gets_a_fresh_cookie_and_ends_by_itself() {
    let office = Office::open().await;
    let visitor = Admin::visitor(&office).await;
    let admin = Admin::sign_in(&office).await;
    assert_ne!(visitor.cookie, admin.cookie);
    assert_eq!(admin.get("/").await.status, StatusCode::OK);
    office.clock.advance(12 * 3600);
    assert_eq!(admin.get("/").await.status, StatusCode::SEE_OTHER);
    let admin = Admin::sign_in(&office).await;
    assert_eq!(
        admin.post("/sign-out", &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(admin.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn browsers_are_told_to_be_strict() {
    let office = Office::open().await;
    let page = Admin::visitor(&office).await.get("/sign-in").await;
    let policy = page.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(page.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let admin = Admin::sign_in(&office).await;
    for path in ["/", "/phones", "/phones/1", "/users", "/users/1", "/audit"] {
        let page = admin.get(path).await.text;
        // Our own file is the only script.
        let page = page.replace("<script src=\"/portal.js\" defer></script>", "");
        for inline in ["<script", "style=", "<style", "onclick", "javascript:"] {
            assert!(!page.contains(inline), "{path} has {inline}");
        }
    }
}

#[tokio::test]
async fn the_overview_shows_who_sits_where_and_can_end_it() {
    let office = Office::open().await;
    let association = office.phone(DESK_11).await.sign_in(JANE).await;
    let admin = Admin::sign_in(&office).await;
    let page = admin.get("/").await.text;
    for text in [
        "Desk 11",
        "Jane Doe",
        "01132991000",
        "Occupied",
        "Log out",
        "12:00",
        "Not enrolled",
    ] {
        assert!(page.contains(text), "{text} is missing");
    }
    let path = format!("/associations/{association}/end");
    assert_eq!(admin.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
    let page = admin.get("/").await.text;
    assert!(!page.contains("Jane Doe") && page.contains("Vacant"));
    let row = office
        .column("SELECT actor FROM audits WHERE event = 'ended'")
        .await;
    assert_eq!(row, ["admin"]);
    assert_eq!(
        admin.post(&path, &[]).await.status,
        StatusCode::SEE_OTHER,
        "twice is once"
    );
    assert_eq!(
        office
            .count("SELECT count(*) FROM audits WHERE event = 'ended'")
            .await,
        1
    );
}

#[tokio::test]
async fn a_number_that_is_taken_is_explained_and_nothing_typed_is_lost() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    let taken = admin
        .post(
            "/users",
            &[
                ("name", "Zoe Zed"),
                ("extension", "3001"),
                ("pin", "1234"),
                ("hot_desk", "yes"),
            ],
        )
        .await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text.contains("This number belongs to a phone"));
    assert!(taken.text.contains("value=\"Zoe Zed\"") && !taken.text.contains("value=\"1234\""));
    let fields = [
        ("device", "00:11:22:33:44:55"),
        ("name", "Desk 77"),
        ("extension", "2000"),
    ];
    let taken = admin.post("/phones", &fields).await;
    assert!(
        taken.text.contains("This number belongs to a user"),
        "{}",
        taken.text
    );
    let fields = [
        ("device", "00:11:22"),
        ("name", "Desk 77"),
        ("extension", "3077"),
    ];
    let wrong = admin.post("/phones", &fields).await;
    assert!(wrong.text.contains("twelve hexadecimal digits"));
    assert_eq!(office.count("SELECT count(*) FROM phones").await, 3);
}

#[tokio::test]
async fn a_new_user_signs_in_with_the_pin_that_was_set() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    let fields = [
        ("name", "Zoe Zed"),
        ("extension", "2010"),
        ("pin", "8642"),
        ("hot_desk", "yes"),
    ];
    assert_eq!(
        admin.post("/users", &fields).await.status,
        StatusCode::SEE_OTHER
    );
    let phone = office.phone(DESK_11).await;
    assert!(phone.log_in(("2010", "8642")).await.is_ok());
    let id = office
        .count("SELECT id FROM users WHERE extension = '2010'")
        .await;
    let short = admin
        .post(&format!("/users/{id}/pin"), &[("pin", "12")])
        .await;
    assert!(
        short.text.contains("A PIN has 4 to 64 characters."),
        "{}",
        short.text
    );
    admin
        .post(&format!("/users/{id}/pin"), &[("pin", "1357")])
        .await;
    assert!(phone.log_in(("2010", "8642")).await.is_err());
    assert!(phone.log_in(("2010", "1357")).await.is_ok());
}

#[tokio::test]
async fn a_lock_is_seen_and_lifted() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    for _ in 0..5 {
        phone.log_in((JANE.0, "0000")).await.unwrap_err();
    }
    let admin = Admin::sign_in(&office).await;
    assert!(
        admin
            .get("/users")
            .await
            .text
            .contains("Locked until 00:00")
    );
    admin.post("/users/1/unlock", &[]).await;
    assert!(phone.log_in(JANE).await.is_ok());
}

#[tokio::test]
async fn names_are_text_and_never_markup() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    let evil = "<script>alert(1)</script>\" onx=\"";
    admin
        .post(
            "/users",
            &[("name", evil), ("extension", "2011"), ("hot_desk", "yes")],
        )
        .await;
    let id = office
        .count("SELECT id FROM users WHERE extension = '2011'")
        .await;
    for path in [
        "/users",
        &format!("/users/{id}"),
        "/audit",
        "/audit?q=%3Cscript%3E",
    ] {
        let page = admin.get(path).await.text;
        assert!(!page.contains("<script>"), "{path}");
        assert!(page.contains("&lt;script&gt;"), "{path}");
    }
}

#[tokio::test]
async fn the_audit_is_filtered_and_paged() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    for n in 0..60 {
        let extension = format!("77{n:02}");
        office.run("DELETE FROM throttles").await;
        phone.log_in((&extension, "1234")).await.unwrap_err();
    }
    let admin = Admin::sign_in(&office).await;
    let found = admin.get("/audit?q=7731").await.text;
    assert_eq!(found.matches("L02").count(), 1);
    assert!(found.contains("No user has this extension."));
    let first = admin.get("/audit?q=L02").await.text;
    assert_eq!(first.matches(">L02<").count(), 50);
    let (_, rest) = first.split_once("before=").unwrap();
    let before = rest.split('"').next().unwrap();
    let second = admin
        .get(&format!("/audit?q=L02&before={before}"))
        .await
        .text;
    assert_eq!(second.matches(">L02<").count(), 10);
    assert_eq!(
        admin.get("/audit?before=x").await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn what_is_not_there_says_so() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    for path in ["/users/999", "/phones/999", "/nowhere"] {
        let reply = admin.get(path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
    }
}
