//! Every reason for which a log-in is refused, what the person reads, and what the audit keeps; and that an attempt
//! repeated after a lost answer has the effect of one.

use axum::http::StatusCode;
use hotdesk_provisioning::{Language, RefusalCode};
use hotdesk_server::People;
use serde_json::json;

use crate::office::{DESK_11, DESK_12, HENRY, JAMES, JANE, MORNING, Office, new_attempt};

#[tokio::test]
async fn the_right_pin_brings_the_whole_account() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let admission = phone.log_in(("2000", "1234")).await.unwrap();
    let guest = &admission.guest;
    assert_eq!(guest.display_name, "Jane Doe");
    assert_eq!(guest.extension.as_str(), "01132991000");
    assert_eq!(guest.account.aor.as_str(), "sip:01132991000@sip.test");
    assert_eq!(
        guest.account.auth_user,
        format!("g-{}", admission.association)
    );
    assert_eq!(guest.account.secret.expose().len(), 43);
    assert_eq!(guest.keys.len(), 3);
    assert_eq!(admission.ends_in, Some(43_200));
    assert_eq!(office.audit(1).await, ["admitted - Desk 11 Jane Doe"]);
}

#[tokio::test]
async fn what_the_registrar_reads_is_the_hash_of_what_the_phone_got() {
    use sha2::{Digest as _, Sha256};
    let office = Office::open().await;
    let admission = office.phone(DESK_11).await.log_in(JANE).await.unwrap();
    let account = &admission.guest.account;
    let text = format!("{}:sip.test:{}", account.auth_user, account.secret.expose());
    let expected: String = Sha256::digest(text)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let stored = office
        .column("SELECT ha1_sha256 FROM subscriber WHERE username LIKE 'g-%'")
        .await;
    assert_eq!(stored, [expected]);
    assert_eq!(office.guests_at_the_registrar().await, ["01132991000"]);
}

/// One refusal: who, code, status.
async fn refused(office: &Office, who: (&str, &str), code: RefusalCode, status: u16) {
    let phone = office.phone(DESK_11).await;
    let body = json!({ "attempt": new_attempt(), "extension": who.0, "pin": who.1 });
    let reply = phone.post("/v1/associations", &body).await;
    assert_eq!(reply.refused(StatusCode::from_u16(status).unwrap()), code);
    assert_eq!(reply.value()["message"], code.sentence());
    let row = office.audit(1).await.remove(0);
    assert!(
        row.starts_with(&format!("refused {} Desk 11", code.short())),
        "{row}"
    );
    assert_eq!(
        office
            .count("SELECT count(*) FROM audits WHERE event = 'refused'")
            .await,
        1
    );
    assert_eq!(
        office
            .count("SELECT count(*) FROM associations WHERE state <> 'ended'")
            .await,
        0
    );
}

#[tokio::test]
async fn a_wrong_pin() {
    refused(
        &Office::open().await,
        ("2000", "4321"),
        RefusalCode::WrongPin,
        403,
    )
    .await;
}

#[tokio::test]
async fn an_unknown_user() {
    refused(
        &Office::open().await,
        ("2999", "1234"),
        RefusalCode::UnknownUser,
        404,
    )
    .await;
}

#[tokio::test]
async fn a_user_who_may_not_use_shared_phones() {
    refused(
        &Office::open().await,
        ("2003", "4567"),
        RefusalCode::UserNotEnabled,
        403,
    )
    .await;
}

#[tokio::test]
async fn a_user_without_a_pin() {
    refused(
        &Office::open().await,
        ("2004", "1234"),
        RefusalCode::PinNotSet,
        403,
    )
    .await;
}

#[tokio::test]
async fn a_disabled_user() {
    let office = Office::open().await;
    office
        .run("UPDATE users SET disabled = (1 = 1) WHERE short_extension = '2000'")
        .await;
    refused(&office, JANE, RefusalCode::UserDisabled, 403).await;
}

#[tokio::test]
async fn a_phones_own_number() {
    refused(
        &Office::open().await,
        ("3002", "1234"),
        RefusalCode::NumberIsHost,
        409,
    )
    .await;
}

#[tokio::test]
async fn a_disabled_phone() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    office.run("UPDATE phones SET enabled = (1 = 0)").await;
    let refusal = phone.log_in(JANE).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::PhoneNotEnabled);
    assert_eq!(office.audit(1).await, ["refused L08 Desk 11 Jane Doe"]);
}

#[tokio::test]
async fn a_phone_without_an_emergency_address() {
    let office = Office::open().await;
    office.run("UPDATE phones SET address = ' '").await;
    refused(&office, JANE, RefusalCode::PhoneWithoutAddress, 403).await;
}

#[tokio::test]
async fn a_user_who_is_signed_in_elsewhere_where_one_phone_is_the_rule() {
    let office = Office::open_with("elsewhere = 'refuse'").await;
    office.phone(DESK_12).await.sign_in(JANE).await;
    let refusal = office.phone(DESK_11).await.log_in(JANE).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::InUseElsewhere);
    assert_eq!(refusal.subject.as_deref(), Some("Desk 12"));
    assert_eq!(office.audit(1).await, ["refused L10 Desk 11 Jane Doe"]);
}

#[tokio::test]
async fn a_phone_that_may_not_be_taken_over() {
    let office = Office::open_with("policy = { takeover = 'forbid' }").await;
    let phone = office.phone(DESK_11).await;
    phone.sign_in(JANE).await;
    let refusal = phone.log_in(JAMES).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::TakeoverForbidden);
    assert_eq!(refusal.subject.as_deref(), Some("Jane Doe"));
    assert!(
        phone.log_in(JANE).await.is_ok(),
        "the same person takes nothing over"
    );
}

#[tokio::test]
async fn a_repeated_attempt_is_one_admission() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let attempt = new_attempt();
    let (first, second) =
        tokio::join!(phone.attempt(&attempt, JANE), phone.attempt(&attempt, JANE));
    let third = phone.attempt(&attempt, JANE).await;
    assert_eq!(first, second);
    assert_eq!(first, third);
    let office = office.restart().await;
    let phone = office.phone(DESK_11).await;
    assert_eq!(first, phone.attempt(&attempt, JANE).await);
    assert_eq!(office.count("SELECT count(*) FROM associations").await, 1);
    assert_eq!(
        office
            .count("SELECT count(*) FROM audits WHERE event = 'admitted'")
            .await,
        1
    );
}

#[tokio::test]
async fn a_repeated_refusal_counts_once() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let attempt = new_attempt();
    let first = phone.attempt(&attempt, ("2000", "9999")).await.unwrap_err();
    for _ in 0..9 {
        let again = phone.attempt(&attempt, ("2000", "9999")).await.unwrap_err();
        assert_eq!(again, first);
    }
    assert_eq!(first.attempts_left, Some(4));
    // Not even with the right PIN does a refused attempt become another.
    assert_eq!(
        phone.attempt(&attempt, JANE).await.unwrap_err().code,
        RefusalCode::Malformed
    );
    assert_eq!(
        phone.attempt(&attempt, ("2000", "1234")).await.unwrap_err(),
        first
    );
    assert_eq!(
        office
            .count("SELECT count(*) FROM audits WHERE event = 'refused'")
            .await,
        1
    );
}

#[tokio::test]
async fn an_attempt_belongs_to_its_phone() {
    let office = Office::open().await;
    let attempt = new_attempt();
    let at_11 = office
        .phone(DESK_11)
        .await
        .attempt(&attempt, JANE)
        .await
        .unwrap();
    let at_12 = office
        .phone(DESK_12)
        .await
        .attempt(&attempt, HENRY)
        .await
        .unwrap();
    assert_ne!(at_11.association, at_12.association);
}

#[tokio::test]
async fn an_admission_that_is_over_is_not_given_out_again() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let attempt = new_attempt();
    phone.attempt(&attempt, JANE).await.unwrap();
    office.pass(121).await;
    let refusal = phone.attempt(&attempt, JANE).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::UnknownAssociation);
    assert_eq!(
        office.count("SELECT max(ended_at) FROM associations").await,
        MORNING + 121
    );
}

#[tokio::test]
async fn a_users_own_language_comes_with_them() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    assert_eq!(phone.log_in(JANE).await.unwrap().guest.language, None);
    let entry = "[[users]]\nextension = \"01132991001\"\nshort_extension = \"2001\"\nname = \"James Roe\"\nlanguage = \"de\"\n";
    let people = People::parse(entry).unwrap();
    office.app.import(&people).await.unwrap();
    let james = phone.log_in(JAMES).await.unwrap().guest;
    assert_eq!(james.language, Some(Language::German));
    let unknown = People::parse(&entry.replace("\"de\"", "\"xx\"")).unwrap_err();
    assert!(unknown.to_string().contains("only en, de"), "{unknown}");
}

#[tokio::test]
async fn a_users_own_limit_goes_before_the_sites() {
    let office = Office::open_with("association_limit = 0").await;
    let phone = office.phone(DESK_11).await;
    assert_eq!(phone.log_in(JANE).await.unwrap().ends_in, None);
    office
        .run("UPDATE users SET association_limit = 600 WHERE short_extension = '2001'")
        .await;
    assert_eq!(phone.log_in(JAMES).await.unwrap().ends_in, Some(600));
}
