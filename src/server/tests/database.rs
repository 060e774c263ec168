//! Rules that hold whatever the code does, tried with SQL; and what the file may not contain.

use hotdesk_provisioning::EndReason;

use crate::office::{DESK_11, DESK_12, JAMES, JANE, Office};
use crate::signed_in::{Admin, PASSWORD};

/// What PostgreSQL calls what SQLite calls `why`.
fn in_postgres(why: &str) -> &str {
    match why {
        "UNIQUE" => "unique constraint",
        "CHECK" => "check constraint",
        "FOREIGN KEY" => "foreign key constraint",
        own => own,
    }
}

async fn refused(office: &Office, sql: &'static str, why: &str) {
    let error = sqlx::query(sql)
        .execute(&office.sql)
        .await
        .unwrap_err()
        .to_string();
    let is_said = error.contains(why) || error.contains(in_postgres(why));
    assert!(is_said, "{sql}: {error}");
}

#[tokio::test]
async fn one_guest_on_a_phone_and_one_phone_for_a_guest() {
    let office = Office::open().await;
    office.phone(DESK_11).await.sign_in(JANE).await;
    let second = "INSERT INTO associations (id, tenant_id, phone_id, user_id, attempt, state, opened_at, committed_at)
                  VALUES ('x', 1, 1, 2, 'x', 'active', 1, 1)";
    refused(&office, second, "UNIQUE").await;
    let elsewhere = "INSERT INTO associations (id, tenant_id, phone_id, user_id, attempt, state, opened_at, committed_at)
                     VALUES ('x', 1, 2, 1, 'x', 'active', 1, 1)";
    refused(&office, elsewhere, "UNIQUE").await;
    office
        .run("INSERT INTO associations (id, tenant_id, phone_id, user_id, attempt, opened_at) VALUES ('x', 1, 2, 1, 'x', 1)")
        .await;
    let committed = "UPDATE associations SET state = 'active', committed_at = 1 WHERE id = 'x'";
    refused(&office, committed, "UNIQUE").await;
    office
        .run("UPDATE associations SET state = 'active', committed_at = 1, many = (1 = 1) WHERE id = 'x'")
        .await;
}

#[tokio::test]
async fn nobody_signs_in_where_no_ambulance_would_find_them() {
    let office = Office::open().await;
    let open = "INSERT INTO associations (id, tenant_id, phone_id, user_id, attempt, opened_at) VALUES ('x', 1, 1, 1, 'x', 1)";
    office
        .run("UPDATE phones SET address = ' ' WHERE id = 1")
        .await;
    refused(&office, open, "phone takes no guests").await;
    office
        .run("UPDATE phones SET address = '1 Street', enabled = (1 = 0) WHERE id = 1")
        .await;
    refused(&office, open, "phone takes no guests").await;
    office
        .run("UPDATE phones SET enabled = (1 = 1) WHERE id = 1")
        .await;
    office
        .run("UPDATE users SET hot_desk = (1 = 0) WHERE id = 1")
        .await;
    refused(&office, open, "user is not allowed to").await;
    office
        .run("UPDATE users SET hot_desk = (1 = 1), disabled = (1 = 1) WHERE id = 1")
        .await;
    refused(&office, open, "user is not allowed to").await;
    office
        .run("UPDATE users SET disabled = (1 = 0) WHERE id = 1")
        .await;
    office.run(open).await;
}

#[tokio::test]
async fn nothing_of_one_tenant_hangs_on_another_ones() {
    let office = Office::open().await;
    office
        .run("INSERT INTO tenants (id, name, sip_domain) VALUES (7, 'Other', 'other.test')")
        .await;
    office
        .run("INSERT INTO sites (id, tenant_id, name) VALUES (7, 7, 'Main')")
        .await;
    office
        .run("INSERT INTO groups (id, tenant_id, name) VALUES (7, 7, 'Sales')")
        .await;
    let same = "INSERT INTO tenants (id, name) VALUES (8, 'Third')";
    refused(&office, same, "one_tenant_without_a_domain").await;
    for sql in [
        "UPDATE phones SET site_id = 7 WHERE id = 1",
        "UPDATE phones SET group_id = 7 WHERE id = 1",
        "UPDATE users SET site_id = 7 WHERE id = 1",
        "UPDATE users SET tenant_id = 7 WHERE id = 1",
        "INSERT INTO associations (id, tenant_id, phone_id, user_id, attempt, opened_at) VALUES ('x', 7, 1, 1, 'x', 1)",
        "INSERT INTO profiles (tenant_id, model, user_id) VALUES (7, 'HD-480', 1)",
        "INSERT INTO bookings (tenant_id, phone_id, user_id, starts_at, ends_at) VALUES (7, 1, 1, 1, 2)",
    ] {
        refused(&office, sql, "FOREIGN KEY").await;
    }
    // The same number in two tenants is two numbers.
    office
        .run("INSERT INTO users (tenant_id, site_id, extension, name) VALUES (7, 7, '01132991000', 'Other Jane')")
        .await;
}

#[tokio::test]
async fn a_number_is_a_phones_or_a_users_and_only_one_users() {
    let office = Office::open().await;
    for (sql, why) in [
        (
            "UPDATE phones SET extension = '2000' WHERE id = 1",
            "number belongs to a user",
        ),
        (
            "UPDATE phones SET extension = '01132991000' WHERE id = 1",
            "number belongs to a user",
        ),
        (
            "INSERT INTO phones (tenant_id, site_id, mac, name, extension) VALUES (1, 1, '0123456789ab', 'x', '2000')",
            "number belongs to a user",
        ),
        (
            "UPDATE users SET extension = '3001' WHERE id = 1",
            "number belongs to a phone",
        ),
        (
            "UPDATE users SET short_extension = '3001' WHERE id = 1",
            "number belongs to a phone",
        ),
        (
            "INSERT INTO users (tenant_id, site_id, extension, name) VALUES (1, 1, '3001', 'x')",
            "number belongs to a phone",
        ),
        (
            "INSERT INTO users (tenant_id, site_id, extension, name) VALUES (1, 1, '2000', 'x')",
            "number belongs to another user",
        ),
        (
            "UPDATE users SET short_extension = '01132991000' WHERE id = 2",
            "number belongs to another user",
        ),
        ("UPDATE users SET extension = '12x' WHERE id = 1", "CHECK"),
        ("UPDATE users SET pin_hash = '1234' WHERE id = 1", "CHECK"),
        (
            "UPDATE phones SET mac = '02005E100011' WHERE id = 1",
            "CHECK",
        ),
    ] {
        refused(&office, sql, why).await;
    }
}

#[tokio::test]
async fn what_ended_stays_ended() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    let association = phone.sign_in(JANE).await;
    phone.end(&association, &EndReason::LoggedOut).await;
    let sql = "UPDATE associations SET state = 'active', ended_at = NULL, reason = NULL";
    refused(&office, sql, "association has ended").await;
    refused(&office, "UPDATE associations SET reason = NULL", "CHECK").await;
}

#[tokio::test]
async fn the_registrar_finds_what_it_looks_for() {
    let office = Office::open().await;
    let versions = office
        .column("SELECT table_version || '' FROM version WHERE table_name = 'subscriber'")
        .await;
    assert_eq!(versions, ["7"]);
    let hosts = office
        .column("SELECT username || ' ' || domain || ' ' || aor_user FROM subscriber ORDER BY 1")
        .await;
    assert_eq!(hosts[0], "h-02005e100011 sip.test 3001");
    assert_eq!(hosts.len(), 3);
    let widths = office
        .column("SELECT length(ha1) || '/' || length(ha1_sha256) FROM subscriber")
        .await;
    assert!(widths.iter().all(|w| w == "32/64"), "{widths:?}");
    // A revoked credential is out of the view even while no server sweeps.
    office
        .run("UPDATE credentials SET revoke_at = 1 WHERE aor_user = '3001'")
        .await;
    assert_eq!(
        office.column("SELECT username FROM subscriber").await.len(),
        2
    );
}

/// Everything a thief of the data directory would read, but for the server key that lies beside the database.
async fn dump(office: &Office) -> Vec<u8> {
    if office.is_shared() {
        return dump_of_server(office).await;
    }
    office.run("PRAGMA wal_checkpoint(TRUNCATE)").await;
    std::fs::read(office.app.config().database_path()).unwrap()
}

/// Every row of every table as text.
async fn dump_of_server(office: &Office) -> Vec<u8> {
    let tables = office
        .column(
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'",
        )
        .await;
    let mut dump = String::new();
    for table in tables {
        let rows = format!("SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t");
        let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(rows))
            .fetch_one(&office.sql)
            .await
            .unwrap();
        dump.push_str(&rows);
    }
    dump.into_bytes()
}

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle.as_bytes())
}

#[tokio::test]
async fn no_pin_no_secret_and_no_token_is_in_the_file() {
    let office = Office::open().await;
    let pin = "pin-that-is-easy-to-find";
    let admin = Admin::sign_in(&office).await;
    admin.post("/users/1/pin", &[("pin", pin)]).await;
    let phone = office.phone(DESK_11).await;
    let admission = phone.log_in((JANE.0, pin)).await.unwrap();
    phone
        .log_in((JAMES.0, "wrong-pin-easy-to-find"))
        .await
        .unwrap_err();
    phone.commit(admission.association.as_str()).await;
    let host = phone.get("/v1/profile").await.value()["account"]["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let other = office.phone(DESK_12).await;
    let file = dump(&office).await;
    assert!(contains(&file, "Jane Doe"), "the file is read");
    let cookie = admin.cookie.split_once('=').unwrap().1;
    for secret in [
        pin,
        "wrong-pin-easy-to-find",
        PASSWORD,
        admission.guest.account.secret.expose(),
        host.as_str(),
        phone.token.as_str(),
        other.token.as_str(),
        crate::office::claim(DESK_11).as_str(),
        cookie,
        admin.csrf.as_str(),
    ] {
        assert!(!contains(&file, secret), "{secret} is in the database");
    }
}

#[tokio::test]
async fn old_rows_are_forgotten() {
    let office = Office::open().await;
    let phone = office.phone(DESK_11).await;
    phone.log_in((JANE.0, "0000")).await.unwrap_err();
    Admin::sign_in(&office).await;
    office.pass(86_401).await;
    for table in ["attempts", "throttles", "sessions"] {
        let sql = match table {
            "attempts" => "SELECT count(*) FROM attempts",
            "throttles" => "SELECT count(*) FROM throttles",
            _ => "SELECT count(*) FROM sessions",
        };
        assert_eq!(office.count(sql).await, 0, "{table}");
    }
    assert!(office.count("SELECT count(*) FROM audits").await > 0);
    office.pass(365 * 86_400).await;
    assert_eq!(office.count("SELECT count(*) FROM audits").await, 0);
}
