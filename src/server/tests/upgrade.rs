//! A database of the version before there were tenants is brought up to date with what it holds. Only files are that old.

use std::fs;

use hotdesk_server::{App, Clock, Config};
use sqlx::AnyPool;
use sqlx::migrate::Migrator;

use crate::office::MORNING;

const STEPS: [(&str, &str); 3] = [
    (
        "0001_associations.sql",
        include_str!("../migrations/sqlite/0001_associations.sql"),
    ),
    (
        "0002_consent.sql",
        include_str!("../migrations/sqlite/0002_consent.sql"),
    ),
    (
        "0003_language.sql",
        include_str!("../migrations/sqlite/0003_language.sql"),
    ),
];

const HELD: &str = "
    UPDATE site SET name = 'Works', elsewhere = 'many', association_limit = 3600, utc_offset_minutes = 60,
                    policy = '{\"countdown\": 30}';
    INSERT INTO phone (id, site, mac, name, extension, model, address) VALUES
        (4, 1, '02005e100011', 'Desk 11', '3001', 'HD-480', '1 Street'), (5, 1, '02005e100012', 'Desk 12', '3002', '', '');
    INSERT INTO user (id, site, extension, short_extension, name, language) VALUES (7, 1, '2000', '20', 'Jane Doe', 'de');
    INSERT INTO association (id, phone, user, attempt, state, opened_at, committed_at) VALUES
        ('aa', 4, 7, 'one', 'active', 1, 2);
    INSERT INTO association (id, phone, user, attempt, state, opened_at, ended_at, reason) VALUES
        ('bb', 5, 7, 'two', 'ended', 1, 3, '{\"kind\":\"limit\"}');
    INSERT INTO credential (auth_user, domain, ha1, ha1_sha256, aor_user, association) VALUES
        ('g-aa', 'sip.test', 'x', 'y', '2000', 'aa');
    INSERT INTO admin (name, password_hash) VALUES ('jo', '$argon2id$hash');
    INSERT INTO audit (at, event, phone, phone_name) VALUES (2, 'signed_in', 4, 'Desk 11');";

#[tokio::test]
async fn what_an_older_server_kept_is_there_still() {
    let folder = tempfile::tempdir().unwrap();
    let steps = folder.path().join("steps");
    fs::create_dir(&steps).unwrap();
    for (name, text) in STEPS {
        fs::write(steps.join(name), text).unwrap();
    }
    let config = Config {
        data_dir: folder.path().to_owned(),
        ..Config::default()
    };
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}?mode=rwc", config.database_path().display());
    let sql = AnyPool::connect(&url).await.unwrap();
    Migrator::new(steps).await.unwrap().run(&sql).await.unwrap();
    sqlx::raw_sql(HELD).execute(&sql).await.unwrap();
    sql.close().await;

    let app = App::open_with_clock(config, Clock::manual(MORNING))
        .await
        .unwrap();
    let sql = AnyPool::connect(&url).await.unwrap();
    for (query, expected) in [
        (
            "SELECT tenant_id || name || time_zone FROM sites",
            "1Works+01:00",
        ),
        (
            "SELECT json_extract(rules, '$.elsewhere', '$.association_limit', '$.countdown') FROM sites",
            "[\"many\",3600,30]",
        ),
        (
            "SELECT group_concat(id || coalesce(model, '-')) FROM phones",
            "4HD-480,5-",
        ),
        (
            "SELECT name || short_extension || language FROM users WHERE id = 7",
            "Jane Doe20de",
        ),
        (
            "SELECT group_concat(id || state || many) FROM associations",
            "aaactive1,bbended1",
        ),
        (
            "SELECT group_concat(username) FROM subscriber",
            "g-aa,h-02005e100011,h-02005e100012",
        ),
        ("SELECT name || role FROM admins", "jooperator"),
        (
            "SELECT tenant_id || event || phone_name FROM audits",
            "1signed_inDesk 11",
        ),
    ] {
        let found: String = sqlx::query_scalar(query).fetch_one(&sql).await.unwrap();
        assert_eq!(found, expected, "{query}");
    }
    app.close().await;
}
