//! What the server says first: the event stream, read from the real router.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt as _;
use hotdesk_provisioning::{EndReason, LimitKind, Push};
use tower::ServiceExt as _;

use crate::office::{DESK_11, DESK_12, JANE, Office, Phone};
use crate::signed_in::Admin;

/// Longest wait for something that has happened already.
const SOON: Duration = Duration::from_secs(5);

pub(crate) struct Stream(BodyDataStream);

impl Stream {
    pub(crate) async fn open(phone: &Phone) -> Self {
        let request = Request::get("/v1/events")
            .header(header::AUTHORIZATION, format!("Bearer {}", phone.token))
            .body(Body::empty())
            .unwrap();
        let response = phone.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "text/event-stream"
        );
        Self(response.into_body().into_data_stream())
    }

    /// The next event with its name; none when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<(String, Push)> {
        let part = tokio::time::timeout(SOON, self.0.next())
            .await
            .expect("an event or the end");
        let text = String::from_utf8(part?.unwrap().to_vec()).unwrap();
        let (event, data) = text.trim_end().split_once('\n').expect("two lines");
        let push = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        Some((event.strip_prefix("event: ").unwrap().to_owned(), push))
    }
}

#[tokio::test]
async fn the_old_phone_hears_that_its_guest_moved() {
    let office = Office::open().await;
    let old = office.phone(DESK_11).await;
    let association = old.sign_in(JANE).await;
    let mut stream = Stream::open(&old).await;
    let mut bystander = Stream::open(&office.phone(DESK_12).await).await;
    office.phone(DESK_12).await.sign_in(JANE).await;
    let (event, push) = stream.next().await.unwrap();
    let reason = EndReason::Moved {
        to: "Desk 12".to_owned(),
    };
    assert_eq!(event, "evicted");
    assert_eq!(
        push,
        Push::Evicted {
            association: association.parse_id(),
            reason
        }
    );
    office.app.stop();
    assert_eq!(
        bystander.next().await,
        None,
        "the new phone hears nothing but the end of the stream"
    );
}

trait ParseId {
    fn parse_id(&self) -> hotdesk_provisioning::AssociationId;
}

impl ParseId for String {
    fn parse_id(&self) -> hotdesk_provisioning::AssociationId {
        hotdesk_provisioning::AssociationId::parse(self).unwrap()
    }
}

#[tokio::test]
async fn the_administrators_word_arrives_with_their_name() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    let mut stream = Stream::open(&phone).await;
    let admin = Admin::sign_in(&office).await;
    admin
        .post(&format!("/associations/{association}/end"), &[])
        .await;
    let reason = EndReason::Administrator {
        by: "admin".to_owned(),
    };
    let evicted = Push::Evicted {
        association: association.parse_id(),
        reason,
    };
    assert_eq!(stream.next().await.unwrap().1, evicted);
    // The phone acknowledges; its credential is gone when it has had time to remove its binding.
    phone.end(&association, &EndReason::LoggedOut).await;
    assert_eq!(office.guests_at_the_registrar().await.len(), 1);
    office.pass(15).await;
    assert!(office.guests_at_the_registrar().await.is_empty());
}

#[tokio::test]
async fn a_changed_profile_and_a_longer_stay_are_announced() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    let mut stream = Stream::open(&phone).await;
    phone
        .post_text(&format!("/v1/associations/{association}/extend"), "")
        .await;
    let (event, push) = stream.next().await.unwrap();
    let extended = Push::Extended {
        association: association.parse_id(),
        ends_in: Some(43_200),
        ends_for: LimitKind::Limit,
    };
    assert_eq!((event.as_str(), push), ("extended", extended));
    let admin = Admin::sign_in(&office).await;
    let fields = [
        ("name", "Desk 1"),
        ("extension", "3001"),
        ("address", "here"),
        ("enabled", "yes"),
    ];
    admin.post("/phones/1", &fields).await;
    let (event, push) = stream.next().await.unwrap();
    assert_eq!(
        (event.as_str(), push),
        ("profile_changed", Push::ProfileChanged)
    );
}

#[tokio::test]
async fn a_disabled_phone_hears_why_and_then_nothing_more() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    phone.sign_in(JANE).await;
    let mut stream = Stream::open(&phone).await;
    Admin::sign_in(&office)
        .await
        .post("/phones/1/enabled", &[])
        .await;
    let (_, push) = stream.next().await.unwrap();
    assert!(
        matches!(
            push,
            Push::Evicted {
                reason: EndReason::PhoneDisabled,
                ..
            }
        ),
        "{push:?}"
    );
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_disabled_users_phone_hears_why() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    phone.sign_in(JANE).await;
    let mut stream = Stream::open(&phone).await;
    let admin = Admin::sign_in(&office).await;
    let fields = [
        ("name", "Jane Doe"),
        ("extension", JANE.0),
        ("hot_desk", "yes"),
        ("disabled", "yes"),
    ];
    let reply = admin.post("/users/1", &fields).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    let (_, push) = stream.next().await.unwrap();
    assert!(
        matches!(
            push,
            Push::Evicted {
                reason: EndReason::UserDisabled,
                ..
            }
        ),
        "{push:?}"
    );
}

#[tokio::test]
async fn a_phone_that_connects_anew_replaces_its_old_stream() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let mut old = Stream::open(&phone).await;
    let _new = Stream::open(&phone).await;
    assert_eq!(old.next().await, None);
}
