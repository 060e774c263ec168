//! Tenants do not see each other, whatever is asked; and nobody does what their role does not let them. Which routes there are is
//! read from the router itself, so that a new one cannot be forgotten.

use hotdesk_server::People;

use crate::office::{DESK_11, JANE, Office};
use crate::signed_in::{Admin, PASSWORD};

const ROUTER: &str = include_str!("../router.rs");

/// The name of a grant of the first tenant.
const GRANT: &str = "0123456789abcdef0123";

/// The paths of the routes in these functions of the router.
fn routes_of(functions: &[&str]) -> Vec<String> {
    let mut paths = Vec::new();
    for function in functions {
        let (_, rest) = ROUTER
            .split_once(&format!("fn {function}("))
            .unwrap_or_else(|| panic!("{function} is in the router"));
        let body = rest.split("\n}\n").next().unwrap();
        let found = body.split(".route(").skip(1).map(|route| {
            let path = route.split('"').nth(1).unwrap();
            path.to_owned()
        });
        paths.extend(found);
    }
    assert!(paths.len() > functions.len(), "{paths:?}");
    paths
}

/// A path about the first tenant's things.
fn filled(path: &str, association: &str) -> String {
    let id = if path.contains("/associations/") {
        association
    } else {
        "1"
    };
    let path = path
        .replace("{id}", id)
        .replace("{file}", "export.json")
        .replace("{grant}", GRANT);
    if path.starts_with("/profiles/") {
        format!("{path}?model=HD-480")
    } else {
        path
    }
}

/// Whatever a form of any page could want, so that only the tenant is wrong.
const FIELDS: [(&str, &str); 16] = [
    ("name", "Crossed"),
    ("extension", "7777"),
    ("device", "02005e100099"),
    ("old", "1234"),
    ("new", "4321"),
    ("pin", "9876"),
    ("password", "a long password"),
    ("role", "administrator"),
    ("tenant", "1"),
    ("sip_domain", ""),
    ("guest_licences", ""),
    ("panel", "480x272"),
    ("line_keys", "6"),
    ("kind", "empty"),
    ("label", "x"),
    ("value", ""),
];

/// A second tenant with an administrator, a help desk, and nothing of the first one's.
async fn second_tenant(office: &Office) {
    let text = "tenant = \"Second\"\nsip_domain = \"second.test\"\n[[users]]\nextension = \"5000\"\nname = \"Sue Second\"\npin = \"5678\"\n\
                [[phones]]\nmac = \"02005e100055\"\nname = \"Second desk\"\nextension = \"5001\"\naddress = \"2 Street\"\n";
    office
        .app
        .import(&People::parse(text).unwrap())
        .await
        .unwrap();
    let operator = Admin::sign_in(office).await;
    let tenant = office
        .count("SELECT id FROM tenants WHERE name = 'Second'")
        .await
        .to_string();
    assert_eq!(
        operator
            .post("/tenant", &[("tenant", &tenant)])
            .await
            .status,
        303
    );
    for (name, role) in [("second", "administrator"), ("helper", "help_desk")] {
        let fields = [("name", name), ("role", role), ("password", PASSWORD)];
        assert_eq!(operator.post("/settings/admins", &fields).await.status, 303);
    }
}

/// What the first tenant has, as far as a change would show.
async fn first_tenant(office: &Office) -> Vec<i64> {
    let mut counts = Vec::new();
    for sql in [
        "SELECT count(*) FROM audits WHERE tenant_id = 1",
        "SELECT count(*) FROM phones WHERE tenant_id = 1",
        "SELECT CAST(sum(version) AS BIGINT) FROM phones WHERE tenant_id = 1",
        "SELECT CAST(sum(version) AS BIGINT) FROM users WHERE tenant_id = 1",
        "SELECT CAST(sum(version) AS BIGINT) FROM sites WHERE tenant_id = 1",
        "SELECT count(*) FROM groups WHERE tenant_id = 1",
        "SELECT count(*) FROM profiles WHERE tenant_id = 1",
        "SELECT count(*) FROM associations WHERE tenant_id = 1 AND state = 'active'",
        "SELECT count(*) FROM offline_grants WHERE tenant_id = 1 AND reason IS NULL",
    ] {
        counts.push(office.count(sql).await);
    }
    counts
}

#[tokio::test]
async fn no_route_of_the_portal_crosses_to_another_tenant() {
    let office = Office::open().await;
    let association = office.phone(DESK_11).await.sign_in(JANE).await;
    second_tenant(&office).await;
    office
        .run("INSERT INTO groups (tenant_id, name) VALUES (1, 'First group')")
        .await;
    let grant = format!(
        "INSERT INTO offline_grants (id, tenant_id, phone_id, user_id, made_at, expires_at)
         VALUES ('{GRANT}', 1, 1, 1, 0, 99999999999)"
    );
    let grant = sqlx::query(sqlx::AssertSqlSafe(grant));
    grant.execute(&office.sql).await.unwrap();
    let admin = Admin::sign_in_as(&office, "second", PASSWORD).await;
    let before = first_tenant(&office).await;
    let routes = routes_of(&["portal_for_help_desks", "portal_for_administrators"]);
    for route in routes.iter().filter(|route| *route != "/sign-out") {
        let path = filled(route, &association);
        let page = admin.get(&path).await;
        for name in ["Desk 11", "James", "Henry", "by the window", "First group"] {
            assert!(!page.text.contains(name), "GET {path} shows {name}");
        }
        admin.post(&path, &FIELDS).await;
        let selected = [("association", association.as_str())];
        admin.post(&path, &selected).await;
        assert_eq!(first_tenant(&office).await, before, "POST {path}");
    }
    let page = admin.get("/phones").await.text;
    assert!(
        page.contains("Second desk") && !page.contains("Second Street"),
        "{page}"
    );
}

#[tokio::test]
async fn a_help_desk_looks_and_logs_out_and_nothing_else() {
    let office = Office::open().await;
    second_tenant(&office).await;
    let helper = Admin::sign_in_as(&office, "helper", PASSWORD).await;
    for route in routes_of(&["portal_for_administrators", "portal_for_operators"]) {
        let path = filled(&route, "x").replace("/1", "/2");
        let posted = helper.post(&path, &FIELDS).await.status;
        assert!(
            [403, 405].contains(&posted.as_u16()),
            "POST {path}: {posted}"
        );
        // Some paths are pages that everybody may see, under another method.
        let seen = helper.get(&path).await.status;
        let is_shared = routes_of(&["portal_for_help_desks"]).contains(&route);
        assert!(
            is_shared || [403, 405].contains(&seen.as_u16()),
            "GET {path}: {seen}"
        );
    }
    for path in ["/", "/phones", "/users", "/associations", "/audit"] {
        assert_eq!(helper.get(path).await.status, 200, "{path}");
    }
    let administrator = Admin::sign_in_as(&office, "second", PASSWORD).await;
    for route in routes_of(&["portal_for_operators"]) {
        let path = filled(&route, "x");
        assert_eq!(
            administrator.post(&path, &FIELDS).await.status,
            403,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_user_sees_and_changes_only_their_own() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let janes = phone.sign_in(JANE).await;
    let james = Admin::user(&office, "2001", "2345").await;
    let page = james.get("/me").await;
    assert!(
        page.text.contains("Nowhere") && !page.text.contains("Desk 11"),
        "{}",
        page.text
    );
    let path = format!("/me/associations/{janes}/end");
    assert_eq!(james.post(&path, &[]).await.status, 422);
    for path in ["/", "/phones", "/users/1", "/audit"] {
        assert_eq!(james.get(path).await.status, 303, "{path}");
    }
    let jane = Admin::user(&office, "2000", "1234").await;
    assert!(jane.get("/me").await.text.contains("Desk 11"));
    let wrong = jane
        .post("/me/pin", &[("old", "0000"), ("new", "8888")])
        .await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    let right = jane
        .post("/me/pin", &[("old", "1234"), ("new", "8888")])
        .await;
    assert_eq!(right.status, 303, "{}", right.text);
    assert_eq!(jane.post(&path, &[]).await.status, 303);
    assert!(phone.log_in((JANE.0, "1234")).await.is_err());
    assert!(phone.log_in((JANE.0, "8888")).await.is_ok());
    let reasons = office
        .column("SELECT reason FROM associations WHERE state = 'ended'")
        .await;
    assert_eq!(reasons, [r#"{"kind":"remote"}"#]);
}

#[tokio::test]
async fn the_same_number_of_two_tenants_is_two_addresses() {
    let office = Office::open().await;
    let operator = Admin::sign_in(&office).await;
    for (domain, said) in [
        ("", "Another tenant has the server&#39;s own domain"),
        ("sip.test", "the server&#39;s own SIP domain"),
        ("Second.test", "small letters"),
        ("a b", "not a host name"),
    ] {
        let fields = [
            ("name", "Second"),
            ("sip_domain", domain),
            ("guest_licences", ""),
        ];
        let reply = operator.post("/tenants", &fields).await;
        let text = reply.text.replace('\'', "&#39;");
        assert!(
            reply.status == 422 && text.contains(said),
            "{domain}: {}",
            reply.text
        );
    }
    second_tenant(&office).await;
    let text = "tenant = \"Second\"\n[[phones]]\nmac = \"02005e100056\"\nname = \"Same number\"\nextension = \"3001\"\n";
    office
        .app
        .import(&People::parse(text).unwrap())
        .await
        .unwrap();
    let addresses = office
        .column(
            "SELECT aor_user || '@' || domain FROM subscriber WHERE aor_user = '3001' ORDER BY 1",
        )
        .await;
    assert_eq!(addresses, ["3001@second.test", "3001@sip.test"]);
}
