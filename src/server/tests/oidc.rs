//! Signing in at an identity provider: who gets in and as what, and who does not, whatever comes back.

use axum::http::{Request, StatusCode, header};
use serde_json::json;

use crate::office::{MORNING, Office};
use crate::provider::{Browser, Provider};
use crate::signed_in::{Admin, PASSWORD, csrf_of};

const SESSIONS: &str = "SELECT count(*) FROM sessions";

#[tokio::test]
async fn a_group_gives_a_role_and_takes_it_again() {
    let office = Office::open().await;
    let provider = Provider::start().await;
    let server = provider.server(&office).await;
    let mut browser = Browser::of(&server);
    assert!(
        browser
            .get("/sign-in")
            .await
            .text
            .contains("Sign in with Example Ltd")
    );
    let address = browser.leave().await;
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "hotdesk"),
        ("scope", "openid email profile"),
        ("code_challenge_method", "S256"),
        ("redirect_uri", "http://localhost:1/sign-in/oidc/back"),
    ] {
        let found = address.query_pairs().find(|(known, _)| known == name);
        assert_eq!(found.unwrap().1, value, "{address}");
    }
    let reply = browser.get(&Browser::returning(&provider, &address)).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    assert_eq!(reply.headers["refresh"], "0; url=/");
    let cookies: Vec<&str> = reply
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|c| c.to_str().unwrap())
        .collect();
    assert!(cookies[0].contains("hotdesk_session=") && cookies[0].contains("SameSite=Strict"));
    assert!(cookies[1].contains("hotdesk_sign_in=;") && cookies[1].contains("Max-Age=0"));
    assert_eq!(browser.get("/tenants").await.status, StatusCode::OK);
    let rows = office
        .column("SELECT actor || ' ' || detail FROM audits WHERE event = 'admin_signed_in'")
        .await;
    assert_eq!(rows, ["jo@example.com at the identity provider"]);

    provider.say(|saying| saying.claims.insert("groups", json!(["help"])));
    let mut elsewhere = Browser::of(&server);
    assert_eq!(elsewhere.sign_in(&provider).await.status, StatusCode::OK);
    for browser in [&mut browser, &mut elsewhere] {
        assert_eq!(browser.get("/phones").await.status, StatusCode::OK);
        assert_eq!(browser.get("/settings").await.status, StatusCode::FORBIDDEN);
    }

    for groups in [json!(["staff"]), json!(["lost"]), json!(null)] {
        provider.say(|saying| saying.claims.insert("groups", groups));
        let refused = Browser::of(&server).sign_in(&provider).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        for said in [
            "has no right to use this portal",
            "at Example Ltd as jo@example.com",
        ] {
            assert!(refused.text.contains(said), "{}", refused.text);
        }
    }
    assert_eq!(browser.get("/phones").await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.count(SESSIONS).await, 0);
    let rows = office
        .column("SELECT actor FROM audits WHERE event = 'admin_refused'")
        .await;
    assert_eq!(rows, ["jo@example.com"; 3]);
}

#[tokio::test]
async fn an_account_made_beforehand_is_one_persons_and_no_password_account_is_taken() {
    let office = Office::open().await;
    let provider = Provider::start().await;
    let server = provider.server(&office).await;
    let mut operator = Browser::of(&server);
    operator.sign_in(&provider).await;
    let csrf = csrf_of(&operator.get("/settings").await.text);
    for (name, more) in [
        ("amy@example.com", "door=provider&password="),
        ("bob@example.com", "door=&password=a-long-password"),
    ] {
        let form = format!("csrf={csrf}&name={name}&role=administrator&{more}");
        let sent = operator.send(Request::post("/settings/admins"), form).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    }
    assert!(
        operator
            .get("/settings")
            .await
            .text
            .contains("at the identity provider")
    );
    let signs_in = async |sub: &str, email: &str| {
        provider.say(|saying| {
            saying.claims.insert("sub", json!(sub));
            saying.claims.insert("email", json!(email));
            saying.claims.insert("groups", json!([]));
        });
        let mut browser = Browser::of(&server);
        let reply = browser.sign_in(&provider).await;
        (browser, reply)
    };
    let (mut amy, reply) = signs_in("amy", "amy@example.com").await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    assert_eq!(amy.get("/settings").await.status, StatusCode::OK);
    assert_eq!(amy.get("/tenants").await.status, StatusCode::FORBIDDEN);
    // Renamed there, she is who she was; whoever has her old name is not.
    assert_eq!(
        signs_in("amy", "amy.new@example.com").await.1.status,
        StatusCode::OK
    );
    for (sub, email) in [("other", "amy@example.com"), ("bob", "bob@example.com")] {
        let (_, refused) = signs_in(sub, email).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(
            refused
                .text
                .contains("Somebody else has an account of your name")
        );
    }
    let (mut amy, _) = signs_in("amy", "amy@example.com").await;
    office
        .run("UPDATE admins SET disabled = true WHERE name = 'amy@example.com'")
        .await;
    assert_eq!(amy.get("/settings").await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        signs_in("amy", "amy@example.com").await.1.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn whatever_is_wrong_with_a_token_nobody_gets_in() {
    let office = Office::open().await;
    let provider = Provider::start().await;
    let server = provider.server(&office).await;
    let cases = [
        ("nonce", json!("another")),
        ("nonce", json!(null)),
        ("aud", json!("somebody else")),
        ("aud", json!(["hotdesk", "somebody else"])),
        ("iss", json!("http://127.0.0.1:1")),
        ("exp", json!(MORNING - 1)),
        ("email_verified", json!(false)),
        ("email", json!(null)),
        ("sub", json!(null)),
    ];
    for (claim, value) in cases {
        let said = format!("{claim} = {value}");
        provider.say(|saying| saying.claims.insert(claim, value));
        let refused = Browser::of(&server).sign_in(&provider).await;
        assert_ne!(refused.status, StatusCode::OK, "{said}");
        provider.say(|saying| saying.claims.clear());
    }
    for algorithm in ["none", "HS256", "RS256"] {
        provider.say(|saying| saying.head.insert("alg", json!(algorithm)));
        let refused = Browser::of(&server).sign_in(&provider).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{algorithm}");
    }
    provider.say(|saying| saying.head.clear());
    provider.say(|saying| saying.has_foreign_key = true);
    assert_eq!(
        Browser::of(&server).sign_in(&provider).await.status,
        StatusCode::FORBIDDEN
    );
    provider.say(|saying| saying.has_foreign_key = false);
    provider.say(|saying| saying.gives_no_token = true);
    assert_eq!(
        Browser::of(&server).sign_in(&provider).await.status,
        StatusCode::FORBIDDEN
    );
    provider.say(|saying| saying.gives_no_token = false);
    // It is asked for a person about whom it says too little, and must not speak of another one.
    provider.say(|saying| saying.claims.insert("email", json!(null)));
    provider.say(|saying| saying.told = Some(json!({ "sub": "8", "email": "jo@example.com" })));
    assert_ne!(
        Browser::of(&server).sign_in(&provider).await.status,
        StatusCode::OK
    );
    assert_eq!(office.count(SESSIONS).await, 0);
    assert_eq!(office.count("SELECT count(*) FROM admins").await, 0);
    // Anybody can come with nonsense, so not each one is written down.
    let rows = office
        .count("SELECT count(*) FROM audits WHERE event = 'admin_refused'")
        .await;
    assert_eq!(rows, 5);
    provider.say(|saying| saying.told = Some(json!({ "sub": "7", "email": "jo@example.com" })));
    assert_eq!(
        Browser::of(&server).sign_in(&provider).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn an_answer_is_for_the_browser_that_asked_and_for_ten_minutes() {
    let office = Office::open().await;
    let provider = Provider::start().await;
    let server = provider.server(&office).await;
    let mut mine = Browser::of(&server);
    let mut theirs = Browser::of(&server);
    let address = mine.leave().await;
    theirs.leave().await;
    let back = Browser::returning(&provider, &address);
    for (browser, path) in [
        (&mut theirs, back.clone()),
        (&mut Browser::of(&server), back.clone()),
        (&mut mine, "/sign-in/oidc/back".to_owned()),
    ] {
        assert_eq!(
            browser.get(&path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let mut mine = Browser::of(&server);
    let address = mine.leave().await;
    let back = Browser::returning(&provider, &address);
    let cookies = mine.cookies.clone();
    for more in [
        "&iss=http://127.0.0.1:1",
        "&error=access_denied",
        "&code=another",
    ] {
        mine.cookies = cookies.clone();
        assert_eq!(
            mine.get(&format!("{back}{more}")).await.status,
            StatusCode::FORBIDDEN
        );
    }
    office.clock.advance(600);
    mine.cookies = cookies.clone();
    assert_eq!(mine.get(&back).await.status, StatusCode::FORBIDDEN);
    // A later end does not make it younger.
    let cookie = &cookies["hotdesk_sign_in"];
    let (text, _) = cookie.split_once('.').unwrap();
    let later = format!("{text}.{}", MORNING + 9999);
    mine.cookies.insert("hotdesk_sign_in".to_owned(), later);
    assert_eq!(mine.get(&back).await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.count(SESSIONS).await, 0);
}

#[tokio::test]
async fn any_server_goes_on_with_what_another_began_and_keys_may_change() {
    let office = Office::open().await;
    let provider = Provider::start().await;
    let (one, other) = (
        provider.server(&office).await,
        provider.server(&office).await,
    );
    let mut browser = Browser::of(&one);
    let address = browser.leave().await;
    browser.reach(&other);
    let back = Browser::returning(&provider, &address);
    let reply = browser.get(&back).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    // A code is good for once.
    let address = browser.leave().await;
    assert!(address.as_str().contains("state="));
    provider.say(|saying| saying.key = 1);
    let soon = Browser::of(&other).sign_in(&provider).await;
    assert_eq!(
        soon.status,
        StatusCode::FORBIDDEN,
        "asked for keys a moment ago"
    );
    office.clock.advance(10);
    let reply = Browser::of(&other).sign_in(&provider).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
}

#[tokio::test]
async fn without_the_provider_passwords_work() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    assert_eq!(
        admin.get("/sign-in/oidc").await.status,
        StatusCode::NOT_FOUND
    );
    assert!(!admin.get("/sign-in").await.text.contains("Sign in with"));
    let provider = Provider::start().await;
    // Nobody listens; the answer is too long; it speaks for somebody else; it sends secrets in clear.
    let mut nobody = provider.config(&office);
    nobody.oidc.as_mut().unwrap().issuer = "http://127.0.0.1:1".to_owned();
    provider.say(|saying| saying.padding = 300 * 1024);
    let long = provider.config(&office);
    for config in [nobody, long] {
        let server = hotdesk_server::App::open_with_clock(config, office.clock.clone())
            .await
            .unwrap();
        fails(&server).await;
    }
    provider.say(|saying| saying.padding = 0);
    for (name, value) in [
        ("issuer", "http://127.0.0.1:1"),
        ("token_endpoint", "http://example.com/token"),
        ("end_session_endpoint", "http://example.com/end"),
    ] {
        provider.say(|saying| saying.document.insert(name, json!(value)));
        fails(&provider.server(&office).await).await;
        provider.say(|saying| saying.document.clear());
    }
}

async fn fails(server: &hotdesk_server::App) {
    let mut browser = Browser::of(server);
    let page = browser.get("/sign-in/oidc").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        page.text.contains("Example Ltd does not answer"),
        "{}",
        page.text
    );
    let form = format!(
        "csrf={}&name=admin&password={}",
        csrf_of(&page.text),
        PASSWORD.replace(' ', "+")
    );
    let signed_in = browser.send(Request::post("/sign-in"), form).await;
    assert_eq!(
        signed_in.status,
        StatusCode::SEE_OTHER,
        "{}",
        signed_in.text
    );
}

#[tokio::test]
async fn who_is_refused_often_waits() {
    let office = Office::open().await;
    let provider = Provider::start().await;
    let server = provider.server(&office).await;
    provider.say(|saying| saying.claims.insert("groups", json!([])));
    for _ in 0..5 {
        Browser::of(&server).sign_in(&provider).await;
    }
    provider.say(|saying| saying.claims.clear());
    let locked = Browser::of(&server).sign_in(&provider).await;
    assert!(
        locked.text.contains("Try again in 30 seconds."),
        "{}",
        locked.text
    );
    provider.say(|saying| saying.claims.insert("sub", json!("8")));
    assert_eq!(
        Browser::of(&server).sign_in(&provider).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn signing_out_leads_to_the_provider_for_its_own_people() {
    let office = Office::open().await;
    let provider = Provider::start().await;
    let server = provider.server(&office).await;
    let mut browser = Browser::of(&server);
    browser.sign_in(&provider).await;
    let csrf = csrf_of(&browser.get("/").await.text);
    let out = browser
        .send(Request::post("/sign-out"), format!("csrf={csrf}"))
        .await;
    let there = format!(
        "href=\"{}/end?client_id=hotdesk&amp;post_logout_redirect_uri=http",
        provider.issuer
    );
    assert!(out.text.contains(&there), "{}", out.text);
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.count(SESSIONS).await, 0);
    let admin = Admin::sign_in(&office).await;
    let out = admin.post("/sign-out", &[]).await;
    assert_eq!(out.headers[header::LOCATION], "/sign-in");
}
