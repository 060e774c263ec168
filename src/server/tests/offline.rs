//! Guests who sign in while the server is away: what phones are given for that, what the server makes of it when it is back,
//! and everything that takes it away.

use axum::http::StatusCode;
use hotdesk_provisioning::{
    Admission, EndReason, Held, HostProfile, LimitKind, RefusalCode, SyncAnswer,
};
use serde_json::json;

use crate::office::{DESK_11, DESK_12, JAMES, JANE, MORNING, Office, Phone, Reply};

pub(crate) const HOURS: i64 = 8 * 3600;
const ALLOWED: &str = "[site.policy]\noffline = 28800\n";
pub(crate) const ACCEPTED: &str =
    "SELECT username FROM subscriber WHERE username LIKE 'g-%' ORDER BY username";

/// A phone, and what it was granted when Jane signed in and out.
pub(crate) struct Desk {
    pub(crate) phone: Phone,
    pub(crate) grant: String,
}

impl Desk {
    pub(crate) async fn at(office: &Office, mac: &str) -> Self {
        let phone = office.phone(mac).await;
        let admission = phone.log_in(JANE).await.unwrap();
        phone.commit(admission.association.as_str()).await;
        phone
            .end(admission.association.as_str(), &EndReason::LoggedOut)
            .await;
        let grant = admission.offline.expect("the rules allow it").id;
        Self {
            phone,
            grant: grant.to_string(),
        }
    }

    pub(crate) fn association(&self, number: u32) -> String {
        format!("{}-{number}", self.grant)
    }

    /// Tells that Jane has been signed in with the grant for so many seconds.
    pub(crate) async fn tell(&self, number: u32, seconds_ago: i64) -> Reply {
        let path = format!("/v1/associations/{}/commit", self.association(number));
        let body = json!({ "switch_ms": 90, "seconds_ago": seconds_ago });
        self.phone.post(&path, &body).await
    }

    async fn tell_end(&self, number: u32, seconds_ago: i64) -> Reply {
        let path = format!("/v1/associations/{}/end", self.association(number));
        let body = json!({ "reason": { "kind": "logged_out" }, "seconds_ago": seconds_ago });
        self.phone.post(&path, &body).await
    }

    pub(crate) async fn sync(&self, holding: Option<&str>) -> SyncAnswer {
        let body = json!({
            "device": self.phone.mac, "holding": holding, "offline": [self.grant], "version": "0.1.0"
        });
        self.phone.post("/v1/sync", &body).await.parse()
    }

    /// Whether the registrar lets Jane in with it.
    pub(crate) async fn is_accepted(&self, office: &Office) -> bool {
        let user = format!("g-{}", self.grant);
        office.column(ACCEPTED).await.contains(&user)
    }
}

pub(crate) async fn office() -> Office {
    Office::open_with(ALLOWED).await
}

pub(crate) fn ended(held: Option<Held>) -> EndReason {
    match held {
        Some(Held::Ended { reason }) => reason,
        other => panic!("it should have ended: {other:?}"),
    }
}

#[tokio::test]
async fn where_the_rules_say_nothing_nothing_is_granted() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let reply = phone
        .post(
            "/v1/associations",
            &json!({ "attempt": crate::office::new_attempt(), "extension": JANE.0, "pin": JANE.1 }),
        )
        .await;
    assert!(!reply.text.contains("offline"), "{}", reply.text);
    phone
        .commit(reply.parse::<Admission>().association.as_str())
        .await;
    assert_eq!(office.count("SELECT count(*) FROM offline_grants").await, 0);
    assert_eq!(office.column(ACCEPTED).await.len(), 1);
}

#[tokio::test]
async fn a_grant_holds_from_the_commit_until_its_time_is_up() {
    let office = office().await;
    let phone = office.phone(DESK_11).await;
    let profile: HostProfile = phone.get("/v1/profile").await.parse();
    assert_eq!(i64::from(profile.policy.offline), HOURS);
    let attempt = crate::office::new_attempt();
    let admission = phone.attempt(&attempt, JANE).await.unwrap();
    let granted = admission.offline.clone().unwrap();
    assert_eq!(
        (i64::from(granted.expires_in), granted.limit),
        (HOURS, Some(43_200))
    );
    assert_ne!(granted.account.secret, admission.guest.account.secret);
    assert_ne!(granted.account.auth_user, admission.guest.account.auth_user);
    assert_eq!(granted.account.aor, admission.guest.account.aor);
    let again = phone.attempt(&attempt, JANE).await.unwrap();
    assert_eq!(
        again.offline, admission.offline,
        "a repetition is answered alike"
    );
    let users = || office.column(ACCEPTED);
    assert_eq!(users().await.len(), 1, "not before the commit");
    phone.commit(admission.association.as_str()).await;
    assert!(users().await.contains(&granted.account.auth_user));
    phone
        .end(admission.association.as_str(), &EndReason::LoggedOut)
        .await;
    office.pass(HOURS - 1).await;
    assert_eq!(users().await, [granted.account.auth_user]);
    office.pass(1).await;
    assert!(users().await.is_empty());
    office.pass(8 * 86_400).await;
    assert_eq!(office.count("SELECT count(*) FROM offline_grants").await, 0);
}

#[tokio::test]
async fn a_log_in_that_is_rolled_back_leaves_nothing_and_the_next_replaces_the_last() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    let failed = desk.phone.log_in(JANE).await.unwrap();
    desk.phone
        .end(failed.association.as_str(), &EndReason::RolledBack)
        .await;
    office.pass(60).await;
    let grants = || office.column("SELECT id FROM offline_grants");
    assert_eq!(grants().await, [desk.grant.as_str()]);
    assert_eq!(office.column(ACCEPTED).await, [format!("g-{}", desk.grant)]);
    let next = Desk::at(&office, DESK_11).await;
    office.pass(60).await;
    assert_eq!(grants().await, [next.grant.as_str()]);
    assert_eq!(office.column(ACCEPTED).await, [format!("g-{}", next.grant)]);
    let forget = desk.sync(None).await.forget;
    assert_eq!(
        forget.first().map(|id| id.as_str()),
        Some(desk.grant.as_str())
    );
    assert!(next.sync(None).await.forget.is_empty());
}

#[tokio::test]
async fn who_signed_in_without_the_server_is_signed_in_since_then() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    office.pass(3600).await;
    for _ in 0..2 {
        assert_eq!(desk.tell(1, 600).await.status, StatusCode::NO_CONTENT);
    }
    let association = desk.association(1);
    let opened = office
        .count("SELECT opened_at FROM associations WHERE state = 'active'")
        .await;
    assert_eq!(opened, MORNING + 3000);
    let audit = office
        .column("SELECT detail FROM audits WHERE event = 'signed_in' AND detail LIKE 'while%'")
        .await;
    assert_eq!(audit, ["while the server was away, switched in 90 ms"]);
    let answer = desk.sync(Some(&association)).await;
    let active = Held::Active {
        ends_in: Some(43_200 - 600),
        ends_for: LimitKind::Limit,
    };
    assert_eq!(answer.held, Some(active));
    assert!(answer.forget.is_empty());
    office.pass(HOURS).await;
    assert!(
        desk.is_accepted(&office).await,
        "as long as the association lasts"
    );
    desk.tell_end(1, 0).await;
    office.pass(60).await;
    assert!(!desk.is_accepted(&office).await);
}

#[tokio::test]
async fn what_began_and_ended_in_between_is_history_and_the_grant_is_good_for_more() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    office.pass(3600).await;
    for (number, began, over) in [(1, 3000, 2000), (2, 1000, 500)] {
        assert_eq!(
            desk.tell(number, began).await.status,
            StatusCode::NO_CONTENT
        );
        assert_eq!(
            desk.tell_end(number, over).await.status,
            StatusCode::NO_CONTENT
        );
    }
    let spans = office
        .column("SELECT CAST(ended_at - opened_at AS TEXT) FROM associations WHERE attempt LIKE '%-%' ORDER BY id")
        .await;
    assert_eq!(spans, ["1000", "500"]);
    office.pass(60).await;
    assert!(desk.sync(None).await.forget.is_empty());
    assert!(desk.is_accepted(&office).await);
    office.pass(HOURS).await;
    assert!(!desk.is_accepted(&office).await);
}

#[tokio::test]
async fn a_commit_that_was_lost_is_made_good_at_the_sync() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    let answer = desk.sync(Some(&desk.association(1))).await;
    assert!(
        matches!(answer.held, Some(Held::Active { .. })),
        "{answer:?}"
    );
}

#[tokio::test]
async fn of_two_phones_the_later_log_in_counts() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    let other = office.phone(DESK_12).await;
    office.pass(100).await;
    let online = other.sign_in(JANE).await;
    office.pass(100).await;
    // Here first, there later.
    assert_eq!(
        desk.tell(1, 150).await.refused(StatusCode::NOT_FOUND),
        RefusalCode::UnknownAssociation
    );
    let to = "Desk 12".to_owned();
    let answer = desk.sync(Some(&desk.association(1))).await;
    assert_eq!(ended(answer.held), EndReason::Moved { to });
    assert_eq!(answer.forget.len(), 1, "and no second time");
    assert!(matches!(
        other.sync(Some(&online)).await.parse::<SyncAnswer>().held,
        Some(Held::Active { .. })
    ));
    // There first, here later.
    let desk = Desk::at(&office, DESK_11).await;
    let online = other.sign_in(JANE).await;
    office.pass(100).await;
    assert_eq!(desk.tell(1, 50).await.status, StatusCode::NO_CONTENT);
    let held = other.sync(Some(&online)).await.parse::<SyncAnswer>().held;
    let to = "Desk 11".to_owned();
    assert_eq!(ended(held), EndReason::Moved { to });
}

#[tokio::test]
async fn the_rule_about_several_phones_holds_afterwards_too() {
    for (rule, stays) in [("refuse", false), ("many", true)] {
        let office = Office::open_with(&format!("elsewhere = \"{rule}\"\n{ALLOWED}")).await;
        let desk = Desk::at(&office, DESK_11).await;
        let other = office.phone(DESK_12).await;
        let online = other.sign_in(JANE).await;
        office.pass(100).await;
        let told = desk.tell(1, 50).await.status;
        assert_eq!(told == StatusCode::NO_CONTENT, stays, "{rule}");
        let held = desk.sync(Some(&desk.association(1))).await.held;
        assert_eq!(matches!(held, Some(Held::Active { .. })), stays, "{rule}");
        let there = other.sync(Some(&online)).await.parse::<SyncAnswer>().held;
        assert!(
            matches!(there, Some(Held::Active { .. })),
            "{rule}: {there:?}"
        );
    }
}

#[tokio::test]
async fn whoever_was_signed_in_here_has_been_taken_over() {
    let office = office().await;
    let desk = Desk::at(&office, DESK_11).await;
    let james = desk.phone.sign_in(JAMES).await;
    office.pass(100).await;
    assert_eq!(desk.tell(1, 50).await.status, StatusCode::NO_CONTENT);
    let reason = office
        .column("SELECT reason FROM associations WHERE state = 'ended' ORDER BY ended_at DESC, id LIMIT 1")
        .await;
    assert!(reason[0].contains("taken_over"), "{james}: {reason:?}");
}
