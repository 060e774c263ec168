//! What makes void what phones were given for guests who sign in while the server is away, by whomever and however.

use axum::http::{Method, StatusCode};
use hotdesk_provisioning::{EndReason, Push, RefusalCode};
use serde_json::json;

use crate::calls::Program;
use crate::events::Stream;
use crate::office::{DESK_11, DESK_12, JANE, MORNING};
use crate::offline::{ACCEPTED, Desk, HOURS, ended, office};
use crate::signed_in::Admin;

#[tokio::test]
async fn nobody_makes_anything_of_another_phones_grant() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    let thief = Desk {
        phone: office.phone(DESK_12).await,
        grant: desk.grant.clone(),
    };
    let refused = thief.tell(1, 10).await.refused(StatusCode::NOT_FOUND);
    assert_eq!(refused, RefusalCode::UnknownAssociation);
    let answer = thief.sync(Some(&thief.association(1))).await;
    assert_eq!(ended(answer.held), EndReason::Displaced);
    assert_eq!(answer.forget.len(), 1);
    assert!(desk.is_accepted(&office).await);
    assert!(desk.sync(None).await.forget.is_empty());
}

#[tokio::test]
async fn an_eviction_takes_the_grant_with_it() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    desk.tell(1, 10).await;
    let admin = Admin::sign_in(&office).await;
    let path = format!("/associations/{}/end", desk.association(1));
    assert_eq!(admin.post(&path, &[]).await.status, 303);
    office.pass(60).await;
    assert!(!desk.is_accepted(&office).await);
    let answer = desk.sync(Some(&desk.association(1))).await;
    let by = "admin".to_owned();
    assert_eq!(ended(answer.held), EndReason::Administrator { by });
    assert_eq!(answer.forget.len(), 1);
}

/// What is done: a name for it, the form's path, and its fields.
type Deed = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// What takes a grant away, done through the portal as an administrator would.
const REVOCATIONS: [Deed; 7] = [
    (
        "disabled",
        "/users/1",
        &[
            ("name", "Jane Doe"),
            ("extension", JANE.0),
            ("hot_desk", "on"),
            ("disabled", "on"),
        ],
    ),
    (
        "no hot desking",
        "/users/1",
        &[("name", "Jane Doe"), ("extension", JANE.0)],
    ),
    (
        "another number",
        "/users/1",
        &[
            ("name", "Jane Doe"),
            ("extension", "4711"),
            ("hot_desk", "on"),
        ],
    ),
    ("another PIN", "/users/1/pin", &[("pin", "9876")]),
    (
        "the rules",
        "/policies/site/1",
        &[("name", "Main"), ("offline", "0")],
    ),
    (
        "another domain",
        "/tenants/1",
        &[
            ("name", "Main"),
            ("sip_domain", "elsewhere.test"),
            ("guest_licences", ""),
        ],
    ),
    ("taken away", "/users/1/away/{grant}", &[]),
];

#[tokio::test]
async fn whatever_takes_it_away_is_felt_at_the_registrar_and_on_the_phone() {
    for (what, path, fields) in REVOCATIONS {
        let office = office().await;
        let desk = Desk::at(&office, DESK_11).await;
        let mut stream = Stream::open(&desk.phone).await;
        let admin = Admin::sign_in(&office).await;
        assert!(desk.is_accepted(&office).await);
        let path = path.replace("{grant}", &desk.grant);
        let reply = admin.post(&path, fields).await;
        assert_eq!(reply.status, 303, "{what}: {}", reply.text);
        assert!(!desk.is_accepted(&office).await, "{what}");
        let (name, push) = stream.next().await.unwrap();
        assert_eq!(name, "forget_offline", "{what}");
        assert!(matches!(push, Push::ForgetOffline { grants } if grants[0].as_str() == desk.grant));
        // Somebody may have signed in with it before the phone could hear of that.
        desk.tell(1, 10).await;
        let answer = desk.sync(Some(&desk.association(1))).await;
        let reason = ended(answer.held);
        assert!(
            matches!(
                reason,
                EndReason::UserDisabled | EndReason::Administrator { .. }
            ),
            "{what}: {reason:?}"
        );
        assert_eq!(answer.forget.len(), 1, "{what}");
    }
}

#[tokio::test]
async fn what_happens_to_the_phone_takes_it_away_too() {
    for (what, path, fields) in [
        ("disabled", "/phones/1/enabled", vec![]),
        ("reset", "/phones/1/enrolment", vec![]),
        ("removed", "/phones/1/delete", vec![]),
    ] {
        let office = office().await;
        let desk = Desk::at(&office, DESK_11).await;
        let admin = Admin::sign_in(&office).await;
        let reply = admin.post(path, &fields).await;
        assert_eq!(reply.status, 303, "{what}: {}", reply.text);
        assert!(!desk.is_accepted(&office).await, "{what}");
    }
}

#[tokio::test]
async fn a_removed_user_is_let_in_nowhere() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    let admin = Admin::sign_in(&office).await;
    assert_eq!(admin.post("/users/1/delete", &[]).await.status, 303);
    office.pass(60).await;
    assert!(office.column(ACCEPTED).await.is_empty());
    assert_eq!(desk.sync(None).await.forget.len(), 1);
}

#[tokio::test]
async fn a_pin_that_the_guest_changed_opens_no_phone_that_knows_the_old_one() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    let other = office.phone(DESK_12).await;
    let online = other.sign_in(JANE).await;
    let body = json!({ "old": JANE.1, "new": "8642" });
    let path = format!("/v1/associations/{online}/pin");
    assert_eq!(
        other.post(&path, &body).await.status,
        StatusCode::NO_CONTENT
    );
    assert!(!desk.is_accepted(&office).await);
    // Whoever is signed in stays so.
    office.pass(60).await;
    assert_eq!(office.column(ACCEPTED).await, [format!("g-{online}")]);
    let answer = desk.sync(Some(&desk.association(1))).await;
    assert_eq!(ended(answer.held), EndReason::Remote);
}

#[tokio::test]
async fn the_page_of_a_user_says_on_which_phones_and_takes_it_away() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    let admin = Admin::sign_in(&office).await;
    let page = admin.get("/users/1").await.text;
    assert!(page.contains("While the server is away"), "{page}");
    assert!(
        page.contains(&format!("/users/1/away/{}", desk.grant)),
        "{page}"
    );
    // Another user's page does not take it away.
    let path = format!("/users/2/away/{}", desk.grant);
    assert_eq!(
        admin.post(&path, &[]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert!(desk.is_accepted(&office).await);
    let path = format!("/users/1/away/{}", desk.grant);
    assert_eq!(admin.post(&path, &[]).await.status, 303);
    assert!(!admin.get("/users/1").await.text.contains("/away/"));
    let audit = office
        .column("SELECT detail || ' by ' || actor FROM audits ORDER BY id DESC LIMIT 1")
        .await;
    assert_eq!(
        audit,
        ["no sign-in on Desk 11 while the server is away by admin"]
    );
}

#[tokio::test]
async fn a_program_can_do_what_the_page_does() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    let program = Program::with(&office, "read,manage").await;
    let listed = program.get("/users/1/offline-grants").await.value();
    assert_eq!(
        listed,
        json!([{ "id": desk.grant, "phone": 1, "phone_name": "Desk 11", "since": MORNING, "until": MORNING + HOURS }])
    );
    let path = |user| format!("/users/{user}/offline-grants/{}", desk.grant);
    let delete = async |user| program.send(Method::DELETE, &path(user), None).await.status;
    assert_eq!(delete(2).await, StatusCode::NOT_FOUND);
    assert!(desk.is_accepted(&office).await);
    assert_eq!(delete(1).await, StatusCode::NO_CONTENT);
    assert!(!desk.is_accepted(&office).await);
    assert_eq!(delete(1).await, StatusCode::NOT_FOUND);
}
