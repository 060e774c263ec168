//! Several servers on one database. Only PostgreSQL can be shared: on a file these tests have one server, and nothing to show.

use hotdesk_provisioning::{EndReason, Push, RefusalCode};
use hotdesk_server::{App, Config, PhonesConfig, PortalConfig, Running};
use serde_json::json;

use crate::events::Stream;
use crate::office::{DESK_11, DESK_12, JANE, Office, Phone, new_attempt};
use crate::signed_in::Admin;

/// A second server beside the office's; both hear each other.
struct Two {
    office: Office,
    other: App,
    running: [Running; 2],
}

impl Two {
    async fn open(site: &str) -> Option<Self> {
        let office = Office::open_with(site).await;
        if !office.is_shared() {
            return None;
        }
        let other = office.replica().await;
        let running = [
            Running::start(office.app.clone()).await.unwrap(),
            Running::start(other.clone()).await.unwrap(),
        ];
        // Only who listens hears.
        let listening = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
        office.until(listening, 2).await;
        Some(Self {
            office,
            other,
            running,
        })
    }

    /// The same phone at the other server.
    fn moved(&self, phone: &Phone) -> Phone {
        let stranger = Phone::stranger(&self.other);
        Phone {
            token: phone.token.clone(),
            mac: phone.mac.clone(),
            ..stranger
        }
    }

    async fn close(self) {
        for running in self.running {
            running.stop().await.unwrap();
        }
        self.other.close().await;
    }
}

/// Listeners on any free port: office and replica run side by side.
pub(crate) fn anywhere(config: Config) -> Config {
    let any = "127.0.0.1:0".parse().unwrap();
    Config {
        phones: PhonesConfig {
            listen: any,
            ..config.phones
        },
        portal: PortalConfig {
            listen: any,
            ..config.portal
        },
        ..config
    }
}

#[tokio::test]
async fn a_phone_hears_at_one_server_what_an_administrator_does_at_the_other() {
    let Some(two) = Two::open("").await else {
        return;
    };
    let phone = two.office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    let mut stream = Stream::open(&two.moved(&phone)).await;
    let admin = Admin::sign_in(&two.office).await;
    admin
        .post(&format!("/associations/{association}/end"), &[])
        .await;
    let (event, push) = stream.next().await.unwrap();
    assert_eq!(event, "evicted");
    let by = "admin".to_owned();
    assert!(
        matches!(push, Push::Evicted { reason: EndReason::Administrator { by: name }, .. } if name == by)
    );
    two.close().await;
}

#[tokio::test]
async fn a_code_shown_at_one_server_is_entered_at_the_other() {
    let Some(two) = Two::open("").await else {
        return;
    };
    let stranger = Phone::stranger(&two.other);
    let mac = "02005e100077";
    let claim = crate::office::claim(mac);
    let code = stranger.enrol(mac, &claim).await.value()["code"]
        .as_str()
        .unwrap()
        .to_owned();
    let admin = Admin::sign_in(&two.office).await;
    let fields = [
        ("device", code.as_str()),
        ("name", "New"),
        ("extension", "3077"),
        ("address", "3 Street"),
    ];
    assert_eq!(admin.post("/phones", &fields).await.status, 303);
    assert!(stranger.enrol(mac, &claim).await.value()["token"].is_string());
    two.close().await;
}

#[tokio::test]
async fn a_question_asked_at_one_server_is_answered_at_the_other() {
    let Some(two) = Two::open("elsewhere = \"ask\"").await else {
        return;
    };
    let old = two.office.phone(DESK_11).await;
    let association = old.sign_in(JANE).await;
    let there = two.moved(&old);
    let mut stream = Stream::open(&there).await;
    let new = two.office.phone(DESK_12).await;
    let attempt = new_attempt();
    let asking = new.attempt(&attempt, JANE).await.unwrap_err();
    assert_eq!(asking.code, RefusalCode::AskingElsewhere);
    let (event, _) = stream.next().await.unwrap();
    assert_eq!(event, "consent_wanted");
    let path = format!("/v1/associations/{association}/consent");
    there
        .post(&path, &json!({ "attempt": attempt, "granted": false }))
        .await;
    let denied = new.attempt(&attempt, JANE).await.unwrap_err();
    assert_eq!(denied.code, RefusalCode::ConsentDenied);
    two.close().await;
}
