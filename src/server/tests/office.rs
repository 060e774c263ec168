//! An office with the demonstration's desks and people: the server's own routers, a folder that vanishes, a clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use hotdesk_provisioning::{Admission, AttemptId, EndReason, Refusal, RefusalCode, Secret};
use hotdesk_server::{App, Clock, Config, People, phone_router};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sqlx::{AnyPool, AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// The year 2100: later than the operating system's clock, which the registrar's view asks as well.
pub(crate) const MORNING: i64 = 4_102_444_800;

pub(crate) const DESK_11: &str = "02005e100011";
pub(crate) const DESK_12: &str = "02005e100012";
pub(crate) const DESK_13: &str = "02005e100013";
pub(crate) const JANE: (&str, &str) = ("01132991000", "1234");
pub(crate) const JAMES: (&str, &str) = ("01132991001", "2345");
pub(crate) const HENRY: (&str, &str) = ("01132991002", "3456");

/// Longest wait for an answer to end.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) struct Office {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) folder: TempDir,
    pub(crate) sql: AnyPool,
    /// A server's address, where the tests run on one.
    database: Option<Secret>,
}

impl Office {
    pub(crate) async fn open() -> Self {
        Self::open_with("").await
    }

    /// With more lines for the site's settings.
    pub(crate) async fn open_with(site: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let office = Self::in_folder(folder, Clock::manual(MORNING), database().await).await;
        let mut people = People::parse(include_str!("../../../assets/demo/people.toml")).unwrap();
        if !site.is_empty() {
            people.site = People::parse(&format!("[site]\n{site}")).unwrap().site;
        }
        office.app.import(&people).await.unwrap();
        office
    }

    /// Whose webhooks may lead inside the network, where the tests listen.
    pub(crate) async fn open_private() -> Self {
        let mut office = Self::open().await;
        let mut config = office.app.config().clone();
        config.webhooks.private = true;
        office.app = App::open_with_clock(config, office.clock.clone())
            .await
            .unwrap();
        office
    }

    async fn in_folder(folder: TempDir, clock: Clock, database: Option<Secret>) -> Self {
        let config = Config {
            data_dir: folder.path().to_owned(),
            database: database.clone(),
            ..Config::default()
        };
        let config = crate::replicas::anywhere(config);
        let url = match &database {
            Some(address) => address.expose().to_owned(),
            None => format!("sqlite://{}", config.database_path().display()),
        };
        let app = App::open_with_clock(config, clock.clone()).await.unwrap();
        app.begin().await.unwrap();
        let sql = AnyPool::connect(&url).await.unwrap();
        Self {
            app,
            clock,
            folder,
            sql,
            database,
        }
    }

    /// Another server on the same database, with the same keys.
    pub(crate) async fn replica(&self) -> App {
        let config = self.app.config().clone();
        App::open_with_clock(config, self.clock.clone())
            .await
            .unwrap()
    }

    /// Whether these tests run on a server that others could share.
    pub(crate) fn is_shared(&self) -> bool {
        self.database.is_some()
    }

    /// The server stops and starts again; the time goes on.
    pub(crate) async fn restart(self) -> Self {
        let Self {
            app,
            clock,
            folder,
            sql,
            database,
        } = self;
        sql.close().await;
        app.stop();
        app.close().await;
        Self::in_folder(folder, clock, database).await
    }

    /// A phone that has enrolled.
    pub(crate) async fn phone(&self, mac: &str) -> Phone {
        let stranger = Phone::stranger(&self.app);
        let reply = stranger.enrol(mac, &claim(mac)).await;
        let token = reply.value()["token"].as_str().unwrap().to_owned();
        Phone {
            token,
            mac: mac.to_owned(),
            ..stranger
        }
    }

    /// Rows of one column.
    pub(crate) async fn column(&self, sql: &'static str) -> Vec<String> {
        sqlx::query_scalar(sql).fetch_all(&self.sql).await.unwrap()
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.sql).await.unwrap()
    }

    /// Waits until a query counts so many.
    pub(crate) async fn until(&self, sql: &'static str, count: i64) {
        let deadline = tokio::time::Instant::now() + ANSWER_TIMEOUT;
        while self.count(sql).await != count {
            assert!(
                tokio::time::Instant::now() < deadline,
                "{sql} never counts {count}"
            );
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn run(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.sql).await.unwrap();
    }

    /// Whom the registrar would let in with a guest's credential.
    pub(crate) async fn guests_at_the_registrar(&self) -> Vec<String> {
        self.column("SELECT aor_user FROM subscriber WHERE username LIKE 'g-%' ORDER BY aor_user")
            .await
    }

    /// The newest rows of the audit, oldest first: event, code, desk, user.
    pub(crate) async fn audit(&self, count: i64) -> Vec<String> {
        let mut rows: Vec<String> = sqlx::query_scalar(
            "SELECT event || ' ' || coalesce(short, '-') || ' ' || phone_name || ' ' || user_name FROM audits
             ORDER BY id DESC LIMIT $1",
        )
        .bind(count)
        .fetch_all(&self.sql)
        .await
        .unwrap();
        rows.reverse();
        rows
    }

    pub(crate) async fn pass(&self, seconds: i64) {
        self.clock.advance(seconds);
        self.app.sweep().await.unwrap();
    }
}

/// A new database on the server that `tests/with-postgres` starts, if it did. Without one a file is the database.
pub(crate) async fn database() -> Option<Secret> {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    #[expect(
        clippy::disallowed_methods,
        reason = "a test run is told on which database by its environment"
    )]
    let server = std::env::var("HOTDESK_POSTGRES").ok()?;
    let name = format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&server).await.unwrap();
    let create = format!("CREATE DATABASE {name}");
    connection.execute(AssertSqlSafe(create)).await.unwrap();
    Some(Secret::new(
        server.replace("/postgres?", &format!("/{name}?")),
    ))
}

/// The random text that a phone keeps.
pub(crate) fn claim(mac: &str) -> String {
    format!("claim-of-the-phone-{mac}")
}

pub(crate) struct Phone {
    pub(crate) router: Router,
    pub(crate) token: String,
    pub(crate) mac: String,
}

impl Phone {
    pub(crate) fn stranger(app: &App) -> Self {
        Self {
            router: phone_router(app.clone()),
            token: "nothing".to_owned(),
            mac: String::new(),
        }
    }

    pub(crate) async fn enrol(&self, mac: &str, claim: &str) -> Reply {
        let body = json!({ "device": mac, "claim": claim, "model": "HD-480", "version": "0.1.0" });
        self.post("/v1/enrol", &body).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_text(path, &body.to_string()).await
    }

    pub(crate) async fn post_text(&self, path: &str, body: &str) -> Reply {
        self.send(Request::post(path), body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path), "").await
    }

    pub(crate) async fn send(&self, request: axum::http::request::Builder, body: &str) -> Reply {
        let request = request
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Body::from(body.to_owned()))
            .unwrap();
        Reply::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// A new attempt.
    pub(crate) async fn log_in(&self, who: (&str, &str)) -> Result<Admission, Refusal> {
        self.attempt(&new_attempt(), who).await
    }

    pub(crate) async fn attempt(
        &self,
        attempt: &str,
        (extension, pin): (&str, &str),
    ) -> Result<Admission, Refusal> {
        let body = json!({ "attempt": attempt, "extension": extension, "pin": pin });
        let reply = self.post("/v1/associations", &body).await;
        if reply.status == StatusCode::CREATED {
            Ok(reply.parse())
        } else {
            Err(reply.parse())
        }
    }

    /// Logs in and commits; the association's name.
    pub(crate) async fn sign_in(&self, who: (&str, &str)) -> String {
        let admission = self.log_in(who).await.unwrap();
        let reply = self.commit(admission.association.as_str()).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text);
        admission.association.to_string()
    }

    pub(crate) async fn commit(&self, association: &str) -> Reply {
        let path = format!("/v1/associations/{association}/commit");
        self.post(&path, &json!({ "switch_ms": 180 })).await
    }

    pub(crate) async fn end(&self, association: &str, reason: &EndReason) -> Reply {
        let path = format!("/v1/associations/{association}/end");
        self.post(&path, &json!({ "reason": reason })).await
    }

    pub(crate) async fn sync(&self, holding: Option<&str>) -> Reply {
        let body = json!({ "device": self.mac, "holding": holding, "version": "0.1.0" });
        self.post("/v1/sync", &body).await
    }
}

pub(crate) fn new_attempt() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    AttemptId::from_random(COUNT.fetch_add(1, Ordering::Relaxed).into()).to_string()
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) async fn of(response: axum::response::Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = tokio::time::timeout(ANSWER_TIMEOUT, to_bytes(body, 1 << 20))
            .await
            .expect("the answer ends: an event stream was opened where a refusal was expected")
            .unwrap();
        Self {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub(crate) fn parse<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn value(&self) -> Value {
        self.parse()
    }

    /// The refusal's code, after checking that the status goes with it.
    #[track_caller]
    pub(crate) fn refused(&self, status: StatusCode) -> RefusalCode {
        assert_eq!(self.status, status, "{}", self.text);
        self.parse::<Refusal>().code
    }
}
